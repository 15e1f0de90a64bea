import type { Membership } from '../base/churn-set.ts'
import type { SeatNumber } from '../games/game.ts'
import type { OpenSeek } from './open-seek.ts'
import type { ClockRules, PersonId, SeatOwner, SeekEntry, SeekId } from './ports.ts'
import type { TableActor } from './table-actor.ts'

/** SeekRequest is a seek that a user opens, with its callbacks. */
export interface SeekRequest extends Omit<OpenSeek, 'person' | 'name'> {
  readonly owner: SeatOwner
  /** Milliseconds until the house takes the other seat; `Infinity` if the house must not take it. */
  readonly wait: number
  /** True if the hall must match the seek immediately or else close it; such a seek never opens. */
  readonly immediate?: boolean
  /** Called once, when the hall has matched the seek. */
  onSeated(table: TableActor, seat: SeatNumber): void
  /** Called once, with the name of the challenged user, when that user has declined and the seek is closed. */
  onRefused?(by: string): void
  /** Called once, if the hall closes the open seek because of a failure, or because its owner cannot have another seat. */
  onClosed?(reason: unknown): void
}

/** SeekHandle is the seek of a user, for the process that owns the user's connection. */
export interface SeekHandle {
  /**
   * Resolves to `true` when other users can accept the seek, and to `false` if the hall has matched it immediately or closed it.
   * Rejects if the rules, the store or the end of the hall prevent both a match and an open seek; the seek is then closed.
   */
  readonly placed: Promise<boolean>
  /** True while the seek is open: it is neither matched nor closed. */
  readonly isOpen: boolean
  /** True if the hall has matched the seek. */
  readonly isSeated: boolean
  /** Cancels the seek; resolves to `false` if the hall has already matched or closed it. */
  cancel(): Promise<boolean>
}

/** ForeignSeek is an open seek of another server. */
export interface ForeignSeek extends OpenSeek {
  readonly owner: SeatOwner
  readonly id: SeekId
  readonly revision: number
  readonly since: number
}

/** LocalSeek is a seek of a user of this process, with its callbacks and its timer. */
export class LocalSeek implements OpenSeek {
  readonly owner: SeatOwner
  readonly person: PersonId
  readonly name: string
  readonly game: string
  readonly options?: unknown
  readonly clock?: ClockRules
  readonly seats: readonly SeatNumber[]
  readonly rated: boolean
  readonly against?: PersonId
  readonly code?: string
  readonly since: number
  /** Monotonic time at which the house takes the other seat, in milliseconds. */
  readonly deadline: number
  readonly onSeated: SeekRequest['onSeated']
  readonly onRefused: SeekRequest['onRefused']
  readonly onClosed: SeekRequest['onClosed']
  readonly immediate: boolean
  /**
   * `placing` while this process searches for a match or opens a table; `open` while other seeks can claim this seek; `closed` at
   * the end.
   */
  state: 'placing' | 'open' | 'closed' = 'placing'
  /** True if the owner has canceled the seek in the state `placing`. */
  isCanceled = false
  isSeated = false
  /** True if this or another process has claimed the entry. */
  isClaimed = false
  /** Id and revision of the entry; the revision is `undefined` until the store has the entry. */
  id: SeekId = ''
  revision: number | undefined
  /** Resolves when the store has the entry. */
  putting: Promise<number> | undefined
  /** Resolves at the end of the present state `placing`: to true if the seek is open, otherwise to false. */
  placing: Promise<boolean> = Promise.resolve(false)
  cancelWait: (() => void) | undefined
  /** The seek's membership in the set of the seeks of this process that are not closed. */
  membership: Membership | undefined

  constructor(request: SeekRequest, { since, deadline }: { since: number; deadline: number }) {
    const { owner, game, options, clock, seats, rated, against, code } = request
    this.owner = owner
    this.person = owner.person
    this.name = owner.name
    this.game = game
    if (options !== undefined) this.options = options
    if (clock !== undefined) this.clock = clock
    this.seats = seats
    this.rated = rated
    if (against !== undefined) this.against = against
    if (code !== undefined) this.code = code
    this.since = since
    this.deadline = deadline
    this.onSeated = (table, seat) => request.onSeated(table, seat)
    this.onRefused = request.onRefused && ((by) => request.onRefused?.(by))
    this.onClosed = request.onClosed && ((reason) => request.onClosed?.(reason))
    this.immediate = request.immediate === true
  }

  get isOpen(): boolean {
    return this.state !== 'closed'
  }

  /** The entry that shows this seek to other servers. */
  get entry(): SeekEntry {
    const { owner, since, game, options, clock, seats, rated, against, code } = this
    return {
      ...{ owner, since, game, seats, rated },
      ...(options === undefined ? {} : { options }),
      ...(clock === undefined ? {} : { clock }),
      ...(against === undefined ? {} : { against }),
      ...(code === undefined ? {} : { code }),
    }
  }
}

/** Makes the seek of another server from its entry. */
export function toForeignSeek(id: SeekId, revision: number, entry: SeekEntry): ForeignSeek {
  return { ...entry, person: entry.owner.person, name: entry.owner.name, id, revision }
}
