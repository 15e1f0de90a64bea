import type { Catalogue } from '../games/catalogue.ts'
import type { Outcome } from '../games/game.ts'
import type { FinishedGame, GameTerms, LadderRow, LobbyRefusal, Page, PageRange, TableInfo, VisibleEvent } from '../hall/api.ts'
import { BOUNDS } from '../hall/number-bounds.ts'
import type { TableEvent } from '../hall/ports.ts'
import { evolve, type TableState, toOpenedTable } from '../hall/table.ts'
import { projectEvent } from '../hall/table-updates.ts'
import type { LobbyContext } from './context.ts'
import { noGame, noTable } from './errors.ts'
import { findHistory } from './histories.ts'
import { toGameTerms } from './projections.ts'
import { toTableInfo } from './table-info.ts'

/** RecordedEvent is one event of a finished game, as a watcher has seen it. */
export interface RecordedEvent {
  /** Number of the event; the numbers have no gaps. */
  readonly n: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly what: VisibleEvent
  /** The watcher's view after the event; missing for an event that does not change the view. */
  readonly view?: unknown
}

/** GameRecord is a finished game: its terms, its result, and a page of its events. */
export interface GameRecord extends GameTerms {
  readonly table: number
  readonly game: string
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  readonly outcome: Outcome
  readonly events: readonly RecordedEvent[]
  /** Number of the last event of this page, after which the next page begins; missing on the last page. */
  readonly next?: number
}

/** RecordRange is a part of a game's events: at most `count` events after the number `after`. */
export interface RecordRange {
  readonly after: number
  readonly count: number
}

/** HallReader reads the parts of the hall that a client without a name may see: public tables, ladders, histories and finished games. */
export class HallReader {
  readonly #context: Pick<LobbyContext, 'hall' | 'people' | 'catalogue'>

  constructor(context: Pick<LobbyContext, 'hall' | 'people' | 'catalogue'>) {
    this.#context = context
  }

  /** The games of this server. */
  get catalogue(): Catalogue {
    return this.#context.catalogue
  }

  /** Lists the public tables with a game under way, as `Lobby.listTables` does. */
  listTables({ from = 0, count }: PageRange): Page<TableInfo> {
    const { listing } = this.#context.hall
    return { items: listing.page(from, count).map(toTableInfo), total: listing.size }
  }

  /** Reads the top of a game's ladder. */
  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = this.catalogue.find(game)
    return entry ? this.#context.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  /** Lists the finished public games of a user, newest first, with the user's name. */
  async history(name: string, range: PageRange): Promise<Page<FinishedGame> & { readonly name: string }> {
    return findHistory(this.#context, await this.#context.people.find(name), range)
  }

  /**
   * Reads the record of a finished public game. Gives the same refusal for a private game as for an unknown table. Refuses a game
   * that is not over, because the record would show its players the views of their opponents.
   */
  async record(table: number, { after, count }: RecordRange): Promise<GameRecord | LobbyRefusal> {
    const { hall, catalogue } = this.#context
    if (table > BOUNDS.table.max) return noTable(table)
    const log = await hall.log(table)
    const [opening] = log
    const rules = opening?.type === 'opened' ? catalogue.games.get(opening.game) : undefined
    if (opening?.type !== 'opened' || opening.private || !rules || rules.isUnlisted !== undefined) return noTable(table)
    const { state, events } = replayPage(toOpenedTable(opening, rules), log, { after, count })
    if (!state.ended || !state.outcome) return { code: 'not-now', refused: `the game at table ${table} is not over: watch it` }
    const last = events.at(-1)
    return {
      table,
      game: catalogue.publicName(opening.game),
      names: opening.seats.map(({ name }) => name),
      ...toGameTerms(opening),
      outcome: state.outcome,
      events,
      ...(last && last.n < state.n ? { next: last.n } : {}),
    }
  }
}

/** Replays a log, and returns its last state with the events of a page as a watcher has seen them. */
function replayPage(
  opened: TableState,
  log: readonly TableEvent[],
  { after, count }: RecordRange,
): { readonly state: TableState; readonly events: readonly RecordedEvent[] } {
  let state = opened
  const events: RecordedEvent[] = []
  for (const event of log) {
    if (event.n > 1) state = evolve(state, event)
    if (event.n <= after || events.length >= count) continue
    const { n, at, event: what, situation } = projectEvent(event, state, 'watcher')
    events.push({ n, at, what, ...(situation ? { view: situation.view } : {}) })
  }
  return { state, events }
}
