import leven from 'leven'
import { formatCount } from '../../base/counts.ts'
import { type Automaton, expectation, legalTransitions } from '../../protocol/automaton.ts'
import { type MessageSpec, parseMessage, type Side } from '../../protocol/message-spec.ts'
import { decode, encode, quoteText } from '../../wire/text.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'

/** ExpectedMessages are the messages that a side may send at one moment of a conversation. */
export interface ExpectedMessages {
  readonly automaton: Automaton
  readonly side: Side
  /** The observations before that moment. */
  readonly before: readonly Observation[]
}

/**
 * Describes in a clause why the bytes of an unfinished message are a wrong text: they are the beginning of an expected message without
 * fields, or the only expected message has no line end. Returns `undefined` if the text may be right, and only its line end is missing.
 */
export function describeCut({ automaton, side, before }: ExpectedMessages, text: string): string | undefined {
  const last = before.findLast((one) => one.kind === 'message' || one.kind === 'judged')
  const state = last?.after ?? automaton.start
  const forms = legalTransitions(automaton, state)
    .filter(({ from, form }) => from === side && !form.closes)
    .map(({ form }) => form)
  if (forms.some((form) => !form.free && parseMessage(form, text) !== undefined)) return undefined
  const whole = forms.find((form) => isBeginning(form, text))
  if (whole) return describeRest(whole.text, whole.text.slice(text.length))
  return forms.length > 0 && forms.every(({ unended }) => unended) ? expectation(automaton, state, side) : undefined
}

/** Checks whether a text is the beginning of a message without fields, and not the whole message. */
function isBeginning({ text: whole }: MessageSpec, text: string): boolean {
  return !whole.includes('{') && whole.length > text.length && whole.startsWith(text)
}

function describeRest(whole: string, rest: string): string {
  return `the message ${quoteText(whole)} has ${formatCount(encode(rest).length, 'more byte')} at its end: ${quotePart(rest)}`
}

function quotePart(text: string): string {
  return text === ' ' ? 'a space' : quoteText(text)
}

/**
 * Describes in a sentence the surplus bytes that a side has sent after a message, so that its next message begins with these bytes. Returns
 * `undefined` if no such bytes have arrived together with the earlier message, or if the next message is wrong even without them.
 */
export function describeExtra({ automaton, side, before }: ExpectedMessages, message: MessageObservation): string | undefined {
  const earlier = before.findLast((one) => one.kind === 'message' && one.from === side)
  const [first, ...others] = message.segments
  if (earlier?.kind !== 'message' || !first || others.length === 0 || first.number !== earlier.segments.at(-1)?.number) return undefined
  const extra = decode(message.bytes.subarray(0, first.end - message.start))
  const rest = message.text.slice(extra.length)
  const forms: readonly MessageSpec[] = Object.values(automaton.messages)
  const isRight = forms.some((form) => form.from === side && !form.free && parseMessage(form, rest) !== undefined)
  if (!isRight || !message.text.startsWith(extra)) return undefined
  return `the ${side} sent ${formatCount(encode(extra).length, 'byte')} too many after ${quoteText(earlier.text)}: ${quotePart(extra)}`
}

/** A text resembles a message if at most `MISSPELLED` characters differ, and if the message has at least `LONG` characters. */
const MISSPELLED = 2
const LONG = 8

/**
 * Finds out whether a text that the protocol accepts as a text for people resembles a message without fields. Returns that message;
 * `undefined` if there is no such message, or if a person may have typed the text.
 */
export function findMisspelt(automaton: Automaton, { from, name, before, text }: MessageObservation): string | undefined {
  const { automatic } = automaton
  const isAutomatic = automatic?.[from] === true || (automatic?.[from] || undefined)?.includes(before) === true
  if (!isAutomatic || name === undefined || automaton.messages[name]?.free !== true) return undefined
  return legalTransitions(automaton, before)
    .filter(({ form, from: side }) => side === from && !form.free && !form.closes && !form.text.includes('{') && form.text.length >= LONG)
    .map(({ form }) => form.text)
    .find((whole) => whole !== text && leven(whole, text, { maxDistance: MISSPELLED + 1 }) <= MISSPELLED)
}
