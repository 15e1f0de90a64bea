import type { Catalog } from '../games/catalog.ts'
import { type AnyGame, isRefusal, RulesError } from '../games/game.ts'
import type { People } from '../hall/accounts/people.ts'
import { hashToken, parseToken } from '../hall/accounts/tokens.ts'
import type { GameRecord, LobbyRefusal, RecordedEvent, RecordRange } from '../hall/api.ts'
import type { Hall } from '../hall/hall.ts'
import { BOUNDS } from '../hall/number-bounds.ts'
import { hasAccount, type OpeningEvent, type PersonId, type TableEvent } from '../hall/ports.ts'
import { evolve, type TableState, toOpenedTable } from '../hall/table.ts'
import { projectEvent } from '../hall/table-updates.ts'
import type { GameRecords, RecordAccess } from './context.ts'
import { noTable } from './errors.ts'
import { toGameTerms } from './projections.ts'
import { isOpenView, renderView } from './table-board.ts'

/*
 * A record has the part of a finished game's log that watchers have seen. `projectEvent` is the only projection, so a record never shows
 * more than the game has shown: the function `view` of the rules decides which secrets are open after the end, and a choice that it never
 * shows stays secret. The text of a move is in the record only if the watcher's view after the move shows the move.
 */

/**
 * Maximum number of records that the server reads at the same time. The limit exists because a log may be long, and games must not wait.
 */
const READING = 2
const BUSY: LobbyRefusal = { code: 'too-many', refused: 'the server reads other records: try again in a moment' }

/** RecordReaderOptions has the parts of the server that a RecordReader uses. */
export interface RecordReaderOptions {
  readonly hall: Pick<Hall, 'log'>
  readonly people: Pick<People, 'guestGames'>
  readonly catalog: Catalog
}

/** RecordReader reads the records of finished games. */
export class RecordReader implements GameRecords {
  readonly #options: RecordReaderOptions
  #reading = 0

  constructor(options: RecordReaderOptions) {
    this.#options = options
  }

  async read(table: number, range: RecordRange, reader: RecordAccess = {}): Promise<GameRecord | LobbyRefusal> {
    if (table > BOUNDS.table.max) return noTable(table)
    if (this.#reading >= READING) return BUSY
    this.#reading++
    try {
      return this.#toRecord(table, await this.#options.hall.log(table), { range, reader })
    } finally {
      this.#reading--
    }
  }

  #toRecord(
    table: number,
    log: readonly TableEvent[],
    { range, reader }: { readonly range: RecordRange; readonly reader: RecordAccess },
  ): GameRecord | LobbyRefusal {
    const [opening] = log
    if (opening?.type !== 'opened') return noTable(table)
    const { catalog } = this.#options
    const rules = catalog.games.get(opening.game)
    if (!rules || rules.isUnlisted !== undefined) return noTable(table)
    if (opening.private && !this.#hasPlayed(table, opening, reader.person) && !hasToken(opening, reader.token)) return noTable(table)
    const replayed = replayPage(opening, rules, { log, range })
    if ('code' in replayed) return replayed
    const { state, events } = replayed
    if (!state.ended || !state.outcome) return { code: 'not-now', refused: `the game at table ${table} is not over: watch it` }
    const last = events.at(-1)
    return {
      table,
      game: catalog.publicName(opening.game),
      names: opening.seats.map(({ name }) => name),
      ...toGameTerms(opening),
      outcome: state.outcome,
      events,
      ...(last && last.n < state.n ? { next: last.n } : {}),
    }
  }

  /**
   * Checks whether a user has a seat at a table. Any user can take a guest's name, so a guest has no games of an earlier guest of that
   * name.
   */
  #hasPlayed(table: number, { seats }: OpeningEvent, reader: PersonId | undefined): boolean {
    if (reader === undefined || !seats.some(({ person }) => person === reader)) return false
    return hasAccount(reader) || this.#options.people.guestGames.has(reader, table)
  }
}

/**
 * Checks whether a token belongs to a guest's seat. A registered user has access to the record by the account, and no token may give that
 * access: a new password must end all other access, but no event can revoke the token of a finished table.
 */
function hasToken({ seats }: OpeningEvent, typed: string | undefined): boolean {
  const token = typed === undefined ? undefined : parseToken(typed)
  if (token === undefined || isRefusal(token)) return false
  const hash = hashToken(token)
  return seats.some((owner) => owner.token === hash && !hasAccount(owner.person))
}

/** Replay has the last state of a log, and the events of a page in the form that watchers have seen. */
interface Replay {
  readonly state: TableState
  readonly events: readonly RecordedEvent[]
}

/** Replays a log. Refuses a log that the present rules of the game do not allow, for example because the plug-in has a newer version. */
function replayPage(
  opening: OpeningEvent,
  rules: AnyGame,
  { log, range: { after, count, boards = false } }: { readonly log: readonly TableEvent[]; readonly range: RecordRange },
): Replay | LobbyRefusal {
  try {
    let state = toOpenedTable(opening, rules)
    const events: RecordedEvent[] = []
    for (const event of log) {
      if (event.n > 1) state = evolve(state, event)
      if (event.n > after && events.length < count) events.push(toRecordedEvent(event, state, boards))
    }
    return { state, events }
  } catch (reason) {
    if (!(reason instanceof RulesError || reason instanceof TypeError)) throw reason
    return { code: 'not-now', refused: `this server cannot replay the game: ${reason.message}` }
  }
}

/** Returns the part of an event of a finished game that watchers have seen; `state` is the state after the event. */
function toRecordedEvent(event: TableEvent, state: TableState, hasBoard: boolean): RecordedEvent {
  const { n, at, event: what, situation } = projectEvent(event, state, 'watcher')
  if (!situation) return { n, at, what }
  const { view } = situation
  const move = event.type === 'moved' ? findMove(event, view, state) : undefined
  const board = hasBoard
    ? { board: renderView(state.rules, view, { names: state.opened.seats.map(({ name }) => name), seat: undefined }) }
    : {}
  return { n, at, what, ...(move === undefined ? {} : { move }), view, ...board }
}

/** Returns a move in the notation of the game, if the view of a watcher or of another seat after the move shows the move. */
export function findMove(
  { seat, move }: Extract<TableEvent, { type: 'moved' }>,
  view: unknown,
  { rules, position }: TableState,
): string | undefined {
  if (rules.withOtherSecrets === undefined && isOpenView(rules, view, position)) return rules.notation.print(move)
  return findShownMove(rules, view, seat)
}

/** Returns the last move of a seat, if the board of the game shows the move. */
function findShownMove({ screen }: AnyGame, view: unknown, seat: number): string | undefined {
  const last = screen?.last?.(view)
  return last?.seat === seat ? last.move : undefined
}
