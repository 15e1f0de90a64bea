import { EMPTY } from './automaton.ts'
import { TOO_SOON } from './conversation-state.ts'
import type { Peer } from './peer.ts'
import type { PeerObserver } from './violation-text.ts'

/**
 * ConversationNote is a kind of note about a running conversation. `unfinished`: a message lacks its end; `garbled`: the bytes of a message
 * are not text; `early`: a message has arrived before the peer's turn; `rejected`: a role has refused a message (the logs have this name);
 * `waiting`: a program that needs no input from a person is silent.
 */
export type ConversationNote = 'unfinished' | 'garbled' | 'early' | 'rejected' | 'waiting'

/** ConversationObserver receives the notes on a conversation, and its end. */
export interface ConversationObserver {
  /** Called with a kind and a sentence for a person. Returns `false` if the observer did not show the sentence. */
  onNote?(what: ConversationNote, sentence: string): unknown
  /** Called when this side sends no more messages; `trouble` is missing if the conversation ended normally. */
  onEnd?(trouble: Error | undefined): void
  /** Called when the connection is closed. */
  onClose?(): void
}

/** Milliseconds of silence until the notes report an incomplete or early message. */
const NOTICED_AFTER = 2000

/** Milliseconds of silence until the notes report a program that needs no input. */
const WAITED_FOR = 3000

/** Remembered has the state of the notes on one conversation, and sentences that matter only if the conversation ends with an error. */
interface Remembered {
  /** For each kind of note, the number of received messages when the observer showed the last note of this kind. */
  readonly shownAfter: Partial<Record<ConversationNote, number>>
  /** Sentences on refused input of a person, and on an early message. The notes report them if the conversation ends with an error. */
  refusedInput?: string
  early?: string
  /** Number of received messages when `early` was set. */
  earlyAt?: number
  /** Sentence on the last refused message, which the notes do not show twice. */
  lastRefused?: string
}

/**
 * ConversationNotes reports irregularities of a running conversation to its observer. It reports each kind at most once per message of the
 * peer.
 */
export class ConversationNotes implements PeerObserver {
  readonly #peer: Peer
  readonly #observer: ConversationObserver
  readonly #always: boolean
  /** `undefined` before the first note, because most conversations have no notes. */
  #remembered: Remembered | undefined

  /**
   * If `always` is true, the notes report an early message immediately. A protocol without an end cannot end normally, so its end would not
   * show whether the message matters.
   */
  constructor(peer: Peer, witness: ConversationObserver, always: boolean) {
    this.#peer = peer
    this.#observer = witness
    this.#always = always
    peer.observer = this
  }

  onRefused(sentence: string, usual: boolean): void {
    const remembered = this.#remember()
    const isSame = sentence.includes(TOO_SOON) || sentence.includes(EMPTY)
    if (isSame && remembered.earlyAt === this.#peer.connection.received) delete remembered.early
    if (usual) remembered.refusedInput = sentence
    else if (sentence !== remembered.lastRefused) this.#show('rejected', sentence)
    remembered.lastRefused = sentence
  }

  onGarbled(sentence: string): void {
    this.#show('garbled', sentence)
  }

  onEarly(sentence: string): void {
    // the notes have already reported this message, before the role read it
    if (this.#remembered?.shownAfter.early === this.#peer.connection.received - 1) return
    if (this.#always) return void this.#show('early', sentence)
    const remembered = this.#remember()
    if (remembered.early !== undefined) return
    remembered.early = sentence
    remembered.earlyAt = this.#peer.connection.received
  }

  /**
   * Reports an early or incomplete message, or the peer's silence, at the monotonic time `now`. `limit` is the peer's current timeout in
   * milliseconds.
   */
  check(now: number, limit: number): void {
    const { waitingSince, quietSince } = this.#peer.connection
    const silence = now - Math.max(waitingSince ?? 0, quietSince)
    if (waitingSince === undefined) {
      if (silence >= NOTICED_AFTER) this.#once('early', () => this.#peer.early())
    } else if (limit > NOTICED_AFTER && silence >= NOTICED_AFTER) {
      this.#unfinished(NOTICED_AFTER)
      if (limit > WAITED_FOR && silence >= WAITED_FOR && this.#peer.isAutomatic) this.#once('waiting', () => this.#peer.silence(WAITED_FOR))
    }
  }

  /** Reports an incomplete message, or the peer's silence in its turn, when this side ends the conversation. */
  stop(now: number): void {
    const { waitingSince, quietSince } = this.#peer.connection
    this.#unfinished(now - quietSince)
    const silence = now - (waitingSince ?? now)
    if (silence >= NOTICED_AFTER) this.#once('waiting', () => this.#peer.silence(silence))
  }

  /**
   * Reports possible causes of an error that has ended the conversation. If `broken` is true, the error is a violation, so an early message
   * has not caused the error.
   */
  ended(broken: boolean): void {
    const { refusedInput, early } = this.#remembered ?? {}
    if (refusedInput !== undefined) this.#show('rejected', refusedInput)
    if (early !== undefined && !broken) this.#show('early', early)
  }

  #unfinished(ms: number): void {
    this.#once('unfinished', () => this.#peer.unfinished(ms))
  }

  /** Reports a sentence, unless it has reported a sentence of the same kind since the last message. */
  #once(what: ConversationNote, findSentence: () => string | undefined): void {
    const { received } = this.#peer.connection
    if (this.#remembered?.shownAfter[what] === received) return
    const sentence = findSentence()
    if (sentence === undefined) return
    this.#remember().shownAfter[what] = received
    if (this.#show(what, sentence) === false) this.#peer.forgetUnfinished()
  }

  #show(what: ConversationNote, sentence: string): unknown {
    return this.#observer.onNote?.(what, sentence)
  }

  #remember(): Remembered {
    this.#remembered ??= { shownAfter: {} }
    return this.#remembered
  }
}
