import type { MessageOf } from './messages.ts'

/** Sight is the view of a table at one moment. */
export type Sight = NonNullable<MessageOf<'event'>['sight']>
/** Snapshot is a message with the whole state of a table. */
export type Snapshot = MessageOf<'seated'> | MessageOf<'watching'> | MessageOf<'resync'>

/** SeatOwnerInfo is the owner of a seat, with the connections of the owner. */
export type SeatOwnerInfo = MessageOf<'seats'>['seats'][number]

/** PendingMove is a move of this user that the server has not confirmed. */
export interface PendingMove {
  readonly move: string
  /** `unsent` if the connection broke before the answer, or the server answered `stale`. The page then sends the move again. */
  readonly state: 'sent' | 'unsent'
  /** Id of the command. */
  readonly id: number
}

/** MoveEntry is a move in the list of moves. */
export interface MoveEntry {
  readonly n: number
  readonly seat: number
  readonly at: number
  /** The text that the player has typed for the move, if this page has the text. */
  readonly text?: string
  /** The view after the move. */
  readonly view: unknown
  /** The view before the move; missing if the page has not received this view. */
  readonly before?: unknown
}

/** TableLine is a chat message at a table. */
export interface TableLine {
  readonly n: number
  readonly name: string
  readonly seat?: number
  readonly text: string
  readonly at: number
}

/** TableModel is a table at which this user plays or which this user watches. */
export interface TableModel {
  readonly table: number
  readonly game: string
  readonly names: readonly string[]
  /** Seat of this user; missing for a watcher. */
  readonly seat?: number
  readonly token?: string
  /** True for a private game; only the players see a private game. */
  readonly private?: true
  /** True if the table may be a table of this user. The page then tries to resume a seat before it watches the table. */
  readonly mayBeOwn?: true
  readonly settings: Snapshot['settings']
  readonly rated: boolean
  readonly clock?: Snapshot['clock']
  /** Number of the last event that the page has received. */
  readonly n: number
  readonly sight?: Sight
  /** The time at which the page received `sight`, by the page's own clock. Running clocks begin at this time. */
  readonly sightAt: number
  readonly offers: readonly number[]
  /**
   * The player who has declined the last offer; missing after the next move or offer. */
  readonly declined?: number
  /**
   * The seats whose players are disconnected. Each seat has the time at which the page received the message about the disconnection, by the
   * page's own clock.
   */
  readonly away: ReadonlyMap<number, number>
  /** The last player who granted the disconnected opponents more time, with the time of that message, by the page's own clock. */
  readonly waited?: { readonly seat: number; readonly at: number }
  readonly moves: readonly MoveEntry[]
  /** This user's own moves from an earlier load of the page, by the numbers of their events. */
  readonly remembered?: Readonly<Record<string, string>>
  readonly talk: readonly TableLine[]
  /** `yes` if the server sends the events of this table to this connection; `asked` if the page has requested these events. */
  readonly joined: 'no' | 'asked' | 'yes'
  readonly pending?: PendingMove
  /** The reason why the server refused the last move or act. */
  readonly refusal?: string
  /** The board as text, for a game that this page cannot draw. */
  readonly board?: Pick<MessageOf<'board'>, 'n' | 'text' | 'moves'>
  /** The owners of the seats, and the connections of the owners, after the event `n`. */
  readonly owners?: { readonly n: number; readonly seats: readonly SeatOwnerInfo[] }
  /** Number of the last event that reports that a player has disconnected or reconnected. */
  readonly presence: number
  readonly watchers?: { readonly names: readonly string[]; readonly total: number }
  /** The table of the rematch. */
  readonly next?: number
  readonly changes?: MessageOf<'recorded'>['changes']
  /** Number of the last event before the connection was lost; missing after the server has described the later events. */
  readonly missedAfter?: number
  /** The events that happened while this user was disconnected, in words of the server; missing after the user has closed the list. */
  readonly missed?: Pick<MessageOf<'missed'>, 'lines' | 'omitted'>
  /** Number of events that the page has not seen, because the server did not send these events again. */
  readonly skipped?: number
  /** The reason why the server sends no further events. */
  readonly closed?: string
}

/**
 * Creates the model of a table from a message with the state of the table. If the page already has the table, `before` has the data that
 * the message does not repeat.
 */
export function toTable(snapshot: Snapshot, at: number, before?: TableModel): TableModel {
  const { table, game, names, settings, rated, clock, seat, token, private: isPrivate, n = 0, sight, offers = [] } = snapshot
  const { mayBeOwn: _, missedAfter, ...known } = before ?? toEmptyHistory()
  // an event may arrive on this connection before an answer that has an older number
  const isNewer = n >= known.n
  const skipped = snapshot.type === 'resync' ? n - known.n : 0
  const hasMissed = missedAfter !== undefined && missedAfter < Math.max(n, known.n)
  return {
    ...known,
    table,
    game,
    names,
    settings,
    rated,
    ...(clock ? { clock } : {}),
    ...(seat === undefined ? {} : { seat }),
    ...(token === undefined ? {} : { token }),
    ...(isPrivate ? { private: isPrivate } : {}),
    n: Math.max(n, known.n),
    ...(sight && isNewer ? { sight } : {}),
    sightAt: at,
    offers,
    joined: 'yes',
    ...(hasMissed ? { missedAfter } : {}),
    ...(skipped > 0 ? { skipped } : {}),
  }
}

/** The parts of a table that no snapshot has. */
type History = Pick<TableModel, 'n' | 'presence' | 'away' | 'moves' | 'talk' | 'mayBeOwn' | 'missedAfter'>

function toEmptyHistory(): History {
  return { n: 0, presence: 0, away: new Map(), moves: [], talk: [] }
}

/**
 * Returns a table with the server's description of the events that this user has missed; if there are no events, the result has no list.
 */
export function addMissed(table: TableModel, { lines, omitted }: MessageOf<'missed'>): TableModel {
  const { missedAfter: _, missed: __, ...rest } = table
  return lines.length === 0 ? rest : { ...rest, missed: { lines, ...(omitted === undefined ? {} : { omitted }) } }
}

/**
 * Adds the board as text. If the board names the last move, also adds the text of this move to the list of moves. If the page cannot draw a
 * game, the views of the game do not show the move.
 */
export function addBoard(table: TableModel, board: MessageOf<'board'>): TableModel {
  const { last, n } = board
  const at = table.moves.findLastIndex((move) => move.n <= n)
  const found = table.moves[at]
  if (!last || !found || found.seat !== last.seat || found.text !== undefined) return { ...table, board }
  return { ...table, board, moves: table.moves.map((move) => (move === found ? { ...move, text: last.move } : move)) }
}

/** Returns a table that the page has not joined yet; the page has only the number of this table. */
export function toUnknownTable(table: number): TableModel {
  return { ...toTable({ type: 'watching', table, game: '', names: [], settings: {}, rated: false }, 0), joined: 'no' }
}

/**
 * Adds an event of the table. Ignores an event that the table already has. If earlier events are missing, returns the table with
 * `joined: 'no'`, so that the page resumes the table.
 */
export function addEvent(table: TableModel, { n, at: happened, what, sight }: MessageOf<'event'>, at: number): TableModel {
  if (n <= table.n) return table
  if (n > table.n + 1) return { ...table, joined: 'no' }
  const next: TableModel = { ...table, n, ...(sight ? { sight, sightAt: at } : {}) }
  switch (what.type) {
    case 'moved':
      return addMove(next, { n, seat: what.seat, at: happened, view: sight?.view, before: table.sight?.view })
    case 'offered':
      return { ...withoutAnswer(next), offers: [...next.offers, what.seat] }
    case 'said': {
      const { name, text, seat } = what
      return { ...next, talk: [...next.talk, { n, name, text, at: happened, ...(seat === undefined ? {} : { seat }) }] }
    }
    case 'declined':
      return { ...next, offers: [], declined: what.seat }
    case 'gone':
      return { ...setAway(next, what.seat, at), presence: n, offers: next.sight?.outcome ? [] : next.offers }
    case 'back':
      return { ...setAway(next, what.seat, undefined), presence: n }
    case 'ended':
      return { ...clearPending(next), offers: [] }
    case 'waited':
      return { ...next, waited: { seat: what.seat, at } }
    case 'continued':
      return { ...next, next: what.table, joined: 'no' }
    default:
      return next
  }
}

function addMove(table: TableModel, entry: MoveEntry): TableModel {
  const { pending, seat, offers } = table
  const isOwn = entry.seat === seat
  const text = isOwn ? (pending?.move ?? table.remembered?.[entry.n]) : undefined
  const moves = [...table.moves, text === undefined ? entry : { ...entry, text }]
  // a move declines the opponent's offer
  const next = { ...withoutAnswer(table), moves, offers: offers.filter((one) => one === entry.seat) }
  return isOwn ? clearPending(next) : next
}

/** Removes the answer to the last offer. */
function withoutAnswer({ declined: _, ...table }: TableModel): TableModel {
  return table
}

/** Removes the unconfirmed move and the last refusal. */
export function clearPending({ pending: _pending, refusal: _refusal, ...table }: TableModel): TableModel {
  return table
}

function setAway(table: TableModel, seat: number, since: number | undefined): TableModel {
  const away = new Map(table.away)
  if (since === undefined) away.delete(seat)
  else away.set(seat, since)
  return { ...table, away }
}

/**
 * Marks a table after the connection is lost. The page has to resume the user's seat. The page also has to send an unanswered move again,
 * because the server may not have received the move. A server that stops closes its tables, and opens these tables again after a restart.
 */
export function leaveTable({ closed: _closed, ...table }: TableModel): TableModel {
  const { pending, n, missedAfter = n } = table
  const left = table.joined === 'yes' ? { missedAfter } : {}
  return { ...table, joined: 'no', ...left, ...(pending ? { pending: { ...pending, state: 'unsent' } } : {}) }
}

/** Checks whether the game at a table is over, or the server sends no more events of the table. */
export function isOver({ sight, closed }: TableModel): boolean {
  return sight?.outcome !== undefined || closed !== undefined
}

/**
 * Returns the beginning of the absence of an opponent, by the page's own clock; `undefined` if no opponent is disconnected. An absence
 * begins with the disconnection or, if a player has granted the opponents more time, at that later time.
 */
export function absentSince({ away, seat, waited }: TableModel): number | undefined {
  const absences = [...away].flatMap(([one, since]) => (one === seat ? [] : [Math.max(since, waited?.at ?? since)]))
  return absences.length === 0 ? undefined : Math.min(...absences)
}

/** Checks whether this user may move now: the server has confirmed the previous move, and the connection is open. */
export function mayMove(table: TableModel): boolean {
  return table.joined === 'yes' && table.sight?.turn === true && !table.pending && !isOver(table)
}

/** Returns the remaining milliseconds of a seat at the time `now`; `undefined` if the seat has no clock. */
export function timeLeft({ sight, sightAt }: TableModel, seat: number, now: number): number | undefined {
  if (!sight) return undefined
  const runs = !sight.outcome && sight.toMove.includes(seat)
  const limits = [sight.left?.[seat], sight.moveLeft?.[seat]].filter((limit) => limit !== undefined)
  if (limits.length === 0) return undefined
  return Math.max(0, Math.min(...limits) - (runs ? Math.max(0, now - sightAt) : 0))
}
