import { expectation, legalTransitions } from '../../protocol/automaton.ts'
import { parseMessage } from '../../protocol/message-spec.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import type { CheckSubject, Finding } from './check.ts'
import { QUOTED } from './program-output.ts'
import type { RunningProgram } from './sandbox.ts'
import { candidateLines } from './typist.ts'
import type { WireWatch } from './wire-watch.ts'

/*
 * If the judge's side breaks the protocol, or sends nothing more, the next messages of the program show how the program handles that fault.
 */

/** Milliseconds for a program to send a line that was typed. */
const TYPED_WAIT = 500

/**
 * Waiting is a program whose peer sends nothing more: `seen` is the number of observations before the silence, `state` is the state at its
 * beginning.
 */
export interface Waiting {
  readonly running: RunningProgram
  readonly watch: WireWatch
  readonly seen: number
  readonly state: string
}

/**
 * Types a line if the program asks for a line in the other side's turn, and resolves when the program can have sent the line. A program that waits
 * for the other side does not ask.
 */
export async function answerFreshPrompt(subject: CheckSubject, { running, watch, seen, state }: Waiting): Promise<void> {
  const { output } = running
  const since = watch.observations[seen]?.at ?? Number.POSITIVE_INFINITY
  const isFresh = output.prompt !== '' && output.chunks.some(({ at, stream }) => stream !== 'typed' && at >= since)
  const line = isFresh ? lineAfter(subject, state) : undefined
  if (line === undefined) return
  running.type(line)
  await pause(subject, TYPED_WAIT)
}

/** Returns a line that a person at the program may type after a message of the other side; `undefined` if there is no such line. */
export function lineAfter({ program, role }: CheckSubject, state: string): string | undefined {
  const { automaton } = program.protocol
  const after = legalTransitions(automaton, state).filter(({ from, form }) => from !== role && !form.bye && !form.closes)
  const lines = after.flatMap(({ next }) => program.typed?.[next] ?? candidateLines(automaton, next, role).lines)
  return lines[0]
}

function pause({ clock }: CheckSubject, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

/** Finds a message that a program has sent because it treated a wrong message as a legal message, so that its turn came too soon. */
export function findReaction({ role, program }: CheckSubject, since: readonly Observation[], quoted: string): Finding | undefined {
  const { automaton } = program.protocol
  const messages = since.filter((one) => one.kind === 'message')
  const at = messages.findIndex(({ from, violation }) => from !== role && violation !== undefined)
  const wrong = messages[at]
  if (!wrong) return undefined
  // the monitor may treat the wrong message as the move in its place, so this code uses the state before the message
  const legal = legalTransitions(automaton, wrong.before).filter(({ from }) => from === role)
  const isMove = ({ from, text }: MessageObservation) =>
    from === role &&
    !legal.some(({ form }) => parseMessage(form, text)) &&
    Object.entries(automaton.messages).some(
      ([name, form]) =>
        name !== automaton.refusal && !form.free && (form.from === role || form.from === 'either') && parseMessage(form, text),
    )
  const early = messages.slice(at + 1).find(isMove)
  return (
    early && {
      cause: 'out-of-turn',
      sentence: `the ${role} treated ${quoted} as a legal message: it sent ${JSON.stringify(early.text)} after it, though it was still the other side's turn`,
    }
  )
}

/**
 * Finds a server that does not answer a message that its protocol allows, although only the server may send in the next state. The message
 * has garbage in place of a number or a word, and the protocol has an answer for it.
 */
export async function findUnanswered(
  subject: CheckSubject,
  { running, watch, seen }: Pick<Waiting, 'running' | 'watch' | 'seen'>,
  wait: number,
): Promise<Finding | undefined> {
  const { role, program } = subject
  const { automaton } = program.protocol
  const since = () => watch.observations.slice(seen)
  const hasReacted = () => since().some((one) => one.from === role && one.kind !== 'segment')
  if (role !== 'server' || hasReacted()) return undefined
  // in a protocol without line ends, the monitor knows the message only after a pause
  await pause(subject, wait)
  watch.settle()
  const last = since().find((one) => one.kind === 'message' && one.from !== role)
  if (hasReacted() || last?.kind !== 'message' || last.violation !== undefined) return undefined
  const steps = legalTransitions(automaton, last.after)
  if (steps.length === 0 || steps.some(({ from, form }) => from !== role || form.closes)) return undefined
  const lines = running.output.lastLines(QUOTED)
  return {
    cause: 'hangs',
    sentence: `the server has not answered it within ${wait / 1000} s: ${expectation(automaton, last.after, role)}`,
    lines,
  }
}

/**
 * Finds a client that waits forever for an answer, although its state allows it to send without this answer. In the protocol of
 * such a client, some answers have no bytes, and these answers never arrive.
 */
export async function findStall(
  subject: CheckSubject,
  { running, watch, seen, state }: Waiting,
  wait: number,
): Promise<Finding | undefined> {
  const { role, program } = subject
  const steps = legalTransitions(program.protocol.automaton, state).filter(({ form }) => !form.bye && !form.closes && !form.asks)
  const isFree = role === 'client' && steps.some(({ from }) => from === role) && steps.some(({ from }) => from !== role)
  if (!isFree) return undefined
  await pause(subject, wait)
  if (watch.observations.some((one) => one.kind === 'end' && one.from === role)) return undefined
  const since = watch.observations[seen - 1]?.at ?? 0
  const isSent = watch.observations.slice(seen).some((one) => one.kind === 'message' && one.from === role)
  const isTyped = running.output.chunks.some(({ at, stream }) => stream === 'typed' && at > since)
  if (isSent || !isTyped) return undefined
  const sentence = `a line was typed, and the client does not send it within ${wait / 1000} s: it waits for an answer that may be empty, and then never arrives; wait for a limited time`
  return { cause: 'hangs', sentence }
}
