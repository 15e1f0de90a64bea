import { randomBytes } from 'node:crypto'
import { catalogue, type Stock } from '../games/catalogue.ts'
import type { Random } from '../games/game.ts'
import { type AnyGame, games } from '../games/index.ts'
import { rehearse } from '../games/player.ts'
import { chance } from '../games/random.ts'
import type { RandomBytes } from '../hall/codes.ts'
import { Hall } from '../hall/hall.ts'
import { Passwords } from '../hall/passwords.ts'
import { People } from '../hall/people.ts'
import type { Clock, Store } from '../hall/ports.ts'
import type { Household, Line } from '../protocols/house.ts'
import { gatherMore, SYNCED, WRITTEN } from '../wire/transports/together.ts'
import { Calls } from './calls.ts'
import { noteForGuests, notifyOfEnd, notifyOfRecord } from './game-ends.ts'
import { HallHouse } from './hall-house.ts'
import { isPublic } from './known.ts'
import { type HallLimits, unlimited } from './limits.ts'
import type { OnSeated, Rooms } from './rooms.ts'
import { Spendings } from './spending.ts'

/** PremisesOptions is what premises are made of. */
export interface PremisesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Where tokens, codes and salts come from: the platform's, where not given. */
  readonly bytes?: RandomBytes
  /** The games that are played here by name: all, where not given. */
  readonly games?: ReadonlyMap<string, AnyGame>
  /** What there is to play with, where it is not what every server has. */
  readonly stock?: Stock
  /** Milliseconds that somebody waits for company before the house sits down, where that is not as usual. */
  readonly wait?: number | undefined
  /** How many seats and tables there may be; no limits, where not given. */
  readonly limits?: HallLimits
  /** Told of what went wrong and was survived. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
}

/** Premises are where the peers of one server are seated: the hall, who is there, and what outlives them. */
export class Premises implements Rooms {
  readonly hall: Hall
  readonly people: People
  readonly calls: Calls
  readonly stock: Stock
  readonly wait: number | undefined
  readonly limits: HallLimits
  readonly bytes: RandomBytes
  readonly keeps: boolean
  readonly spendings: Spendings
  readonly #store: Store
  #gatherAsUsual: (() => void) | undefined

  constructor(options: PremisesOptions) {
    const { store, clock, random, bytes = randomBytes, games: played = games, onTrouble, stock = {}, wait, limits = unlimited } = options
    this.stock = stock
    this.wait = wait
    this.limits = limits
    this.bytes = bytes
    this.spendings = new Spendings(clock, limits.disk ?? Number.POSITIVE_INFINITY, { usage: store.usage, onTrouble })
    this.#store = store
    this.keeps = store.keeps === true
    this.calls = new Calls({ clock, onTrouble })
    this.hall = new Hall({
      ...{ store, games: played, clock, random, onTrouble, isListed: isPublic, bytes, idle: limits.move },
      onEnded: (table) => {
        noteForGuests(this.people, table)
        notifyOfEnd(this.calls, table)
      },
      onRecorded: (table, changes) => notifyOfRecord(this.calls, table, changes),
    })
    const passwords = new Passwords({ random: bytes })
    this.people = new People({ accounts: store.accounts, passwords, clock, random: bytes, seats: this.hall, onTrouble })
  }

  /**
   * Takes up what was not finished when the process before this one ended. To be called before anybody comes: what they
   * do will be written, as much at once as comes at once.
   */
  async open(): Promise<void> {
    this.#gatherAsUsual ??= gatherMore(this.#store.waitsForDisk ? SYNCED : WRITTEN)
    for (const { game, setup } of catalogue) await rehearse(game, () => setup({}, this.stock), chance)
    await this.people.open()
    await this.spendings.open()
    await this.hall.restore()
  }

  /**
   * The house for one conversation; `called` is what others call a peer that does not say who it is. `onSeated` is told
   * of each seat that it takes.
   */
  house(line: Line, called: string, onSeated?: OnSeated): Household {
    return new HallHouse(this, line, called, onSeated)
  }

  /** Lets everybody go, for a reason: their tables stay as they are. */
  clear(reason: Error): void {
    this.hall.close(reason)
  }

  /** Finishes what is being written, and lets go of it. */
  async close(): Promise<void> {
    this.#gatherAsUsual?.()
    await this.hall.settled()
    await this.spendings.close()
    await this.#store.close()
  }
}
