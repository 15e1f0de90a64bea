import { closestMatch } from 'leven'
import { z } from 'zod'
import { formatSpan, parseSpan } from '../base/counts.ts'
import { formatSize, parseSize } from '../base/sizes.ts'
import { type OptionVerb, parseFaults, toRules } from '../lab/fault-grammar.ts'
import { findShortName, programNames } from '../programs/index.ts'
import { formatDuplicate, quoteText } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { defaultLevels, defaults } from './defaults.ts'

/** ConfigError reports invalid settings; each sentence says which setting, from which source, and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly sentences: readonly [string, ...string[]]

  constructor(...sentences: readonly [string, ...string[]]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

const NONE = 'none'
const HALF = 'half'
/** Address of the HTTP server if only a port is given: this machine alone. */
const HERE = '127.0.0.1'

/** Schema of a setting that is written as a text or a number, and parsed. `expected` completes the sentence "must be ...". */
function written<Value>(expected: string, read: (given: string | number) => Value | undefined, print: (value: Value) => string | number) {
  return z.codec(z.union([z.string(), z.number()], { error: expected }), z.custom<Value>(), {
    decode(given, context) {
      const value = read(given)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', input: given, message: expected })
      return z.NEVER
    },
    encode: print,
  })
}

/** Schema of a truth value, also as a text, because the environment has only texts. */
function flag() {
  const expected = 'true or false'
  return z.codec(z.union([z.boolean(), z.string()], { error: expected }), z.boolean(), {
    decode(given, context) {
      if (typeof given === 'boolean') return given
      if (given === 'true' || given === 'false') return given === 'true'
      context.issues.push({ code: 'custom', input: given, message: expected })
      return z.NEVER
    },
    encode: (value) => value,
  })
}

function oneOf<const Words extends readonly [string, string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` })
}

/** Schema of a whole number from 1, or "none", which is Infinity. */
function limit() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : whole(given, 1, Number.MAX_SAFE_INTEGER))
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : value)
  return written(`a whole number from 1, or "${NONE}"`, read, print)
}

/** Schema of a whole number from 1, "half" of another limit, or "none". */
function limitOrHalf() {
  const { POSITIVE_INFINITY, MAX_SAFE_INTEGER } = Number
  return written(
    `a whole number from 1, "${HALF}" or "${NONE}"`,
    (given) => (given === NONE ? POSITIVE_INFINITY : given === HALF ? HALF : whole(given, 1, MAX_SAFE_INTEGER)),
    (value) => (value === POSITIVE_INFINITY ? NONE : value),
  )
}

/** Schema of a time longer than 0, or "none", which is Infinity. */
function limitOfTime() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : parseSpan(String(given), 's') || undefined)
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : formatSpan(value))
  return written(`a time such as 30s or 10m, longer than 0, or "${NONE}"`, read, print)
}

/** Minimum limit of the data folder's size, in bytes, because open tables need some space. */
const LEAST = 10_000_000

/** Schema of a size in bytes, or "none", which is Infinity. */
function size() {
  const read = (given: string | number) => {
    if (given === NONE) return Number.POSITIVE_INFINITY
    const bytes = parseSize(String(given)) ?? 0
    return bytes >= LEAST ? bytes : undefined
  }
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : formatSize(value))
  return written(`a size such as 500MB or 2GB, 10MB at least, or "${NONE}"`, read, print)
}

function whole(given: string | number, low: number, high: number): number | undefined {
  const value = typeof given === 'number' ? given : Number(/^\d+$/.test(given) ? given : Number.NaN)
  return Number.isSafeInteger(value) && value >= low && value <= high ? value : undefined
}

function text(expected: string) {
  return z.string({ error: expected }).trim().min(1, { error: expected })
}

/** Schema of network faults, written like the option of that name. */
function faults(verb: OptionVerb) {
  const form = {
    split: 'bytes such as "8", "1..5" or "in:8"',
    glue: 'a time such as "80ms"',
    delay: 'times such as "5ms..20ms" or "in:5ms"',
  }[verb]
  const read = (given: string | number) => ('refused' in parseFaults(toRules(verb, String(given))) ? undefined : String(given))
  return written(form, read, String)
}

const time = () => written('a time such as 100ms, 2s or 1m', (given) => parseSpan(String(given), 's'), formatSpan)
/** Schema of a timeout, which is longer than 0 because no client can answer at once. */
const timeout = () =>
  written('a time such as 100ms, 2s or 1m, longer than 0', (given) => parseSpan(String(given), 's') || undefined, formatSpan)
const names = () => z.array(text('the name of a program'), { error: 'a list of programs, such as ["guess", "chat"]' })
const files = () => z.array(text('a file'), { error: 'a list of files, such as ["connect-four.ts"]' })
const port = written('a port from 0 to 65535; 0 for any', (given) => whole(given, 0, 65535), Number)
const where = 'a port such as 4080, an address with one such as 0.0.0.0:4080, or "none"'

/** The schema of all settings, from any source. Their names and forms are those of `parlor.toml`. */
export const Config = z.strictObject({
  host: text('an address such as 127.0.0.1, or a name'),
  plugins: files(),
  only: names().optional(),
  ports: z.record(z.string(), port, { error: 'a table of programs and ports' }),
  portBase: written('a port from 1 to 65535', (given) => whole(given, 1, 65535), Number).optional(),
  iterative: names(),
  data: text('a folder, or "none"'),
  durable: oneOf('process', 'power'),
  keep: size(),
  first: timeout(),
  idle: timeout(),
  wait: time().optional(),
  framing: oneOf('lines', 'none', 'length').optional(),
  words: text('a file').optional(),
  questions: text('a file').optional(),
  strict: flag().optional(),
  split: faults('split').optional(),
  glue: faults('glue').optional(),
  delay: faults('delay').optional(),
  seed: written('a whole number from 0 to 65535', (given) => whole(given, 0, 65_535), Number).optional(),
  trace: flag().optional(),
  secrets: flag().optional(),
  http: written(where, readPlace, printPlace),
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
/** Config is all settings of a server. */
export type Config = z.output<typeof Config>

/** Part is the schema of one source, which can set any part of a Config. */
const Part = z.strictObject({ ...Config.shape, limits: Config.shape.limits.partial() }).partial()

/** ConfigSource is the settings that one source gives, written as in `parlor.toml`, and the source's name for each. */
export interface ConfigSource {
  readonly values: Readonly<Record<string, unknown>>
  /** Returns the source of a setting: `parlor.toml`, `PARLOR_HOST`, `--host`. */
  from(setting: string): string
  /** Returns the line of a setting, if the source is a file. */
  lineOf?(setting: string): number | undefined
}

/** ResolvedConfig is the settings in force, and the source of each. */
export interface ResolvedConfig {
  readonly config: Config
  /** Sources by the setting's name, such as `limits.tables`; for ports by program, such as `ports.tjc/guess`. */
  readonly from: ReadonlyMap<string, string>
  /** Lines of the settings that come from a file. */
  readonly lines: ReadonlyMap<string, number>
}

/** Names of the settings that are true or false. */
export const FLAGS: ReadonlySet<string> = new Set(['strict', 'trace', 'secrets'])

/** Names of the settings that are tables. */
const TABLES = ['ports', 'limits'] as const

/** Names of all settings, such as `limits.tables`. */
export const settingNames: readonly string[] = Object.keys(Config.shape).flatMap((name) =>
  name === 'limits' ? Object.keys(Config.shape.limits.shape).map((one) => `limits.${one}`) : [name],
)

/** Merges sources over the defaults; later sources override earlier ones. Throws a ConfigError for all invalid settings together. */
export function resolveConfig(...layers: readonly ConfigSource[]): ResolvedConfig {
  const from = new Map<string, string>()
  const lines = new Map<string, number>()
  const merged: Record<string, unknown> = {}
  const [fault, ...others] = layers.flatMap((layer) => [...faultsOf(layer)])
  if (fault !== undefined) throw new ConfigError(fault, ...others)
  const usual: ConfigSource = { values: defaults, from: () => 'default' }
  for (const layer of [usual, ...layers]) {
    for (const [setting, value] of flattenSettings(layer.values)) {
      from.set(setting, layer.from(setting))
      const line = layer.lineOf?.(setting)
      if (line === undefined) lines.delete(setting)
      else lines.set(setting, line)
      setValue(merged, setting, value)
    }
  }
  if (!from.has('level')) {
    merged.level = defaultLevels[merged.log === 'json' ? 'json' : 'plain']
    from.set('level', 'default')
  }
  return { config: Config.parse({ ports: {}, ...merged }), from, lines }
}

/** Converts a program's short name to its full name; returns any other name unchanged. */
export function toProgramName(name: string): string {
  return programNames.find((one) => one === name || findShortName(one) === name) ?? name
}

/** Finds the programs to which one source gives several ports, by two names; returns their ports by full name. */
function secondPorts(ports: unknown): readonly (readonly [string, readonly unknown[]])[] {
  const byProgram = Map.groupBy(Object.entries(ports ?? {}), ([name]) => toProgramName(name))
  return [...byProgram].flatMap(([name, given]) => {
    const different = [...new Set(given.map(([, port]) => port))]
    return different.length > 1 ? [[name, different] as const] : []
  })
}

/** Returns a sentence for each invalid value of a source, in the order of its lines. */
function faultsOf(layer: ConfigSource): readonly string[] {
  const { values, from, lineOf = () => undefined } = layer
  const fault = (setting: string, say: (at: string) => string) => {
    const line = lineOf(setting)
    return { line: line ?? 0, text: say(formatOrigin(setting, from(setting), line)) }
  }
  const faults = (Part.safeParse(values).error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const setting = [...issue.path, key].join('.')
        return fault(setting, (at) => `${at} ${unknownSetting(setting)}`)
      })
    }
    const setting = issue.path.filter((part) => typeof part === 'string').join('.')
    const given = issue.path.reduce((value: unknown, part) => (value as Record<PropertyKey, unknown>)[part], values)
    const value = typeof given === 'string' ? quoteText(given) : JSON.stringify(given)
    return [fault(setting, (at) => `${at} is ${value}, and must be ${issue.message}`)]
  })
  faults.push(...secondPorts(values.ports).map(([name, given]) => fault(`ports.${name}`, (at) => formatDuplicate(at, given))))
  return faults.toSorted((one, other) => one.line - other.line).map(({ text: sentence }) => sentence)
}

/** Formats a setting and its source, as the beginning of a sentence. */
export function formatOrigin(setting: string, from: string | undefined, line: number | undefined): string {
  return `${line === undefined ? '' : `line ${line}: `}${setting} (from ${from})`
}

function unknownSetting(setting: string): string {
  const meant = nearest(setting)
  return `is not a setting${meant === undefined ? '.' : `; did you mean ${meant}?`} All of them: parlor config`
}

/** Returns the maximum edit distance to a suggested word: 1 for up to three letters, because two changes make another word. */
export function maxDistance(word: string): number {
  return word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
}

/** Finds the setting with the nearest spelling, also one of a table by its last word alone; `undefined` if none is near. */
function nearest(typed: string): string | undefined {
  const plain = (name: string) =>
    name
      .slice(name.lastIndexOf('.') + 1)
      .replace(/[-_]/g, '')
      .toLowerCase()
  const candidates = [...settingNames, ...TABLES]
  const word = plain(typed)
  const meant = closestMatch(word, candidates.map(plain), { maxDistance: maxDistance(word) })
  return candidates.find((name) => plain(name) === meant)
}

/** Yields all values by the names of their settings, such as `limits.tables`, with the full names of programs. */
export function* flattenSettings(values: Readonly<Record<string, unknown>>): Iterable<[string, unknown]> {
  for (const [name, value] of Object.entries(values)) {
    if (!isTable(name)) yield [name, value]
    else for (const [key, inner] of Object.entries(value ?? {})) yield [`${name}.${name === 'ports' ? toProgramName(key) : key}`, inner]
  }
}

/** Sets the value of a setting, also within a table. */
export function setValue(values: Record<string, unknown>, setting: string, value: unknown): void {
  const [table, key] = splitName(setting)
  if (table === undefined) values[key] = value
  else values[table] = { ...(values[table] as object | undefined), [key]: value }
}

/** Splits the name of a setting into its table, if it has one, and its name there. */
export function splitName(setting: string): [table: string | undefined, key: string] {
  const at = setting.indexOf('.')
  return at < 0 ? [undefined, setting] : [setting.slice(0, at), setting.slice(at + 1)]
}

function isTable(name: string): name is (typeof TABLES)[number] {
  return TABLES.some((one) => one === name)
}

function readPlace(given: string | number): Address | typeof NONE | undefined {
  if (given === NONE) return NONE
  const [, bracketed, host = bracketed ?? HERE, digits = ''] = /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):)?(\d+)$/i.exec(String(given)) ?? []
  const number = whole(digits, 0, 65535)
  return number === undefined ? undefined : { host, port: number }
}

function printPlace(place: Address | typeof NONE): string {
  if (place === NONE) return NONE
  return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`
}
