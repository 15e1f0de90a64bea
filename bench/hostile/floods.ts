import { z } from 'zod'
import { commands } from '../../src/door/commands/index.ts'
import { ToServer } from '../../src/native/messages.ts'
import { allPrograms } from '../../src/programs/index.ts'
import type { Program } from '../../src/protocol/definition.ts'

/** Flood is the text that a hostile connection sends again and again. */
export interface Flood {
  /** Name in the results: `json seek against`, `door who`, `fh/talk %f`. */
  readonly name: string
  readonly program: string
  /** Text that the connection sends once, first. */
  readonly prelude: string
  /** Text that the connection repeats; `TABLE`, `TOKEN` and `USER` stand for its own table, token and name. */
  readonly text: string
  readonly udp?: true
  /** If set, the connection sends nothing, and connects again immediately or after the greeting. */
  readonly connects?: 'greeted' | 'immediately'
}

/** Maximum of bytes in a message, without its end. */
const LIMIT = 4000
/** Meaningful values for the fields of the native protocol; WORDS has meaningful values for the usage texts of the door. */
const REAL: Readonly<Record<string, unknown>> = {
  table: 'TABLE',
  token: 'TOKEN',
  session: '0Q5XJ8K3T7ZC9WD2R6NB4HVGMF',
  game: 'tictactoe',
  against: 'user7',
  name: 'USER',
  code: 'amber-otter-seven',
  after: 0,
  from: 4900,
  move: '399',
  settings: { size: 20 },
  seats: [0],
  wait: null,
}
const WORDS: Readonly<Record<string, string>> = {
  GAME: 'tictactoe',
  NAME: 'user7',
  N: 'TABLE',
  CODE: 'amber-otter-seven',
  TOKEN: 'TOKEN',
  MOVE: '399',
  COMMAND: 'play',
  SETTING: 'size',
}

/** Returns all floods: every command of the native protocol and of the door, and every worksheet program. */
export async function allFloods(): Promise<readonly Flood[]> {
  const programs = await allPrograms()
  const ofWorksheets = programs.filter(({ name }) => name !== 'parlor/door').flatMap(programFloods)
  return [...nativeFloods(), ...doorFloods(), ...ofWorksheets, ...CONNECTING.flatMap(connectFloods)]
}

interface Shape {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly required?: readonly string[]
  readonly maxLength?: number
  readonly maximum?: number
}

const JSON_PRELUDE = [
  'style json',
  '{"type":"enter","name":"USER"}',
  '{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}',
  '',
].join('\n')

/** Returns floods of every message of the native protocol, from its schema: with the largest values and with meaningful values. */
function nativeFloods(): Flood[] {
  const { oneOf = [] } = z.toJSONSchema(ToServer, { io: 'input' }) as Shape
  return oneOf.flatMap((shape) => {
    const { properties = {}, required = [] } = shape
    const type = String(properties.type?.const)
    const optional = Object.keys(properties).filter((field) => !required.includes(field) && field !== 'id')
    return subsets(optional).flatMap((chosen) => {
      const fields = [...required, ...chosen].filter((field) => field !== 'type')
      const largest = Object.fromEntries(fields.map((field) => [field, largestValue(properties[field] ?? {})]))
      const real = Object.fromEntries(fields.map((field) => [field, REAL[field] ?? largest[field]]))
      return [...new Set([line(type, largest), line(type, real)])].map((text, at) => ({
        name: `json ${type}${chosen.length > 0 ? ` ${chosen.join(' ')}` : ''}${at > 0 ? ', real' : ''}`,
        program: 'parlor/door',
        prelude: JSON_PRELUDE,
        text,
      }))
    })
  })
}

/** Returns a message as a line; it shortens the texts until the line is within the limit. */
function line(type: string, fields: Readonly<Record<string, unknown>>): string {
  for (let most = LIMIT; ; most = Math.floor(most / 2)) {
    const cut = (_: string, value: unknown) => (typeof value === 'string' ? value.slice(0, most) : value)
    const text = JSON.stringify({ type, ...fields }, cut).replace('"TABLE"', 'TABLE')
    if (Buffer.byteLength(text) <= LIMIT) return `${text}\n`
  }
}

/**
 * Returns all subsets of at most three fields; if there are more fields, returns the empty set, each field alone, and all
 * fields.
 */
function subsets(fields: readonly string[]): readonly (readonly string[])[] {
  if (fields.length > 3) return [[], ...fields.map((field) => [field]), fields]
  return Array.from({ length: 2 ** fields.length }, (_, chosen) => fields.filter((_, at) => (chosen >> at) % 2 === 1))
}

/** Returns the largest value that a schema accepts. */
function largestValue(shape: Shape): unknown {
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum.at(-1)
  const either = shape.anyOf ?? shape.oneOf
  if (either) return either.map(largestValue).sort((one, other) => JSON.stringify(other).length - JSON.stringify(one).length)[0]
  switch (shape.type) {
    case 'string':
      return '\u{1d51e}'.repeat(Math.floor((shape.maxLength ?? 1000) / 2))
    case 'integer':
    case 'number':
      return shape.maximum ?? Number.MAX_SAFE_INTEGER
    case 'boolean':
      return true
    case 'array':
      return Array(50).fill(largestValue(shape.items ?? {}))
    case 'object':
      return { ...mapValues(shape.properties ?? {}), ...extra(shape.additionalProperties) }
    default:
      return null
  }
}

function mapValues(properties: Readonly<Record<string, Shape>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([field, shape]) => [field, largestValue(shape)]))
}

function extra(values: Shape | boolean | undefined): Record<string, unknown> {
  if (typeof values !== 'object') return {}
  return Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`a setting ${n}`, largestValue(values)]))
}

const DOOR_PRELUDE = 'USER\nplay tictactoe size 20 against house\n'

/** Returns floods of every door command: alone, with arguments as in its usage, and with arguments that fill the line. */
function doorFloods(): Flood[] {
  const typed = commands.flatMap(({ name, usage }) => {
    const meant = usage.replace(/[[\]]|\.\.\./g, ' ').replace(/\b[A-Z]+\b/g, (word) => WORDS[word] ?? 'x'.repeat(1000))
    return [name, meant, `${name} ${'x'.repeat(LIMIT - 20)}`, `${name} ${'a 1 '.repeat((LIMIT - 20) / 4)}`].map((text) => text.trim())
  })
  const strange = [
    'x'.repeat(LIMIT),
    'x '.repeat(LIMIT / 2),
    '"'.repeat(LIMIT),
    '\u0301'.repeat(LIMIT / 2),
    '\u{1f468}\u200d'.repeat(Math.floor(LIMIT / 7)),
    '',
    '399',
  ]
  return [...new Set([...typed, ...strange])].map((text) => ({
    name: `door ${shortName(text)}`,
    program: 'parlor/door',
    prelude: DOOR_PRELUDE,
    text: `${text}\n`,
  }))
}

/** Programs for connection floods: one greets with a long text, one with a table, and one with a line before it closes. */
const CONNECTING = ['parlor/door', 'tjc/guess', 'tjc/hello']

/** Returns floods of connections that close and open again, after the greeting and immediately. */
function connectFloods(program: string): Flood[] {
  const ways = ['greeted', 'immediately'] as const
  return ways.map((connects) => ({ name: `${program} connects, ${connects}`, program, prelude: '', text: '', connects }))
}

/** Returns floods of all messages that a client of a worksheet program can send, and of the longest lines. */
function programFloods({ name, protocol, host }: Program): Flood[] {
  const said = Object.values(protocol.automaton.messages).filter(({ from }) => from !== 'server')
  const all = said.map(({ example }) => `${example}\n`).join('')
  const strange = [
    'x'.repeat(LIMIT),
    '9'.repeat(LIMIT),
    '%f'.repeat(LIMIT / 2),
    '%999999d'.repeat(LIMIT / 8),
    'a:'.repeat(LIMIT / 2),
    '\u0301'.repeat(LIMIT / 2),
    '',
  ]
  const floods = [all, ...strange.map((text) => `${text}\n`)].map((text) => ({
    name: `${name} ${shortName(text)}`,
    program: name,
    prelude: '',
    text,
  }))
  return host?.udp ? [...floods, { name: `${name} udp`, program: name, prelude: '', text: all, udp: true }] : floods
}

function shortName(text: string): string {
  const line = text.replaceAll('\n', '\\n')
  return line.length > 40 ? `${line.slice(0, 28)}... (${text.length})` : line
}
