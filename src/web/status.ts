import { findWinner, type Round } from '../games/scissors.ts'
import { toBoard, toCoinBoard, toGuessBoard, toHands, winningLine } from './model/boards.ts'
import type { Sight, TableModel } from './model/table-model.ts'
import { isHouse, toShownName } from './shown.ts'
import { texts } from './texts.ts'

/** Status is the line that says what has happened and which player is next. A screen reader reads it once a turn. */
export interface Status {
  readonly text: string
  readonly more: string
  /** True if this user may act now. */
  readonly isOn: boolean
}

/** Returns the status of a table for its viewer. */
export function toStatus(table: TableModel): Status {
  const { sight, pending, game } = table
  if (!sight) return { text: texts.boardLoading, more: '', isOn: false }
  if (sight.outcome) return { text: describeOutcome(table, sight.outcome), more: describeEnd(table), isOn: false }
  if (pending) return { text: game === 'tictactoe' ? texts.sentCell(pending.move) : texts.sent(pending.move), more: '', isOn: false }
  const happened = describeLast(table)
  if (game === 'hands') return describeChoice(table, happened)
  const isOn = sight.turn && table.joined === 'yes'
  if (table.names.length === 1 && happened !== '') return { text: happened, more: describeRest(table), isOn }
  const names = sight.toMove.map((seat) => texts.turnOf(toName(table, seat)))
  return { text: sight.turn ? texts.yourTurn : names.join(' '), more: [happened, describeRest(table)].filter(Boolean).join(' '), isOn }
}

/** Returns the name of the user in a seat, as the page shows it. */
export function toName({ names }: TableModel, seat: number): string {
  const name = names[seat] ?? ''
  return isHouse(name) ? texts.house : toShownName(name)
}

function describeLast(table: TableModel): string {
  const { game, sight, seat } = table
  if (game === 'tictactoe') {
    const board = toBoard(sight?.view)
    if (!board || board.last === undefined) return ''
    const by = 1 - board.turn
    return by === seat ? '' : texts.took(toName(table, by), String(board.last))
  }
  if (game === 'guessing') {
    const last = toGuessBoard(table)?.guesses.at(-1)
    if (!last) return ''
    const guess = last.text ?? texts.unknownGuess
    const said = { low: texts.tooLow, high: texts.tooHigh, right: texts.right, wasted: texts.tooLow }
    return said[last.verdict](guess)
  }
  if (game === 'coin') {
    const last = toCoinBoard(table)?.tosses.at(-1)
    if (!last) return ''
    return [last.face ? `${texts.faces[last.face]}.` : '', last.isRight ? texts.coinRight : texts.coinWrong].filter(Boolean).join(' ')
  }
  if (game === 'hands') {
    const last = toHands(sight?.view)?.rounds.at(-1)
    return last ? describeRound(last) : ''
  }
  return ''
}

/** Describes a round: "Stone breaks scissor." */
function describeRound(round: Round): string {
  const winner = findWinner(round)
  if (winner === undefined) return texts.roundDrawn
  const [won, lost] = winner === 0 ? [round[0], round[1]] : [round[1], round[0]]
  return texts.roundResult(won, texts.beats[won], lost)
}

function describeChoice(table: TableModel, happened: string): Status {
  const hands = toHands(table.sight?.view)
  const other = table.names.findIndex((_, seat) => seat !== table.seat)
  if (hands?.own) return { text: texts.youChose(hands.own), more: texts.shownWhen(toName(table, other)), isOn: false }
  const isOn = table.sight?.turn === true && table.joined === 'yes'
  const choose = isOn ? texts.choose((hands?.rounds.length ?? 0) + 1) : texts.waitsForAll
  return { text: [happened, choose].filter(Boolean).join(' '), more: isOn ? texts.press123 : '', isOn }
}

function describeRest(table: TableModel): string {
  if (table.game === 'guessing') {
    const board = toGuessBoard(table)
    if (!board) return ''
    return [texts.range(board.low, board.high), board.left === undefined ? '' : `${texts.tries(board.left)}.`].filter(Boolean).join(' ')
  }
  const coin = table.game === 'coin' ? toCoinBoard(table) : undefined
  return coin && coin.guesses > 0 ? texts.rightOf(coin.right, coin.guesses) : ''
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
  if (outcome?.left !== undefined && outcome.left !== seat) {
    const name = toName(table, outcome.left)
    parts.push(outcome.resigned ? texts.resigned(name) : outcome.late ? texts.late(name) : texts.gone(name))
  }
  if (outcome?.agreed) parts.push(texts.agreed)
  const board = game === 'tictactoe' ? toBoard(sight?.view) : undefined
  const line = board ? winningLine(board) : []
  if (line.length > 0) parts.push(texts.line(line))
  const guess = game === 'guessing' ? toGuessBoard(table) : undefined
  if (guess?.secret !== undefined) parts.push(texts.numberWas(guess.secret))
  if (game === 'hands' || game === 'coin') parts.push(describeLast(table))
  const change = changes?.find(({ name }) => seat !== undefined && name === names[seat])
  if (change) parts.push(texts.rating(change.before, change.after))
  return parts.filter(Boolean).join(' ')
}
