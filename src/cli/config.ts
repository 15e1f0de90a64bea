import { readFile } from 'node:fs/promises'
import { formatSpan } from '../base/counts.ts'
import { ConfigError, type ConfigSource, formatOrigin, type ResolvedConfig, resolveConfig, splitName } from '../config/config.ts'
import { settingsFile } from '../config/defaults.ts'
import { formatJson, formatToml } from '../config/print.ts'
import { findUnknownVariables, parseConfigFile, parseEnvironment } from '../config/sources.ts'
import { allPrograms } from '../programs/index.ts'
import type { Options, Program } from '../protocol/definition.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { Terminal } from '../terminal/terminal.ts'
import { cannotRead, EXIT } from '../terminal/trouble.ts'
import { printError, settleAll, UsageError } from './diagnostics.ts'
import { readOptionFile, requireNetworkProgram } from './program-options.ts'
import { checkDistinctPorts } from './same-port.ts'
import { decodeTextFile } from './text-file.ts'
import { checkTransport } from './transports.ts'
import { type GivenOption, parseWhere, spellOption } from './values.ts'

/** Flags is the options on the command line of `serve` and `config`, without defaults and without the environment. */
export interface Flags {
  readonly config?: string
  readonly host?: string
  readonly only?: readonly string[]
  readonly port?: Readonly<Record<string, number>>
  readonly portBase?: number
  readonly iterative?: readonly string[]
  readonly tls?: boolean
  readonly cert?: string
  readonly key?: string
  readonly unix?: string
  readonly first?: number
  readonly idle?: number
  readonly wait?: number
  readonly data?: string
  readonly durable?: string
  readonly keep?: string
  readonly strict?: boolean
  readonly split?: string
  readonly glue?: string
  readonly delay?: string
  readonly seed?: number
  readonly trace?: boolean
  readonly secrets?: boolean
  readonly http?: string
  readonly log?: string
  readonly level?: string
  readonly limit?: Readonly<Record<string, string>>
  readonly json?: boolean
  /** Options of programs, with their texts. */
  readonly given?: readonly GivenOption[]
}

/** Option names of settings, if they differ from the name of the setting. */
const SPELT: Readonly<Record<string, string>> = { ports: 'port', limits: 'limit', portBase: 'port-base' }
/** The key of all programs in `Flags.port`. */
const ALL = '*'

/** Runs `parlor config`: prints the settings that `serve` would have, and the source of each. Resolves to the exit code. */
export async function configCommand(flags: Flags): Promise<number> {
  const settings = await resolveSettings(flags)
  await selectPrograms(settings)
  // only "serve" prints which lines of the files it skips
  await loadOptions(settings, () => {})
  const terminal = new Terminal()
  terminal.write(flags.json ? formatJson(settings) : formatToml(settings, terminal.columns))
  return EXIT.good
}

/**
 * Resolves to the values of the options of programs that are settings, with the content of their files. Calls `warn` with a
 * sentence for each part of a file that is skipped. Rejects with a UsageError.
 */
export async function loadOptions(settings: ResolvedConfig, warn: (sentence: string) => void): Promise<Options> {
  const { schema, options, config } = settings
  const { strict = false } = config
  const load = async (option: ProgramOption, given: unknown): Promise<unknown> => {
    if (option.kind === 'flag') return given
    return option.kind === 'text' ? option.parse(String(given)) : readOptionFile(option, String(given), { strict, warn })
  }
  const set = schema.options.filter(({ name }) => options[name] !== undefined)
  const loaded = set.map(async (option) => {
    const value = await withSource(settings, option.name, () => load(option, options[option.name]))
    return [option.name, value] as const
  })
  return Object.fromEntries(await settleAll(loaded))
}

/** Resolves the settings of a server from flags, environment, file and defaults, in this order. Rejects with a UsageError. */
export async function resolveSettings(flags: Flags): Promise<ResolvedConfig> {
  for (const sentence of findUnknownVariables(process.env)) printError(sentence)
  const layers = [...(await fileLayers(flags.config)), parseEnvironment(process.env), flagLayer(flags)]
  try {
    return resolveConfig(...layers)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(...error.sentences, ...(await programFaults(layers)))
  }
}

/** Returns sentences for unknown program names in sources that have other faults, too. */
async function programFaults(layers: readonly ConfigSource[]): Promise<readonly string[]> {
  const names = layers.flatMap(({ values, from, lineOf }) =>
    ['only', 'iterative', 'ports'].flatMap((setting) => {
      const given = values[setting]
      const found = Array.isArray(given) ? given : setting === 'ports' ? Object.keys(given ?? {}) : []
      const full = (name: string) => (setting === 'ports' ? `ports.${name}` : setting)
      return found
        .filter((name) => typeof name === 'string' && name.trim() !== '' && name !== ALL)
        .map((name) => ({ name, at: formatOrigin(full(name), from(full(name)), lineOf?.(full(name))) }))
    }),
  )
  try {
    await settleAll(names.map(({ name, at }) => saying(at, () => requireNetworkProgram(name))))
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.sentences
    throw error
  }
}

/** ServedPrograms is the programs that a server runs, their ports, and the programs that serve one client at a time. */
export interface ServedPrograms {
  readonly programs: readonly Program[]
  readonly ports: Readonly<Record<string, number>>
  readonly iterative: ReadonlySet<string>
  /** Address of metrics and health: by default, if there is a port base, the port after those of the programs. */
  readonly http: ResolvedConfig['config']['http']
}

/** Selects the programs that the settings name. Rejects with a UsageError for an unknown program, or one that is not served. */
export async function selectPrograms(settings: ResolvedConfig): Promise<ServedPrograms> {
  checkStreams(settings)
  const { only, ports, iterative } = settings.config
  const named = (name: string, setting: string) => withSource(settings, setting, () => requireNetworkProgram(name))
  const others = Object.keys(ports).filter((name) => name !== ALL)
  const [chosen] = await settleAll([
    settleAll((only ?? []).map((name) => named(name, 'only'))),
    settleAll(others.map((name) => named(name, `ports.${name}`))),
    settleAll(iterative.map((name) => named(name, 'iterative'))),
  ])
  const programs = only && chosen ? chosen : await allPrograms()
  const fitting = async (name: string, setting: string) => {
    const program = await named(name, setting)
    // a settings file may configure programs that this run does not serve
    if (!programs.includes(program) && settings.from.get(setting)?.startsWith('--'))
      throw new UsageError(`${program.name} is not served; add --only ${name}`)
    return program.name
  }
  const [, oneByOne = []] = await settleAll([
    settleAll(others.map((name) => fitting(name, `ports.${name}`))),
    settleAll(iterative.map((name) => fitting(name, 'iterative'))),
  ])
  const served = [...new Set(programs)]
  const all = portsOf(settings, served)
  const names = new Set(served.map(({ name }) => name))
  checkDistinctPorts(Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name))), settings)
  return { programs: served, ports: all, iterative: new Set(oneByOne), http: httpOf(settings, served.length) }
}

/** Throws a UsageError for settings of the transport that do not go together, or ports on the command line beside `--unix`. */
function checkStreams({ config: { tls, cert, key, unix }, from }: ResolvedConfig): void {
  checkTransport({ tls, cert, key, unix })
  const stray = [...from].find(([setting, source]) => /^(?:host|portBase|ports\b.*)$/.test(setting) && source.startsWith('--'))
  if (unix !== undefined && stray) throw new UsageError(`--unix takes the place of addresses and ports: leave ${stray[1]} out`)
}

/** Returns the ports of all programs for which the settings give a port, by program name. */
function portsOf({ config: { host, ports, portBase } }: ResolvedConfig, programs: readonly Program[]): Readonly<Record<string, number>> {
  const { host: address, port: misplaced } = parseWhere({ host })
  if (misplaced !== undefined) {
    const meant = address === undefined ? '' : `--host ${address} and `
    throw new UsageError(
      `${host} ${address === undefined ? 'is' : 'has'} a port, and --host takes an address alone: say ${meant}--port NAME=${misplaced}, or --port-base ${misplaced} for all programs`,
    )
  }
  const { [ALL]: all, ...named } = ports
  const [only, second] = programs
  if (all === undefined) {
    // one port more, for metrics
    const last = (portBase ?? 0) + programs.length
    if (last > 65535)
      throw new UsageError(`--port-base ${portBase} leaves no room for ${programs.length} programs: the last would be at ${last}`)
    const counted = portBase === undefined ? [] : programs.map(({ name }, at) => [name, portBase + at])
    return { ...Object.fromEntries(counted), ...named }
  }
  if (all > 0 && second) {
    throw new UsageError(`--port ${all} is the port of one program, and several are served: say --port NAME=${all}, or --port-base ${all}`)
  }
  return all > 0 && only ? { [only.name]: all, ...named } : { ...Object.fromEntries(programs.map(({ name }) => [name, all])), ...named }
}

function httpOf({ config: { http, ports, portBase }, from }: ResolvedConfig, programs: number): ResolvedConfig['config']['http'] {
  if (http === 'none' || from.get('http') !== 'default') return http
  if (ports[ALL] === 0) return { ...http, port: 0 }
  return portBase === undefined ? http : { ...http, port: portBase + programs }
}

/** Resolves to the result of `make` for a setting. If it rejects with a UsageError, adds the source of the setting to each sentence. */
export function withSource<Made>({ from, lines }: ResolvedConfig, setting: string, make: () => Promise<Made>): Promise<Made> {
  return saying(formatOrigin(setting, from.get(setting), lines.get(setting)), make)
}

async function saying<Made>(at: string, make: () => Promise<Made>): Promise<Made> {
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const [first = '', ...others] = error.sentences.map((sentence) => `${at}: ${sentence}`)
    throw new UsageError(first, ...others)
  }
}

async function fileLayers(named = process.env.PARLOR_CONFIG || undefined): Promise<ConfigSource[]> {
  const file = named ?? settingsFile
  try {
    return [parseConfigFile(file, decodeTextFile(file, await readFile(file)))]
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(...error.sentences)
    if (error instanceof UsageError) throw error
    if (named === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new UsageError(cannotRead(file, error))
  }
}

function flagLayer({ config: _, json: __, port, limit, first, idle, wait, given = [], ...others }: Flags): ConfigSource {
  const spans = Object.entries({ first, idle, wait }).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, formatSpan(ms)]]))
  const tables = { ...(port ? { ports: port } : {}), ...(limit ? { limits: limit } : {}) }
  const options = Object.fromEntries(given.map(({ option, value }) => [option.name, value]))
  const from = (setting: string) => {
    const option = given.find((one) => one.option.name === setting)?.option
    const [name = setting] = splitName(setting)
    return option ? spellOption(option) : `--${SPELT[name] ?? name}`
  }
  return { values: { ...others, ...options, ...tables, ...Object.fromEntries(spans) }, from }
}
