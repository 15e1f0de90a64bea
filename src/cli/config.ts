import { readFile } from 'node:fs/promises'
import { formatSpan } from '../base/counts.ts'
import { ConfigError, type ConfigSource, formatOrigin, type ResolvedConfig, resolveConfig, splitName } from '../config/config.ts'
import { settingsFile } from '../config/defaults.ts'
import { formatJson, formatToml } from '../config/print.ts'
import { findUnknownVariables, parseConfigFile, parseEnvironment } from '../config/sources.ts'
import { type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import type { Program } from '../protocol/definition.ts'
import { Terminal } from '../terminal/terminal.ts'
import { cannotRead, EXIT } from '../terminal/trouble.ts'
import { printError, settleAll, UsageError } from './diagnostics.ts'
import { loadPlayable } from './plugins.ts'
import { type ProgramFlags, parseProgramOptions, requireNetworkProgram } from './program-options.ts'
import { checkDistinctPorts } from './same-port.ts'
import { decodeTextFile } from './text-file.ts'
import { parseWhere } from './values.ts'

/** Flags is the options on the command line of `serve` and `config`, without defaults and without the environment. */
export interface Flags {
  readonly config?: string
  readonly host?: string
  readonly plugin?: readonly string[]
  readonly only?: readonly string[]
  readonly port?: Readonly<Record<string, number>>
  readonly portBase?: number
  readonly iterative?: readonly string[]
  readonly first?: number
  readonly idle?: number
  readonly wait?: number
  readonly data?: string
  readonly durable?: string
  readonly keep?: string
  readonly framing?: string
  readonly words?: string
  readonly questions?: string
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
}

/** Option names of settings, if they differ from the name of the setting. */
const SPELT: Readonly<Record<string, string>> = { plugins: 'plugin', ports: 'port', limits: 'limit', portBase: 'port-base' }
/** The key of all programs in `Flags.port`. */
const ALL = '*'

/** Runs `parlor config`: prints the settings that `serve` would have, and the source of each. Resolves to the exit code. */
export async function configCommand(flags: Flags): Promise<number> {
  const settings = await resolveSettings(flags)
  await selectPrograms(settings, (await loadFromSettings(settings)).programs)
  await checkFiles(settings)
  const terminal = new Terminal()
  terminal.write(flags.json ? formatJson(settings) : formatToml(settings, terminal.columns))
  return EXIT.good
}

/** Resolves to the games and programs that the settings name, as `loadPlayable` does. */
export function loadFromSettings(
  settings: ResolvedConfig,
  onFailure?: (sentence: string, reason: unknown) => void,
): ReturnType<typeof loadPlayable> {
  return withSource(settings, 'plugins', () => loadPlayable(settings.config.plugins, onFailure))
}

/** Checks that the files of words and questions can be used, as `serve` does. Only `serve` prints which lines it skips. */
async function checkFiles(settings: ResolvedConfig): Promise<void> {
  const { words, questions, strict = false } = settings.config
  const check = (setting: string, given: ProgramFlags) =>
    withSource(settings, setting, () => parseProgramOptions({ ...given, strict }, () => {}))
  await settleAll([
    ...(words === undefined ? [] : [check('words', { words })]),
    ...(questions === undefined ? [] : [check('questions', { questions })]),
  ])
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
  // plug-ins are loaded only if all settings are valid, so their programs are unknown here
  if (layers.some(({ values }) => values.plugins !== undefined)) return []
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
export async function selectPrograms(settings: ResolvedConfig, registry: ProgramRegistry): Promise<ServedPrograms> {
  const { only, ports, iterative } = settings.config
  const named = (name: string, setting: string) => withSource(settings, setting, () => requireNetworkProgram(name, registry))
  const others = Object.keys(ports).filter((name) => name !== ALL)
  const [chosen] = await settleAll([
    settleAll((only ?? []).map((name) => named(name, 'only'))),
    settleAll(others.map((name) => named(name, `ports.${name}`))),
    settleAll(iterative.map((name) => named(name, 'iterative'))),
  ])
  const programs = only && chosen ? chosen : await registry.all()
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
  // the settings know the short names of the shipped programs only
  const byFullName = Object.fromEntries(Object.entries(ports).map(([name, port]) => [registry.toFullName(name), port]))
  const all = portsOf({ ...settings, config: { ...settings.config, ports: byFullName } }, served)
  const names = new Set(served.map(({ name }) => name))
  checkDistinctPorts(Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name))), settings)
  return { programs: served, ports: all, iterative: new Set(oneByOne), http: httpOf(settings, served.filter(isShipped).length) }
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
    const shipped = programs.filter(isShipped)
    // plug-ins follow behind the metrics, so that they shift no other port
    const others = programs.filter((program) => !isShipped(program))
    const counted =
      portBase === undefined
        ? []
        : [
            ...shipped.map(({ name }, at) => [name, portBase + at]),
            ...others.map(({ name }, at) => [name, portBase + shipped.length + 1 + at]),
          ]
    return { ...Object.fromEntries(counted), ...named }
  }
  if (all > 0 && second) {
    throw new UsageError(`--port ${all} is the port of one program, and several are served: say --port NAME=${all}, or --port-base ${all}`)
  }
  return all > 0 && only ? { [only.name]: all, ...named } : { ...Object.fromEntries(programs.map(({ name }) => [name, all])), ...named }
}

function isShipped({ name }: Program): boolean {
  return shippedPrograms.names.includes(name)
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

function flagLayer({ config: _, json: __, plugin, port, limit, first, idle, wait, ...others }: Flags): ConfigSource {
  const spans = Object.entries({ first, idle, wait }).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, formatSpan(ms)]]))
  const tables = { ...(plugin ? { plugins: plugin } : {}), ...(port ? { ports: port } : {}), ...(limit ? { limits: limit } : {}) }
  const from = (setting: string) => {
    const [name = setting] = splitName(setting)
    return `--${SPELT[name] ?? name}`
  }
  return { values: { ...others, ...tables, ...Object.fromEntries(spans) }, from }
}
