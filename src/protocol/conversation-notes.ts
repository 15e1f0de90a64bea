import { EMPTY } from './automaton.ts'
import { TOO_SOON } from './conversation-state.ts'
import type { Peer } from './peer.ts'
import type { PeerObserver } from './violation-text.ts'

/**
 * ConversationNote is a kind of note about a running conversation. `unfinished`: a message without its end; `garbled`: a message
 * whose bytes are not text; `early`: a message before the peer's turn; `rejected`: a refused message (the logs have this name);
 * `waiting`: a program that sends without input from a person is silent.
 */
export type ConversationNote = 'unfinished' | 'garbled' | 'early' | 'rejected' | 'waiting'

/** ConversationObserver is notified of a conversation's notes and of its end. */
export interface ConversationObserver {
  /** Called with a kind and a sentence for a person. Returns `false` if the observer did not show the sentence. */
  onNote?(what: ConversationNote, sentence: string): unknown
  /** Called when this side sends no more messages; `trouble` is missing if the conversation ended as its protocol ends. */
  onEnd?(trouble: Error | undefined): void
  /** Called when the connection is closed. */
  onClose?(): void
}

/** Milliseconds of silence until the notes report an incomplete or early message. */
const NOTICED_AFTER = 2000

/** Milliseconds of silence until the notes report a program that needs no input. */
const WAITED_FOR = 3000

/** Remembered holds the notes on one conversation, and sentences that matter only if it ends with an error. */
interface Remembered {
  /** For each kind, the number of received messages when its last note was shown. */
  readonly shownAfter: Partial<Record<ConversationNote, number>>
  /** Sentences on refused input of a person, and on an early message; shown if the conversation ends with an error. */
  refusedInput?: string
  early?: string
  /** Number of received messages when `early` was set. */
  earlyAt?: number
  /** Sentence on the last refused message, which the notes do not show twice. */
  lastRefused?: string
}

/** ConversationNotes reports oddities of a running conversation to its observer, each at most once for a message of the peer. */
export class ConversationNotes implements PeerObserver {
  readonly #peer: Peer
  readonly #observer: ConversationObserver
  readonly #always: boolean
  /** Created for the first note, because most conversations have none. */
  #remembered: Remembered | undefined

  /** `always`: reports an early message immediately, because a protocol without an end cannot end well. */
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
    // the message was reported while it was unread
    if (this.#remembered?.shownAfter.early === this.#peer.connection.received - 1) return
    if (this.#always) return void this.#show('early', sentence)
    const remembered = this.#remember()
    if (remembered.early !== undefined) return
    remembered.early = sentence
    remembered.earlyAt = this.#peer.connection.received
  }

  /** Reports what is wrong at the monotonic time `now`; `limit` is the peer's current timeout in milliseconds. */
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
   * Reports possible causes of an error that has ended the conversation. `broken`: the error is a violation, so an early message is
   * not its cause.
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
