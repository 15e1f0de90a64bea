import { expectation } from '../../protocol/automaton.ts'
import { type ConversationState, explainIllegal } from '../../protocol/conversation-state.ts'
import { isGarbled } from '../../protocol/diagnosis.ts'
import { formatMessage, isField, type MessageSpec, parseMessage, splitMessage } from '../../protocol/message-spec.ts'
import { clueOfText, clueOfWords, quoteMessage, type Speaker } from '../../protocol/violation-text.ts'
import { encode, quoteText, type Raw } from '../../wire/text.ts'
import type { Violation } from './observation.ts'

/** Place is the position of a message in the bytes of its direction. */
export interface Place {
  /** Offset of the first byte of the message. */
  readonly start: number
  /** The bytes of the message, with everything that the framing adds; only the first bytes of a long message. */
  readonly bytes: Uint8Array
}

/** A received text, with its bytes if they are not the UTF-8 form of the text. */
interface Received {
  readonly text: string
  readonly raw: Raw | undefined
}

/** Explains why a message is illegal, with the sentences of the engine, and finds its first wrong byte. */
export function explainViolation(conversation: ConversationState, { text, raw, start, bytes }: Received & Place): Violation {
  const { automaton, state, peer, last, previous = '' } = conversation
  const speaker = { automaton, side: peer, last: previous }
  const clue = clueOfText(speaker, text, raw, last) || clueOfWords(speaker, text, last)
  return {
    sentence: `${explainIllegal(conversation, text, { raw })}${clue}`,
    toSender: `${explainIllegal(conversation, text, { toPeer: true })}${clue}`,
    expected: expectation(automaton, state, peer),
    received: quoteMessage(speaker, text, raw),
    wrongAt: start + findWrongByte(conversation, { text, raw }, bytes),
  }
}

/**
 * Returns a sentence on an oddity of a legal message: bytes that are not text, or a text in place of a number. `undefined` for an ordinary
 * message. `speaker.last` is the earlier message of the same side.
 */
export function explainOddity(speaker: Speaker, form: MessageSpec, { text, raw }: Received): string | undefined {
  const { last: before = '' } = speaker
  if (isNoNumber(form, text))
    return `the ${speaker.side} sent ${quoteMessage(speaker, text, raw)} in place of a number such as ${quoteText(form.example)}${clueOfText(speaker, text, raw)}`
  if (!isGarbled(form, text, raw, before)) return undefined
  const clue = clueOfText(speaker, text, raw) || clueOfWords(speaker, text, before)
  return clue === '' ? undefined : `the ${speaker.side} said ${quoteMessage(speaker, text, raw)}${clue}`
}

/**
 * Checks whether a message is no number although the protocol needs a number: the message is a single field, the example of the field is a number, and the text
 * is not a number. A role may accept any text there.
 */
export function isNoNumber(form: MessageSpec, text: string): boolean {
  return isField(form) && /^\d+$/.test(form.example) && !/^\s*[+-]?\d+\s*$/.test(text)
}

/** Returns the index of the first wrong byte: up to this byte, a message can still be one of the legal messages. */
function findWrongByte({ steps, peer }: ConversationState, { text, raw }: Received, bytes: Uint8Array): number {
  const forms = steps.filter(({ from, form }) => from === peer && !form.closes).map(({ form }) => form)
  const right = Math.max(0, ...forms.map((form) => countRight(form, text)))
  const body = raw?.body ?? encode(text)
  // if each byte is one character, an index in the text is also an index in the bytes
  const length = raw && body.length === text.length ? right : encode(text.slice(0, right)).length
  return Math.min(headerLength(bytes, body) + length, Math.max(0, bytes.length - 1))
}

/** Returns the number of bytes that the framing puts before a text. */
function headerLength(bytes: Uint8Array, body: Uint8Array): number {
  for (let at = 0; at + body.length <= bytes.length && at <= LONGEST_HEADER; at++) {
    if (body.every((byte, place) => bytes[at + place] === byte)) return at
  }
  return 0
}

const LONGEST_HEADER = 10

/** Returns the number of characters of a text that can belong to a message of this form. */
function countRight(form: MessageSpec, text: string): number {
  const [first = '', ...others] = splitMessage(form)
  const begun = countCommon(first, text)
  if (begun < first.length || others.length === 0) return begun
  const example = parseMessage(form, form.example)
  let at = first.length
  for (const [field, sign] of others.entries()) {
    const found = field === others.length - 1 ? text.length : text.indexOf(sign, at)
    const value = text.slice(at, found < 0 ? text.length : found)
    const isRight = value !== '' && (!example || parseMessage(form, formatMessage(form, example.with(field, value))) !== undefined)
    if (!isRight || found < 0) return isRight ? text.length : at
    at = Math.min(text.length, found + sign.length)
  }
  return at
}

function countCommon(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
