import type { Side } from '../../protocol/automaton.ts'
import { encode, quoteText } from '../../wire/text.ts'
import type { Observation } from '../monitor/observation.ts'
import type { NamedCause } from './causes.ts'
import { messagesOf } from './typed-text.ts'

/*
 * The system drops the rest of a datagram that is longer than the buffer of the program, and no later message shows the loss. Only the
 * screen shows it: the program prints the beginning of an answer, and not its end. A program may print an answer in its own way, so only
 * a beginning that no other message explains counts.
 */

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
