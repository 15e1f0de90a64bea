import { formatCount, parseWhole } from '../../base/counts.ts'
import { isRefusal } from '../../games/game.ts'
import type { GameRecord, RecordedEvent } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { formatEvent, formatPlayers, type TableContext } from '../event-text.ts'
import { formatEnd, renderBoard } from '../game-text.ts'
import { SCREEN, toSafeLine } from '../layout.ts'
import type { DoorSession } from '../session.ts'
import { formatTermSentences } from '../terms-text.ts'
import { type CommandOutput, type DoorCommand, SAY } from './command.ts'

/** Number of events that one page of a replay reads. The page shows as many of them as fit on a screen. */
const EVENTS = 20

/** Cost of reading the next page, in addition to the cost of "more". */
const NEXT_PAGE = 15

/** Replay is the place at which the next page of a replay begins. */
interface Replay {
  readonly table: number
  /** Number of the last event that the user has seen. */
  readonly after: number
  /** Number of the last move that the user has seen. */
  readonly moves: number
}

/** Shows a finished game again, move by move: `replay 17`. */
function replay(session: DoorSession, rest: string): CommandOutput | Promise<CommandOutput> {
  const table = parseWhole(rest, BOUNDS.table)
  if (table === undefined)
    return `Type the number of a table, too, such as "replay 17". "recent" and "history" list them${session.present ? SAY : ''}.`
  return showReplay(session, { table, after: 0, moves: 0 })
}

/** Shows as many events as fit on a screen, and sets the next page for "more". */
async function showReplay(session: DoorSession, at: Replay): Promise<CommandOutput> {
  const record = await session.lobby.record(at.table, { after: at.after, count: EVENTS })
  if (isRefusal(record)) {
    const isMissing = record.code === 'no-such-table'
    return isMissing ? `There is no finished game ${at.table} for you to see: "recent" and "history" list them.` : record
  }
  const company = toContext(session, record)
  if (!company) return `This server does not have the rules of the game at table ${at.table}.`
  const blocks: (readonly string[])[] =
    at.after === 0 ? [[`Table ${at.table}: ${formatPlayers(company)}.`, ...formatTermSentences(company, record)]] : []
  let { after, moves } = at
  for (const event of record.events) {
    const block = formatStep(event, company, moves + 1)
    // a page has at least one event
    if (after > at.after && countLines([...blocks, block]) > SCREEN - 2) break
    if (block.length > 0) blocks.push(block)
    if (event.what.type === 'moved') moves++
    after = event.n
  }
  const isMore = record.next !== undefined || after < (record.events.at(-1)?.n ?? 0)
  const next = () => {
    session.peer.connection.charge(NEXT_PAGE)
    return showReplay(session, { table: at.table, after, moves })
  }
  session.more = isMore ? next : undefined
  const end = isMore ? [`${formatCount(moves, 'move')} so far: "more" shows the next.`] : formatOutcome(record, company)
  return [...blocks, end].flatMap((block, number) => (number === 0 ? block : ['', ...block]))
}

function countLines(blocks: readonly (readonly string[])[]): number {
  return blocks.reduce((lines, block) => lines + block.length + 1, 0)
}

/** Returns the facts for the sentences about a finished table; `undefined` for a game whose rules the server does not have. */
function toContext({ lobby }: DoorSession, { table, game, names }: GameRecord): TableContext | undefined {
  const entry = lobby.catalog.find(game)
  // the record has the view of a watcher, so the talk of this user also appears with the user's name
  return entry && { table, game, rules: entry.game, seat: undefined, names: names.map(toSafeLine), me: '' }
}

/**
 * Formats one event: a move together with the board after the move, or another event in one line. Returns no lines for an event that the
 * user does not have to see.
 */
function formatStep({ what, move, view }: RecordedEvent, company: TableContext, number: number): readonly string[] {
  if (what.type === 'continued') return [`They played again at table ${what.table}: type "replay ${what.table}".`]
  if (what.type !== 'moved') {
    const line = formatEvent(what, company, [])
    const board = what.type === 'opened' ? formatBoard(view, company) : []
    return line === undefined ? board : [line]
  }
  const name = company.names[what.seat] ?? ''
  return [`${number}. ${name}${move === undefined ? '' : `: ${toSafeLine(move)}`}`, ...formatBoard(view, company)]
}

function formatBoard(view: unknown, { rules, names }: TableContext): readonly string[] {
  const lines = renderBoard(rules, view, { names, seat: undefined }).split('\n')
  while (lines.at(-1) === '') lines.pop()
  return lines.map((line) => toSafeLine(line).trimEnd())
}

function formatOutcome({ events, outcome }: GameRecord, { rules, names }: TableContext): readonly string[] {
  const { view } = events.findLast((event) => event.view !== undefined) ?? {}
  const end = formatEnd({ game: rules, names, seat: undefined, view, outcome })
  return end === '' ? ['The game is over.'] : [end]
}

/** The command that shows a finished game again. */
export const replayCommand: DoorCommand = {
  name: 'replay',
  cost: 19,
  usage: 'replay N',
  about: 'show the finished game at table N again, move by move',
  more: () => [
    'It shows the view of a watcher. "more" shows the next moves. "recent" and',
    '"history" list the numbers. Only its players see a private game again.',
  ],
  needs: ['name'],
  run: replay,
}
