import { closestMatch } from 'leven'
import { z } from 'zod'
import { allPrograms, findShortName, programNames } from '../programs/index.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { formatDuplicate, quoteText } from '../wire/text.ts'
import { defaultLevels, defaults } from './defaults.ts'
import {
  addressRanges,
  faultRules,
  faults,
  files,
  flag,
  hostNames,
  limit,
  limitOfTime,
  limitOrHalf,
  names,
  oneOf,
  origins,
  place,
  placeOfHost,
  port,
  size,
  text,
  time,
  timeout,
  urlPath,
  whole,
  written,
} from './setting-schemas.ts'

/** ConfigError reports invalid settings; each sentence names the setting, its source and the expected values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly sentences: readonly [string, ...string[]]

  constructor(...sentences: readonly [string, ...string[]]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/** The schema of the settings of every server, from any source. The settings have the names and forms of `parlor.toml`. */
export const Config = z.strictObject({
  host: text('an address such as 127.0.0.1, or a name'),
  plugins: files(),
  only: names().optional(),
  ports: z.record(z.string(), port, { error: 'a table of programs and ports' }),
  portBase: written('a port from 1 to 65535', (given) => whole(given, 1, 65535), Number).optional(),
  iterative: names(),
  tls: flag().optional(),
  cert: text('a file').optional(),
  key: text('a file').optional(),
  unix: text('a folder').optional(),
  data: text('a folder, or "none"'),
  durable: oneOf('process', 'power'),
  keep: size(),
  first: timeout(),
  idle: timeout(),
  wait: time().optional(),
  strict: flag().optional(),
  split: faults('split').optional(),
  glue: faults('glue').optional(),
  delay: faults('delay').optional(),
  faults: faultRules().optional(),
  seed: written('a whole number from 0 to 65535', (given) => whole(given, 0, 65_535), Number).optional(),
  trace: flag().optional(),
  secrets: flag().optional(),
  lab: flag().optional(),
  classPassword: text('a file').optional(),
  roster: text('a file').optional(),
  http: place(),
  web: placeOfHost(),
  webPrefix: urlPath(),
  webHosts: hostNames(),
  webOrigins: origins(),
  webProxies: addressRanges(),
  log: oneOf('plain', 'json'),
  level: oneOf('error', 'warn', 'info', 'debug'),
  limits: z.strictObject(
    {
      connections: limit(),
      burst: limit(),
      messages: limit(),
      seats: limit(),
      tables: limit(),
      address: limitOrHalf(),
      disk: limit(),
      move: limitOfTime(),
    },
    { error: 'a table of limits' },
  ),
})
/** Config has the settings of a server, without the settings that programs declare. */
export type Config = z.output<typeof Config>

/** SettingsSchema has the settings of a server together with the settings that programs declare. */
export interface SettingsSchema {
  /** Names of all settings, such as `limits.tables`. */
  readonly names: readonly string[]
  /** Names of the settings that are truth values. */
  readonly flags: ReadonlySet<string>
  /** The options of programs that are settings. */
  readonly options: readonly ProgramOption[]
  /** Schema of the values of these options, before a program parses them. */
  readonly values: z.ZodType<Readonly<Record<string, unknown>>>
  /** Schema of one source, which may set any part of the settings. */
  readonly part: z.ZodType
  /** Converts a program's short name to its full name; returns any other name unchanged. */
  readonly toProgramName: (name: string) => string
}

/**
 * Creates the schema for the settings of some programs, given their options and the function that completes their names. Throws
 * a ConfigError if an option has the name of another setting.
 */
export function createSchema(declared: readonly ProgramOption[], toProgramName = toShippedName): SettingsSchema {
  const options = [...new Map(declared.filter(({ setting }) => setting).map((option) => [option.name, option])).values()]
  const taken = options.find(({ name }) => Object.hasOwn(Config.shape, name))
  if (taken) throw new ConfigError(`the option ${taken.name} has the name of a setting of the server`)
  const shape = Object.fromEntries(options.map((option) => [option.name, toSchema(option).optional()]))
  const flags = options.filter(({ kind }) => kind === 'flag').map(({ name }) => name)
  return {
    options,
    names: Object.keys(Config.shape).flatMap((name) => {
      if (name === 'limits') return Object.keys(Config.shape.limits.shape).map((one) => `limits.${one}`)
      return name === 'strict' ? [...Object.keys(shape), name] : [name]
    }),
    flags: new Set(['tls', 'strict', 'trace', 'secrets', 'lab', ...flags]),
    values: z.strictObject(shape),
    toProgramName,
    part: z.strictObject({ ...Config.shape, ...shape, limits: Config.shape.limits.partial() }).partial(),
  }
}

/** Returns the schema of an option. The value stays a text, because a program may have to read files for it. */
function toSchema(option: ProgramOption): z.ZodType {
  if (option.kind === 'flag') return flag()
  if (option.kind === 'file') return text('a file')
  return written(option.expected, (given) => (option.parse(String(given)) === undefined ? undefined : String(given)), String)
}

/** The schema for the programs of Parlor. */
export const parlorSchema = createSchema((await allPrograms()).flatMap(({ takes = [] }) => takes))

/** ConfigSource has the settings of one source, written as in `parlor.toml`, and the source's spelling of each setting. */
export interface ConfigSource {
  readonly values: Readonly<Record<string, unknown>>
  /** Returns the source's spelling of a setting: `parlor.toml`, `PARLOR_HOST`, `--host`. */
  from(setting: string): string
  /** Returns the line of a setting, if the source is a file. */
  lineOf?(setting: string): number | undefined
}

/** ResolvedConfig has the settings in force, and the source of each setting. */
export interface ResolvedConfig {
  readonly schema: SettingsSchema
  readonly config: Config
  /** Values of the options of programs, before a program parses them. */
  readonly options: Readonly<Record<string, unknown>>
  /** Sources by name of the setting, such as `limits.tables`; the name of a port contains its program, such as `ports.tjc/guess`. */
  readonly from: ReadonlyMap<string, string>
  /** Lines of the settings from a file, by name of the setting. */
  readonly lines: ReadonlyMap<string, number>
}

/** Settings that are tables of further settings. */
const TABLES = ['ports', 'limits'] as const

/** Names of all settings, such as `limits.tables`. */
export const settingNames: readonly string[] = parlorSchema.names

/** Merges sources over the defaults; later sources override earlier sources. Throws one ConfigError for all invalid settings. */
export function resolveConfig(...layers: readonly ConfigSource[]): ResolvedConfig {
  return resolveWith(parlorSchema, layers)
}

/** Does the same as `resolveConfig`, with the settings of a schema. */
export function resolveWith(schema: SettingsSchema, layers: readonly ConfigSource[]): ResolvedConfig {
  const from = new Map<string, string>()
  const lines = new Map<string, number>()
  const merged: Record<string, unknown> = {}
  const [fault, ...others] = layers.flatMap((layer) => [...faultsOf(layer, schema)])
  if (fault !== undefined) throw new ConfigError(fault, ...others)
  const usual: ConfigSource = { values: defaults, from: () => 'default' }
  for (const layer of [usual, ...layers]) {
    for (const [setting, value, written] of flattenSettings(layer.values, schema.toProgramName)) {
      from.set(setting, layer.from(setting))
      const line = layer.lineOf?.(written)
      if (line === undefined) lines.delete(setting)
      else lines.set(setting, line)
      setValue(merged, setting, value)
    }
  }
  if (!from.has('level')) {
    merged.level = defaultLevels[merged.log === 'json' ? 'json' : 'plain']
    from.set('level', 'default')
  }
  const declared = new Set(schema.options.map(({ name }) => name))
  const { true: options = [], false: fixed = [] } = Object.groupBy(Object.entries(merged), ([name]) => `${declared.has(name)}`)
  return {
    schema,
    config: Config.parse({ ports: {}, ...Object.fromEntries(fixed) }),
    options: schema.values.parse(Object.fromEntries(options)),
    from,
    lines,
  }
}

/** Converts the short name of a program that comes with Parlor to its full name; returns any other name unchanged. */
export function toShippedName(name: string): string {
  return programNames.find((one) => one === name || findShortName(one) === name) ?? name
}

/**
 * Finds the programs to which one source gives several ports, because it uses both the short and the full name of the program. Returns the
 * full name of each of these programs with its ports.
 */
function secondPorts(ports: unknown, toProgramName: SettingsSchema['toProgramName']): readonly (readonly [string, readonly unknown[]])[] {
  const byProgram = Map.groupBy(Object.entries(ports ?? {}), ([name]) => toProgramName(name))
  return [...byProgram].flatMap(([name, given]) => {
    const different = [...new Set(given.map(([, port]) => port))]
    return different.length > 1 ? [[name, different] as const] : []
  })
}

/**
 * Returns a sentence for each invalid value of a source, in the order of the lines of the source. `reference` names the document with all
 * settings of the schema.
 */
export function faultsOf(
  layer: ConfigSource,
  { part, names, toProgramName }: Pick<SettingsSchema, 'part' | 'names' | 'toProgramName'>,
  reference = 'parlor config',
): readonly string[] {
  const { values, from, lineOf = () => undefined } = layer
  const fault = (setting: string, say: (at: string) => string) => {
    const line = lineOf(setting)
    return { line: line ?? 0, text: say(formatOrigin(setting, from(setting), line)) }
  }
  const found = (part.safeParse(values).error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const setting = [...issue.path, key].join('.')
        return fault(setting, (at) => `${at} ${unknownSetting(setting, names, reference)}`)
      })
    }
    const setting = issue.path.filter((step) => typeof step === 'string').join('.')
    const given = issue.path.reduce((value: unknown, step) => (value as Record<PropertyKey, unknown>)[step], values)
    const value = typeof given === 'string' ? quoteText(given) : JSON.stringify(given)
    return [fault(setting, (at) => `${at} is ${value}, and must be ${issue.message}`)]
  })
  found.push(...secondPorts(values.ports, toProgramName).map(([name, given]) => fault(`ports.${name}`, (at) => formatDuplicate(at, given))))
  return found.toSorted((one, other) => one.line - other.line).map(({ text: sentence }) => sentence)
}

/** Formats a setting and its source, as the beginning of a sentence. */
export function formatOrigin(setting: string, from: string | undefined, line: number | undefined): string {
  return `${line === undefined ? '' : `line ${line}: `}${setting} (from ${from})`
}

function unknownSetting(setting: string, names: readonly string[], reference: string): string {
  const meant = nearest(setting, names)
  return `is not a setting${meant === undefined ? '.' : `; did you mean ${meant}?`} All settings: ${reference}`
}

/** Returns the maximum edit distance of a suggested word: 1 for up to three letters, because two changes make another word. */
export function maxDistance(word: string): number {
  return word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
}

/**
 * Finds the setting with the nearest spelling; also finds a setting of a table by its last word alone. Returns `undefined` if no setting
 * has a near spelling.
 */
function nearest(typed: string, names: readonly string[]): string | undefined {
  const plain = (name: string) =>
    name
      .slice(name.lastIndexOf('.') + 1)
      .replace(/[-_]/g, '')
      .toLowerCase()
  const tables = TABLES.filter((table) => names.some((name) => name === table || name.startsWith(`${table}.`)))
  const candidates = [...names, ...tables]
  const word = plain(typed)
  const meant = closestMatch(word, candidates.map(plain), { maxDistance: maxDistance(word) })
  return candidates.find((name) => plain(name) === meant)
}

/**
 * Yields the value of each setting, in the spelling of its source, with the name of the setting, such as `limits.tables`; programs have
 * their full names.
 */
export function* flattenSettings(
  values: Readonly<Record<string, unknown>>,
  toProgramName: SettingsSchema['toProgramName'] = toShippedName,
): Iterable<[name: string, value: unknown, written: string]> {
  for (const [name, value] of Object.entries(values)) {
    if (!isTable(name)) yield [name, value, name]
    else
      for (const [key, inner] of Object.entries(value ?? {}))
        yield [`${name}.${name === 'ports' ? toProgramName(key) : key}`, inner, `${name}.${key}`]
  }
}

/** Sets the value of a setting, also of a setting within a table. */
export function setValue(values: Record<string, unknown>, setting: string, value: unknown): void {
  const [table, key] = splitName(setting)
  if (table === undefined) values[key] = value
  else values[table] = { ...(values[table] as object | undefined), [key]: value }
}

/**
 * Splits the name of a setting into the name of the table and the name in the table. For a setting without a table, the first part is
 * `undefined`.
 */
export function splitName(setting: string): [table: string | undefined, key: string] {
  const at = setting.indexOf('.')
  return at < 0 ? [undefined, setting] : [setting.slice(0, at), setting.slice(at + 1)]
}

function isTable(name: string): name is (typeof TABLES)[number] {
  return TABLES.some((one) => one === name)
}
