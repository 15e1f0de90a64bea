import type { AnyGame } from '../games/index.ts'
import type { LiveTable } from './live.ts'
import type { Store, TableEvent, TableId } from './ports.ts'
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

  constructor(store: Store, games: ReadonlyMap<string, AnyGame>, onTrouble: (sentence: string, reason: unknown) => void) {
    this.#store = store
    this.#games = games
    this.#onTrouble = onTrouble
  }

  /** Records what had ended before this process began, and was not recorded. */
  async catchUp(): Promise<void> {
    for (const id of await this.#store.tables.ended(await this.#store.results.last())) {
      const events = await this.#store.tables.read(id, 0)
      await this.#record(id, events)
    }
  }

  /** Resolves when everything that has ended by now is recorded. */
  settled(): Promise<void> {
    return this.#last
  }

  /** Records what comes of a table, if that counts. */
  watch(table: LiveTable): void {
    if (!table.state.opened.rated) return
    const unfollow = this.#store.tables.follow(table.id, (events) => {
      if (!events.some(({ type }) => type === 'ended')) return
      unfollow()
      this.#last = this.#last.then(async () => {
        try {
          await this.#record(table.id, await this.#store.tables.read(table.id, 0))
        } catch (reason) {
          this.#onTrouble(`what came of table ${table.id} could not be recorded`, reason)
        }
      })
    })
  }

  /** What the seats have gained, where that is what the game is about. */
  #points({ game }: Opened, [first, ...others]: readonly TableEvent[]): readonly number[] | undefined {
    const rules = this.#games.get(game)
    if (!rules?.points || !first) return undefined
    return rules.points(others.reduce(evolve, openedBy(first, rules)).position)
  }

  async #record(id: TableId, events: readonly TableEvent[]): Promise<void> {
    const opened = events.find((event): event is Opened & TableEvent => event.type === 'opened')
    if (!opened) throw new TypeError(`table ${id} was never opened`)
    const before = await Promise.all(opened.seats.map(({ person }) => this.#store.results.standing(opened.game, person)))
    const standings = standingsAfter(opened, events, before, this.#points(opened, events))
    await this.#store.results.record(id, opened.game, standings)
  }
}
