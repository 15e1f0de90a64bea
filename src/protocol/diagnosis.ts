import type { Connection } from '../wire/connection.ts'
import { Disconnected, type UnfinishedMessage } from '../wire/disconnect.ts'
import type { Raw } from '../wire/text.ts'
import { EMPTY } from './automaton.ts'
import { type ConversationState, explainIllegal, formatEarly, formatExpected, formatTooSoon, toSeconds } from './conversation-state.ts'
import type { MessageSpec, Side } from './message-spec.ts'
import {
  clueOfBye,
  clueOfBytes,
  clueOfText,
  clueOfWords,
  isGreeting,
  isHeadLine,
  isHttpRequest,
  isOdd,
  type PeerObserver,
  quoteMessage,
  quoteUnfinished,
  type Speaker,
  withReason,
} from './violation-text.ts'

/** End of the sentence on a peer that disconnects while both sides wait for another player. */
const WAITED = 'it was waiting for its opponent'

/** DiagnosedPeer has the members of a peer that Diagnosis reads. */
export interface DiagnosedPeer {
  readonly connection: Connection
  /** The peer's side. */
  readonly other: Side
  readonly speaker: Speaker
  /** Text of the last legal message from the peer. */
  readonly last: string
  readonly conversationState: ConversationState
  readonly observer: PeerObserver | undefined
}

/**
 * Diagnosis explains what is wrong with the messages of one peer, and stores its explanations.
 *
 * It computes a sentence only if something is wrong. A peer creates its Diagnosis at the first irregularity, because a server has thousands
 * of peers, and almost all of them never have an irregularity. The Diagnosis reports each mistake once: if it has reported a message as
 * incomplete or as early, it reports nothing more when the role receives that message or the connection ends.
 */
export class Diagnosis {
  readonly #peer: DiagnosedPeer
  /** `#nextEarly` is true if the next message arrived before the peer's turn; `#lastEarly` says the same about the last message. */
  #nextEarly = false
  #lastEarly = false
  /**
   * Last reported clue, and length of the last reported incomplete message, so that the observer gets no clue and no such message twice.
   */
  #clue = ''
  #unfinished = 0
  /** True if the Diagnosis has reported the last message as garbled. */
  #lastGarbled = false
  /** Bytes of the last message, if they differ from the encoding of its text. */
  #lastRaw: Raw | undefined
  /** True if the role has refused an HTTP request, and more header lines of the request may follow. */
  #inHead = false
  /** Text of the last message, if the role has refused it and the protocol has secrets; otherwise `''`. */
  #refused = ''

  constructor(peer: DiagnosedPeer) {
    this.#peer = peer
  }

  /** Text of the last message, if the role has refused it and the protocol has secrets; otherwise `''`. */
  get refused(): string {
    return this.#refused
  }

  /** True if the last message arrived before the peer's turn. */
  get lastEarly(): boolean {
    return this.#lastEarly
  }

  /** True if the Diagnosis has reported the last message as garbled. */
  get lastGarbled(): boolean {
    return this.#lastGarbled
  }

  /** Begins the diagnosis of the next message of the peer. */
  begin(): void {
    this.#lastEarly = this.#nextEarly
    this.#nextEarly = false
    this.#unfinished = 0
  }

  /** Notes that the last message was legal, for later sentences. */
  accept(): void {
    this.#refused = ''
  }

  /** Records whether the next message is early. A message is early if it arrived before this side sent the message that it answers. */
  setNextEarly(isEarly: boolean): void {
    this.#nextEarly = isEarly
  }

  /** Explains why a message is illegal: for this side, and for the peer. */
  explainIllegal(text: string): { readonly sentence: string; readonly toPeer: string } {
    const { connection, speaker, last, conversationState } = this.#peer
    const { raw } = connection
    const clue = this.#clueOf(text, raw, last) || clueOfWords(speaker, text, last)
    const sentence = `${explainIllegal(conversationState, text, { raw })}${clue}`
    return { sentence, toPeer: `${explainIllegal(conversationState, text, { toPeer: true })}${clue}` }
  }

  /** Explains the refusal of the last message, if the role refuses it by a message of the protocol. */
  explainRefusal(why: string): { readonly text: string; readonly hasClue: boolean } {
    const { speaker, last, other, conversationState } = this.#peer
    const clue = this.#clueOf(last, this.#lastRaw) || clueOfWords(speaker, last, '') || clueOfBye(speaker, last)
    const empty = last === '' ? EMPTY : ''
    const said = `the ${other} sent ${quoteMessage(speaker, last, this.#lastRaw)}`
    return { text: `${withReason(said, last, why)}${formatTooSoon(conversationState)}${empty}${clue}`, hasClue: clue !== '' }
  }

  /** Reports a refused message. If the message is an HTTP request, reports only its first line. */
  reject(text: string, sentence: string, usual: boolean): void {
    const isOfHead = this.#inHead && isHeadLine(text)
    const inHead = isOfHead ? text.trim() !== '' : isHttpRequest(text)
    if (inHead || isOfHead) this.#inHead = inHead
    if (!isOfHead) this.#peer.observer?.onRefused(sentence, usual)
    if (this.#peer.speaker.automaton.secrets) this.#refused = text
  }

  /** Reports what is odd about a legal message; `before` is the legal message before it. */
  reportOddity(text: string, raw: Raw | undefined, isGarbled: boolean, before: string): void {
    const { observer, other, speaker } = this.#peer
    this.#lastRaw = raw
    this.#lastGarbled = false
    if (this.#lastEarly && !(this.#inHead && isHeadLine(text)))
      observer?.onEarly(`the ${other} sent ${quoteMessage(speaker, text)} before it was the ${other}'s turn`)
    const clue = isGarbled ? this.#clueOnce(clueOfText(speaker, text, raw) || clueOfWords(speaker, text, before)) : ''
    if (clue === '') return
    this.#lastGarbled = true
    this.#inHead = isHttpRequest(text)
    observer?.onGarbled(`the ${other} sent ${quoteMessage(speaker, text, raw)}${clue}`)
  }

  /**
   * Adds a clause to the error of a connection's end. The clause names the message that the peer had to send, or says whose turn it was.
   * `forOpponent` has the same meaning as in `Peer.explain`.
   */
  explainEnd(end: Disconnected, forOpponent: boolean): Disconnected {
    const { other, conversationState } = this.#peer
    const message = this.#isShown(end) ? end.message.replace(/ in the middle of a message, \d+ bytes? into it$/, '') : end.message
    const said = message.replace('the other side', `the ${other}`)
    return new Disconnected(
      end.reason,
      `${said}${this.#rest(end)}; ${forOpponent ? WAITED : formatExpected(conversationState)}`,
      end.unfinished,
    )
  }

  /** Returns a sentence on the peer's incomplete message and its missing part; `undefined` after the first report. */
  explainUnfinished(unfinished: UnfinishedMessage, ms: number): string | undefined {
    if (this.#isRemainder(unfinished)) return undefined
    const { other, speaker, last } = this.#peer
    this.#unfinished = unfinished.bytes.length
    const sent = quoteUnfinished(speaker, unfinished)
    return `the ${other} has sent ${sent} for ${toSeconds(ms)} s${this.#clueOnce(clueOfBytes(speaker, unfinished, last))}`
  }

  /** Returns a sentence on a message that arrived before the peer's turn; `undefined` if there is no such message to report. */
  explainEarly(): string | undefined {
    const { connection, speaker, last, conversationState } = this.#peer
    const { nextMessage, raw } = connection
    // the Diagnosis has already reported the first of several empty lines
    if (nextMessage === '' && last === '' && this.#lastEarly) return undefined
    if (nextMessage !== undefined) {
      const clue = clueOfText(speaker, nextMessage, raw, last) || clueOfWords(speaker, nextMessage, last)
      return `${formatEarly(conversationState, nextMessage, raw)}${this.#clueOnce(clue)}`
    }
    const { unfinished } = connection
    if (!unfinished || this.#isRemainder(unfinished)) return undefined
    this.#unfinished = unfinished.bytes.length
    return `${formatEarly(conversationState, unfinished)}${this.#clueOnce(clueOfBytes(speaker, unfinished, last))}`
  }

  /** Marks the incomplete message as not reported, because the observer did not show the sentence. */
  forgetUnfinished(): void {
    this.#unfinished = 0
    this.#clue = ''
  }

  /** Quotes the incomplete message of a peer that has disconnected or timed out, as the middle of a sentence. */
  #rest(end: Disconnected): string {
    const { reason, unfinished } = end
    if (!unfinished || this.#isShown(end) || this.#isRemainder(unfinished)) return ''
    const { speaker, last } = this.#peer
    const sent = reason === 'late' ? '' : `: it had sent ${quoteUnfinished(speaker, unfinished)}`
    return `${sent}${this.#clueOnce(clueOfBytes(speaker, unfinished, last))}`
  }

  /** Checks whether the Diagnosis has already reported the unfinished message. */
  #isShown({ reason, unfinished }: Disconnected): boolean {
    if (!unfinished || reason === 'late') return false
    return unfinished.bytes.length === this.#unfinished || this.#isRemainder(unfinished)
  }

  /**
   * Checks whether incomplete bytes are the rest of the last message, because that message is UTF-16 or a pickle, and a line end is inside
   * of it. The report of that message then covers the rest, too.
   */
  #isRemainder({ bytes }: UnfinishedMessage): boolean {
    if (this.#clue === '') return false
    // a pickle ends with a full stop
    return bytes.every((byte) => byte === 0) || (this.#clue.includes('pickle') && bytes.at(-1) === 0x2e)
  }

  /** Returns a clue, or `''` if it equals the last reported clue. */
  #clueOnce(clue: string): string {
    if (clue === this.#clue) return ''
    this.#clue = clue
    return clue
  }

  #clueOf(text: string, raw: Raw | undefined, last = ''): string {
    this.#clue = clueOfText(this.#peer.speaker, text, raw, last)
    return this.#clue
  }
}

/** Checks whether the Diagnosis has to report a legal message, because its bytes are not text or it starts another protocol. */
export function isGarbled(form: MessageSpec, text: string, raw: Raw | undefined, before: string): boolean {
  return isOdd(form, text, raw) || (form.free === true && before === '' && isGreeting(text))
}
