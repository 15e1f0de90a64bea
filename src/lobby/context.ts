import type { Stock } from '../games/catalogue.ts'
import type { SeatNumber } from '../games/game.ts'
import type { RandomBytes } from '../hall/tokens.ts'
import type { Hall } from '../hall/hall.ts'
import type { People } from '../hall/people.ts'
import type { TableId } from '../hall/ports.ts'
import type { Calls } from './challenges.ts'
import type { HallLimits } from '../server/admission.ts'
import type { Spendings } from './spending.ts'

/** LobbyContext is what sessions and seatings need from the server: the hall, its people, challenges and limits. */
export interface Rooms {
  readonly hall: Hall
  readonly people: People
  readonly calls: Calls
  readonly stock: Stock
  /** Source of tokens and codes. */
  readonly bytes: RandomBytes
  /**
   * Milliseconds that a user waits for an opponent before the house takes the seat. `undefined` for the defaults: 0 for a
   * worksheet program, and ten seconds at the front door.
   */
  readonly wait: number | undefined
  readonly limits: HallLimits
  /** Counts of the bytes that each network adds to the disk. */
  readonly spendings: Spendings
  /** True if tables outlive the process. */
  readonly keeps: boolean
}

/** OnSeated is called when a peer takes a seat, with the numbers of the table and the seat. */
export type OnSeated = (table: TableId, seat: SeatNumber) => void
