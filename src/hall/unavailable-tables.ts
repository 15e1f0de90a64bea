import { formatCount } from '../base/counts.ts'
import type { PersonId, TableId } from './ports.ts'
import type { Opened } from './table.ts'

/** UnavailableTables has the open tables that this process cannot restore, because the plug-in of the game is missing or has changed. */
export class UnavailableTables {
  readonly #opened = new Map<TableId, Opened>()

  /** Adds a table, given its opening. Does not change the log of the table. */
  add(id: TableId, opened: Opened): void {
    this.#opened.set(id, opened)
  }

  /** Returns the game of an unavailable table if a person has a seat at the table. */
  gameOf(id: TableId, person: PersonId): string | undefined {
    const opened = this.#opened.get(id)
    return opened?.seats.some((seat) => seat.person === person) ? opened.game : undefined
  }

  /** Returns the game of the unavailable table at which a seat has the token with this hash. */
  gameByToken(token: string): string | undefined {
    for (const { seats, game } of this.#opened.values()) if (seats.some((seat) => seat.token === token)) return game
    return undefined
  }

  /** Returns a sentence for each game whose tables are unavailable, because this process does not have the game. */
  describeMissing(games: ReadonlyMap<string, unknown>): readonly string[] {
    const missing = [...this.#opened.values()].filter(({ game }) => !games.has(game))
    const byGame = Map.groupBy(missing, ({ game }) => game)
    return [...byGame].map(([game, tables]) => {
      const stay = tables.length === 1 ? 'it stays' : 'they stay'
      return `${formatCount(tables.length, 'table')} of ${game} cannot be resumed; ${stay} in the log until a server with this game starts`
    })
  }
}
