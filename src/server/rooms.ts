import type { Stock } from '../games/catalogue.ts'
import type { SeatNumber } from '../games/game.ts'
import type { RandomBytes } from '../hall/codes.ts'
import type { Hall } from '../hall/hall.ts'
import type { People } from '../hall/people.ts'
import type { TableId } from '../hall/ports.ts'
import type { Calls } from './calls.ts'
import type { HallLimits } from './limits.ts'
import type { Spendings } from './spending.ts'

/** Rooms are what those who come in have to do with. */
export interface Rooms {
  readonly hall: Hall
  readonly people: People
  readonly calls: Calls
  readonly stock: Stock
  /** Where tokens and codes come from. */
  readonly bytes: RandomBytes
  /**
   * Milliseconds that somebody waits for company before the house sits down; as usual where it is not given: not at all
   * for a classroom program, and for a while at the front door.
   */
  readonly wait: number | undefined
  readonly limits: HallLimits
  /** Bytes that each network adds to the disk. */
  readonly spendings: Spendings
  /** True if tables outlive the process. */
  readonly keeps: boolean
}

/** OnSeated is called when a peer takes a seat, with the numbers of the table and the seat. */
export type OnSeated = (table: TableId, seat: SeatNumber) => void
