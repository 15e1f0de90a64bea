import { describeBytes, describeMessage, LF_CR } from '../wire/byte-clues.ts'
import { Disconnected, type UnfinishedMessage } from '../wire/disconnect.ts'
import { findSecretsAfterKeyword, maskSecrets, type SecretSpan, type SecretsContext } from '../wire/secret-masking.ts'
import { decode, quoteBytes, quoteText, type Raw } from '../wire/text.ts'
import type { Automaton } from './automaton.ts'
import { isField, type MessageSpec, parseMessage, type Side } from './message-spec.ts'

/** Speaker is a side whose messages a sentence quotes, with the protocol of these messages. */
export interface Speaker {
  readonly automaton: Automaton
  readonly side: Side
  /** The previous message of that side, if the caller has this message. */
  readonly last?: string
  /** Language that this side has chosen, such as JSON. Sentences do not report bytes that look like that language. */
  readonly language?: string | undefined
}

/**
 * Quotes a message with `***` in place of its passwords. If `raw` is given, the message is not UTF-8, and the quotation shows its bytes.
 */
export function quoteMessage(speaker: Speaker, text: string, raw?: Raw): string {
  const seen = beginning(text)
  const shown = maskMessage(speaker, seen)
  return raw && shown === seen ? quoteBytes(raw.body) : quoteText(shown)
}

/** Cuts a text to the maximum length of a quotation, because the search for passwords in a long text takes a millisecond. */
export function beginning(text: string): string {
  return text.length > SEEN ? text.slice(0, SEEN) : text
}

const SEEN = 256

/** Replaces the secrets in a message of a side by `***`; `whole` is false for a part of a message. */
export function maskMessage({ automaton, side, last }: Speaker, text: string, whole = true): string {
  return maskSecrets(text, findSecrets(automaton, side, text, { last, whole }))
}

/** Finds the secrets in a whole or partial message of a side. */
export function findSecrets({ secrets }: Automaton, side: Side, text: string, context: SecretsContext): readonly SecretSpan[] {
  if (secrets) return secrets(side, text, context)
  return side === 'client' ? findSecretsAfterKeyword(text) : []
}

/** Quotes an incomplete message, with the part that it lacks: `"50" and no line end (\n)`. */
export function quoteUnfinished(speaker: Speaker, { bytes, lacks }: UnfinishedMessage): string {
  const text = beginning(decode(bytes))
  const shown = maskMessage(speaker, text, false)
  return `${shown === text ? quoteBytes(bytes) : quoteText(shown)} and ${lacks}`
}

/**
 * Returns the end of an error sentence on the likely meaning of incomplete bytes after the `last` message; `''` for plain
 * text, and for the protocol's own language.
 */
export function clueOfBytes(speaker: Speaker, { bytes }: UnfinishedMessage, last: string): string {
  return clueOfRest(speaker, decode(bytes), last) || clause(speaker, describeBytes(bytes))
}

/** Returns the end of an error sentence that explains a bare NUL or CR after the `last` message; `''` for other texts. */
function clueOfRest(speaker: Speaker, text: string, last: string): string {
  if (last !== '' && text === '\r') return `; that looks like ${LF_CR}`
  // if the last message also contains NUL, the messages are UTF-16
  if (last === '' || !/^\0+$/.test(text) || last.includes('\0')) return ''
  return `; that looks like NUL after ${quoteMessage(speaker, last)}, as C terminates a text: send strlen bytes of the text`
}

/** Checks whether a text for people has a mistake: its bytes are not text, or it starts another protocol. */
export function isOdd({ free }: MessageSpec, text: string, raw: Raw | undefined): boolean {
  // in the byte encoding, bytes that are not UTF-8 are characters from U+0080 to U+00FF
  const isBare = raw !== undefined && /[\x80-\xff]/.test(text) && !text.endsWith('\r')
  return free === true && (isBare || GARBLED.test(text) || FOREIGN.test(text))
}

/** First messages of servers, with a description of the server. */
const GREETINGS: readonly (readonly [RegExp, string])[] = [
  [/^GUESS$/, 'the server of guess'],
  [/^CHOOSE$/, 'the server of scissors'],
  [/^MOVE[1-9]$/, 'the server of tictactoe'],
  [/^I will toss a coin/, 'the server of headtail'],
  [/^Welcome to Parlor/, 'the front door'],
]

/** First messages of clients, with a description of the client. */
const HELLOS: readonly (readonly [RegExp, string])[] = [
  [/^START$/, 'a client of hangman'],
  [/^(?:NAME|REGISTER|LOGIN) \S/, 'a client of quiz'],
  [/^MOVE *[1-9]$/, 'a client of tictactoe'],
  [/^(?:FORWARD|LEFT|RIGHT)$/, 'a client of robot'],
  [/^style json$/, 'a client of the front door'],
]

/** Checks whether a text is the first message of some program's server. */
export function isGreeting(text: string): boolean {
  return GREETINGS.some(([pattern]) => pattern.test(text.replace(/\r?\n$/, '')))
}

/**
 * Returns the end of an error sentence that explains an unexpected message: it is the first message of another program, or a message of the
 * other side. Returns `''` for any other message.
 */
export function clueOfWords({ automaton, side }: Speaker, message: string, last: string): string {
  const text = message.replace(/\r?\n$/, '')
  const forms: readonly MessageSpec[] = Object.values(automaton.messages)
  const isOwn = (pattern: RegExp) => forms.some(({ example }) => pattern.test(example))
  const [, program] = (side === 'server' ? GREETINGS : HELLOS).find(([pattern]) => pattern.test(text) && !isOwn(pattern)) ?? []
  if (last === '' && program !== undefined) return `; ${program} begins with this message: check the port`
  const isKnown = (from: Side) => forms.some((form) => (form.from === from || form.from === 'either') && isOne(form, text))
  const isEcho = text !== '' && !isKnown(side) && isKnown(side === 'server' ? 'client' : 'server')
  return isEcho ? `; that is a message of the ${side === 'server' ? 'client' : 'server'}` : ''
}

/**
 * Checks whether a text is a message of this form. Returns false for a form that accepts any text, because no text shows that the message
 * has this form.
 */
function isOne(form: MessageSpec, text: string): boolean {
  // if a field accepts any text and its example is a number, this function accepts only numbers
  if (isField(form) && /^\d+$/.test(form.example)) return /^\d+$/.test(text)
  if (form.closes || (isField(form) && (form.free || form.accepts === undefined))) return false
  return form.text.replace(/\r?\n$/, '') === text || (!takesAll(form) && parseMessage(form, text) !== undefined)
}

/** Checks whether a form accepts a meaningless text, which no program sends. */
function takesAll(form: MessageSpec): boolean {
  return form.accepts !== undefined && parseMessage(form, '~ ~') !== undefined
}

/** Returns the end of an error sentence that corrects the case of a goodbye; `''` for a correct goodbye, and for any other text. */
export function clueOfBye(speaker: Speaker, text: string): string {
  const said = text.trim().toLowerCase()
  const forms: readonly MessageSpec[] = Object.values(speaker.automaton.messages)
  const bye = forms.find((form) => form.bye === true && form.from === speaker.side && form.text.toLowerCase() === said)
  return bye === undefined || bye.text === text ? '' : `; write ${quoteText(bye.text)}, and not ${quoteText(text)}`
}

/** Checks whether a text is the message that a TLS server sends to a client without TLS. */
export function isTlsNotice(text: string): boolean {
  return text.startsWith('This port speaks TLS. ')
}

/** Returns the error of a client that needs TLS. */
export function needsTls(): Disconnected {
  return new Disconnected('violation', 'the server speaks TLS: connect with --tls')
}

/** Signs that bytes are not text: NUL, a replacement character, a byte order mark, or a single control character that no key sends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const GARBLED = /[\0\ufffd]|^\ufeff|^[\x01\x02\x05-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f]\r?\n?$/
/** Texts that no person types, and with which messages of other protocols begin. */
const FOREIGN = /^(?:b(['"]).*\1\r?\n?$|[A-Z]{3,7} \S+ HTTP\/\d|HTTP\/\d\.\d \d{3}|SSH-\d\.\d|RFB \d{3}\.|220[ -][\w.-]+ .*(?:SMTP|FTP))/

/**
 * Returns the end of an error sentence on the likely meaning of a complete message after the `last` message; `''` for plain
 * text, and for the protocol's own language. `raw` has the bytes of the message, if they differ from the encoding of the text.
 */
export function clueOfText(speaker: Speaker, text: string, raw: Raw | undefined, last = ''): string {
  return clueOfRest(speaker, text, last) || clause(speaker, describeMessage(text, raw))
}

/**
 * Joins a quotation and a reason into a sentence. If the reason starts with the message, the reason becomes a relative clause: `the
 * client sent "5", which another player has taken`.
 */
export function withReason(said: string, text: string, why: string): string {
  const subject = [quoteText(text), text].find((one) => one !== '' && /^ (?:is|was) /.test(why.slice(one.length)) && why.startsWith(one))
  return subject === undefined ? `${said}: ${why}` : `${said}, which${why.slice(subject.length)}`
}

/**
 * Returns the error that ends a conversation whose server has broken the rules of the game: the error has the server's message, and the
 * reason why it is wrong.
 */
export function ruleViolation(text: string, why: string): Disconnected {
  return new Disconnected('violation', `the server sent ${quoteText(text)}, but ${why}`)
}

/** Checks whether a line is the first line of an HTTP request. */
export function isHttpRequest(text: string): boolean {
  return /^[A-Z]{3,7} \S+ HTTP\//.test(text)
}

/** Checks whether a line can be a header line of a request, or the empty line after the header lines. */
export function isHeadLine(text: string): boolean {
  return /^(?:[\w-]+:.*)?\r?$/.test(text)
}

function clause({ automaton, language = automaton.language }: Speaker, found: string | undefined): string {
  return found === undefined || (language !== undefined && found.includes(language)) ? '' : `; that looks like ${found}`
}

/** Farewell sends a role's own goodbye. */
export interface Farewell {
  /** Sends the goodbye, with the reason why this side ends the conversation early. */
  bye(reason: Error): void
}

/** PeerObserver receives sentences on mistakes in a peer's messages while the conversation continues. */
export interface PeerObserver {
  /**
   * Called when this side has answered a message by a refusal of the protocol. If `usual` is true, a person could have typed the message,
   * so the refusal matters only if the conversation ends with an error.
   */
  onRefused(sentence: string, usual: boolean): void
  /** Called when the bytes of a text for people are not text. */
  onGarbled(sentence: string): void
  /** Called when the role receives a message that arrived before the peer's turn. */
  onEarly(sentence: string): void
}
