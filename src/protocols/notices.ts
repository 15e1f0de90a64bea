import { EMPTY } from './automaton.ts'
import type { Peer } from './peer.ts'
import type { PeerObserver } from './sentences.ts'
import { TOO_SOON } from './standing.ts'

/**
 * Noticed is a kind of notice about a conversation that goes on: a message without its end; one whose bytes are no text;
 * one that has come before its turn; one that was rejected; and that a program which speaks by itself does not.
 */
export type Noticed = 'unfinished' | 'garbled' | 'early' | 'rejected' | 'waiting'

/** Witness is notified of the end of a conversation, and of notices before it. */
export interface Witness {
  /** Something a person should know is so, in a sentence. Answers `false` where the sentence is not shown. */
  noticed?(what: Noticed, sentence: string): unknown
  /** All is said: as the protocol ends, where no trouble is given. */
  over?(trouble: Error | undefined): void
  /** The connection is closed as well. */
  done?(): void
}

/** Milliseconds of silence until a message that is not whole, or has come too soon, is noticed. */
const NOTICED_AFTER = 2000

/** Milliseconds until the silence of a program that speaks by itself is noticed. */
const WAITED_FOR = 3000

/** Remembered is what was noticed about one conversation, or matters only if it does not end well. */
interface Remembered {
  /** Number of messages that were read when each was noticed last. */
  readonly shownAfter: Partial<Record<Noticed, number>>
  /** A refusal of what people type, and a message before its turn. */
  refused?: string
  early?: string
  /** Number of messages that were read when `early` was. */
  earlyAt?: number
  /** The sentence on the last message that was rejected: it is not shown again for the same message. */
  rejected?: string
}

/** Notices says what a person should know about a conversation that goes on: each thing once for a message of the peer. */
export class Notices implements PeerObserver {
  readonly #peer: Peer
  readonly #witness: Witness
  readonly #always: boolean
  /** Made for the first thing that is noticed: most conversations have none. */
  #remembered: Remembered | undefined

  /** `always`: a message before its turn is shown at once, because a protocol without an end never ends well. */
  constructor(peer: Peer, witness: Witness, always: boolean) {
    this.#peer = peer
    this.#witness = witness
    this.#always = always
    peer.observer = this
  }

  refused(sentence: string, usual: boolean): void {
    const remembered = this.#remember()
    const isSame = sentence.includes(TOO_SOON) || sentence.includes(EMPTY)
    if (isSame && remembered.earlyAt === this.#peer.connection.received) delete remembered.early
    if (usual) remembered.refused = sentence
    else if (sentence !== remembered.rejected) this.#show('rejected', sentence)
    remembered.rejected = sentence
  }

  garbled(sentence: string): void {
    this.#show('garbled', sentence)
  }

  early(sentence: string): void {
    // while it waited, it was noticed already
    if (this.#remembered?.shownAfter.early === this.#peer.connection.received - 1) return
    if (this.#always) return void this.#show('early', sentence)
    const remembered = this.#remember()
    if (remembered.early !== undefined) return
    remembered.early = sentence
    remembered.earlyAt = this.#peer.connection.received
  }

  /** Looks at the conversation at a moment; `limit` is how long its peer may be silent. */
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

  /** Stops the conversation on this side: reports an unfinished message, or that the peer was to speak and has been silent. */
  stop(now: number): void {
    const { waitingSince, quietSince } = this.#peer.connection
    this.#unfinished(now - quietSince)
    const silence = now - (waitingSince ?? now)
    if (silence >= NOTICED_AFTER) this.#once('waiting', () => this.#peer.silence(silence))
  }

  /** The conversation has ended with trouble: says what has led to it, perhaps. `broken`: the rules were, which says so itself. */
  ended(broken: boolean): void {
    const { refused, early } = this.#remembered ?? {}
    if (refused !== undefined) this.#show('rejected', refused)
    if (early !== undefined && !broken) this.#show('early', early)
  }

  #unfinished(ms: number): void {
    this.#once('unfinished', () => this.#peer.unfinished(ms))
  }

  /** Shows a sentence, if there is one, unless such a one was shown since the last message. */
  #once(what: Noticed, sentenceOf: () => string | undefined): void {
    const { received } = this.#peer.connection
    if (this.#remembered?.shownAfter[what] === received) return
    const sentence = sentenceOf()
    if (sentence === undefined) return
    this.#remember().shownAfter[what] = received
    if (this.#show(what, sentence) === false) this.#peer.forgetUnfinished()
  }

  #show(what: Noticed, sentence: string): unknown {
    return this.#witness.noticed?.(what, sentence)
  }

  #remember(): Remembered {
    this.#remembered ??= { shownAfter: {} }
    return this.#remembered
  }
}
