import type { Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import type { Finding } from './check.ts'
import type { PlayedFinding } from './play.ts'
import { rehearse } from './rehearsal.ts'
import type { Script } from './script.ts'
import { LONG_TEXT, SHORT_TEXT } from './unusual-lines.ts'

/*
 * Which answer is right? The automaton has the kinds of answers, and Parlor's own server gives an answer of one of these kinds; but the server under
 * test may have another
 * secret number, and another time. So Parlor's own server plays the same lines several times, each time with other random choices
 * and another time. If an answer is the same each time and contains the client's text, the answer depends on that text alone. Every right
 * server then gives the same answer.
 */

/** Random choices and times, in milliseconds since 1970, that share no digit and no name of a day or month. */
const CIRCUMSTANCES = [
  { choices: 0, time: Date.UTC(2021, 1, 3, 4, 5, 6) },
  { choices: 7919, time: Date.UTC(2036, 9, 28, 17, 49, 37) },
  { choices: 15_838, time: Date.UTC(2048, 6, 14, 11, 22, 53) },
]

/** Exchange is a message of the client, and the answers of the server to it. */
export interface Exchange {
  readonly request: string
  readonly answer: string
  /** The names of the messages of the answer. */
  readonly names: readonly (string | undefined)[]
}

/** Finds an answer of a server that differs from the only right answer. */
export async function findWrongAnswer(
  subject: Parameters<typeof rehearse>[0],
  script: Script,
  observations: readonly Observation[] = [],
): Promise<Finding | undefined> {
  const { refusal } = subject.program.protocol.automaton
  const decided = await findDecidedAnswers(subject, script)
  for (const [at, { request, answer }] of toExchanges(observations.filter((one) => one.kind === 'message')).entries()) {
    const right = decided[at]
    if (right?.request !== request) return undefined
    if (request.length < 2 || !right.isDecided || right.names.includes(refusal) || answer === right.answer) continue
    return { ...explain({ request, answer }, right.answer), observations }
  }
  return undefined
}

/** DecidedExchange is an exchange with Parlor's own server. */
export interface DecidedExchange extends Exchange {
  /** True if each right server gives this answer, because it depends on the text of the client alone. */
  readonly isDecided: boolean
}

/**
 * Plays a script with Parlor's own server in several circumstances, and resolves to the exchanges, or to an empty array if a rehearsal does
 * not end.
 */
export async function findDecidedAnswers(subject: Parameters<typeof rehearse>[0], script: Script): Promise<readonly DecidedExchange[]> {
  const references: (readonly Exchange[])[] = []
  for (const circumstances of CIRCUMSTANCES) {
    const rehearsal = await rehearse(subject, script, circumstances)
    if (!rehearsal) return []
    references.push(toExchanges(rehearsal.messages))
  }
  const [first = [], ...others] = references
  return first.map((one, at) => ({
    ...one,
    isDecided: others.every((other) => other[at]?.answer === one.answer) && one.answer.includes(one.request),
  }))
}

/** Finds the end of an earlier message behind a later, shorter message in the output of a server. */
export function findStalePrint({ cause, printed = '', observations = [] }: PlayedFinding): Finding | undefined {
  if (cause !== undefined || !hasRest(printed)) return undefined
  const sentence = `the client sent a long text and then ${quoteText(SHORT_TEXT)}, and the server printed the end of the long text again: ${STALE}`
  return { cause: 'stale-buffer', sentence, observations }
}

const STALE = 'it is still in the buffer; use only the bytes that the read has returned'

function explain({ request, answer }: Pick<Exchange, 'request' | 'answer'>, right: string): Finding {
  const sentence = `the client sent ${quoteText(request)}, and the server answered ${quoteText(answer)}; the right answer is ${quoteText(right)}`
  if (!hasRest(answer)) return { cause: 'wrong-rules', sentence }
  return { cause: 'stale-buffer', sentence: `${sentence}: the end of it is from an earlier, longer message, and ${STALE}` }
}

/** Number of characters by which the check recognizes the end of the long text. */
const REST = 8

/** Checks whether a text has the end of the long text without its start. */
function hasRest(text: string): boolean {
  return text.replaceAll(LONG_TEXT, '').includes(LONG_TEXT.slice(-REST))
}

/** Returns the messages of the client with the answers of the server to each. */
export function toExchanges(messages: readonly MessageObservation[]): readonly Exchange[] {
  const own: Side = 'client'
  return messages.flatMap((one, at) => {
    if (one.from !== own) return []
    const next = messages.findIndex((later, place) => place > at && later.from === own)
    const answers = messages.slice(at + 1, next < 0 ? undefined : next)
    return [{ request: one.text, answer: answers.map(({ text }) => text).join(''), names: answers.map(({ name }) => name) }]
  })
}
