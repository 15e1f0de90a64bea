import type { AnyGame, Outcome } from '../games/game.ts'
import type { ClockTerms, GameRecord, RecordedEvent } from '../hall/api.ts'
import { escapeControls, escapeInvisible } from '../wire/text.ts'

/*
 * The record of a game as text: its terms, a line for each move in the notation of the game, and the board at the end. If watchers do not
 * see a move, its line has only the player, and the board after the move follows.
 */

/** Formats the whole record of a finished game as text. */
export function formatRecord(game: AnyGame, record: GameRecord): string {
  const { events, names } = record
  const moves = events.filter(({ what }) => what.type === 'moved').map((event, at) => formatMove(game, event, { number: at + 1, names }))
  const last = events.findLast(({ view }) => view !== undefined)
  const blocks = [formatTerms(record), moves.join('\n'), last ? formatBoard(game, last.view, '') : '']
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function formatTerms({ table, game, names, settings, rated, clock, outcome, events }: GameRecord): string {
  const shown = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  const [begin, end] = [events.at(0), events.findLast(({ what }) => what.type === 'ended')]
  const rows = [
    ['Game', game],
    ['Table', String(table)],
    ...names.map((name, seat) => [`Seat ${seat}`, escapeInvisible(name)]),
    ...(shown.length > 0 ? [['Settings', shown.join(', ')]] : []),
    ...(clock ? [['Clock', formatClock(clock)]] : []),
    ['Rated', rated ? 'yes' : 'no'],
    ...(begin ? [['Began', new Date(begin.at).toISOString()]] : []),
    ...(end ? [['Ended', new Date(end.at).toISOString()]] : []),
    ['Result', formatOutcome(outcome, names.map(escapeInvisible))],
  ]
  return rows.map(([name, value]) => `${name}: ${value}`).join('\n')
}

function formatClock({ total, turn }: ClockTerms): string {
  const parts = [
    ...(total === undefined ? [] : [`${total / 1000} s for all moves of a player`]),
    ...(turn === undefined ? [] : [`${turn / 1000} s for each move`]),
  ]
  return parts.join(', ')
}

/** Formats the result: the winners, and the reason if the rules did not end the game. */
function formatOutcome({ winners, left, resigned, late, agreed, aborted, abandoned }: Outcome, names: readonly string[]): string {
  const who = left === undefined ? '' : (names[left] ?? '')
  if (aborted) return 'none; a player has ended the game without a result'
  if (abandoned) return 'none; no player moved for too long'
  const how = left === undefined ? '' : `; ${resigned ? `${who} resigned` : late ? `the time of ${who} was over` : `${who} left`}`
  if (agreed) return 'draw, agreed'
  if (winners.length > 0) return `won by ${winners.map((winner) => names[winner]).join(' and ')}${how}`
  return `${names.length === 1 ? 'lost' : 'draw'}${how}`
}

function formatMove(
  game: AnyGame,
  { what, move, view }: RecordedEvent,
  { number, names }: { readonly number: number; readonly names: readonly string[] },
): string {
  const name = 'seat' in what && what.seat !== undefined ? (names[what.seat] ?? '') : ''
  const line = `${number}. ${escapeInvisible(name)}`
  return move === undefined ? `${line}\n${formatBoard(game, view, '   ')}` : `${line}: ${escapeControls(move)}`
}

/** Formats the board of a view, with an indentation before each line. */
function formatBoard(game: AnyGame, view: unknown, indent: string): string {
  const lines = game.notation.render(view).trimEnd().split('\n')
  return lines.map((line) => `${indent}${escapeControls(line)}`.trimEnd()).join('\n')
}
