import { LF_CR, looksLike, textLooksLike } from '../wire/clues.ts'
import { Ended, type Unfinished } from '../wire/ends.ts'
import { type SecretsContext, type Span, secretsBehindKeyword, withoutSecrets } from '../wire/secrets.ts'
import { decode, quoted, quotedBytes, type Raw } from '../wire/text.ts'
import { type Automaton, isField, type MessageForm, parse, type Side } from './automaton.ts'

/** Speaker is the side whose messages are quoted, and its protocol. */
export interface Speaker {
  readonly automaton: Automaton
  readonly side: Side
  /** The message of that side before the quoted one, if it is known. */
  readonly last?: string
  /** A language that this side has chosen, so that nothing is wrong with bytes that look like it. */
  readonly speaks?: string | undefined
}

/** A message of a side as a quotation, without the passwords in it; what was no UTF-8 stands as its bytes, where `raw` has them. */
export function quotedMessage(speaker: Speaker, text: string, raw?: Raw): string {
  const seen = beginning(text)
  const shown = masked(speaker, seen)
  return raw && shown === seen ? quotedBytes(raw.body) : quoted(shown)
}

/** Returns as much of a text as a quotation shows, and more: to look for passwords in a long message takes a millisecond. */
export function beginning(text: string): string {
  return text.length > SEEN ? text.slice(0, SEEN) : text
}

const SEEN = 256

/** A message of a side with `***` in place of what others are not to see; `whole` is false for a part of a message. */
export function masked({ automaton, side, last }: Speaker, text: string, whole = true): string {
  return withoutSecrets(text, secretsIn(automaton, side, text, { last, whole }))
}

/** Finds the secrets in a message of a side, whole or begun. */
export function secretsIn({ secrets }: Automaton, side: Side, text: string, context: SecretsContext): readonly Span[] {
  if (secrets) return secrets(side, text, context)
  return side === 'client' ? secretsBehindKeyword(text) : []
}

/** Quotes a message that is not whole, with what it lacks: `"50" and no line end (\n)`. */
export function quotedUnfinished(speaker: Speaker, { bytes, lacks }: Unfinished): string {
  const text = beginning(decode(bytes))
  const shown = masked(speaker, text, false)
  return `${shown === text ? quotedBytes(bytes) : quoted(shown)} and ${lacks}`
}

/**
 * Says what unfinished bytes look like behind the `last` message, as the end of a sentence; empty for plain text, and for
 * what the protocol wants.
 */
export function clueOfBytes(speaker: Speaker, { bytes }: Unfinished, last: string): string {
  return clueOfRest(speaker, decode(bytes), last) || clause(speaker, looksLike(bytes))
}

/** Says that a text is only the NUL with which C ends the `last` message, or the CR behind its end, as the end of a sentence; empty if it is neither. */
function clueOfRest(speaker: Speaker, text: string, last: string): string {
  if (last !== '' && text === '\r') return `; that looks like ${LF_CR}`
  // with more of them, it is UTF-16
  if (last === '' || !/^\0+$/.test(text) || last.includes('\0')) return ''
  return `; that looks like NUL behind ${quotedMessage(speaker, last)}, as C keeps a text: send strlen bytes of it`
}

/** Checks whether a text for people has a fault to be named: bytes that are no text, or the beginning of another protocol. */
export function isOdd({ free }: MessageForm, text: string, raw: Raw | undefined): boolean {
  // read byte by byte, what is no UTF-8 is characters of its own
  const isBare = raw !== undefined && /[\x80-\xff]/.test(text) && !text.endsWith('\r')
  return free === true && (isBare || GARBLED.test(text) || FOREIGN.test(text))
}

/** How the servers of other programs begin, and which these are. */
const GREETINGS: readonly (readonly [RegExp, string])[] = [
  [/^GUESS$/, 'the server of guess'],
  [/^CHOOSE$/, 'the server of scissors'],
  [/^MOVE[1-9]$/, 'the server of tictactoe'],
  [/^I will toss a coin/, 'the server of headtail'],
  [/^Welcome to Parlor/, 'the front door'],
]

/** How the clients of other programs begin, and which these are. */
const HELLOS: readonly (readonly [RegExp, string])[] = [
  [/^START$/, 'a client of hangman'],
  [/^(?:NAME|REGISTER|LOGIN) \S/, 'a client of quiz'],
  [/^MOVE *[1-9]$/, 'a client of tictactoe'],
  [/^(?:FORWARD|LEFT|RIGHT)$/, 'a client of robot'],
  [/^style json$/, 'a client of the front door'],
]

/** Checks whether a text is how the server of some program begins. */
export function isGreeting(text: string): boolean {
  return GREETINGS.some(([pattern]) => pattern.test(text.replace(/\r?\n$/, '')))
}

/**
 * Says that a message which is not expected is what the server of another program begins with, or what the other side says,
 * as the end of a sentence; empty if it is neither.
 */
export function clueOfWords({ automaton, side }: Speaker, message: string, last: string): string {
  const text = message.replace(/\r?\n$/, '')
  const forms: readonly MessageForm[] = Object.values(automaton.messages)
  const isOwn = (pattern: RegExp) => forms.some(({ example }) => pattern.test(example))
  const [, program] = (side === 'server' ? GREETINGS : HELLOS).find(([pattern]) => pattern.test(text) && !isOwn(pattern)) ?? []
  if (last === '' && program !== undefined) return `; that is how ${program} begins: look at the port`
  const isKnown = (from: Side) => forms.some((form) => (form.from === from || form.from === 'either') && isOne(form, text))
  const isEcho = text !== '' && !isKnown(side) && isKnown(side === 'server' ? 'client' : 'server')
  return isEcho ? `; that is what the ${side === 'server' ? 'client' : 'server'} says` : ''
}

/** Checks whether a text is a message of a form that does not take any text. */
function isOne(form: MessageForm, text: string): boolean {
  // a field that takes any text has a kind all the same, if its example is a number
  if (isField(form) && /^\d+$/.test(form.example)) return /^\d+$/.test(text)
  if (form.closes || (isField(form) && (form.free || form.accepts === undefined))) return false
  return form.text.replace(/\r?\n$/, '') === text || (!takesAll(form) && parse(form, text) !== undefined)
}

/** Checks whether a form takes a text that no program says. */
function takesAll(form: MessageForm): boolean {
  return form.accepts !== undefined && parse(form, '~ ~') !== undefined
}

/** Says how a goodbye is written that was said in other letters, as the end of a sentence; empty for what is none. */
export function clueOfBye(speaker: Speaker, text: string): string {
  const said = text.trim().toLowerCase()
  const forms: readonly MessageForm[] = Object.values(speaker.automaton.messages)
  const bye = forms.find((form) => form.bye === true && form.from === speaker.side && form.text.toLowerCase() === said)
  return bye === undefined || bye.text === text ? '' : `; write ${quoted(bye.text)}, and not ${quoted(text)}`
}

/** Checks whether a text is what a server with TLS sends to a client without. */
export function isTlsNotice(text: string): boolean {
  return text.startsWith('This port speaks TLS. ')
}

/** The end of the conversation of such a client. */
export function needsTls(): Ended {
  return new Ended('violation', 'the server speaks TLS: connect with --tls')
}

/** Characters that stand in a text whose bytes were none: NUL, a replacement character, or a byte order mark; and a byte alone that no key sends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const GARBLED = /[\0\ufffd]|^\ufeff|^[\x01\x02\x05-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f]\r?\n?$/
/** How other protocols begin, as no person does. */
const FOREIGN = /^(?:b(['"]).*\1\r?\n?$|[A-Z]{3,7} \S+ HTTP\/\d|HTTP\/\d\.\d \d{3}|SSH-\d\.\d|RFB \d{3}\.|220[ -][\w.-]+ .*(?:SMTP|FTP))/

/**
 * Says what a whole message looks like behind the `last` one, as the end of a sentence; empty for plain text, and for what
 * the protocol wants. `raw` is its bytes, if the text does not tell them.
 */
export function clueOfText(speaker: Speaker, text: string, raw: Raw | undefined, last = ''): string {
  return clueOfRest(speaker, text, last) || clause(speaker, textLooksLike(text, raw))
}

/**
 * Joins a quotation and the reason why the message is wrong to a sentence; a reason that begins with the message goes on
 * from its quotation.
 */
export function withReason(said: string, text: string, why: string): string {
  const subject = [quoted(text), text].find((one) => one !== '' && /^ (?:is|was) /.test(why.slice(one.length)) && why.startsWith(one))
  return subject === undefined ? `${said}: ${why}` : `${said}, which${why.slice(subject.length)}`
}

/** The end of a conversation whose server has broken the rules of the game: what it said, and why that cannot be. */
export function breach(text: string, why: string): Ended {
  return new Ended('violation', `the server said ${quoted(text)}, but ${why}`)
}

/** Checks whether a line begins an HTTP request. */
export function isHttpRequest(text: string): boolean {
  return /^[A-Z]{3,7} \S+ HTTP\//.test(text)
}

/** Checks whether a line can belong to the head of a request, or end it. */
export function isHeadLine(text: string): boolean {
  return /^(?:[\w-]+:.*)?\r?$/.test(text)
}

function clause({ automaton, speaks = automaton.speaks }: Speaker, found: string | undefined): string {
  return found === undefined || (speaks !== undefined && found.includes(speaks)) ? '' : `; that looks like ${found}`
}

/** PeerObserver is notified of what is wrong with the messages of a peer while its conversation goes on, in sentences. */
export interface PeerObserver {
  /**
   * Called when this side has refused a message of the peer in words of the protocol. `usual`: a person at the peer could
   * have typed it, so it matters only if the conversation does not end well.
   */
  refused(sentence: string, usual: boolean): void
  /** The bytes of a text for people are no text. */
  garbled(sentence: string): void
  /** A message is read that had come before it was the peer's turn. */
  early(sentence: string): void
}

/** Oddities are what is remembered of messages that are not as they should be. */
export interface Oddities {
  /** True if the next message has come before the peer's turn, and if the last one had. */
  nextEarly: boolean
  lastEarly: boolean
  /** Last clue, and length of the unfinished message that was reported: neither is reported twice. */
  clue: string
  unfinished: number
  /** True if the last message was reported as one whose bytes are no text. */
  lastGarbled: boolean
  /** The bytes of the last message, where its text does not tell them. */
  lastRaw: Raw | undefined
  /** True if an HTTP request was rejected whose head may go on. */
  inHead: boolean
  /** The last message, if it was rejected and the protocol has passwords; else `''`. */
  rejected: string
}

/** The oddities of a peer that had none so far. */
export function noOddities(): Oddities {
  return {
    nextEarly: false,
    lastEarly: false,
    clue: '',
    unfinished: 0,
    lastGarbled: false,
    lastRaw: undefined,
    inHead: false,
    rejected: '',
  }
}

/** Checks whether unfinished bytes remain of a message in UTF-16 behind its line end: they are the same fault as the message. */
export function isRemainder(oddities: Oddities | undefined, { bytes }: Unfinished): boolean {
  if (oddities === undefined || oddities.clue === '') return false
  // a pickle ends with a full stop
  return bytes.every((byte) => byte === 0) || (oddities.clue.includes('pickle') && bytes.at(-1) === 0x2e)
}
