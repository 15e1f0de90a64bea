import { closestMatch } from 'leven'
import { z } from 'zod'
import { printSpan, readSpan } from '../base/counts.ts'
import { programNames, shortNameOf } from '../protocols/index.ts'
import { type OptionVerb, parseNetwork, rulesOf } from '../wire/network.ts'
import { givenTwice, quoted } from '../wire/text.ts'
import type { Address } from '../wire/transport.ts'
import { defaults, levelOf } from './defaults.ts'
import { printSize, readSize } from './sizes.ts'

/** ConfigError is settings that cannot be meant; each sentence says where one stands and what is expected there. */
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
/** Where HTTP is bound when only a port is given: to this machine alone. */
const HERE = '127.0.0.1'

/** A setting that is written as a text or a number, and meant as something else. `expected` stands behind "must be". */
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

/** True or false, also as a text, which is all that the environment can say. */
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

/** A whole number from 1, or none: then it is Infinity. */
function limit() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : whole(given, 1, Number.MAX_SAFE_INTEGER))
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : value)
  return written(`a whole number from 1, or "${NONE}"`, read, print)
}

/** A whole number from 1, "half" of another limit, or none. */
function limitOrHalf() {
  const { POSITIVE_INFINITY, MAX_SAFE_INTEGER } = Number
  return written(
    `a whole number from 1, "${HALF}" or "${NONE}"`,
    (given) => (given === NONE ? POSITIVE_INFINITY : given === HALF ? HALF : whole(given, 1, MAX_SAFE_INTEGER)),
    (value) => (value === POSITIVE_INFINITY ? NONE : value),
  )
}

/** A time longer than 0, or none: then it is Infinity. */
function limitOfTime() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : readSpan(String(given), 's') || undefined)
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : printSpan(value))
  return written(`a time such as 30s or 10m, longer than 0, or "${NONE}"`, read, print)
}

/** The least that a folder can be held to: what is going on needs some room. */
const LEAST = 10_000_000

/** An amount of bytes, or none: then it is Infinity. */
function size() {
  const read = (given: string | number) => {
    if (given === NONE) return Number.POSITIVE_INFINITY
    const bytes = readSize(String(given)) ?? 0
    return bytes >= LEAST ? bytes : undefined
  }
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : printSize(value))
  return written(`a size such as 500MB or 2GB, 10MB at least, or "${NONE}"`, read, print)
}

function whole(given: string | number, low: number, high: number): number | undefined {
  const value = typeof given === 'number' ? given : Number(/^\d+$/.test(given) ? given : Number.NaN)
  return Number.isSafeInteger(value) && value >= low && value <= high ? value : undefined
}

function text(expected: string) {
  return z.string({ error: expected }).trim().min(1, { error: expected })
}

/** Returns a network's faults as the value of the option of that name. */
function faults(verb: OptionVerb) {
  const form = {
    split: 'bytes such as "8", "1..5" or "in:8"',
    glue: 'a time such as "80ms"',
    delay: 'times such as "5ms..20ms" or "in:5ms"',
  }[verb]
  const read = (given: string | number) => ('refused' in parseNetwork(rulesOf(verb, String(given))) ? undefined : String(given))
  return written(form, read, String)
}

const time = () => written('a time such as 100ms, 2s or 1m', (given) => readSpan(String(given), 's'), printSpan)
/** How long somebody may take: nobody can answer in no time. */
const patience = () =>
  written('a time such as 100ms, 2s or 1m, longer than 0', (given) => readSpan(String(given), 's') || undefined, printSpan)
const names = () => z.array(text('the name of a program'), { error: 'a list of programs, such as ["guess", "chat"]' })
const port = written('a port from 0 to 65535; 0 for any', (given) => whole(given, 0, 65535), Number)
const where = 'a port such as 4080, an address with one such as 0.0.0.0:4080, or "none"'

/** The one schema of all settings, whoever gives them: their names and forms are those of `parlor.toml`. */
export const Config = z.strictObject({
  host: text('an address such as 127.0.0.1, or a name'),
  only: names().optional(),
  ports: z.record(z.string(), port, { error: 'a table of programs and ports' }),
  portBase: written('a port from 1 to 65535', (given) => whole(given, 1, 65535), Number).optional(),
  iterative: names(),
  data: text('a folder, or "none"'),
  durable: oneOf('process', 'power'),
  keep: size(),
  first: patience(),
  idle: patience(),
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
/** Config is everything that can be set about a server. */
export type Config = z.output<typeof Config>

/** Part is what one source says of a configuration: any part of the whole. */
const Part = z.strictObject({ ...Config.shape, limits: Config.shape.limits.partial() }).partial()

/** Layer is what one source says of the settings, written as in `parlor.toml`; and how the source calls a setting. */
export interface Layer {
  readonly values: Readonly<Record<string, unknown>>
  /** Where a setting comes from: `parlor.toml`, `PARLOR_HOST`, `--host`. */
  from(setting: string): string
  /** The line of a setting in its file, if it stands in one. */
  lineOf?(setting: string): number | undefined
}

/** Settings are what holds, and where each of it comes from. */
export interface Settings {
  readonly config: Config
  /** By the setting's name, `limits.tables`; the ports by program, `ports.tjc/guess`. */
  readonly from: ReadonlyMap<string, string>
  /** The lines of those that stand in a file. */
  readonly lines: ReadonlyMap<string, number>
}

/** The settings that are true or false. */
export const FLAGS: ReadonlySet<string> = new Set(['strict', 'trace', 'secrets'])

/** The settings that are tables of others. */
const TABLES = ['ports', 'limits'] as const

/** The names of all settings, as in `limits.tables`. */
export const settingNames: readonly string[] = Object.keys(Config.shape).flatMap((name) =>
  name === 'limits' ? Object.keys(Config.shape.limits.shape).map((one) => `limits.${one}`) : [name],
)

/** Lays layers over each other, the weakest first, with the defaults below. Throws a ConfigError for all that cannot be meant. */
export function settle(...layers: readonly Layer[]): Settings {
  const from = new Map<string, string>()
  const lines = new Map<string, number>()
  const merged: Record<string, unknown> = {}
  const [fault, ...others] = layers.flatMap((layer) => [...faultsOf(layer)])
  if (fault !== undefined) throw new ConfigError(fault, ...others)
  const usual: Layer = { values: defaults, from: () => 'default' }
  for (const layer of [usual, ...layers]) {
    for (const [setting, value] of flat(layer.values)) {
      from.set(setting, layer.from(setting))
      const line = layer.lineOf?.(setting)
      if (line === undefined) lines.delete(setting)
      else lines.set(setting, line)
      put(merged, setting, value)
    }
  }
  if (!from.has('level')) {
    merged.level = levelOf[merged.log === 'json' ? 'json' : 'plain']
    from.set('level', 'default')
  }
  return { config: Config.parse({ ports: {}, ...merged }), from, lines }
}

/** The program that a name or short name means; what is none stays as it is. */
export function fullName(name: string): string {
  return programNames.find((one) => one === name || shortNameOf(one) === name) ?? name
}

/** Finds the programs that have two ports in one source, by two names: all their ports, by full name. */
function secondPorts(ports: unknown): readonly (readonly [string, readonly unknown[]])[] {
  const byProgram = Map.groupBy(Object.entries(ports ?? {}), ([name]) => fullName(name))
  return [...byProgram].flatMap(([name, given]) => {
    const different = [...new Set(given.map(([, port]) => port))]
    return different.length > 1 ? [[name, different] as const] : []
  })
}

/** Finds the values of a source that cannot be meant, a sentence each, in the order of its lines. */
function faultsOf(layer: Layer): readonly string[] {
  const { values, from, lineOf = () => undefined } = layer
  const fault = (setting: string, say: (at: string) => string) => {
    const line = lineOf(setting)
    return { line: line ?? 0, text: say(origin(setting, from(setting), line)) }
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
    const value = typeof given === 'string' ? quoted(given) : JSON.stringify(given)
    return [fault(setting, (at) => `${at} is ${value}, and must be ${issue.message}`)]
  })
  faults.push(...secondPorts(values.ports).map(([name, given]) => fault(`ports.${name}`, (at) => givenTwice(at, given))))
  return faults.toSorted((one, other) => one.line - other.line).map(({ text: said }) => said)
}

/** A setting and where it comes from, as a sentence about it begins. */
export function origin(setting: string, from: string | undefined, line: number | undefined): string {
  return `${line === undefined ? '' : `line ${line}: `}${setting} (from ${from})`
}

function unknownSetting(setting: string): string {
  const meant = nearest(setting)
  return `is no setting${meant === undefined ? '.' : `; did you mean ${meant}?`} All of them: parlor config`
}

/** Returns how far a word may be from the one that was meant: of three letters, two others make a word of their own. */
export function distanceFor(word: string): number {
  return word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
}

/** The setting that was meant: also one of a table, by its last word alone. `undefined` if none is spelt nearly so. */
function nearest(typed: string): string | undefined {
  const plain = (name: string) =>
    name
      .slice(name.lastIndexOf('.') + 1)
      .replace(/[-_]/g, '')
      .toLowerCase()
  const candidates = [...settingNames, ...TABLES]
  const word = plain(typed)
  const meant = closestMatch(word, candidates.map(plain), { maxDistance: distanceFor(word) })
  return candidates.find((name) => plain(name) === meant)
}

/** All values by the names of their settings, `limits.tables`; programs by their full names. */
export function* flat(values: Readonly<Record<string, unknown>>): Iterable<[string, unknown]> {
  for (const [name, value] of Object.entries(values)) {
    if (!isTable(name)) yield [name, value]
    else for (const [key, inner] of Object.entries(value ?? {})) yield [`${name}.${name === 'ports' ? fullName(key) : key}`, inner]
  }
}

/** Puts a value where a setting belongs. */
export function put(values: Record<string, unknown>, setting: string, value: unknown): void {
  const [table, key] = splitName(setting)
  if (table === undefined) values[key] = value
  else values[table] = { ...(values[table] as object | undefined), [key]: value }
}

/** The table in which a setting stands, if in one, and its name there. */
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
