import { findWinner, type Round } from '../games/scissors.ts'
import { toBoard, toCoinBoard, toGuessBoard, toHands, winningLine } from './model/boards.ts'
import { toHangmanBoard, toQuizBoard, toRobotBoard } from './model/solo-boards.ts'
import type { TableModel } from './model/table-model.ts'
import { isHouse, toShown, toShownName } from './shown.ts'
import { texts } from './texts.ts'

/** GameStatus describes a game in the status of a table. Each function returns an empty text if there is nothing to say. */
export interface GameStatus {
  /** Describes the last move. */
  last(table: TableModel): string
  /** Describes the remaining part of a game: the possible numbers, the remaining tries, or the count. */
  rest?(table: TableModel): string
  /** Describes the board in words for a screen reader, if the other texts do not describe the board. */
  spoken?(table: TableModel): string
  /** Describes how the game has ended. */
  end?(table: TableModel): string
}

/** Returns the name of the user in a seat, for the page. */
export function toName({ names }: TableModel, seat: number): string {
  const name = names[seat] ?? ''
  return isHouse(name) ? texts.house : toShownName(name)
}

const tictactoe: GameStatus = {
  last(table) {
    const board = toBoard(table.sight?.view)
    if (!board || board.last === undefined) return ''
    const by = 1 - board.turn
    return by === table.seat ? '' : texts.took(toName(table, by), String(board.last))
  },
  end({ sight }) {
    const board = toBoard(sight?.view)
    const line = board ? winningLine(board) : []
    return line.length > 0 ? texts.line(line) : ''
  },
}

const guessing: GameStatus = {
  last(table) {
    const last = toGuessBoard(table)?.guesses.at(-1)
    if (!last) return ''
    const guess = last.text === undefined ? texts.unknownGuess : toShown(last.text)
    const said = { low: texts.tooLow, high: texts.tooHigh, right: texts.right, wasted: texts.tooLow }
    return said[last.verdict](guess)
  },
  rest(table) {
    const board = toGuessBoard(table)
    if (!board) return ''
    return [texts.range(board.low, board.high), board.left === undefined ? '' : `${texts.tries(board.left)}.`].filter(Boolean).join(' ')
  },
  end(table) {
    const secret = toGuessBoard(table)?.secret
    return secret === undefined ? '' : texts.numberWas(secret)
  },
}

const coin: GameStatus = {
  last(table) {
    const last = toCoinBoard(table)?.tosses.at(-1)
    if (!last) return ''
    return [last.face ? `${texts.faces[last.face]}.` : '', last.isRight ? texts.coinRight : texts.coinWrong].filter(Boolean).join(' ')
  },
  rest(table) {
    const board = toCoinBoard(table)
    return board && board.guesses > 0 ? texts.rightOf(board.right, board.guesses) : ''
  },
  end: (table) => coin.last(table),
}

const hands: GameStatus = {
  last({ sight }) {
    const round = toHands(sight?.view)?.rounds.at(-1)
    return round ? describeRound(round) : ''
  },
  end: (table) => hands.last(table),
}

/** Describes a round: "Stone breaks scissor." */
function describeRound(round: Round): string {
  const winner = findWinner(round)
  if (winner === undefined) return texts.roundDrawn
  const [won, lost] = winner === 0 ? [round[0], round[1]] : [round[1], round[0]]
  return texts.roundResult(won, texts.beats[won], lost)
}

const hangman: GameStatus = {
  last({ sight }) {
    const last = toHangmanBoard(sight?.view)?.last
    if (!last) return ''
    return last.positions.length > 0 ? texts.letterAt(last.letter, last.positions) : texts.letterMissed(last.letter)
  },
  rest({ sight }) {
    const board = toHangmanBoard(sight?.view)
    return board ? `${texts.missesLeft(board.left)}.` : ''
  },
  spoken({ sight }) {
    const board = toHangmanBoard(sight?.view)
    return board ? texts.wordSoFar(board.shown) : ''
  },
  end({ sight }) {
    const word = toHangmanBoard(sight?.view)?.word
    return word === undefined ? '' : texts.wordWas(word)
  },
}

const quiz: GameStatus = {
  last(table) {
    const last = toQuizBoard(table)?.last
    if (!last) return ''
    return last.correct ? texts.answerRight(last.given) : texts.answerWrong(last.given, last.right)
  },
  rest(table) {
    const board = toQuizBoard(table)
    return board?.open ? texts.questionOf(board.open.number, board.count) : ''
  },
  spoken(table) {
    const open = toQuizBoard(table)?.open
    return open ? [open.text, ...open.options.map((option, at) => texts.option(String.fromCharCode(65 + at), option))].join(' ') : ''
  },
  end(table) {
    const board = toQuizBoard(table)
    return board ? [quiz.last(table), texts.rightOf(board.points, board.count)].filter(Boolean).join(' ') : ''
  },
}

const robot: GameStatus = {
  last(table) {
    const board = toRobotBoard(table)
    return board ? texts.robotAt(board) : ''
  },
  rest(table) {
    const board = toRobotBoard(table)
    if (!board) return ''
    return board.blocked ? texts.borderInTheWay : texts.stepsAhead(board.ahead)
  },
}

/** The descriptions of each game that this page can draw, by the name of the game's rules. */
export const gameStatuses: Readonly<Record<string, GameStatus>> = { tictactoe, guessing, coin, hands, hangman, quiz, robot }

/** Formats the last move of a view, if the view shows this move; the format depends on the game. */
export function formatLastMove(game: string, view: unknown): string | undefined {
  switch (game) {
    case 'tictactoe': {
      const last = toBoard(view)?.last
      return last === undefined ? undefined : texts.cellNumber(last)
    }
    case 'hangman':
      return toHangmanBoard(view)?.last?.letter
    case 'guessing': {
      const { guess } = (view ?? {}) as { readonly guess?: unknown }
      return typeof guess === 'number' ? String(guess) : undefined
    }
    case 'coin': {
      const { call } = (view ?? {}) as { readonly call?: 'H' | 'T' }
      return call === undefined ? undefined : texts.faces[call]
    }
    case 'quiz':
      return (view as { readonly last?: { readonly given?: string } } | undefined)?.last?.given
    default:
      return undefined
  }
}
