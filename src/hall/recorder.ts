import type { AnyGame } from '../games/index.ts'
import type { LiveTable } from './live.ts'
import type { StandingChange } from './news.ts'
import { isTemporary, type Standing, type Store, type TableEvent, type TableId } from './ports.ts'
import { standingsAfter } from './ratings.ts'
import { evolve, type Opened, opened as openedBy } from './table.ts'

/**
 * Recorder turns tables that have ended into standings, one after the other in the order in which they ended, so that
 * ratings are always those that follow from the journal.
 */
export class Recorder {
  readonly #store: Store
  readonly #games: ReadonlyMap<string, AnyGame>
  readonly #onTrouble: (sentence: string, reason: unknown) => void
  #last: Promise<void> = Promise.resolve()
  /** Something has ended that could not be recorded, and comes first. */
  #behind = false

  constructor(store: Store, games: ReadonlyMap<string, AnyGame>, onTrouble: (sentence: string, reason: unknown) => void) {
    this.#store = store
    this.#games = games
    this.#onTrouble = onTrouble
  }

  /** Records what had ended before this process began, and was not recorded. */
  catchUp(): Promise<void> {
    return this.#next(() => this.#recordAll())
  }

  /** Resolves when everything that has ended by now is recorded, as far as that can be. */
  async settled(): Promise<void> {
    // who is told of an end may ask at once, before the recorder is told
    await undefined
    await this.#last
  }

  /** Records what comes of a table, if that counts. */
  watch(table: LiveTable): void {
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

  /** Does some work when all before it is done. Where the store fails, what was to be done comes first the next time. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        await work()
      } catch (reason) {
        this.#behind = true
        // the hall catches up when the store can write again
        if (isTemporary(reason)) return
        this.#onTrouble('what came of a game could not be recorded; it will be with the next that ends', reason)
      }
    })
    return this.#last
  }

  async #recordAll(): Promise<void> {
    const { tables, results } = this.#store
    for (const id of await tables.ended(await results.last())) await this.#record(id)
    this.#behind = false
  }

  async #record(id: TableId, table?: LiveTable): Promise<void> {
    const log = await this.#read(id)
    if (!log) return
    const { results } = this.#store
    const { opened, events, points } = log
    const before = await Promise.all(opened.seats.map(({ person }) => results.standing(opened.game, person)))
    const after = standingsAfter(opened, events, before, points)
    await results.record(id, opened.game, after)
    table?.announce(changesOf(opened, before, after))
  }

  /** What the log of a table says; `undefined` where nothing can be made of it, and then nothing ever can. */
  async #read(id: TableId): Promise<Ended | undefined> {
    try {
      const events = await this.#store.tables.read(id, 0)
      const [first, ...others] = events
      const rules = first?.type === 'opened' ? this.#games.get(first.game) : undefined
      if (first?.type !== 'opened' || !rules) throw new TypeError('it does not begin with the opening of a game that is known')
      return { opened: first, events, points: rules.points?.(others.reduce(evolve, openedBy(first, rules)).position) }
    } catch (reason) {
      this.#onTrouble(`what came of table ${id} cannot be told from its log`, reason)
      return undefined
    }
  }
}

/** Returns the standings of the players before and after, by seat; none for players who are not on the ladder. */
function changesOf({ seats }: Opened, before: readonly (Standing | undefined)[], after: readonly Standing[]): StandingChange[] {
  return seats.flatMap(({ person }, seat) => {
    const now = after.find((standing) => standing.person === person)
    const then = before[seat]
    return now ? [{ seat, after: now.score, ...(then ? { before: then.score } : {}) }] : []
  })
}

/** What the log of a table that has ended says. */
interface Ended {
  readonly opened: Opened
  readonly events: readonly TableEvent[]
  /** What the seats have gained, where that is what the game is about. */
  readonly points: readonly number[] | undefined
}
