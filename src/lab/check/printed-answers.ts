import type { Side } from '../../protocol/automaton.ts'
import { encode, quoteText } from '../../wire/text.ts'
import type { Observation } from '../monitor/observation.ts'
import type { NamedCause } from './evidence.ts'
import { type Look, messagesOf } from './typed-text.ts'

/*
 * The system drops the rest of a datagram that is longer than the buffer of the program, and no later message shows the loss. Only the
 * screen shows it: the program prints the beginning of an answer, and not its end. A program may print an answer in its own way, so only
 * a beginning that no other message explains counts.
 */

/** Matches a number in a printed line, and a line with words in it. */
const NUMBER = /\d+/g
const IN_WORDS = /\p{L}{2}.*\s.*\p{L}{2}/u

/**
 * Finds a line with numbers that a client prints in the words of the worksheet's client, but with other numbers, although both have sent
 * and received the same messages. `said` are the lines of the worksheet's client.
 */
export function findWrongCount({ role, observations, match }: Look, printed: string): NamedCause | undefined {
  const sent = messagesOf(observations, role).map(({ text }) => text.trim())
  const isSame = match.expected.length === sent.length && match.expected.every((text, at) => text.trim() === sent[at])
  if (role !== 'client' || match.shadowBroke || !isSame) return undefined
  const lines = printed.split('\n').map(toWords)
  for (const line of match.said.map(toWords).toReversed()) {
    if (line.match(NUMBER) === null || !IN_WORDS.test(line.replace(NUMBER, ''))) continue
    const shown = lines.findLast((one) => toPattern(one) === toPattern(line))
    // of several such lines, the last line of the game counts
    const last = match.said.map(toWords).findLast((one) => toPattern(one) === toPattern(line))
    if (shown === undefined || shown === last) continue
    return {
      cause: 'wrong-rules',
      sentence: `the client printed ${quoteText(shown)}, but by the messages of this game the line is ${quoteText(last ?? line)}`,
    }
  }
  return undefined
}

function toPattern(line: string): string {
  return line.replace(NUMBER, '#')
}

/** Minimum number of characters by which the beginning of an answer is recognised. */
const RECOGNISED = 10

/** Finds an answer of which a program has printed the beginning only. `printed` is everything that it has printed. */
export function findCutAnswer(role: Side, observations: readonly Observation[], printed: string): NamedCause | undefined {
  const screen = toWords(printed)
  const texts = [...new Set(messagesOf(observations, role === 'client' ? 'server' : 'client').map(({ text }) => toWords(text)))]
  for (const text of texts) {
    if (text === '' || screen.includes(text)) continue
    const { length } = beginningIn(text, screen)
    const explained = Math.max(0, ...texts.filter((other) => other !== text).map((other) => beginningIn(text, other).length))
    if (length < RECOGNISED || length <= explained) continue
    const [shown, whole] = [encode(text.slice(0, length)).length, encode(text).length]
    return {
      cause: 'partial-read',
      sentence: `the ${role} printed the first ${shown} of ${whole} bytes of ${quoteText(text)} only: the system drops the rest of a datagram that is longer than the buffer; receive into a larger buffer`,
    }
  }
  return undefined
}

/** Returns the longest beginning of a text that another text has in it. */
function beginningIn(text: string, other: string): string {
  let length = 0
  while (length < text.length && other.includes(text.slice(0, length + 1))) length++
  return text.slice(0, length)
}

function toWords(text: string): string {
  return text.split(/\s+/).join(' ').trim()
}
