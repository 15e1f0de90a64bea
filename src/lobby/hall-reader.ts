import type { Catalog } from '../games/catalog.ts'
import { isRefusal } from '../games/game.ts'
import type { FinishedGame, GameRecord, GameResult, LadderRow, LobbyRefusal, Page, PageRange, RecordRange, TableInfo } from '../hall/api.ts'
import type { LobbyContext } from './context.ts'
import { noGame, noTable } from './errors.ts'
import { findHistory, findRecent } from './histories.ts'
import { formatRecord } from './record-text.ts'
import { toTableInfo } from './table-info.ts'

/** HallReader reads the parts of the hall that a client without a name may see: public tables, ladders, histories and finished games. */
export class HallReader {
  readonly #context: Pick<LobbyContext, 'hall' | 'people' | 'catalog' | 'records'>

  constructor(context: Pick<LobbyContext, 'hall' | 'people' | 'catalog' | 'records'>) {
    this.#context = context
  }

  /** The games of this server. */
  get catalog(): Catalog {
    return this.#context.catalog
  }

  /** Lists the public tables with a game under way, as `Lobby.listTables` does. */
  listTables({ from = 0, count }: PageRange): Page<TableInfo> {
    const { listing } = this.#context.hall
    return { items: listing.page(from, count).map(toTableInfo), total: listing.size }
  }

  /** Reads the top of a game's ladder. */
  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = this.catalog.find(game)
    return entry ? this.#context.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  /** Lists the finished public games of a user, newest first, with the user's name. */
  async history(name: string, range: PageRange): Promise<Page<FinishedGame> & { readonly name: string }> {
    return findHistory(this.#context, await this.#context.people.find(name), range)
  }

  /** Lists the finished public games of all users, as `Lobby.recent` does. */
  recent(range: PageRange): Promise<Page<GameResult>> {
    return findRecent(this.#context, range)
  }

  /** Reads the record of a finished public game; see `RecordReader`. */
  record(table: number, range: RecordRange): Promise<GameRecord | LobbyRefusal> {
    return this.#context.records.read(table, range)
  }

  /** Reads the record of a finished public game as text; see `formatRecord`. */
  async recordText(table: number): Promise<string | LobbyRefusal> {
    const record = await this.record(table, { after: 0, count: Number.POSITIVE_INFINITY })
    if (isRefusal(record)) return record
    const entry = this.catalog.find(record.game)
    return entry ? formatRecord(entry.game, record) : noTable(table)
  }
}
