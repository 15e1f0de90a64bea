import { z } from 'zod'
import { commands } from '../../src/protocols/door/commands.ts'
import { allPrograms } from '../../src/protocols/index.ts'
import { ToServer } from '../../src/protocols/native/messages.ts'
import type { Program } from '../../src/protocols/protocol.ts'

/** Flood is what one hostile connection says again and again. */
export interface Flood {
  /** What it is, for the results: `json seek against`, `door who`, `fh/talk %f`. */
  readonly name: string
  readonly program: string
  /** What it says first, once. */
  readonly prelude: string
  /** What it says again and again, as often as fits; `TABLE`, `TOKEN` and `USER` stand for its own. */
  readonly text: string
  readonly udp?: true
  /** It says nothing, and connects again and again: when it was greeted, or at once. */
  readonly connects?: 'greeted' | 'at once'
}

/** Bytes of a message at most, without its end. */
const MOST = 4000
/** How the words in a usage are typed at the door, and fields of the native protocol are filled, so that they mean something. */
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

/** All floods: every command of the native protocol and of the door, and every program of the worksheets. */
export async function allFloods(): Promise<readonly Flood[]> {
  const programs = await allPrograms()
  const ofWorksheets = programs.filter(({ name }) => name !== 'parlor/door').flatMap(programFloods)
  return [...nativeFloods(), ...doorFloods(), ...ofWorksheets, ...CONNECTING.flatMap(connecting)]
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

/** Every message of the native protocol, from its schema: with the largest that each field can be, and with what means something. */
function nativeFloods(): Flood[] {
  const { oneOf = [] } = z.toJSONSchema(ToServer, { io: 'input' }) as Shape
  return oneOf.flatMap((shape) => {
    const { properties = {}, required = [] } = shape
    const type = String(properties.type?.const)
    const optional = Object.keys(properties).filter((field) => !required.includes(field) && field !== 'id')
    return subsets(optional).flatMap((chosen) => {
      const fields = [...required, ...chosen].filter((field) => field !== 'type')
      const largest = Object.fromEntries(fields.map((field) => [field, largestOf(properties[field] ?? {})]))
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

/** A message as a line that is no longer than one may be. */
function line(type: string, fields: Readonly<Record<string, unknown>>): string {
  for (let most = MOST; ; most = Math.floor(most / 2)) {
    const cut = (_: string, value: unknown) => (typeof value === 'string' ? value.slice(0, most) : value)
    const text = JSON.stringify({ type, ...fields }, cut).replace('"TABLE"', 'TABLE')
    if (Buffer.byteLength(text) <= MOST) return `${text}\n`
  }
}

/** All subsets of a few fields; of many, each alone, none and all. */
function subsets(fields: readonly string[]): readonly (readonly string[])[] {
  if (fields.length > 3) return [[], ...fields.map((field) => [field]), fields]
  return Array.from({ length: 2 ** fields.length }, (_, chosen) => fields.filter((_, at) => (chosen >> at) % 2 === 1))
}

/** The largest value that a schema takes. */
function largestOf(shape: Shape): unknown {
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return shape.enum.at(-1)
  const either = shape.anyOf ?? shape.oneOf
  if (either) return either.map(largestOf).sort((one, other) => JSON.stringify(other).length - JSON.stringify(one).length)[0]
  switch (shape.type) {
    case 'string':
      return '\u{1d51e}'.repeat(Math.floor((shape.maxLength ?? 1000) / 2))
    case 'integer':
    case 'number':
      return shape.maximum ?? Number.MAX_SAFE_INTEGER
    case 'boolean':
      return true
    case 'array':
      return Array(50).fill(largestOf(shape.items ?? {}))
    case 'object':
      return { ...mapValues(shape.properties ?? {}), ...extra(shape.additionalProperties) }
    default:
      return null
  }
}

function mapValues(properties: Readonly<Record<string, Shape>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([field, shape]) => [field, largestOf(shape)]))
}

function extra(values: Shape | boolean | undefined): Record<string, unknown> {
  if (typeof values !== 'object') return {}
  return Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`a setting ${n}`, largestOf(values)]))
}

const DOOR_PRELUDE = 'USER\nplay tictactoe size 20 against house\n'

/** Every command of the door: alone, with what its usage says, and with as much behind it as a line holds. */
function doorFloods(): Flood[] {
  const typed = commands.flatMap(({ name, usage }) => {
    const meant = usage.replace(/[[\]]|\.\.\./g, ' ').replace(/\b[A-Z]+\b/g, (word) => WORDS[word] ?? 'x'.repeat(1000))
    return [name, meant, `${name} ${'x'.repeat(MOST - 20)}`, `${name} ${'a 1 '.repeat((MOST - 20) / 4)}`].map((text) => text.trim())
  })
  const strange = [
    'x'.repeat(MOST),
    'x '.repeat(MOST / 2),
    '"'.repeat(MOST),
    '\u0301'.repeat(MOST / 2),
    '\u{1f468}\u200d'.repeat(Math.floor(MOST / 7)),
    '',
    '399',
  ]
  return [...new Set([...typed, ...strange])].map((text) => ({
    name: `door ${shown(text)}`,
    program: 'parlor/door',
    prelude: DOOR_PRELUDE,
    text: `${text}\n`,
  }))
}

/** Programs that are connected to: they greet with much, with a table, and with a line before they close. */
const CONNECTING = ['parlor/door', 'tjc/guess', 'tjc/hello']

/** Connections that are closed and opened again: when they were greeted, and at once. */
function connecting(program: string): Flood[] {
  const ways = ['greeted', 'at once'] as const
  return ways.map((connects) => ({ name: `${program} connects, ${connects}`, program, prelude: '', text: '', connects }))
}

/** What a worksheet's client can say, again and again, and what is longest. */
function programFloods({ name, protocol, host }: Program): Flood[] {
  const said = Object.values(protocol.automaton.messages).filter(({ from }) => from !== 'server')
  const all = said.map(({ example }) => `${example}\n`).join('')
  const strange = [
    'x'.repeat(MOST),
    '9'.repeat(MOST),
    '%f'.repeat(MOST / 2),
    '%999999d'.repeat(MOST / 8),
    'a:'.repeat(MOST / 2),
    '\u0301'.repeat(MOST / 2),
    '',
  ]
  const floods = [all, ...strange.map((text) => `${text}\n`)].map((text) => ({
    name: `${name} ${shown(text)}`,
    program: name,
    prelude: '',
    text,
  }))
  return host?.udp ? [...floods, { name: `${name} udp`, program: name, prelude: '', text: all, udp: true }] : floods
}

function shown(text: string): string {
  const line = text.replaceAll('\n', '\\n')
  return line.length > 40 ? `${line.slice(0, 28)}... (${text.length})` : line
}
