import type { Side } from '../../protocol/message-spec.ts'
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
 * Finds a line that a client prints in the words of the worksheet's client, but with other numbers, although both clients have sent and
 * received the same messages. `said` are the lines of the worksheet's client.
 */
export function findWrongCount(look: Pick<Look, 'role' | 'observations' | 'match'>, printed: string): NamedCause | undefined {
  const { role, match } = look
  if (role !== 'client' || !isSameGame(look)) return undefined
  const lines = printed.split('\n').map(toWords)
  for (const line of match.said.map(toWords).toReversed()) {
    if (line.match(NUMBER) === null || !IN_WORDS.test(line.replace(NUMBER, ''))) continue
    const shown = lines.findLast((one) => toPattern(one) === toPattern(line))
    // a program with lines of its own prints some of them by chance
    const isLike = (one: string) => toPattern(one) === toPattern(line)
    if (lines.filter(isLike).length !== match.said.map(toWords).filter(isLike).length) continue
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

/**
 * Returns the text that a program has printed in place of characters outside of ASCII; `undefined` if it has printed these characters
 * correctly.
 */
export function findGarbled(printed: string, observations: readonly Observation[], role: Side): string | undefined {
  const sent = messagesOf(observations, role === 'client' ? 'server' : 'client').map(({ text }) => text)
  const wide = sent.filter((text) => /[^\0-\x7f]/.test(text))
  if (wide.length === 0 || sent.some((text) => text.includes('\ufffd'))) return undefined
  if (printed.includes('\ufffd')) return '\ufffd'
  // each byte as one character, as Latin-1 decodes it
  const asBytes = wide.map((text) => String.fromCharCode(...encode(text)))
  const found = asBytes.find((text) => printed.includes(text))
  return found === undefined ? undefined : quoteText(found)
}

/** Checks whether a program has sent the same messages as Parlor's own role in its place. */
export function isSameGame({ role, observations, match }: Pick<Look, 'role' | 'observations' | 'match'>): boolean {
  const sent = messagesOf(observations, role).map(({ text }) => text.trim())
  return !match.shadowBroke && match.expected.length === sent.length && match.expected.every((text, at) => text.trim() === sent[at])
}

/** Screen has the lines that a program has printed in a game, and the lines that Parlor's own role prints in its place. */
export interface Screen {
  readonly printed: string
  readonly said: readonly string[]
}

/**
 * Finds a game in which a program prints a line that Parlor's own role prints in another place or in another game, such as "You win!" after
 * a loss. A program may leave out some lines. Returns the number of the game, and the clause that names the line; `undefined` if there
 * is none.
 */
export function findForeignLine(screens: readonly Screen[]): { readonly game: number; readonly clause: string } | undefined {
  const own = screens.map(({ said }) => said.map(toWords).filter((line) => SENTENCE.test(line)))
  const known = new Set(own.flat())
  const shown = screens.map(({ printed }) =>
    printed
      .split('\n')
      .map(toWords)
      .filter((line) => known.has(line)),
  )
  const used = new Set(shown.flat())
  for (const [game, lines] of shown.entries()) {
    const due = (own[game] ?? []).filter((line) => used.has(line))
    if (isPartOf(lines, due)) continue
    const first = lines.findIndex((line, at) => line !== due[at])
    const [line = '', right] = [lines[first], due[first]]
    const place = right === undefined ? '' : ` in place of ${quoteText(right)}`
    return { game, clause: `printed ${quoteText(line)}${place}, which does not belong to the messages of this game` }
  }
  return undefined
}

/** Checks whether a list has all lines of another list, in their order. */
function isPartOf(lines: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (const line of all) if (line === lines[at]) at++
  return at === lines.length
}

/** Matches a line of words without a number. */
const SENTENCE = /^\D*\p{L}{2}\D*\s\D*\p{L}{2}\D*$/u

function toPattern(line: string): string {
  return line.replace(NUMBER, '#')
}

/** Minimum number of characters by which the beginning of an answer is recognized. */
const RECOGNIZED = 10

/** Finds an answer of which a program has printed the beginning only. `printed` is everything that it has printed. */
export function findCutAnswer(role: Side, observations: readonly Observation[], printed: string): NamedCause | undefined {
  const screen = toWords(printed)
  const texts = [...new Set(messagesOf(observations, role === 'client' ? 'server' : 'client').map(({ text }) => toWords(text)))]
  for (const text of texts) {
    if (text === '' || screen.includes(text)) continue
    const { length } = beginningIn(text, screen)
    const explained = Math.max(0, ...texts.filter((other) => other !== text).map((other) => beginningIn(text, other).length))
    if (length < RECOGNIZED || length <= explained) continue
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
