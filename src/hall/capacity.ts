import { formatCount } from '../base/counts.ts'
import { HOUSE, PEER, type PersonId, type SeatOwner } from './ports.ts'

/** SeatLimits has the maximum number of seats of one person, and the maximum number of open tables. */
export interface SeatLimits {
  readonly seats: number
  readonly tables: number
}

export interface CapacityOptions {
  readonly limits: SeatLimits | undefined
  /** Returns the number of a person's seats at open tables, and at tables that the hall is about to open. */
  readonly countSeats: (person: PersonId) => number
  /** Returns the number of open tables, including the tables that the hall is about to open. */
  readonly countTables: () => number
  /** Ends open tables that no client needs. */
  readonly tidy: () => void
}

/** CapacityError is the error for a user who cannot have another seat, or for a full server; its message is a sentence for the user. */
export class CapacityError extends Error {
  override readonly name = 'CapacityError'
}

/**
 * Capacity checks the limits before the hall opens a table. The lobby checks the same limits at a user's request, but the
 * numbers may change before the hall matches the seek, or before the opponent accepts a rematch.
 */
export class Capacity {
  readonly #options: CapacityOptions

  constructor(options: CapacityOptions) {
    this.#options = options
  }

  /** Returns the number of a person's seats if the person cannot have another seat; otherwise `undefined`. */
  countIfFull({ person }: SeatOwner): number | undefined {
    const { limits, countSeats } = this.#options
    // the house has no limit, and for peers without a name, the server limits the seats of each connection
    if (!limits || limits.seats === Number.POSITIVE_INFINITY || person === HOUSE || person === PEER) return undefined
    const seats = countSeats(person)
    return seats < limits.seats ? undefined : seats
  }

  /** Throws a CapacityError if the owner of a seek cannot have another seat. */
  checkSeats(owner: SeatOwner): void {
    const seats = this.countIfFull(owner)
    if (seats !== undefined) throw new CapacityError(`you hold ${formatCount(seats, 'seat')}, the maximum: finish a game first`)
  }

  /** Throws a CapacityError if the hall cannot have another table. */
  checkTables(): void {
    const { limits, countTables, tidy } = this.#options
    if (!limits || countTables() < limits.tables) return
    tidy()
    if (countTables() < limits.tables) return
    throw new CapacityError(`the server has ${formatCount(limits.tables, 'open table')}, the maximum: try again later`)
  }
}
