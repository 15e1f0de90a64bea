import type { Stock } from '../games/catalogue.ts'
import type { RandomBytes } from '../hall/codes.ts'
import type { Hall } from '../hall/hall.ts'
import type { People } from '../hall/people.ts'

/** Rooms are what those who come in have to do with. */
export interface Rooms {
  readonly hall: Hall
  readonly people: People
  readonly stock: Stock
  /** Where tokens and codes come from. */
  readonly bytes: RandomBytes
  /**
   * Milliseconds that somebody waits for company before the house sits down; as usual where it is not given: not at all
   * for a classroom program, and for a while at the front door.
   */
  readonly wait: number | undefined
}
