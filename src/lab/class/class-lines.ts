import { z } from 'zod'
import { decode, encode } from '../../wire/text.ts'
import type { ClassConnection, ClassObservation } from './class-view.ts'

/*
 * A server sends the class console to its operator as lines of JSON. The first line has the version. A line for each connection follows
 * and, if the operator has chosen a connection, a line for each of its observations. A line ends this snapshot; after it, the same kinds
 * of lines report changes.
 */

/** The version of the lines. A reader refuses lines of any other version. */
export const CLASS_VERSION = 1

/** ClassLine is one line of the console. */
export type ClassLine =
  | { readonly type: 'class'; readonly version: typeof CLASS_VERSION }
  | { readonly type: 'connection'; readonly row: ClassConnection }
  | ({ readonly type: 'observation'; readonly connection: number } & ClassObservation)
  | { readonly type: 'gone'; readonly connection: number }
  | { readonly type: 'snapshot'; readonly unwatched: number }

const side = z.enum(['client', 'server'])
const turn = z.enum(['client', 'server', 'either', 'none'])
const count = z.int().min(0)
const time = z.number()
const span = { start: count, end: count }
/** Bytes, written as a text with one character for each byte. */
const bytes = z.codec(
  z.string(),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  { decode: (text) => encode(text, 'bytes'), encode: (value) => decode(value, 'bytes') },
)

const Segment = z.strictObject({ number: count, at: time, ...span })
const Violation = z.strictObject({
  sentence: z.string(),
  toSender: z.string(),
  expected: z.string(),
  received: z.string(),
  wrongAt: count,
})
const verdict = {
  standing: z.enum(['legal', 'crossed', 'late', 'early', 'illegal']),
  name: z.string().optional(),
  before: z.string(),
  after: z.string(),
  turn,
  violation: Violation.optional(),
  refuses: count.optional(),
  oddity: z.string().optional(),
}
const seen = { at: time, from: side }

const ObservationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('segment'), from: side, number: count, at: time, ...span }),
  z.strictObject({
    ...{ kind: z.literal('message'), ...seen, ...verdict, ...span, number: count, text: z.string(), bytes },
    raw: z.strictObject({ body: bytes, end: z.string() }).optional(),
    segments: z.array(Segment),
    secrets: z.array(z.tuple([count, count])),
  }),
  z.strictObject({ kind: z.literal('judged'), ...seen, ...verdict, number: count }),
  z.strictObject({
    ...{ kind: z.literal('unfinished'), ...seen, ...span, bytes, lacks: z.string(), sentence: z.string(), final: z.boolean() },
  }),
  z.strictObject({ kind: z.literal('unreadable'), ...seen, start: count, sentence: z.string() }),
  z.strictObject({
    ...{ kind: z.literal('end'), ...seen, how: z.enum(['finished', 'reset']), name: z.string().optional() },
    ...{ before: z.string(), after: z.string(), over: z.boolean(), expected: z.string().optional() },
  }),
])

const Row = z.strictObject({
  connection: count,
  program: z.string(),
  host: z.string(),
  port: count,
  transport: z.enum(['tcp', 'tls', 'unix', 'udp']),
  name: z.string().exactOptional(),
  desk: z.string().exactOptional(),
  state: z.string(),
  turn,
  isOpen: z.boolean(),
  isOver: z.boolean(),
  openedAt: time,
  lastAt: time,
  quietFor: time,
  progress: z.strictObject({ visited: count, states: count, games: count }),
  fault: z.strictObject({ sentence: z.string(), at: time, stands: z.boolean() }).exactOptional(),
  trace: z.array(z.int()).exactOptional(),
  observations: count,
  isLost: z.boolean(),
})

const Line = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('class'), version: z.literal(CLASS_VERSION) }),
  z.strictObject({ type: z.literal('connection'), row: Row }),
  z.strictObject({ type: z.literal('observation'), connection: count, number: count, observation: ObservationSchema }),
  z.strictObject({ type: z.literal('gone'), connection: count }),
  z.strictObject({ type: z.literal('snapshot'), unwatched: count }),
])

/** Formats a line as JSON, without a line end. */
export function formatClassLine(line: ClassLine): string {
  return JSON.stringify(z.encode(Line, line as z.output<typeof Line>))
}

/** Parses a line. Returns a refusal, in a sentence, for any other text. */
export function parseClassLine(text: string): ClassLine | { readonly refused: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { refused: 'the server sent a line that is not JSON' }
  }
  const refusal = z.object({ refused: z.string() }).safeParse(value)
  if (refusal.success) return refusal.data
  const line = Line.safeParse(value)
  // a key is missing in JSON if its value is undefined
  if (line.success) return line.data as ClassLine
  return { refused: `the server sent a line that this version does not support: update the older of the two programs` }
}
