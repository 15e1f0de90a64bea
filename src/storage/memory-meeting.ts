import type {
  LeaseId,
  Meeting,
  PersonId,
  Presence,
  PresenceChange,
  PresentPerson,
  Receipt,
  UserNotice,
  UserNotices,
} from '../hall/ports.ts'
import { ChangeFeed } from './change-feed.ts'
import { type OnStoreError, warn } from './error.ts'
import { LeaseTable, MemoryLeases } from './memory-leases.ts'
import { MemorySeeks } from './memory-seeks.ts'
import type { Timers } from './outage.ts'

/** MeetingBacking has the data of the processes over one backing store, in the memory of one process. */
export interface MeetingBacking {
  readonly leases: LeaseTable
  readonly seeks: MemorySeeks
  readonly presence: MemoryPresence
  readonly notices: MemoryNotices
}

/**
 * Creates a backing store. If there are timers, a lease expires when the process of the lease ends but does not release the lease. A store
 * that ends with its only process needs no timers. Passes exceptions of followers to `onError`.
 */
export function createMeetingBacking({ timers, onError = warn }: { timers?: Timers; onError?: OnStoreError } = {}): MeetingBacking {
  const leases = new LeaseTable(timers)
  return {
    leases,
    seeks: new MemorySeeks(leases, onError),
    presence: new MemoryPresence(leases, onError),
    notices: new MemoryNotices(onError),
  }
}

/** Connects a process to a backing store. `crash` ends the renewals of the process's leases, as if the process had ended. */
export function connectMeeting({ leases, ...shared }: MeetingBacking): Meeting & { crash(): void } {
  const own = new MemoryLeases(leases)
  return { ...shared, leases: own, crash: () => own.crash() }
}

/** Arrival is the entry of a person at one server. */
type Arrival = Omit<PresenceChange, 'type'>

class MemoryPresence implements Presence {
  readonly #leases: LeaseTable
  readonly #arrivals = new Map<PersonId, readonly Arrival[]>()
  readonly #feed: ChangeFeed<PresenceChange>

  constructor(leases: LeaseTable, onError: OnStoreError) {
    this.#leases = leases
    this.#feed = new ChangeFeed(onError)
    leases.onEnd((ended) => {
      const there = [...this.#arrivals.values()].flat().filter(({ lease }) => lease === ended)
      for (const { person } of there) this.#remove(person, ended)
    })
  }

  async enter({ person, name }: PresentPerson, lease: LeaseId): Promise<boolean> {
    this.#leases.check(lease)
    const others = (this.#arrivals.get(person) ?? []).filter((one) => one.lease !== lease)
    if (others.length > 0 && person.startsWith('guest:')) return false
    const arrival = { person, name, lease, revision: this.#feed.nextRevision() }
    // `concat`, because a spread allocates space for 16 more elements
    this.#arrivals.set(person, others.concat(arrival))
    this.#feed.publish({ type: 'entered', ...arrival })
    return true
  }

  async leave(person: PersonId, lease: LeaseId): Promise<void> {
    this.#remove(person, lease)
  }

  follow(then: (change: PresenceChange) => void): () => void {
    const present = [...this.#arrivals.values()].flat().sort((one, other) => one.revision - other.revision)
    return this.#feed.follow(
      present.map((arrival) => ({ type: 'entered', ...arrival })),
      then,
    )
  }

  #remove(person: PersonId, lease: LeaseId): void {
    const all = this.#arrivals.get(person) ?? []
    const arrival = all.find((one) => one.lease === lease)
    if (!arrival) return
    const left = all.filter((one) => one !== arrival)
    if (left.length > 0) this.#arrivals.set(person, left)
    else this.#arrivals.delete(person)
    this.#feed.publish({ ...arrival, type: 'left', revision: this.#feed.nextRevision() })
  }
}

const RECEIPTS: readonly Receipt[] = ['unreached', 'muted', 'delivered']

class MemoryNotices implements UserNotices {
  readonly #onError: OnStoreError
  #receivers: readonly ((notice: UserNotice) => Receipt)[] = []

  constructor(onError: OnStoreError) {
    this.#onError = onError
  }

  async send(notice: UserNotice): Promise<Receipt> {
    return this.deliver(notice)
  }

  /** Passes a notice to all receivers; returns the best receipt. */
  deliver(notice: UserNotice): Receipt {
    let best = 0
    for (const receive of this.#receivers) {
      try {
        best = Math.max(best, RECEIPTS.indexOf(receive(notice)))
      } catch (error) {
        this.#onError(error)
      }
    }
    return RECEIPTS[best] ?? 'unreached'
  }

  receive(then: (notice: UserNotice) => Receipt): () => void {
    // this function is new for each call, because the caller may pass the same `then` twice
    const receiver = (notice: UserNotice) => then(notice)
    this.#receivers = [...this.#receivers, receiver]
    return () => {
      this.#receivers = this.#receivers.filter((other) => other !== receiver)
    }
  }
}
