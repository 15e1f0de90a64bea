import type { Automaton } from '../../protocol/automaton.ts'
import { parseMessage, type Side } from '../../protocol/message-spec.ts'
import { clueOfText, quoteMessage } from '../../protocol/violation-text.ts'
import { decode, encode, quoteText } from '../../wire/text.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import { causeOfMessage } from './byte-causes.ts'
import type { NamedCause } from './evidence.ts'
import type { MatchEnd } from './match.ts'
import type { Cause } from './report.ts'

/*
 * The judge knows each line that was typed, and the message that Parlor's own role made of it. So it compares the messages of the program with these
 * messages, even if all messages are legal: if any text is legal, the wire alone shows no mistake. A program may write a number in
 * another way, and a word in upper or lower case.
 */

/** Look is the knowledge of the judge about one conversation, in addition to the bytes. */
export interface Look {
  readonly role: Side
  readonly automaton: Automaton
  readonly observations: readonly Observation[]
  readonly match: MatchEnd
  /** True if the judge's side may have closed its half before the game was over. */
  readonly closesEarly?: boolean
}

/**
 * Returns the observations of datagrams without the messages that the program has sent again, because it had to wait for an answer. The
 * network may lose a datagram, so a program may ask again, even if the answer is only late.
 */
export function withoutRetransmissions(
  observations: readonly Observation[],
  role: Side,
  expected: readonly string[],
): readonly Observation[] {
  let last: string | undefined
  let count = 0
  return observations.filter((one) => {
    if (one.kind !== 'message' || one.from !== role) return true
    if (one.text === last && one.text.trim() !== expected[count]?.trim()) return false
    last = one.text
    count++
    return true
  })
}

/** Returns the messages of one side. */
export function messagesOf(observations: readonly Observation[], side: Side): readonly MessageObservation[] {
  return observations.filter((one) => one.kind === 'message' && one.from === side) as readonly MessageObservation[]
}

/** Finds bytes of value 0 that C stores behind a text, in a message or behind the last message. */
export function findNul({ role, automaton, observations, match }: Look): NamedCause | undefined {
  if (match.expected.some((text) => text.includes('\0'))) return undefined
  const one = messagesOf(observations, role).find(({ text }) => text.includes('\0'))
  const rest = observations.findLast((seen) => seen.kind === 'unfinished' && seen.from === role)
  if (!one && !(rest?.kind === 'unfinished' && rest.bytes.length > 0 && rest.bytes.every((byte) => byte === 0))) return undefined
  const what = one
    ? `${quoteMessage({ automaton, side: role }, one.text, one.raw)}, which has bytes of value 0 in it`
    : 'bytes of value 0 behind its last message'
  return {
    ...(one && { shownBy: one.number }),
    cause: 'wrong-serialization',
    sentence: `the ${role} sent ${what}: C ends a text with such a byte in memory, but it does not belong on the wire; send strlen(text) bytes of a buffer, and not sizeof or strlen + 1`,
  }
}

/** Finds a second message for one typed line: an empty line, or the same message once more. */
export function findSecondMessage({ role, observations, match }: Look): NamedCause | undefined {
  const messages = observations.filter((one) => one.kind === 'message')
  for (const [at, { from, text, number: shownBy }] of messages.entries()) {
    const before = messages[at - 1]
    if (from !== role || before?.from !== role || match.expected.some((sent) => sent.trim() === '')) continue
    if (text.trim() === '')
      return {
        shownBy,
        cause: 'doubled-newline',
        sentence: `the ${role} sent an empty line after ${quoteText(before.text)}: its message ends in two line ends; ${match.typed.length > 0 ? 'a line from the keyboard may already end in a line end' : 'a function such as println adds a line end'}`,
      }
    const next = match.expected[messagesOf(messages.slice(0, at), role).length]
    if (match.typed.length > 0 && text === before.text && next?.trim() !== text.trim())
      return { shownBy, cause: 'answered-twice', sentence: `the ${role} sent ${quoteText(text)} twice, although the person typed it once` }
  }
  return undefined
}

/** Finds a message of which the program sent only the first bytes, because it counted characters. */
export function findCutText({ role, observations, match }: Look): NamedCause | undefined {
  const rest = observations.findLast((one) => one.kind === 'unfinished' && one.from === role)
  const expected = match.expected[messagesOf(observations, role).length]?.trimEnd()
  if (rest?.kind !== 'unfinished' || expected === undefined) return undefined
  const [sent, whole] = [decode(rest.bytes), encode(expected)]
  // a text in ASCII is cut for another reason: its line end is missing
  if (whole.length === expected.length) return undefined
  if (rest.bytes.length >= whole.length || !rest.bytes.every((byte, at) => byte === whole[at])) return undefined
  const sentence = `the ${role} sent ${quoteText(sent)}, which is the first ${rest.bytes.length} of ${whole.length} bytes of ${quoteText(expected)}`
  return {
    cause: 'wrong-encoding',
    sentence: `${sentence}: a character outside of ASCII has several bytes, so encode the text first, and then count its bytes`,
  }
}

/** Minimum number of messages that must resemble the typed lines; texts for people do not count. */
const FEWEST = 2

/**
 * Finds the first message that differs from its typed text. If a message has nothing to do with its line, the program chooses its
 * messages itself, and reads no lines.
 */
export function findAlteredLine({ role, automaton, observations, match }: Look): NamedCause | undefined {
  let first: NamedCause | undefined
  let related = 0
  let longest = 0
  for (const [at, { name, text, raw, number: shownBy }] of messagesOf(observations, role).entries()) {
    const [line, expected] = [match.lineFor.get(at), match.expected[at]?.trim()]
    const form = name === undefined ? undefined : automaton.messages[name]
    const [fields, right] = [form && parseMessage(form, text), form && expected !== undefined && parseMessage(form, expected)]
    // the author of a program may choose another message than the expected message, and then the later messages have other numbers
    if (!form || !fields || !right || expected === undefined) break
    // a program without prompts may choose its moves itself, and then a number resembles the typed number by chance
    const isRead = form.free === true || match.prompts.first !== ''
    if (line === undefined || !isRead || !right.some((field) => field.includes(line))) continue
    related++
    const isSame = right.every((field, number) => isEqual(fields[number] ?? '', field, form.free === true))
    if (isSame && /^[!-~]+ [ -~]*$/.test(text)) longest = Math.max(longest, text.length)
    if (isSame && !/\r$/.test(text)) continue
    const cause = causeOfMessage(text, raw)
    const said = `${quoteText(line)} was typed, and the ${role} sent ${quoteMessage({ automaton, side: role }, text, raw)}`
    if (cause) return first ?? { shownBy, cause, sentence: `${said}${clueOfText({ automaton, side: role }, text, raw)}` }
    const change = explainChange(expected, text, { prompt: match.prompts.first.trim(), longest })
    if (!change) return undefined
    const place = text.includes(expected) || expected === line ? '' : ` in place of ${quoteText(expected)}`
    first ??= { shownBy, cause: change.code, sentence: `${said}${place}${change.hint}` }
    // the rest of a text that was cut is the next message, which belongs to no line
    if (form.free) return first
  }
  return related >= FEWEST ? first : undefined
}

/** Compares two fields: numbers by their value, words without regard to case, and texts of people exactly. */
function isEqual(one: string, other: string, isText: boolean): boolean {
  const [first, second] = [one.trim(), other.trim()]
  if (first === second) return true
  if (isText) return false
  return first.toLowerCase() === second.toLowerCase() || (/^[+-]?\d+$/.test(first) && Number(first) === Number(second))
}

/** Change is the cause of a difference between a message and the expected message, and its explanation as the end of a sentence. */
interface Change {
  readonly code: Cause
  readonly hint: string
}

/** Before has the output of the program before the message. */
interface Before {
  /** Its first prompt. */
  readonly prompt: string
  /** Number of characters of the longest line of ASCII characters with blanks that the program has sent whole; 0 without such a line. */
  readonly longest: number
}

/** Explains how a message differs from the expected message; `undefined` if the two messages do not resemble each other. */
function explainChange(expected: string, text: string, { prompt, longest }: Before): Change | undefined {
  const lost = [...expected].find((character) => character > '\x7f' && !text.includes(character))
  const ahead = text.endsWith(expected) ? text.slice(0, -expected.length).trim() : ''
  const words = (one: string) => one.split(/\s+/).join(' ')
  const plain = (one: string) => one.replace(/[^!->@-~]/g, '')
  if (lost !== undefined && !expected.startsWith(text) && plain(text) === plain(expected))
    return { code: 'wrong-encoding', hint: `, without the character ${quoteText(lost)}: encode text as UTF-8, and leave nothing out` }
  if (ahead !== '' && (ahead === prompt || /[:?>]$/.test(ahead)))
    return {
      code: 'prompt-on-wire',
      hint: `, with ${quoteText(ahead)} before it: a prompt or a name belongs on the screen and not on the connection`,
    }
  if (expected.startsWith(text) && text !== '') return explainCut(expected, text, longest)
  if (words(text) === words(expected)) return { code: 'altered-line', hint: ': the blanks between the words belong to the line' }
  if (text.toLowerCase() === expected.toLowerCase())
    return { code: 'altered-line', hint: ': send upper and lower case letters as they were typed' }
  const [start, rest] = text.split(expected, 2)
  if (start !== undefined && rest !== undefined && expected !== '' && /^\D/.test(expected))
    return { code: 'altered-line', hint: ', with more than the line in it: send the line alone' }
  const [sent, typed] = [text, expected].map((one) => Number(/-?\d+/.exec(one)?.[0] ?? Number.NaN))
  if (sent !== undefined && typed !== undefined && Math.abs(sent - typed) === 1)
    return { code: 'altered-line', hint: ': the number is off by one; is it counted from 0 in the program, and from 1 on the connection?' }
  return undefined
}

/** Explains a message that is only the beginning of the expected message. */
function explainCut(expected: string, text: string, longest: number): Change {
  const [sent, whole] = [encode(text).length, encode(expected).length]
  const isWide = whole > expected.length
  const isCount = sent === expected.length || sent === [...expected].length
  if (isWide && (isCount || sent < longest))
    return {
      code: 'wrong-encoding',
      hint: `, which is the first ${sent} of ${whole} bytes: a character outside of ASCII has several bytes, so encode the text first, and then count its bytes`,
    }
  if (/^\s/.test(expected.slice(text.length)) && !/\s/.test(text) && longest === 0)
    return { code: 'altered-line', hint: ', which is its first word only: scanf("%s") and cin >> read a word, so read the whole line' }
  return {
    code: 'altered-line',
    hint: `, which is its first ${text.length === 1 ? 'character' : `${text.length} characters`} only: send the whole line`,
  }
}
