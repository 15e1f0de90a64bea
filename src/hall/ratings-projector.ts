import type { AnyGame } from '../games/game.ts'
import { isTemporary, type SeatScores, type Standing, type Store, type TableEvent, type TableId } from './ports.ts'
import { toStandings } from './ratings.ts'
import { evolve, type Opened, toOpenedTable as openedBy } from './table.ts'
import type { TableActor } from './table-actor.ts'
import type { StandingChange } from './table-updates.ts'

/**
 * RatingsProjector computes the standings from finished tables, one table after the other in the order of their ends, so the
 * journal determines the ratings.
 */
export class RatingsProjector {
  readonly #store: Store
  readonly #games: ReadonlyMap<string, AnyGame>
  readonly #onError: (sentence: string, reason: unknown) => void
  #last: Promise<void> = Promise.resolve()
  /** True if the store has failed to record a result: the projector records all such results before the next result. */
  #behind = false

  constructor(store: Store, games: ReadonlyMap<string, AnyGame>, onError: (sentence: string, reason: unknown) => void) {
    this.#store = store
    this.#games = games
    this.#onError = onError
  }

  /** Records all results that are in the journal but not on the ladder. */
  recordMissing(): Promise<void> {
    return this.#next(() => this.#recordAll())
  }

  /** Resolves when the projector has recorded the results of all games that ended before this call, or has failed. */
  async settled(): Promise<void> {
    // an observer of an end may call this method before the hall calls `watch`
    await undefined
    await this.#last
  }

  /** Records the result of a rated table when it ends. */
  watch(table: TableActor): void {
    const { id, state } = table
    if (!state.opened.rated) return
    const unfollow = this.#store.tables.follow(id, (events) => {
      const end = events.find((event) => event.type === 'ended')
      if (!end) return
      unfollow()
      if (!end.counts) return
      void this.#next(() => (this.#behind ? this.#recordAll() : this.#record(id, table)))
    })
  }

  /** Runs a task after all earlier tasks. After a failure, the next task begins with the failed part. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        await work()
      } catch (reason) {
        this.#behind = true
        // the hall catches up when the store can write again
        if (isTemporary(reason)) return
        this.#onError('the server could not record the result of a game; it records that result with the next result', reason)
      }
    })
    return this.#last
  }

  async #recordAll(): Promise<void> {
    const { tables, results } = this.#store
    for (const id of await tables.ended(await results.last())) await this.#record(id)
    this.#behind = false
  }

  async #record(id: TableId, table?: TableActor): Promise<void> {
    const log = await this.#read(id)
    if (!log) return
    const { results, history } = this.#store
    const { opened, events, points } = log
    const before = await Promise.all(opened.seats.map(({ person }) => results.standing(opened.game, person)))
    const after = toStandings(opened, events, before, points)
    const isNew = await results.setStandings(id, opened.game, after)
    const changes = changesOf(opened, before, after)
    table?.notifyStandings(changes)
    // if an earlier run has recorded this table, the standings may already include a later game
    if (isNew && changes.length > 0) await history.setScores(id, toSeatScores(changes))
  }

  /** Reads the log of a finished table; resolves to `undefined` for an unusable log, which no later attempt would change. */
  async #read(id: TableId): Promise<Ended | undefined> {
    try {
      const events = await this.#store.tables.read(id, 0)
      const [first, ...others] = events
      const rules = first?.type === 'opened' ? this.#games.get(first.game) : undefined
      if (first?.type !== 'opened' || !rules) throw new TypeError('its log does not begin with the opening of a known game')
      return { opened: first, events, points: rules.points?.(others.reduce(evolve, openedBy(first, rules)).position) }
    } catch (reason) {
      this.#onError(`the result of table ${id} cannot be read from its log`, reason)
      return undefined
    }
  }
}

/** Returns the scores of the players before and after the game, by seat; skips players who are not on the ladder. */
function changesOf({ seats }: Opened, before: readonly (Standing | undefined)[], after: readonly Standing[]): StandingChange[] {
  return seats.flatMap(({ person }, seat) => {
    const now = after.find((standing) => standing.person === person)
    const then = before[seat]
    return now ? [{ seat, after: now.score, ...(then ? { before: then.score } : {}) }] : []
  })
}

function toSeatScores(changes: readonly StandingChange[]): SeatScores {
  return Object.fromEntries(changes.map(({ seat, after }) => [seat, after]))
}

/** Ended has the part of a finished table's log that ratings use. */
interface Ended {
  readonly opened: Opened
  readonly events: readonly TableEvent[]
  /** Points by seat, if the game gives points. */
  readonly points: readonly number[] | undefined
}
