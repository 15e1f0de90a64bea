import { type Automaton, legalTransitions, mayEnd, type Transition } from '../protocol/automaton.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { parseMessage, type Side } from '../protocol/message-spec.ts'
import { encode } from '../wire/text.ts'
import type { MemoryTransport } from '../wire/transports/memory.ts'

/** WireWrite is one write on the wire, or the end of a side's output. */
export interface WireWrite {
  readonly from: Side
  readonly bytes: Uint8Array | 'end'
}

/** Records the writes of both ends of a pair, in order. */
export function recordWrites(server: MemoryTransport, client: MemoryTransport): WireWrite[] {
  const events: WireWrite[] = []
  for (const [from, transport] of [
    ['server', server],
    ['client', client],
  ] as const) {
    const write = transport.write.bind(transport)
    transport.write = (data) => {
      events.push({ from, bytes: typeof data === 'string' ? encode(data) : data })
      write(data)
    }
    const finish = transport.finish.bind(transport)
    transport.finish = () => {
      events.push({ from, bytes: 'end' })
      finish()
    }
  }
  return events
}

/** JudgedMessage is a message on the wire, and the state of the conversation before the message. */
export interface JudgedMessage {
  readonly from: Side
  readonly text: string
  readonly state: string
}

/** RecordingJudgment is the result of an observer: the messages, the steps and the last state of the conversation. */
export interface RecordingJudgment {
  /** All messages up to the first illegal message. */
  readonly messages: readonly JudgedMessage[]
  readonly steps: readonly Transition[]
  readonly state: string
  /** True if the conversation may be over in that state. */
  readonly over: boolean
  /** The first message that was illegal in its state. */
  readonly illegal?: string
}

/** Judges a recorded conversation like an observer of the wire, only by the automaton. */
export function judgeRecording({ protocol, defaults }: Program, options: Options, events: readonly WireWrite[]): RecordingJudgment {
  const { automaton } = protocol
  const { toServer, toClient } = protocol.framing({ ...defaults, ...options })
  const decoders = { client: toServer.decoder(), server: toClient.decoder() }
  const alone = { client: toServer.alone, server: toClient.alone }
  const messages: JudgedMessage[] = []
  const steps: Transition[] = []
  let state = automaton.start
  const take = (from: Side, text: string): boolean => {
    messages.push({ from, text, state })
    const step = legalTransitions(automaton, state).find(
      (one) => one.from === from && !one.form.closes && parseMessage(one.form, text) !== undefined,
    )
    if (step) {
      steps.push(step)
      state = step.next
    }
    return step !== undefined || isRefusal(automaton, from, text)
  }
  const judged = () => ({ messages, steps, state, over: mayEnd(automaton, state) })
  for (const { from, bytes } of events) {
    const decoder = decoders[from]
    if (bytes !== 'end') decoder.push(bytes)
    for (let message = decoder.next(); typeof message === 'string'; message = decoder.next()) {
      if (!take(from, message)) return { ...judged(), illegal: message }
    }
    const rest = decoder.pending > 0 && (bytes === 'end' || alone[from]) ? decoder.rest() : undefined
    if (typeof rest === 'string' && !take(from, rest)) return { ...judged(), illegal: rest }
    if (bytes !== 'end') continue
    const closing = legalTransitions(automaton, state).find((one) => one.from === from && one.form.closes)
    if (!closing) continue
    steps.push(closing)
    state = closing.next
  }
  return judged()
}

function isRefusal({ refusal, messages }: Automaton, from: Side, text: string): boolean {
  const form = refusal === undefined ? undefined : messages[refusal]
  return from === 'server' && form !== undefined && parseMessage(form, text) !== undefined
}
