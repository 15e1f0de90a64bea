import type { Clock, PersonId } from '../hall/ports.ts'
import { Throttle } from '../hall/throttle.ts'
import type { LobbyListener, Seeker } from '../protocols/lobby.ts'

/** What calls need from outside. */
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

/** Calls that are taken back, of one address and for one person: twenty at once, then one in ten seconds. */
const TAKEN_BACK = { burst: 20, refill: 10_000 }

/** Calls tell people that they are sought by name, wherever they are connected with a lobby. */
export class Calls {
  readonly #clock: Clock
  readonly #onTrouble: CallsOptions['onTrouble']
  readonly #listeners = new Map<PersonId, Set<LobbyListener>>()
  readonly #takenBack = new Throttle(TAKEN_BACK)

  constructor({ clock, onTrouble }: CallsOptions) {
    this.#clock = clock
    this.#onTrouble = onTrouble
  }

  /** Tells a listener from now on who seeks a person; the answer ends that. */
  listen(person: PersonId, listener: LobbyListener): () => void {
    const listeners = this.#listeners.get(person) ?? new Set()
    this.#listeners.set(person, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(person) === listeners) this.#listeners.delete(person)
    }
  }

  /** Whether a person is connected with a lobby, and so can be notified. */
  reaches(person: PersonId): boolean {
    return this.#listeners.has(person)
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

  /** Tells all who listen for a person; where that fails, it is nobody else's trouble. */
  #tell(person: PersonId, telling: (listener: LobbyListener) => void): void {
    for (const listener of [...(this.#listeners.get(person) ?? [])]) {
      try {
        telling(listener)
      } catch (reason) {
        this.#onTrouble(`${person} could not be told of a seek`, reason)
      }
    }
  }
}

function keyOf(person: PersonId, address: string): string {
  return `${address} ${person}`
}
