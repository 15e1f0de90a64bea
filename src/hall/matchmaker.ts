import type { Clock } from '../base/clock.ts'
import { isPlayable } from '../games/ai/house.ts'
import type { AnyGame, SeatNumber } from '../games/game.ts'
import type { NetworkHoldings } from './network-holdings.ts'
import { type ClockRules, HOUSE, type SeatOwner } from './ports.ts'
import { mergeClocks, mergeOptions, type OpenSeek } from './seek-matching.ts'
import { Seeks } from './seeks.ts'
import type { TableActor } from './table-actor.ts'

/*
 * A new seek takes the first suitable open seek, or else stays open until another seek suits it or the house takes the other
 * seat. To match two seeks, the matchmaker first opens the table, then closes the waiting seek, then calls both `onSeated`: if
 * opening throws, the waiting seek is still open. If `onSeated` throws, the matchmaker leaves that seat, and the opponent wins.
 */

export interface TableOptions {
  readonly options: unknown
  readonly seats: readonly SeatOwner[]
  readonly rated?: boolean
  readonly private?: boolean
  readonly clock?: ClockRules
}

/** SeekRequest is a seek that a user opens. */
export interface SeekRequest extends Omit<OpenSeek, 'person' | 'name'> {
  readonly owner: SeatOwner
  /** Milliseconds until the house takes the other seat; `Infinity` to wait for another user. */
  readonly wait: number
  /** Called once, when the seek is matched. */
  onSeated(table: TableActor, seat: SeatNumber): void
  /** Called once, when the challenged user refuses, with that user's name: the seek is closed. */
  onRefused?(by: string): void
}

/** WaitingSeek is an open seek with its callbacks and its timer. */
interface WaitingSeek extends OpenSeek {
  readonly owner: SeatOwner
  readonly since: number
  onSeated(table: TableActor, seat: SeatNumber): void
  onRefused?(by: string): void
  cancelWait: (() => void) | undefined
}

export interface MatchmakerOptions {
  readonly clock: Clock
  /** Holdings of each network, among which open seeks count. */
  readonly owners: NetworkHoldings
  /** Returns the rules of a game; throws a RangeError if the hall does not have it. */
  readonly rules: (game: string) => AnyGame
  /** Opens a table with its players. */
  readonly open: (game: string, options: TableOptions) => TableActor
  readonly onError: (sentence: string, reason: unknown) => void
}

const HOUSE_OWNER: SeatOwner = { person: HOUSE, name: 'house' }
/** The clock of all tables without time limits. */
export const NO_CLOCK: ClockRules = {}

/** Matchmaker has the open seeks of a hall, and matches them. */
export class Matchmaker {
  readonly #options: MatchmakerOptions
  readonly #seeks = new Seeks<WaitingSeek>()

  constructor(options: MatchmakerOptions) {
    this.#options = options
  }

  /** The open seeks, and the lists of those that each group of users can see. */
  get seeks(): Pick<Seeks<WaitingSeek>, 'size' | 'shown' | 'open' | 'of' | 'against' | 'match' | 'withCode' | typeof Symbol.iterator> {
    return this.#seeks
  }

  /** Matches a seek or opens it; see `Hall.seek`. */
  seek(seek: SeekRequest): () => void {
    const { owner, wait, seats } = seek
    const { clock, rules: rulesOf } = this.#options
    const rules = rulesOf(seek.game)
    for (const seat of seats) if (!(seat < rules.seats.max)) throw new RangeError(`the game ${seek.game} has no seat ${seat}`)
    const coming: WaitingSeek = {
      ...seek,
      owner,
      person: owner.person,
      name: owner.name,
      since: clock.now(),
      onSeated: (table, seat) => seek.onSeated(table, seat),
      cancelWait: undefined,
    }
    const houseCan = isPlayable(rules)
    const match = this.#seeks.match(coming)
    if (match) this.#seatBoth(match.waiting, coming, match.seats)
    else if (houseCan && wait <= 0) this.#seatWithHouse(coming)
    else this.#open(coming, houseCan ? wait : Number.POSITIVE_INFINITY)
    return () => this.#close(coming)
  }

  /** Closes a challenge, because the challenged user refuses, and notifies its owner. */
  refuse(seek: OpenSeek, by: string): void {
    if (!this.#seeks.has(seek)) return
    this.#close(seek)
    seek.onRefused?.(by)
  }

  /** Closes all seeks. */
  close(): void {
    for (const seek of [...this.#seeks]) this.#close(seek)
  }

  #open(seek: WaitingSeek, wait: number): void {
    const { clock, owners, onError } = this.#options
    this.#seeks.add(seek)
    if (seek.owner.from !== undefined) owners.add(seek.owner.from)
    if (wait === Number.POSITIVE_INFINITY) return
    seek.cancelWait = clock.after(wait, () => {
      try {
        this.#seatWithHouse(seek)
      } catch (reason) {
        onError(`no table of ${seek.game} could be opened`, reason)
      }
    })
  }

  #close(seek: WaitingSeek): void {
    seek.cancelWait?.()
    if (this.#seeks.has(seek) && seek.owner.from !== undefined) this.#options.owners.remove(seek.owner.from)
    this.#seeks.delete(seek)
  }

  #seatWithHouse(seek: WaitingSeek): void {
    this.#close(seek)
    const { rules, open } = this.#options
    const { seats } = rules(seek.game)
    const seat = seek.seats[0] ?? 0
    const owners = Array<SeatOwner>(seats.max).fill(HOUSE_OWNER).with(seat, seek.owner)
    const { options = {}, code, clock = NO_CLOCK } = seek
    this.#notifySeated(seek, open(seek.game, { options, seats: owners, private: code !== undefined, clock }), seat)
  }

  #seatBoth(waiting: WaitingSeek, coming: WaitingSeek, [first, second]: readonly [SeatNumber, SeatNumber]): void {
    const owners = first < second ? [waiting.owner, coming.owner] : [coming.owner, waiting.owner]
    const options = mergeOptions(waiting, coming) ?? {}
    const clock = mergeClocks(waiting, coming)
    const terms = { options, seats: owners, rated: waiting.rated, private: waiting.code !== undefined, clock }
    const table = this.#options.open(waiting.game, terms)
    this.#close(waiting)
    this.#notifySeated(waiting, table, first)
    this.#notifySeated(coming, table, second)
  }

  /** Notifies the owner of a seek of its seat; leaves the seat if the callback throws. */
  #notifySeated(seek: WaitingSeek, table: TableActor, seat: SeatNumber): void {
    try {
      seek.onSeated(table, seat)
    } catch (reason) {
      this.#options.onError(`the seat of ${seek.name} at table ${table.id} could not be taken`, reason)
      table.submit({ type: 'leave', seat })
    }
  }
}
