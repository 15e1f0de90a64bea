import type { Clock, PersonId } from '../hall/ports.ts'
import { Throttle } from '../hall/throttle.ts'
import type { FinishedGame, LobbyListener, LobbyRefusal, Recorded, Seeker } from '../protocols/lobby.ts'

/** CallsOptions is what calls need from outside. */
export interface CallsOptions {
  readonly clock: Clock
  /** Told of what went wrong and was survived. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
}

/** A wish to play with somebody by name. */
export interface Call {
  /** Who is wanted. */
  readonly person: PersonId
  /** Who wants that, and what. */
  readonly seeker: Seeker
  /** Where from. */
  readonly address: string
}

/** Ear is a listener for challenges to a user, from users whom it hears. */
export interface Ear extends LobbyListener {
  /** Checks whether a user of this name is heard. */
  hears(name: string): boolean
}

/** Messages from one address to one person: thirty at once, then one a second. */
const TOLD = { burst: 30, refill: 1000 }

/** Calls that are taken back, of one address and for one person: twenty at once, then one in ten seconds. */
const TAKEN_BACK = { burst: 20, refill: 10_000 }

/** Calls tell people that they are sought by name, wherever they are connected with a lobby. */
export class Calls {
  readonly #clock: Clock
  readonly #onTrouble: CallsOptions['onTrouble']
  readonly #listeners = new Map<PersonId, Set<Ear>>()
  readonly #takenBack = new Throttle(TAKEN_BACK)
  readonly #told = new Throttle(TOLD)

  constructor({ clock, onTrouble }: CallsOptions) {
    this.#clock = clock
    this.#onTrouble = onTrouble
  }

  /** Tells a listener from now on who seeks a person; the answer ends that. */
  listen(person: PersonId, listener: Ear): () => void {
    const listeners = this.#listeners.get(person) ?? new Set()
    this.#listeners.set(person, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(person) === listeners) this.#listeners.delete(person)
    }
  }

  /** Checks whether a person is connected with a lobby, and so can be notified. */
  reaches(person: PersonId): boolean {
    return this.#listeners.has(person)
  }

  /** Checks whether a person hears a user of this name at one connection at least. */
  hears(person: PersonId, name: string): boolean {
    for (const ear of this.#listeners.get(person) ?? []) if (ear.hears(name)) return true
    return false
  }

  /** Tells a person what a user says, at each connection at which that user is heard; a refusal where there is none. */
  tell(person: PersonId, { from, text, address }: { from: string; text: string; address: string }): LobbyRefusal | undefined {
    if (!this.hears(person, from)) return MUTED
    if (this.#told.take(keyOf(person, address), this.#clock.monotonic()) > 0) {
      return { code: 'throttled', refused: 'that user is told a lot at once: wait a moment' }
    }
    this.#tell(person, (listener) => listener.hears(from) && listener.told({ name: from, text }))
    return undefined
  }

  /** For how many milliseconds nobody at an address can call a person, since that was taken back too often; mostly 0. */
  wait({ person, address }: Omit<Call, 'seeker'>): number {
    return this.#takenBack.wait(keyOf(person, address), this.#clock.monotonic())
  }

  /** Tells a person by whom it is sought; the answer takes the call back, and tells that too. */
  call({ person, seeker, address }: Call): () => void {
    this.#tell(person, (listener) => listener.sought(seeker))
    return () => {
      this.#takenBack.take(keyOf(person, address), this.#clock.monotonic())
      this.#tell(person, (listener) => listener.withdrawn(seeker))
    }
  }

  /** Notifies a person, at each connection that does not attend the table, that a game has ended. */
  notifyOfEnd(person: PersonId, game: FinishedGame): void {
    this.#tell(person, (listener) => listener.finished?.(game))
  }

  /** Notifies a person, at each connection that does not attend the table, of what came of a game for the ladder. */
  notifyOfRecord(person: PersonId, recorded: Recorded): void {
    this.#tell(person, (listener) => listener.recorded(recorded))
  }

  /** Tells all who listen for a person; where that fails, it is nobody else's trouble. */
  #tell(person: PersonId, telling: (listener: Ear) => unknown): void {
    for (const listener of [...(this.#listeners.get(person) ?? [])]) {
      try {
        telling(listener)
      } catch (reason) {
        this.#onTrouble(`${person} could not be told of what another user wants`, reason)
      }
    }
  }
}

/** The refusal of a user who is muted. */
export const MUTED: LobbyRefusal = { code: 'muted', refused: 'that user does not want to hear you' }

function keyOf(person: PersonId, address: string): string {
  return `${address} ${person}`
}
