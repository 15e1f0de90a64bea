import { formatSpan } from '../base/durations.ts'
import {
  ConfigError,
  type ConfigSource,
  createSchema,
  formatOrigin,
  parlorSchema,
  type ResolvedConfig,
  resolveWith,
  type SettingsSchema,
  splitName,
} from '../config/config.ts'
import { formatJson, formatToml } from '../config/print.ts'
import { findUnknownVariables, parseEnvironment } from '../config/sources.ts'
import { type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import type { Options, Program } from '../protocol/definition.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import type { Address } from '../wire/transport.ts'
import { addOrigin, printError, settleAll, UsageError } from './diagnostics.ts'
import { type GivenOption, parseServerAddress, spellOption } from './option-parsers.ts'
import { loadPlayable } from './plugins.ts'
import { readOptionFile, requireNetworkProgram } from './program-options.ts'
import { checkDistinctPorts } from './same-port.ts'
import { fileLayers, pluginsOf } from './settings-files.ts'
import { checkTransport } from './transports.ts'

/** Flags is the options on the command line of `serve` and `config`, without defaults and without the environment. */
export interface Flags {
  readonly config?: string
  readonly host?: string
  readonly plugin?: readonly string[]
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
  readonly fault?: readonly string[]
  readonly seed?: number
  readonly trace?: boolean
  readonly secrets?: boolean
  readonly lab?: boolean
  readonly classPassword?: string
  readonly roster?: string
  readonly http?: string
  readonly web?: string
  readonly webPrefix?: string
  readonly webHost?: readonly string[]
  readonly webOrigin?: readonly string[]
  readonly webProxy?: readonly string[]
  readonly log?: string
  readonly level?: string
  readonly limit?: Readonly<Record<string, string>>
  readonly json?: boolean
  /** The values of the options of programs, in the form that the user has typed. */
  readonly given?: readonly GivenOption[]
}

/** Option names of settings, if they differ from the name of the setting. */
const SPELLED: Readonly<Record<string, string>> = {
  plugins: 'plugin',
  ports: 'port',
  limits: 'limit',
  portBase: 'port-base',
  classPassword: 'class-password',
  faults: 'fault',
  webPrefix: 'web-prefix',
  webHosts: 'web-host',
  webOrigins: 'web-origin',
  webProxies: 'web-proxy',
}
/** The key of all programs in `Flags.port`. */
const ALL = '*'

/** Runs `parlor config`: prints the settings that `serve` would have, and the source of each setting. Resolves to the exit code. */
export async function configCommand(flags: Flags): Promise<number> {
  const settings = await resolveSettings(flags)
  await selectPrograms(settings, (await loadFromSettings(settings)).programs)
  // only "serve" prints the lines of files that Parlor skips
  await loadOptions(settings, () => {})
  const terminal = new Terminal()
  terminal.write(flags.json ? formatJson(settings) : formatToml(settings, terminal.columns))
  return EXIT.good
}

/** Resolves to the result of `loadPlayable` for the plug-ins that the settings name. */
export function loadFromSettings(
  settings: ResolvedConfig,
  onFailure?: (sentence: string, reason: unknown) => void,
): ReturnType<typeof loadPlayable> {
  return withSource(settings, 'plugins', () => loadPlayable(settings.config.plugins, onFailure))
}

/**
 * Resolves to the values of the options of programs that are also settings. For an option that names a file, the value is the content of
 * the file. Calls `warn` with a sentence for each skipped part of a file. Rejects with a UsageError.
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
  const files = await fileLayers(flags.config)
  const { schema, programs } = await loadSchema([...files, parseEnvironment(process.env), flagLayer(flags)])
  for (const sentence of findUnknownVariables(process.env, schema)) printError(sentence)
  const layers = [...files, parseEnvironment(process.env, schema), flagLayer(flags)]
  try {
    return resolveWith(schema, layers)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(...error.sentences, ...(await programFaults(layers, programs)))
  }
}

/** Resolves to the schema of all settings, including the settings of plug-ins, and to the programs. Rejects with a UsageError. */
async function loadSchema(layers: readonly ConfigSource[]): Promise<{ schema: SettingsSchema; programs: ProgramRegistry }> {
  const { files, at } = pluginsOf(layers)
  if (files.length === 0) return { schema: parlorSchema, programs: shippedPrograms }
  return addOrigin(at, async () => {
    const { programs } = await loadPlayable(files)
    try {
      const options = (await programs.all()).flatMap(({ takes = [] }) => takes)
      return { schema: createSchema(options, (name) => programs.toFullName(name)), programs }
    } catch (error) {
      throw error instanceof ConfigError ? new UsageError(...error.sentences) : error
    }
  })
}

/** Returns a sentence for each unknown program name in the sources, so that an error for other mistakes also reports these names. */
async function programFaults(layers: readonly ConfigSource[], programs: ProgramRegistry): Promise<readonly string[]> {
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
    await settleAll(names.map(({ name, at }) => addOrigin(at, () => requireNetworkProgram(name, programs))))
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
  /**
   * Address of metrics and health. By default, if the settings have a port base, its port is the first port after the ports of the
   * programs.
   */
  readonly http: ResolvedConfig['config']['http']
  /** Address of the port for browsers. By default, if the settings have a port base, its port is the first port after all other ports. */
  readonly web: ResolvedConfig['config']['web']
}

/**
 * Selects the programs that the settings name. Rejects with a UsageError for an unknown program, or for a program that the settings
 * leave out.
 */
export async function selectPrograms(settings: ResolvedConfig, registry: ProgramRegistry): Promise<ServedPrograms> {
  checkStreams(settings)
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
  const all = portsOf(settings, served)
  checkDistinctPorts(served, all, settings)
  return { programs: served, ports: all, iterative: new Set(oneByOne), ...placesOf(settings, served) }
}

/**
 * Throws a UsageError for settings of the transport that exclude each other, and for a command line with `--unix` that also gives an
 * address or ports.
 */
function checkStreams({ config: { tls, cert, key, unix }, from }: ResolvedConfig): void {
  checkTransport({ tls, cert, key, unix })
  const stray = [...from].find(([setting, source]) => /^(?:host|portBase|ports\b.*)$/.test(setting) && source.startsWith('--'))
  if (unix !== undefined && stray) throw new UsageError(`--unix replaces addresses and ports: leave ${stray[1]} out`)
}

/** Returns the ports of all programs for which the settings give a port, by program name. */
function portsOf({ config: { host, ports, portBase } }: ResolvedConfig, programs: readonly Program[]): Readonly<Record<string, number>> {
  const { host: address, port: misplaced } = parseServerAddress({ host })
  if (misplaced !== undefined) {
    const meant = address === undefined ? '' : `--host ${address} and `
    throw new UsageError(
      `${host} ${address === undefined ? 'is' : 'has'} a port, and --host takes an address alone: type ${meant}--port NAME=${misplaced}, or --port-base ${misplaced} for all programs`,
    )
  }
  const { [ALL]: all, ...named } = ports
  const [only, second] = programs
  if (all === undefined) {
    // the server needs two more ports, for metrics and for browsers
    const last = (portBase ?? 0) + programs.length + 1
    if (last > 65535)
      throw new UsageError(`--port-base ${portBase} is too high for ${programs.length} programs: the last would be at ${last}`)
    const shipped = programs.filter(isShipped)
    // the ports of plug-ins follow the port of the metrics, so that a plug-in shifts no other port
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
    throw new UsageError(
      `--port ${all} is the port of one program, but the server serves several programs: type --port NAME=${all}, or --port-base ${all}`,
    )
  }
  return all > 0 && only ? { [only.name]: all, ...named } : { ...Object.fromEntries(programs.map(({ name }) => [name, all])), ...named }
}

function isShipped({ name }: Program): boolean {
  return shippedPrograms.names.includes(name)
}

/** Returns the addresses of metrics and health, and of the port for browsers. */
function placesOf({ config, from }: ResolvedConfig, programs: readonly Program[]): Pick<ServedPrograms, 'http' | 'web'> {
  const { host, ports, portBase } = config
  const place = <Place extends Address | 'none'>(setting: 'http' | 'web', given: Place, offset: number): Place | Address => {
    if (given === 'none' || from.get(setting) !== 'default') return given
    if (ports[ALL] === 0) return { host: given.host, port: 0 }
    return portBase === undefined ? given : { host: given.host, port: portBase + offset }
  }
  const web = place('web', config.web, programs.length + 1)
  return {
    http: place('http', config.http, programs.filter(isShipped).length),
    web: web === 'none' || web.host !== '' ? web : { host, port: web.port },
  }
}

/** Resolves to the result of `make` for a setting. If `make` rejects with a UsageError, adds the source of the setting to each sentence. */
export function withSource<Made>({ from, lines }: ResolvedConfig, setting: string, make: () => Promise<Made>): Promise<Made> {
  return addOrigin(formatOrigin(setting, from.get(setting), lines.get(setting)), make)
}

function flagLayer({ config: _, json: __, ...flags }: Flags): ConfigSource {
  const { plugin, port, limit, fault, webHost, webOrigin, webProxy, first, idle, wait, given = [], ...others } = flags
  const spans = Object.entries({ first, idle, wait }).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, formatSpan(ms)]]))
  const tables = {
    ...(plugin ? { plugins: plugin } : {}),
    ...(port ? { ports: port } : {}),
    ...(limit ? { limits: limit } : {}),
    ...(fault ? { faults: fault } : {}),
    ...(webHost ? { webHosts: webHost } : {}),
    ...(webOrigin ? { webOrigins: webOrigin } : {}),
    ...(webProxy ? { webProxies: webProxy } : {}),
  }
  const options = Object.fromEntries(given.map(({ option, value }) => [option.name, value]))
  const from = (setting: string) => {
    const option = given.find((one) => one.option.name === setting)?.option
    const [name = setting] = splitName(setting)
    return option ? spellOption(option) : `--${SPELLED[name] ?? name}`
  }
  return { values: { ...others, ...options, ...tables, ...Object.fromEntries(spans) }, from }
}
