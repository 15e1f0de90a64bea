import type { SeatNumber } from '../games/game.ts'
import type { SeekInfo } from './api.ts'
import type { ClockRules, OpeningEvent, PersonId, SeatOwner, TableId } from './events.ts'

/*
 * The ports for the cooperation of several servers' halls: leases, seeks, presence and notices. Each port is asynchronous, so that
 * a key-value store with compare-and-set, and plain publish-subscribe subjects, can implement it.
 *
 * Leases. A process that crashes cannot remove its entries. Each entry therefore names the lease of the process that has added the entry, and
 * the store removes the entry when the process releases that lease or the lease expires. The implementation renews a lease while its process
 * runs.
 *
 * Revisions. Each change gets a revision that is higher than the revisions of all earlier changes, in one order for all followers. A
 * follower gets all present entries first, by ascending revision, and then every change, in order.
 */

/** LeaseId identifies a lease, and therefore also the process that owns the lease. */
export type LeaseId = string

/** Lease is the proof that a process runs. */
export interface Lease {
  readonly id: LeaseId
  /** Ends the lease, which removes all its entries and claims. */
  release(): Promise<void>
}

/** Leases grants leases to processes; a lease lasts as long as its process runs. */
export interface Leases {
  grant(): Promise<Lease>
}

/** LeaseExpired is the error of an operation whose lease has ended, by a release or by expiry. The operation has changed nothing. */
export class LeaseExpired extends Error {
  override readonly name = 'LeaseExpired'

  constructor(lease: LeaseId) {
    super(`the lease ${lease} was released or has expired`)
  }
}

/** SeekId identifies a seek permanently; the process that opens the seek chooses the id. */
export type SeekId = string

/** SeekEntry is an open seek as plain data, without the callbacks and timers of the process that owns the user's connection. */
export interface SeekEntry {
  readonly owner: SeatOwner
  /** Time at which the seek opened, in milliseconds since the Unix epoch. */
  readonly since: number
  readonly game: string
  /** Settings of the game, as plain data; missing if the user accepts any settings. */
  readonly options?: unknown
  /** Time limits; missing if the user accepts any clock. */
  readonly clock?: ClockRules
  /** Seats that the user accepts, in order of preference. */
  readonly seats: readonly SeatNumber[]
  readonly rated: boolean
  /** The only user who can accept the seek, if it is a challenge. */
  readonly against?: PersonId
  /** Invitation code of a private seek: only a seek with the same code matches. */
  readonly code?: string
}

/**
 * SeekClaim ends a seek: a match, a refusal or a withdrawal. A match has the table's number and its opening, so that each player's process
 * can seat its player, and can finish a match that the other process began. The owner's process withdraws a seek to cancel it, or to match
 * it.
 */
export type SeekClaim =
  | {
      readonly type: 'matched'
      readonly by: LeaseId
      readonly table: TableId
      readonly opening: OpeningEvent
      /** Seat of the owner of the claimed seek. */
      readonly seat: SeatNumber
    }
  | { readonly type: 'withdrawn'; readonly by: LeaseId }
  /** The challenged user, whose name is `name`, declines. */
  | { readonly type: 'refused'; readonly by: LeaseId; readonly name: string }

/** SeekChange is a change of one entry. */
export type SeekChange =
  | { readonly type: 'put'; readonly id: SeekId; readonly revision: number; readonly entry: SeekEntry }
  | { readonly type: 'claimed'; readonly id: SeekId; readonly revision: number; readonly claim: SeekClaim }
  | { readonly type: 'removed'; readonly id: SeekId; readonly revision: number }

/** SeekEntries has the open seeks of all servers. Private seeks and challenges have entries, too. */
export interface SeekEntries {
  /** Adds an entry; resolves to its revision. Rejects with a RangeError if the id is in use, or with `LeaseExpired`. */
  put(id: SeekId, entry: SeekEntry, lease: LeaseId): Promise<number>
  /**
   * Claims an entry if its revision is still `revision`; resolves to true if the claim succeeded. Exactly one claim of an entry succeeds. A
   * claimed entry stays until its owner's process removes it.
   */
  claim(id: SeekId, revision: number, claim: SeekClaim): Promise<boolean>
  /** Removes an entry; its owner's process calls this method after it has handled the claim. Does nothing for an unknown entry. */
  remove(id: SeekId): Promise<void>
  /**
   * Calls `then` first with a `put` for each entry and a `claimed` for each claimed entry, and then with each change, in order. Returns a
   * function that unsubscribes.
   */
  follow(then: (change: SeekChange) => void): () => void
}

/** PresentPerson is a person who is online. */
export interface PresentPerson {
  readonly person: PersonId
  /** Name in the person's spelling. */
  readonly name: string
}

/** PresenceChange is the arrival or the departure of a person at the server that owns a lease. */
export interface PresenceChange extends PresentPerson {
  readonly type: 'entered' | 'left'
  readonly lease: LeaseId
  readonly revision: number
}

/** Presence lists the persons who are online, for all servers together. */
export interface Presence {
  /**
   * Adds a person to the server of a lease, or changes the person's name. A registered user can be at several servers. A guest can be at
   * only one server, because only the name identifies a guest: resolves to `false` if the guest is at another server. Rejects
   * with `LeaseExpired` after the end of the lease.
   */
  enter(present: PresentPerson, lease: LeaseId): Promise<boolean>
  /** Removes a person from the server of a lease; does nothing if the person is not at that server. */
  leave(person: PersonId, lease: LeaseId): Promise<void>
  /**
   * Calls `then` first with an `entered` for each person at each server, and then with each change, in order; returns a function that
   * unsubscribes.
   */
  follow(then: (change: PresenceChange) => void): () => void
}

/**
 * UserNotice is a challenge, its withdrawal or a message, for a user at any server. The answer to a challenge needs no notice: the claim of
 * its seek contains the answer.
 */
export type UserNotice =
  /** A probe that asks whether the user receives notices from the user with the name `from`; no client sees the probe. */
  | { readonly type: 'probe'; readonly to: PersonId; readonly from: string }
  | { readonly type: 'challenged'; readonly to: PersonId; readonly from: string; readonly seeker: SeekInfo }
  | { readonly type: 'withdrawn'; readonly to: PersonId; readonly from: string; readonly seeker: SeekInfo }
  | { readonly type: 'message'; readonly to: PersonId; readonly from: string; readonly text: string }

/**
 * Receipt is the result of a notice: no connection of the user receives notices, all connections have muted the sender, or the notice has
 * reached at least one connection.
 */
export type Receipt = 'unreached' | 'muted' | 'delivered'

/** UserNotices delivers notices to the servers at which a user is online. */
export interface UserNotices {
  /** Passes a notice to all servers, in the order of the calls; resolves to the best receipt of all servers. */
  send(notice: UserNotice): Promise<Receipt>
  /** Calls `then` with each notice that a server sends from now on; returns a function that unsubscribes. */
  receive(then: (notice: UserNotice) => Receipt): () => void
}

/** Meeting has the ports for the cooperation of several servers' halls. */
export interface Meeting {
  readonly leases: Leases
  readonly seeks: SeekEntries
  readonly presence: Presence
  readonly notices: UserNotices
}
