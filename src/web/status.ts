import { formatLastMove, gameStatuses, toName } from './game-status.ts'
import { toBoard, toHands } from './model/boards.ts'
import type { ReplayPosition } from './model/replay.ts'
import type { Sight, TableModel } from './model/table-model.ts'
import { toShown } from './shown.ts'
import { texts } from './texts.ts'

/** Status is the line that shows the last event and the next player. A screen reader reads the line once per turn. */
export interface Status {
  readonly text: string
  readonly more: string
  /** Text only for screen readers, on a fact that the board shows; missing if the other texts contain this fact. */
  readonly spoken?: string
  /** True if this user may act now. */
  readonly isOn: boolean
}

/** Returns the status of a table for the viewer. */
export function toStatus(table: TableModel): Status {
  const { sight, pending, game } = table
  if (!sight) return { text: texts.boardLoading, more: '', isOn: false }
  if (sight.outcome) return { text: describeOutcome(table, sight.outcome), more: describeEnd(table), isOn: false }
  if (pending) return { text: game === 'tictactoe' ? texts.sentCell(pending.move) : texts.sent(pending.move), more: '', isOn: false }
  const words = gameStatuses[game]
  const happened = words?.last(table) ?? ''
  if (game === 'hands') return describeChoice(table, happened)
  const isOn = sight.turn && table.joined === 'yes'
  const rest = words?.rest?.(table) ?? ''
  const said = words?.spoken?.(table) ?? ''
  const spoken = said === '' ? {} : { spoken: said }
  if (table.names.length === 1 && happened !== '') return { text: happened, more: rest, ...spoken, isOn }
  const names = sight.toMove.map((seat) => texts.turnOf(toName(table, seat)))
  return { text: sight.turn ? texts.yourTurn : names.join(' '), more: [happened, rest].filter(Boolean).join(' '), ...spoken, isOn }
}

function describeChoice(table: TableModel, happened: string): Status {
  const hands = toHands(table.sight?.view)
  const other = table.names.findIndex((_, seat) => seat !== table.seat)
  if (hands?.own) return { text: texts.youChose(hands.own), more: texts.shownWhen(toName(table, other)), isOn: false }
  const isOn = table.sight?.turn === true && table.joined === 'yes'
  const choose = isOn ? texts.choose((hands?.rounds.length ?? 0) + 1) : texts.waitsForAll
  return { text: [happened, choose].filter(Boolean).join(' '), more: '', isOn }
}

function describeOutcome(table: TableModel, outcome: NonNullable<Sight['outcome']>): string {
  const { seat } = table
  if (outcome.aborted || outcome.abandoned) return texts.aborted
  const [winner] = outcome.winners
  if (winner === undefined) return table.names.length === 1 ? (seat === undefined ? texts.over : texts.youLose) : texts.drawn
  if (seat === undefined) return outcome.winners.map((one) => texts.wins(toName(table, one))).join(' ')
  return outcome.winners.includes(seat) ? texts.youWin : texts.youLose
}

function describeEnd(table: TableModel): string {
  const { sight, game, changes, names, seat } = table
  const outcome = sight?.outcome
  const parts: string[] = []
  // the player of a one-player game needs no sentence that says that this player has left
  if (outcome?.left !== undefined && (names.length > 1 || outcome.left !== seat)) {
    const [isOwn, name] = [outcome.left === seat, toName(table, outcome.left)]
    if (outcome.resigned) parts.push(isOwn ? texts.youResigned : texts.resigned(name))
    else if (outcome.late) parts.push(isOwn ? texts.youLate : texts.late(name))
    else if (!isOwn) parts.push(texts.gone(name))
  }
  if (outcome?.agreed) parts.push(texts.agreed)
  parts.push(gameStatuses[game]?.end?.(table) ?? '')
  const change = changes?.find(({ name }) => seat !== undefined && name === names[seat])
  if (change) parts.push(texts.rating(change.before, change.after))
  return parts.filter(Boolean).join(' ')
}

/** Returns the status of a position of a replay; `all` is the number of moves of the whole game. */
export function toReplayStatus({ move, table, taken }: ReplayPosition, all: number): Status {
  const { sight } = table
  const words = gameStatuses[table.game]
  const what = describeMove(table)
  const end = move === all && sight?.outcome ? [describeOutcome(table, sight.outcome), describeEnd(table)] : []
  const time = move === 0 || taken === undefined ? '' : texts.taken(taken)
  const spoken = words?.spoken?.(table) ?? ''
  return {
    text: move === 0 ? texts.replayStart : texts.replayed(move, what),
    more: [time, ...end].filter(Boolean).join(' '),
    ...(spoken === '' ? {} : { spoken }),
    isOn: false,
  }
}

/** Describes the last move at a table. Names the player, if the game has several players. */
function describeMove(table: TableModel): string {
  const { moves, game, names } = table
  const last = moves.at(-1)
  if (!last) return ''
  const name = toName(table, last.seat)
  const cell = game === 'tictactoe' ? toBoard(last.view)?.last : undefined
  if (cell !== undefined) return texts.took(name, String(cell))
  const described = names.length === 1 ? (gameStatuses[game]?.last(table) ?? '') : ''
  if (described !== '') return described
  const text = formatLastMove(game, last.view) ?? last.text
  return text === undefined ? texts.movesHidden(name) : texts.playsMove(name, toShown(text))
}
