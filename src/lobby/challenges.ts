import type { Clock } from '../base/clock.ts'
import { RateLimiter } from '../base/rate-limit.ts'
import type { FinishedGame, LobbyListener, LobbyRefusal, RatingChanges, SeekInfo } from '../hall/api.ts'
import type { PersonId } from '../hall/ports.ts'

export interface ChallengesOptions {
  readonly clock: Clock
  /** Called with errors that do not stop the server. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** Challenge is a seek that is addressed to one user. */
export interface Challenge {
  /** The user who is challenged. */
  readonly challenged: PersonId
  /** The user who sends the challenge, and the terms. */
  readonly seeker: SeekInfo
  /** The sender's address. */
  readonly address: string
}

/** ChallengeListener is called with challenges and messages to one user, at one session, which may have muted their sender. */
export interface ChallengeListener extends LobbyListener {
  /** Checks whether this session has not muted the user with this name. */
  isUnmuted(name: string): boolean
}

/** Rate of messages from one address to one user: 30 at once, then one a second. */
const MESSAGES = { burst: 30, refill: 1000 }

/** Rate of cancelled challenges from one address to one user: 20 at once, then one in ten seconds. */
const CANCELLED = { burst: 20, refill: 10_000 }

/** Challenges delivers challenges, messages and results to users, at each of their lobby sessions. */
export class Challenges {
  readonly #clock: Clock
  readonly #onError: ChallengesOptions['onError']
  readonly #listeners = new Map<PersonId, Set<ChallengeListener>>()
  readonly #cancelled = new RateLimiter(CANCELLED)
  readonly #messages = new RateLimiter(MESSAGES)

  constructor({ clock, onError }: ChallengesOptions) {
    this.#clock = clock
    this.#onError = onError
  }

  /** Subscribes a listener to the notifications of a user; returns a function that unsubscribes it. */
  subscribe(person: PersonId, listener: ChallengeListener): () => void {
    const listeners = this.#listeners.get(person) ?? new Set()
    this.#listeners.set(person, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(person) === listeners) this.#listeners.delete(person)
    }
  }

  /** Checks whether a user has a lobby session, and so can be notified. */
  isReachable(person: PersonId): boolean {
    return this.#listeners.has(person)
  }

  /** Checks whether at least one session of a user has not muted the user with this name. */
  isUnmuted(person: PersonId, name: string): boolean {
    for (const listener of this.#listeners.get(person) ?? []) if (listener.isUnmuted(name)) return true
    return false
  }

  /** Sends a message to a user, at each session that has not muted the sender; refuses if all have. */
  sendMessage(person: PersonId, { from, text, address }: { from: string; text: string; address: string }): LobbyRefusal | undefined {
    if (!this.isUnmuted(person, from)) return MUTED
    if (this.#messages.take(keyOf(person, address), this.#clock.monotonic()) > 0) {
      return { code: 'throttled', refused: 'you send too many messages to that user at once: wait a moment' }
    }
    this.#notify(person, (listener) => listener.isUnmuted(from) && listener.messageReceived({ name: from, text }))
    return undefined
  }

  /** Returns the milliseconds until an address can challenge a user again, after too many cancelled challenges; usually 0. */
  wait({ challenged, address }: Omit<Challenge, 'seeker'>): number {
    return this.#cancelled.wait(keyOf(challenged, address), this.#clock.monotonic())
  }

  /** Sends a challenge to a user; returns a function that cancels the challenge, and notifies the user of that. */
  sendChallenge({ challenged, seeker, address }: Challenge): () => void {
    this.#notify(challenged, (listener) => listener.challenged(seeker))
    return () => {
      this.#cancelled.take(keyOf(challenged, address), this.#clock.monotonic())
      this.#notify(challenged, (listener) => listener.challengeWithdrawn(seeker))
    }
  }

  /** Notifies a user, at each session that is not subscribed to the table, that a game has ended. */
  notifyOfEnd(person: PersonId, game: FinishedGame): void {
    this.#notify(person, (listener) => listener.finished?.(game))
  }

  /** Notifies a user, at each session that is not subscribed to the table, of the rating changes after a game. */
  notifyOfRecord(person: PersonId, recorded: RatingChanges): void {
    this.#notify(person, (listener) => listener.recorded(recorded))
  }

  /** Calls `notify` for each listener of a user; an exception of one does not reach the others, or the caller. */
  #notify(person: PersonId, notify: (listener: ChallengeListener) => unknown): void {
    for (const listener of [...(this.#listeners.get(person) ?? [])]) {
      try {
        notify(listener)
      } catch (reason) {
        this.#onError(`${person} could not be notified`, reason)
      }
    }
  }
}

export const MUTED: LobbyRefusal = { code: 'muted', refused: 'that user has muted you' }

function keyOf(person: PersonId, address: string): string {
  return `${address} ${person}`
}
