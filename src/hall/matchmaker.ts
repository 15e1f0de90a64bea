import { ChurnSet } from '../base/churn-set.ts'
import type { Clock } from '../base/clock.ts'
import { isPlayable } from '../games/ai/house.ts'
import type { AnyGame, SeatNumber } from '../games/game.ts'
import { type Capacity, CapacityError } from './capacity.ts'
import { LocalSeek, type SeekHandle, type SeekRequest } from './local-seek.ts'
import type { NetworkHoldings } from './network-holdings.ts'
import { type Match, mergeClocks, mergeOptions, type OpenSeek } from './open-seek.ts'
import { NO_CLOCK, type Opening, type Openings } from './openings.ts'
import { HOUSE, type LeaseId, type SeatOwner, type SeekChange, type SeekClaim, type SeekEntries, type TableId } from './ports.ts'
import { parseSeekClaim } from './seek-entry.ts'
import type { SeekPools } from './seek-pools.ts'
import { SeekView, type VisibleSeek } from './seek-view.ts'
import type { TableActor } from './table-actor.ts'

/*
 * The hall matches a new seek with the first suitable open seek; otherwise the new seek stays open until a suitable seek arrives or the
 * house takes the other seat. Open seeks are entries of a store that the halls of several servers share, and each hall has a view of them
 * (`seek-view.ts`). A seek ends with a claim of its entry, and exactly one claim of an entry succeeds. The claim is a match by the hall of
 * the new seek, a refusal by the hall of the challenged user, or a withdrawal by the owner's hall. The owner's hall withdraws a seek to
 * cancel it, to seat the owner with the house, or to match it. So no seek seats its owner twice.
 *
 * Matching. For a match, the hall reserves the table, removes the other seek from its view, gets the table's number, and claims the entry.
 * If the claim succeeds, the hall opens the table and seats its own users; the hall of the other user receives the claim, which has all data
 * for seating that user. If the claim fails, the hall tries the next match, and leaves its own seek open if there is no other match. A
 * failure before the claim puts the other seek back into the view.
 *
 * Two seeks that open at the same time in two halls do not see each other. The store orders them, and the hall of the later entry sees both
 * entries: it withdraws its own entry, so that no other hall can claim that entry, and places the seek again.
 *
 * A cancellation and a match can happen at the same time. If another hall has claimed the entry already, `cancel` resolves to `false`, and
 * the matchmaker calls `onSeated`. If `onSeated` throws, the matchmaker leaves that seat, and the opponent wins.
 */

export interface MatchmakerOptions {
  readonly clock: Clock
  /** Holdings of each network; each open seek is a holding. */
  readonly owners: NetworkHoldings
  readonly entries: SeekEntries
  readonly openings: Openings
  readonly capacity: Capacity
  /** Returns the rules of a game; throws a RangeError for a game that the hall does not have. */
  readonly rules: (game: string) => AnyGame
  /** Resolves to the lease of this process. */
  readonly lease: () => Promise<LeaseId>
  readonly onError: (sentence: string, reason: unknown) => void
}

/** The shared handle of all seeks that the matchmaker seats immediately. */
const SEATED: SeekHandle = { placed: Promise.resolve(false), isOpen: false, isSeated: true, cancel: async () => false }
const HOUSE_OWNER: SeatOwner = { person: HOUSE, name: 'house' }

/** Matchmaker has a view of the open seeks of all servers, and matches the seeks of this process. */
export class Matchmaker {
  readonly #options: MatchmakerOptions
  readonly #view: SeekView
  readonly #seeks: SeekPools<VisibleSeek>
  /** Seeks of this process that are not closed. */
  readonly #unclosed = new ChurnSet<LocalSeek>()
  #lease: LeaseId | undefined
  #last = 0
  #isClosed = false

  constructor(options: MatchmakerOptions) {
    this.#options = options
    const { entries, onError } = options
    this.#view = new SeekView({ entries, onError, onOwnChange: (seek, change) => this.#onOwnChange(seek, change) })
    this.#seeks = this.#view.lists
  }

  /** The open seeks, and the lists of the seeks that each group of users can see. */
  get seeks(): Pick<SeekPools<VisibleSeek>, 'size' | 'shown' | 'open' | 'of' | 'against' | 'match' | 'withCode' | typeof Symbol.iterator> {
    return this.#seeks
  }

  /** Matches a seek or opens it; see `Hall.seek`. */
  seek(request: SeekRequest): SeekHandle {
    const { clock, rules: rulesOf, owners } = this.#options
    const rules = rulesOf(request.game)
    for (const seat of request.seats) if (!(seat < rules.seats.max)) throw new RangeError(`the game ${request.game} has no seat ${seat}`)
    const wait = isPlayable(rules) ? request.wait : Number.POSITIVE_INFINITY
    const seated = wait <= 0 && !request.immediate ? this.#seatAtOnce(request) : undefined
    if (seated) return seated
    const seek = new LocalSeek(request, { since: clock.now(), deadline: clock.monotonic() + wait })
    seek.membership = this.#unclosed.add(seek)
    if (seek.owner.from !== undefined) owners.add(seek.owner.from)
    const placed = this.#begin(seek, () => this.#place(seek))
    return {
      placed,
      get isOpen() {
        return seek.isOpen
      },
      get isSeated() {
        return seek.isSeated
      },
      cancel: () => this.#cancel(seek),
    }
  }

  /**
   * Seats a user with the house, without a wait; returns `undefined` if an open seek suits the request, or if the store does not have a
   * table number ready. Thousands of programs a second play against the house; if each of them had a LocalSeek, V8 would promote all their
   * conversations to the old generation.
   */
  #seatAtOnce(request: SeekRequest): SeekHandle | undefined {
    const { owner } = request
    if (this.#seeks.size > 0 && this.#seeks.match({ ...request, person: owner.person, name: owner.name })) return undefined
    const { openings } = this.#options
    let opening: Opening | undefined
    let table: TableId | undefined
    try {
      const next = openings.nextTable()
      if (typeof next !== 'number') return void openings.reuse(next)
      table = next
      opening = this.#reserveWithHouse(request, true)
      this.#notifySeated(request, openings.start(opening, table), firstSeat(request))
      return SEATED
    } catch (reason) {
      if (opening) openings.release(opening)
      else if (table !== undefined) openings.reuse(table)
      return { ...SEATED, isSeated: false, placed: Promise.reject(reason) }
    }
  }

  /** Closes a challenge that the challenged user declines, and notifies the challenger. Resolves to `false` if another claim came first. */
  async refuse(challenge: OpenSeek, name: string): Promise<boolean> {
    const seek = this.#seeks.find(challenge)
    if (!seek) return false
    this.#seeks.delete(seek)
    try {
      return await this.#claim(seek, { type: 'refused', by: await this.#leaseId(), name })
    } finally {
      this.#restore(seek)
    }
  }

  /** Closes all seeks of this process. */
  close(): void {
    this.#isClosed = true
    this.#view.close()
    for (const seek of this.#unclosed) this.#close(seek)
  }

  /** Begins the state `placing`; closes the seek if `task` fails. */
  #begin(seek: LocalSeek, task: () => Promise<boolean>): Promise<boolean> {
    seek.state = 'placing'
    seek.placing = task().catch((reason: unknown) => {
      this.#close(seek)
      // a closed hall has no lease
      this.#options.openings.checkOpen()
      throw reason
    })
    return seek.placing
  }

  /** Matches a seek that has no entry, or opens the seek; resolves to true if the seek is open. */
  async #place(seek: LocalSeek): Promise<boolean> {
    for (let match = this.#seeks.match(seek); match; match = this.#seeks.match(seek)) {
      if ((await this.#seatBoth(match, seek)) || this.#isEnded(seek)) return false
    }
    if (seek.immediate) this.#close(seek)
    else if (seek.deadline <= this.#options.clock.monotonic()) await this.#seatWithHouse(seek)
    else await this.#open(seek)
    return seek.state === 'open'
  }

  /** Claims an open seek for a new seek, and opens the table of both users; resolves to true if the claim succeeded. */
  async #seatBoth({ waiting, seats: [first, second] }: Match<VisibleSeek>, seek: LocalSeek): Promise<boolean> {
    const { openings, capacity } = this.#options
    capacity.checkSeats(seek.owner)
    if (waiting instanceof LocalSeek && capacity.countIfFull(waiting.owner) !== undefined) {
      this.#placeAnew(waiting)
      return false
    }
    const options = mergeOptions(waiting, seek) ?? {}
    const owners = first < second ? [waiting.owner, seek.owner] : [seek.owner, waiting.owner]
    const terms = { options, seats: owners, rated: waiting.rated, private: waiting.code !== undefined, clock: mergeClocks(waiting, seek) }
    // the holdings of each user's network contain the user's seek until the table replaces the seek
    const opening = openings.reserve(waiting.game, terms, false)
    this.#seeks.delete(waiting)
    try {
      const table = await openings.nextTable()
      const by = await this.#leaseId()
      const isWon =
        !this.#isEnded(seek) && (await this.#claim(waiting, { type: 'matched', by, table, opening: opening.event, seat: first }))
      if (!isWon) {
        openings.reuse(table)
        return false
      }
      const actor = openings.start(opening, table)
      this.#close(seek)
      if (waiting instanceof LocalSeek) this.#seat(waiting, actor, first)
      this.#seat(seek, actor, second)
      return true
    } finally {
      openings.release(opening)
      this.#restore(waiting)
    }
  }

  async #seatWithHouse(seek: LocalSeek): Promise<void> {
    const { openings } = this.#options
    const opening = this.#reserveWithHouse(seek, false)
    try {
      const table = await openings.nextTable()
      if (this.#isEnded(seek)) openings.reuse(table)
      else this.#seat(seek, openings.start(opening, table), firstSeat(seek))
    } finally {
      openings.release(opening)
    }
  }

  /** Reserves a table with the house in all seats except one seat; see `Openings.reserve`. Throws a CapacityError if the hall is full. */
  #reserveWithHouse(seek: Pick<SeekRequest, 'owner' | 'game' | 'options' | 'seats' | 'code' | 'clock'>, counts: boolean): Opening {
    const { rules, openings, capacity } = this.#options
    capacity.checkTables()
    const { owner, game, options = {}, code, clock = NO_CLOCK } = seek
    const seats = Array<SeatOwner>(rules(game).seats.max).fill(HOUSE_OWNER).with(firstSeat(seek), owner)
    return openings.reserve(game, { options, seats, private: code !== undefined, clock }, counts)
  }

  /** Adds a seek to the view immediately, and afterwards to the store. */
  async #open(seek: LocalSeek): Promise<void> {
    seek.state = 'open'
    seek.isClaimed = false
    this.#seeks.add(seek)
    this.#setTimer(seek)
    seek.putting = this.#put(seek)
    await seek.putting
  }

  async #put(seek: LocalSeek): Promise<number> {
    const lease = await this.#leaseId()
    seek.id = `${lease}.${++this.#last}`
    this.#view.addEntry(seek)
    let revision: number
    try {
      revision = await this.#options.entries.put(seek.id, seek.entry, lease)
    } catch (reason) {
      this.#view.removeEntry(seek)
      throw reason
    }
    seek.revision = revision
    // the hall has closed during the write
    if (!seek.isOpen) this.#remove(seek)
    return revision
  }

  #setTimer(seek: LocalSeek): void {
    const { clock } = this.#options
    if (seek.deadline === Number.POSITIVE_INFINITY) return
    seek.cancelWait = clock.after(seek.deadline - clock.monotonic(), () => this.#placeAnew(seek))
  }

  /**
   * Withdraws an open seek, and matches it: with another seek, or with the house if its time is over. Closes the seek if its owner cannot
   * have another seat.
   */
  #placeAnew(seek: LocalSeek): void {
    if (seek.state !== 'open') return
    this.#seeks.delete(seek)
    seek.cancelWait?.()
    const placing = this.#begin(seek, async () => {
      if (!(await this.#withdraw(seek))) return false
      this.#remove(seek)
      if (this.#isEnded(seek)) return false
      this.#options.capacity.checkSeats(seek.owner)
      return this.#place(seek)
    })
    placing.catch((reason: unknown) => this.#isClosed || this.#fail(seek, `no table of ${seek.game} could be opened`, reason))
  }

  /** Closes a seek that has opened, and notifies its owner; no other code does so. Does not report a limit as an error. */
  #fail(seek: LocalSeek, sentence: string, reason: unknown): void {
    this.#close(seek)
    const { onError } = this.#options
    if (!(reason instanceof CapacityError)) onError(sentence, reason)
    if (seek.isSeated) return
    try {
      seek.onClosed?.(reason)
    } catch (failure) {
      onError(`the server could not notify ${seek.name}`, failure)
    }
  }

  async #withdraw(seek: LocalSeek): Promise<boolean> {
    return this.#claim(seek, { type: 'withdrawn', by: await this.#leaseId() })
  }

  async #cancel(seek: LocalSeek): Promise<boolean> {
    if (!seek.isOpen) return false
    if (seek.state === 'placing') {
      const isFirst = !seek.isCanceled
      seek.isCanceled = true
      await seek.placing
      return isFirst && !seek.isOpen && !seek.isSeated
    }
    // the lists no longer contain the seek, even if the store takes a while to claim the entry
    this.#seeks.delete(seek)
    try {
      if (!(await this.#withdraw(seek))) return false
    } finally {
      this.#restore(seek)
    }
    this.#close(seek)
    return true
  }

  /** Claims the entry of a seek; resolves to true if the claim succeeds. Afterwards, in both cases, no hall can claim the entry. */
  async #claim(seek: VisibleSeek, claim: SeekClaim): Promise<boolean> {
    // the process that adds an entry reports the failure
    const revision = seek.revision ?? (seek instanceof LocalSeek ? await seek.putting?.catch(() => undefined) : undefined)
    const isWon = revision !== undefined && (await this.#options.entries.claim(seek.id, revision, claim))
    this.#view.noteClaimed(seek)
    return isWon
  }

  /** Puts a seek back into the view, unless a hall has claimed its entry. */
  #restore(seek: VisibleSeek): void {
    const suited = this.#view.restore(seek)
    if (suited) this.#placeAnew(suited)
  }

  /** Ends a seek that its owner has canceled; returns true if the seek is closed. */
  #isEnded(seek: LocalSeek): boolean {
    if (seek.isCanceled) this.#close(seek)
    return !seek.isOpen
  }

  #close(seek: LocalSeek): void {
    if (!seek.isOpen) return
    seek.state = 'closed'
    seek.cancelWait?.()
    this.#seeks.delete(seek)
    seek.membership?.leave()
    if (seek.owner.from !== undefined) this.#options.owners.remove(seek.owner.from)
    if (seek.revision !== undefined) this.#remove(seek)
  }

  /** Removes the entry of a seek from the store. */
  #remove(seek: LocalSeek): void {
    const { entries, onError } = this.#options
    this.#view.removeEntry(seek)
    seek.revision = undefined
    entries.remove(seek.id).catch((reason: unknown) => onError(`the server could not remove the seek ${seek.id}`, reason))
  }

  /** Calls the owner of a seek with its seat; leaves the seat if the callback throws. */
  #seat(seek: LocalSeek, table: TableActor, seat: SeatNumber): void {
    this.#close(seek)
    seek.isSeated = true
    this.#notifySeated(seek, table, seat)
  }

  #notifySeated(seek: Pick<SeekRequest, 'owner' | 'onSeated'>, table: TableActor, seat: SeatNumber): void {
    try {
      seek.onSeated(table, seat)
    } catch (reason) {
      this.#options.onError(`${seek.owner.name} could not take a seat at table ${table.id}`, reason)
      table.submit({ type: 'leave', seat })
    }
  }

  #onOwnChange(seek: LocalSeek, change: SeekChange): void {
    if (change.type === 'put') {
      if (this.#view.hasEarlier(seek, change.revision)) this.#placeAnew(seek)
      return
    }
    this.#view.noteClaimed(seek)
    try {
      if (change.type === 'removed') throw new Error('its entry was removed')
      this.#onClaim(seek, parseSeekClaim(change.claim))
    } catch (reason) {
      this.#fail(seek, `the seek ${seek.id} was closed`, reason)
    }
  }

  #onClaim(seek: LocalSeek, claim: SeekClaim): void {
    if (claim.type === 'refused') {
      this.#close(seek)
      seek.onRefused?.(claim.name)
    } else if (claim.type === 'matched' && claim.by !== this.#lease) {
      // the claim seats the owner even if this hall cannot run the game
      this.#close(seek)
      this.#seat(seek, this.#options.openings.follow(claim.opening, claim.table), claim.seat)
    }
  }

  async #leaseId(): Promise<LeaseId> {
    this.#lease ??= await this.#options.lease()
    return this.#lease
  }
}

/** Returns the seat that a user prefers. */
function firstSeat({ seats }: Pick<SeekRequest, 'seats'>): SeatNumber {
  return seats[0] ?? 0
}
