import type { Wish } from './messages.ts'
import type { Model } from './model.ts'
import { isOver, type TableModel } from './table-model.ts'

/** The games that this page can draw, by the names of their rules. For other games, the page shows the server's text. */
export const OWN_BOARDS: ReadonlySet<string> = new Set(['tictactoe', 'hands', 'guessing', 'coin', 'hangman', 'quiz', 'robot'])

/**
 * Returns the commands that the page has to send now: the login, seats to resume, moves that the server may not have received, and a
 * command that waited for a name. The result contains no command that the page has already sent.
 */
export function dueCommands(model: Model): readonly Wish[] {
  if (!model.greeted) return []
  const isSent = (type: string) => [...model.sent.values()].some((command) => command.type === type)
  const due: Wish[] = []
  if (!model.games && !isSent('games')) due.push({ type: 'games' })
  if (!model.me && model.guest && !model.entry.error) {
    if (!isSent('enter')) due.push({ type: 'enter', ...model.guest })
    return due
  }
  for (const table of model.tables.values()) due.push(...dueAt(model, table))
  if (!model.me) return due
  if (model.seek?.state === 'unsent') {
    const { wish, code } = model.seek
    due.push({ ...wish, replace: true, ...(code === undefined ? {} : { code }) })
  }
  if (model.wish && !isSent(model.wish.type)) due.push(model.wish)
  return due
}

function dueAt(model: Model, table: TableModel): readonly Wish[] {
  const { n, joined, pending, seat, token, mayBeOwn, game, board, sight, owners, presence, missedAfter } = table
  if (joined === 'no' && !isOver(table) && table.next === undefined) {
    if (token !== undefined) return [{ type: 'resume', token, after: n }]
    return seat === undefined && !mayBeOwn ? [{ type: 'watch', table: table.table }] : [{ type: 'resume', table: table.table, after: n }]
  }
  if (joined !== 'yes') return []
  const due: Wish[] = []
  if (pending?.state === 'unsent') due.push({ type: 'play', table: table.table, move: pending.move, after: n })
  const isSent = (type: 'board' | 'missed' | 'seats') =>
    [...model.sent.values()].some((one) => one.type === type && one.table === table.table)
  if (sight && !OWN_BOARDS.has(game) && board?.n !== n && !isSent('board')) due.push({ type: 'board', table: table.table })
  if (missedAfter !== undefined && !isSent('missed')) due.push({ type: 'missed', table: table.table, after: missedAfter })
  if (!isOver(table) && (owners?.n ?? -1) < presence && !isSent('seats')) due.push({ type: 'seats', table: table.table })
  return due
}
