import type { Clock } from '../base/clock.ts'
import { RateLimiter } from '../base/rate-limit.ts'
import type { FinishedGame, LobbyListener, LobbyRefusal, RatingChanges, SeekInfo } from '../hall/api.ts'
import type { PersonId, Receipt, UserNotice, UserNotices } from '../hall/ports.ts'

export interface UserNotifierOptions {
  readonly clock: Clock
  /** Delivers challenges and messages to the servers at which their receivers are online. */
  readonly notices: UserNotices
  /** Called with errors that do not stop the server. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** Challenge is a seek that only one user can accept. */
export interface Challenge {
  /** The challenged person. */
  readonly challenged: PersonId
  /** The name of the sender, and the terms. */
  readonly seeker: SeekInfo
  /** The sender's address. */
  readonly address: string
}

/** NoticeListener receives the challenges and the messages to the user of one session. The session may have muted the sender. */
export interface NoticeListener extends LobbyListener {
  /** Checks whether this session receives messages of the user with a name, because it has not muted that user. */
  isUnmuted(name: string): boolean
}

/** Rate of messages from one address to one user: 30 messages without a wait, then 1 message every second. */
const MESSAGES = { burst: 30, refill: 1000 }

/** Rate of canceled challenges from one address to one user: 20 challenges without a wait, then 1 challenge every ten seconds. */
const CANCELED = { burst: 20, refill: 10_000 }

/**
 * UserNotifier delivers challenges, messages and results to users, at each of their lobby sessions. Challenges and messages are
 * notices, and reach the sessions at all servers; each server subscribes to notices once, for all its users.
 */
export class UserNotifier {
  readonly #clock: Clock
  readonly #notices: UserNotices
  readonly #onError: UserNotifierOptions['onError']
  readonly #listeners = new Map<PersonId, readonly NoticeListener[]>()
  readonly #canceled = new RateLimiter(CANCELED)
  readonly #messages = new RateLimiter(MESSAGES)
  readonly #stop: () => void

  constructor({ clock, notices, onError }: UserNotifierOptions) {
    this.#clock = clock
    this.#notices = notices
    this.#onError = onError
    this.#stop = notices.receive((notice) => this.#receive(notice))
  }

  /** Unsubscribes from notices. */
  close(): void {
    this.#stop()
  }

  /** Subscribes a listener to the notifications of a user. */
  subscribe(person: PersonId, listener: NoticeListener): void {
    this.#listeners.set(person, this.#listeners.get(person)?.concat(listener) ?? [listener])
  }

  /** Unsubscribes a listener from the notifications of a user. */
  unsubscribe(person: PersonId, listener: NoticeListener): void {
    const others = (this.#listeners.get(person) ?? []).filter((one) => one !== listener)
    if (others.length > 0) this.#listeners.set(person, others)
    else this.#listeners.delete(person)
  }

  /**
   * Asks whether a user receives notices from the user with the name `from`: `unreached` if the user has no lobby session, and
   * `muted` if all sessions of the user have muted that name.
   */
  probe(person: PersonId, from: string): Promise<Receipt> {
    return this.#notices.send({ type: 'probe', to: person, from })
  }

  /**
   * Sends a message to a user, at each session that has not muted the sender. Returns a refusal if all sessions have muted the
   * sender, or if the user has no session.
   */
  async sendMessage(
    { person, name }: { readonly person: PersonId; readonly name: string },
    { from, text, address }: { from: string; text: string; address: string },
  ): Promise<LobbyRefusal | undefined> {
    const isThrottled = this.#messages.take(keyOf(person, address), this.#clock.monotonic()) > 0
    const receipt = isThrottled ? await this.probe(person, from) : await this.#notices.send({ type: 'message', to: person, from, text })
    if (receipt === 'unreached') {
      return { code: 'not-now', refused: `${name} is here only through a worksheet program, and cannot receive messages` }
    }
    if (receipt === 'muted') return MUTED
    return isThrottled ? { code: 'throttled', refused: 'you send messages to that user too fast: wait a moment' } : undefined
  }

  /**
   * Returns the milliseconds until an address can challenge a user again. The number is above 0 only after too many canceled challenges.
   */
  wait({ challenged, address }: Omit<Challenge, 'seeker'>): number {
    return this.#canceled.wait(keyOf(challenged, address), this.#clock.monotonic())
  }

  /** Sends a challenge to a user; returns a function that withdraws the challenge, and notifies the user of the withdrawal. */
  sendChallenge({ challenged, seeker, address }: Challenge): () => void {
    this.#send({ type: 'challenged', to: challenged, from: seeker.name, seeker })
    return () => {
      this.#canceled.take(keyOf(challenged, address), this.#clock.monotonic())
      this.#send({ type: 'withdrawn', to: challenged, from: seeker.name, seeker })
    }
  }

  /** Notifies a user of the end of a game. Excludes the sessions that are subscribed to the table. */
  notifyOfEnd(person: PersonId, game: FinishedGame): void {
    this.#notify(person, (listener) => listener.finished?.(game))
  }

  /** Notifies a user of the rating changes after a game. Excludes the sessions that are subscribed to the table. */
  notifyOfRecord(person: PersonId, recorded: RatingChanges): void {
    this.#notify(person, (listener) => listener.recorded(recorded))
  }

  #send(notice: UserNotice): void {
    this.#notices.send(notice).catch((reason: unknown) => this.#onError(`the server could not notify ${notice.to}`, reason))
  }

  /** Notifies the sessions of this server that have not muted the sender. */
  #receive(notice: UserNotice): Receipt {
    const { to, from } = notice
    const listeners = this.#listeners.get(to)
    if (!listeners) return 'unreached'
    if (!listeners.some((listener) => listener.isUnmuted(from))) return 'muted'
    if (notice.type !== 'probe') this.#notify(to, (listener) => listener.isUnmuted(from) && deliver(listener, notice))
    return 'delivered'
  }

  /**
   * Calls `notify` for each listener of a user; an exception of one listener affects neither the other listeners nor the caller.
   */
  #notify(person: PersonId, notify: (listener: NoticeListener) => unknown): void {
    for (const listener of this.#listeners.get(person) ?? []) {
      try {
        notify(listener)
      } catch (reason) {
        this.#onError(`the server could not notify ${person}`, reason)
      }
    }
  }
}

export const MUTED: LobbyRefusal = { code: 'muted', refused: 'that user has muted you' }

function deliver(listener: NoticeListener, notice: Exclude<UserNotice, { type: 'probe' }>): void {
  switch (notice.type) {
    case 'challenged':
      return listener.challenged(notice.seeker)
    case 'withdrawn':
      return listener.challengeWithdrawn(notice.seeker)
    case 'message':
      return listener.messageReceived({ name: notice.from, text: notice.text })
  }
}

function keyOf(person: PersonId, address: string): string {
  return `${address} ${person}`
}
