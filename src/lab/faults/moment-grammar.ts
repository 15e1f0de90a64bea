import { type ByteMoment, type FaultRefusal, type FaultRule, isAtMessage, type MessageMoment, type Whose } from './rule.ts'
import { type FaultPlace, placesOf, specOf, type Verb } from './verbs.ts'

/*
 * The moment of a fault:
 *
 *   moment = place ["the"] [whose] [ordinal] message / "at byte" number
 *
 * The words before the message may be in any order. The message is everything after those words, because texts of messages have
 * blanks.
 */

/** The words that name the sender of the message. */
export const WHOSE: Readonly<Record<string, Whose>> = {
  my: 'my',
  peer: 'peer',
  "peer's": 'peer',
  client: 'client',
  "client's": 'client',
  server: 'server',
  "server's": 'server',
}
/** The ordinals that may be written as words. */
export const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']
const FILLERS: readonly string[] = ['the', 'each', 'every']
/** Maximum of ordinals and of offsets. */
const MOST = 1_000_000_000

/**
 * Parses the words of a moment after its first word, such as `before`. Returns the reason as `refused` if the words are not a
 * moment, or if the fault cannot have that moment.
 */
export function parseMoment(verb: Verb, place: FaultPlace, words: readonly string[]): MessageMoment | ByteMoment | FaultRefusal {
  const { kind } = specOf(verb)
  if (words[0] === 'byte') return parseByte(verb, place, words.slice(1))
  const found = place === 'at' ? (placesOf(verb)[0] ?? 'at') : place
  if (!placesOf(verb).includes(found)) return { refused: `${verb} applies at a whole message: write "at", not "${place}"` }
  let whose: Whose | undefined
  let ordinal: number | undefined
  let rest = words
  for (; rest.length > 0; rest = rest.slice(1)) {
    const [word = ''] = rest
    const number = parseOrdinal(word)
    if (whose === undefined && Object.hasOwn(WHOSE, word)) whose = WHOSE[word]
    else if (ordinal === undefined && number !== undefined) ordinal = number
    else if (!FILLERS.includes(word)) break
  }
  const message = rest.join(' ').replace(/^"(.+)"$/, '$1')
  if (message !== '') return { place: found, whose, ordinal, message }
  return {
    refused: `${JSON.stringify([place, ...words].join(' '))} names no message, such as "${place} 2nd ${kind === 'datagram' ? 'message' : 'LOW'}"`,
  }
}

/** Parses `2nd` or `second`. */
export function parseOrdinal(word: string): number | undefined {
  const named = ORDINALS.indexOf(word) + 1
  if (named > 0) return named
  const number = Number(/^(\d{1,9})(?:st|nd|rd|th)$/.exec(word)?.[1] ?? 0)
  return number >= 1 && number <= MOST ? number : undefined
}

/** Formats a moment as `parseMoment` reads it, with its first word. */
export function formatMoment(moment: NonNullable<FaultRule['moment']>): string {
  if (!isAtMessage(moment)) return `at byte ${moment.byte}`
  const { place, whose, ordinal, message } = moment
  return [place, ...(whose ? [whose] : []), ...(ordinal === undefined ? [] : [formatOrdinal(ordinal)]), message].join(' ')
}

/** Returns the error text for a fault that needs a moment and has no moment. */
export function formatMomentExpected(verb: Verb): string {
  return `${verb} needs a moment: after a number of bytes, as in "${verb} 100", or at a message, as in "${verb} before GAMEOVER"`
}

function parseByte(verb: Verb, place: FaultPlace, [written = '', ...more]: readonly string[]): ByteMoment | FaultRefusal {
  if (specOf(verb).kind !== 'point') return { refused: `${verb} applies at a message, not at a byte` }
  const byte = /^\d{1,9}$/.test(written) ? Number(written) : Number.NaN
  if (place === 'at' && more.length === 0 && byte <= MOST) return { byte }
  return {
    refused: `a place among the bytes is written as "at byte 100", not ${JSON.stringify([place, 'byte', written, ...more].join(' ').trim())}`,
  }
}

function formatOrdinal(number: number): string {
  const isTeen = Math.trunc(number / 10) % 10 === 1
  const end = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${end}`
}
