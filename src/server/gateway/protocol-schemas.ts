import { z } from 'zod'
import { count, list, text } from '../../native/fields.ts'

/*
 * The schemas of the protocols of this server, and of the WebSocket on which a browser plays the client of a program. The page imports only
 * the types of these schemas.
 */

const side = z.enum(['client', 'server'])
const bytes = text.meta({ description: 'bytes in hexadecimal, with two digits per byte' })
const state = text.meta({ description: 'a state of the automaton' })

/** The fields of a program in the list and in its reference. */
const head = {
  name: text,
  short: text.optional().meta({ description: 'the short name' }),
  title: text,
  ports: list(
    z.strictObject({
      transport: z.enum(['tcp', 'tls', 'unix', 'udp']),
      port: count.optional().meta({ description: 'missing for a Unix socket' }),
    }),
  ).meta({ description: 'the ports of the program on this server' }),
}

/** The list of the programs that a server runs. */
export const ProtocolList = z
  .strictObject({ protocols: list(z.strictObject(head)) })
  .meta({ description: 'The programs of this server, in the order of the worksheets.' })
export type ProtocolList = z.infer<typeof ProtocolList>

const reference = {
  ...head,
  facts: list(z.strictObject({ name: text, value: text })).meta({ description: 'properties of the program, such as its framing' }),
  messages: list(
    z.strictObject({
      name: text,
      from: z.enum(['client', 'server', 'either']),
      text: text.meta({ description: 'the text of the message, with fields in braces; empty if the message is the end of the connection' }),
      notes: text,
      closes: z.literal(true).optional().meta({ description: 'true if the side closes its end of the connection and sends no bytes' }),
      bye: z.literal(true).optional().meta({ description: 'true for a goodbye, which ends the conversation' }),
      example: bytes.meta({ description: 'the bytes of an example, in hexadecimal' }),
    }),
  ),
  start: state,
  states: list(
    z.strictObject({
      name: state,
      mayEnd: z.boolean().meta({ description: 'true if the conversation may be over in this state' }),
      steps: list(z.strictObject({ message: text, from: side, next: state })),
    }),
  ),
  conversations: text.meta({ description: 'example conversations as text, which together contain each message once' }),
}

/** The reference of a program: its messages and its states. */
export const ProtocolReference = z.strictObject(reference).meta({ description: 'The reference of a program, from its definition.' })
export type ProtocolReference = z.infer<typeof ProtocolReference>

/** The path of a program. */
export const ProtocolPath = z.strictObject({ name: z.string().min(1).max(80) })

/** Maximum number of bytes that one command of a trial sends. */
const MOST_BYTES = 1024

/** A command of the page in a trial: bytes for the server, or the end of the bytes. */
export const TrialCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('send'),
    bytes: z
      .string()
      .regex(/^(?:[\da-f]{2})+$/)
      .max(2 * MOST_BYTES),
  }),
  z.strictObject({ type: z.literal('finish') }),
])
export type TrialCommand = z.infer<typeof TrialCommand>

const judged = {
  from: side,
  name: text.optional().meta({ description: 'the name of a legal message' }),
  state: state.meta({ description: 'the state after the message' }),
  standing: z.enum(['legal', 'crossed', 'late', 'early', 'illegal']),
  violation: text.optional().meta({ description: 'a sentence on the mistake' }),
  wrongAt: count.optional().meta({ description: 'the place of the first wrong byte in the message, from 0' }),
  oddity: text.optional().meta({ description: 'a sentence on strange bytes in a legal message' }),
}

/** An event of a trial. The browser gets the events in the order in which they happen. */
export const TrialEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('begun'), state }),
  z.strictObject({ type: z.literal('bytes'), from: side, bytes }),
  z.strictObject({ type: z.literal('message'), number: count, size: count.meta({ description: 'the number of its bytes' }), ...judged }),
  z.strictObject({ type: z.literal('judged'), number: count.meta({ description: 'the number of an early message' }), ...judged }),
  z.strictObject({ type: z.literal('note'), from: side, sentence: text }),
  z.strictObject({
    type: z.literal('ended'),
    from: side,
    how: z.enum(['finished', 'reset']),
    state,
    isOver: z.boolean().meta({ description: 'true if the conversation may be over in this state' }),
    expected: text.optional().meta({ description: 'a clause on the expected message' }),
  }),
  z.strictObject({ type: z.literal('refused'), sentence: text.meta({ description: 'the reason why the server ends the trial' }) }),
])
export type TrialEvent = z.infer<typeof TrialEvent>
