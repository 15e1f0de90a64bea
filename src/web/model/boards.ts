import type { Coin, Face } from '../../games/coin.ts'
import type { GuessingView, Verdict } from '../../games/guessing.ts'
import type { HandsView } from '../../games/scissors.ts'
import type { Board } from '../../games/tictactoe.ts'
import type { TableModel } from './table-model.ts'

/*
 * This file computes, from views, the data that the boards of the page show. A view arrives as plain data. Each function checks the form of
 * the view, and returns `undefined` for an unexpected form. The page then shows the board as text.
 */

/** Checks whether a view has fields. */
export function isFields(view: unknown): view is Readonly<Record<string, unknown>> {
  return typeof view === 'object' && view !== null
}

/** Returns the board of tic-tac-toe in a view. */
export function toBoard(view: unknown): Board | undefined {
  const isBoard =
    isFields(view) && typeof view.cells === 'string' && typeof view.size === 'number' && view.cells.length === view.size * view.size
  return isBoard ? (view as unknown as Board) : undefined
}

/** Returns the cells of the winning line of a board; the first cell of a board is 1. Returns an empty list if there is no winner. */
export function winningLine({ cells, size, winner }: Board): readonly number[] {
  if (winner === undefined) return []
  const steps = (from: number, step: number) => Array.from({ length: size }, (_, at) => from + at * step)
  const rows = Array.from({ length: size }, (_, row) => steps(row * size, 1))
  const columns = Array.from({ length: size }, (_, column) => steps(column, size))
  const lines = [...rows, ...columns, steps(0, size + 1), steps(size - 1, size - 1)]
  const mark = 'OX'[winner]
  const line = lines.find((one) => one.every((cell) => cells[cell] === mark)) ?? []
  return line.map((cell) => cell + 1)
}

/** GuessTry is one guess, with the answer; `text` is missing if this page does not have the guessed number. */
export interface GuessTry {
  readonly n: number
  readonly text?: string
  readonly verdict: Verdict
}

/** GuessBoard is a game of guessing: the tries, and the numbers that are still possible. */
export interface GuessBoard {
  readonly guesses: readonly GuessTry[]
  readonly low: number
  readonly high: number
  /** Number of remaining tries; missing if there is no limit. */
  readonly left?: number
  readonly secret?: number
}

/** Returns the game of guessing at a table. */
export function toGuessBoard({ moves, sight }: TableModel): GuessBoard | undefined {
  const view = sight?.view
  if (!isFields(view)) return undefined
  const guesses = moves.flatMap(({ n, text, view }): readonly GuessTry[] => {
    const { last: verdict, guess } = isFields(view) ? (view as GuessingView) : {}
    const typed = typeof guess === 'number' ? String(guess) : text
    return verdict === undefined ? [] : [{ n, verdict, ...(typed === undefined ? {} : { text: typed }) }]
  })
  const numbers = (verdict: Verdict) => guesses.filter((one) => one.verdict === verdict).flatMap(({ text }) => toNumber(text))
  const found = numbers('right')[0]
  const { left, secret } = view as GuessingView
  return {
    guesses,
    low: found ?? Math.max(1, ...numbers('low').map((low) => low + 1)),
    high: found ?? Math.min(100, ...numbers('high').map((high) => high - 1)),
    ...(left === undefined ? {} : { left }),
    ...(secret === undefined ? {} : { secret }),
  }
}

function toNumber(text: string | undefined): readonly number[] {
  const number = Number(text)
  return text !== undefined && Number.isInteger(number) && number >= 1 && number <= 100 ? [number] : []
}

/** Toss is one toss of the coin; `face` is missing if this page does not have the call. */
export interface Toss {
  readonly n: number
  readonly face?: 'H' | 'T'
  readonly isRight: boolean
}

/** CoinBoard is a game of head or tail: the tosses that this page has seen, and the number of all tosses. */
export interface CoinBoard {
  readonly tosses: readonly Toss[]
  readonly guesses: number
  readonly right: number
}

/** Returns the game of head or tail at a table. */
export function toCoinBoard({ moves, sight }: TableModel): CoinBoard | undefined {
  const view = sight?.view
  if (!isFields(view) || typeof view.guesses !== 'number') return undefined
  const tosses = moves.flatMap(({ n, text, view }): readonly Toss[] => {
    const { last: isRight, call = toFace(text) } = isFields(view) ? (view as unknown as Coin) : {}
    if (isRight === undefined) return []
    return [{ n, isRight, ...(call === undefined ? {} : { face: isRight ? call : call === 'H' ? 'T' : 'H' }) }]
  })
  const { guesses, right } = view as unknown as Coin
  return { tosses, guesses, right }
}

/** Returns the face that a typed text calls; `undefined` if there is no text. */
function toFace(text: string | undefined): Face | undefined {
  if (text === undefined) return undefined
  return text.trim().toUpperCase().startsWith('H') ? 'H' : 'T'
}

/** Returns the game of scissor, paper, stone in a view. */
export function toHands(view: unknown): HandsView | undefined {
  const isHands = isFields(view) && Array.isArray(view.rounds) && Array.isArray(view.chosen)
  return isHands ? (view as unknown as HandsView) : undefined
}
