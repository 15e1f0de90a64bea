import { randomBytes } from 'node:crypto'
import type { Stock } from '../games/catalogue.ts'
import type { Random } from '../games/game.ts'
import { games } from '../games/index.ts'
import { Hall } from '../hall/hall.ts'
import { Passwords } from '../hall/passwords.ts'
import { People } from '../hall/people.ts'
import type { Clock, Store } from '../hall/ports.ts'
import type { Household, Line } from '../protocols/house.ts'
import { HallHouse } from './hall-house.ts'

/** What premises are made of. */
export interface PremisesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** What there is to play with, where it is not what every server has. */
  readonly stock?: Stock
  /** Told of what went wrong and was survived. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
}

/** Premises are where the peers of one server are seated: the hall, who is there, and what outlives them. */
export class Premises {
  readonly hall: Hall
  readonly people: People
  readonly stock: Stock
  readonly #store: Store

  constructor({ store, clock, random, onTrouble, stock = {} }: PremisesOptions) {
    this.stock = stock
    this.#store = store
    this.hall = new Hall({ store, games, clock, random, onTrouble })
    this.people = new People({ accounts: store.accounts, passwords: new Passwords({ random: randomBytes }), clock })
  }

  /** Takes up what was not finished when the process before this one ended. To be called before anybody comes. */
  open(): Promise<void> {
    return this.hall.restore()
  }

  /** The house for one conversation; `called` is what others call a peer that does not say who it is. */
  house(line: Line, called: string): Household {
    return new HallHouse(this, line, called)
  }

  /** Lets everybody go, for a reason: their tables stay as they are. */
  clear(reason: Error): void {
    this.hall.close(reason)
  }

  /** Finishes what is being written, and lets go of it. */
  async close(): Promise<void> {
    await this.hall.recorder.settled()
    await this.#store.close()
  }
}
