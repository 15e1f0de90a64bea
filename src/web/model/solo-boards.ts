import type { HangmanView } from '../../games/hangman.ts'
import type { MarkedAnswer, OpenQuestion, QuizView } from '../../games/quiz.ts'
import { ROBOT_SIZE, type Robot } from '../../games/robot.ts'
import { foldCase } from '../../games/text/graphemes.ts'
import { isFields } from './boards.ts'
import type { TableModel } from './table-model.ts'

/*
 * This file computes, from views, the contents of the boards of one-player games. As in `boards.ts`, each function returns `undefined` for
 * a view of another form.
 */

/** The strokes of the gallows and of the figure, in the order of drawing. */
export const STROKES = ['base', 'post', 'beam', 'rope', 'head', 'body', 'arms', 'legs'] as const
/** The letters that the page shows as buttons; a player can type all other letters. */
const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz']

/** TriedLetter is a letter button of hangman; `state` is missing for a letter that the player has not tried. */
export interface TriedLetter {
  readonly letter: string
  readonly state?: 'hit' | 'miss'
}

/** HangmanBoard is a game of hangman: the view, the number of visible strokes, and the letter buttons. */
export interface HangmanBoard extends HangmanView {
  readonly strokes: number
  readonly letters: readonly TriedLetter[]
}

/** Returns the game of hangman in a view. */
export function toHangmanBoard(view: unknown): HangmanBoard | undefined {
  if (!isFields(view) || !Array.isArray(view.shown) || !Array.isArray(view.tried)) return undefined
  const hangman = view as unknown as HangmanView
  const { shown, tried, misses, left } = hangman
  const found = new Set(shown.map(foldCase))
  const letters = [...ALPHABET, ...tried.filter((letter) => !ALPHABET.includes(letter))].map((letter): TriedLetter => {
    if (!tried.includes(letter)) return { letter }
    return { letter, state: found.has(letter) ? 'hit' : 'miss' }
  })
  return { ...hangman, strokes: Math.ceil(((misses - left) / Math.max(misses, 1)) * STROKES.length), letters }
}

/** AnsweredQuestion is a question with the player's answer; `question` is missing if this page has not received the question. */
export interface AnsweredQuestion extends MarkedAnswer {
  readonly question?: OpenQuestion
}

/**
 * QuizBoard is a quiz: the open question, the last answer, and, for each question whose verdict the page has, whether the answer is right.
 */
export interface QuizBoard {
  readonly count: number
  readonly points: number
  readonly open?: OpenQuestion
  readonly last?: AnsweredQuestion
  readonly marks: readonly (boolean | undefined)[]
}

function isQuiz(view: unknown): view is QuizView {
  return isFields(view) && typeof view.count === 'number' && typeof view.points === 'number'
}

/** Returns the quiz at a table. */
export function toQuizBoard({ moves, sight }: TableModel): QuizBoard | undefined {
  const view = sight?.view
  if (!isQuiz(view)) return undefined
  const { count, points, open, last } = view
  const marks: (boolean | undefined)[] = Array.from({ length: count }, () => undefined)
  for (const move of moves) {
    if (!isQuiz(move.view)) continue
    const answered = (move.view.open?.number ?? count + 1) - 1
    marks[answered - 1] = move.view.last?.correct
  }
  const before = moves.at(-1)?.before
  const question = isQuiz(before) ? before.open : undefined
  return { count, points, marks, ...(open ? { open } : {}), ...(last ? { last: { ...last, ...(question ? { question } : {}) } } : {}) }
}

/** RobotPlace is a place on the robot's square; the westernmost column is 1, and the southernmost row is 1. */
export type RobotPlace = Pick<Robot, 'column' | 'row'>

/** RobotBoard is the robot on its square, with the places that the robot has visited, in order. */
export interface RobotBoard extends Robot {
  readonly size: number
  readonly trail: readonly RobotPlace[]
  /** Number of steps from the robot to the border in front of the robot. */
  readonly ahead: number
}

function isRobot(view: unknown): view is Robot {
  return isFields(view) && typeof view.column === 'number' && typeof view.row === 'number' && typeof view.heading === 'string'
}

/** Returns the robot at a table. */
export function toRobotBoard({ moves, sight }: TableModel): RobotBoard | undefined {
  const view = sight?.view
  if (!isRobot(view)) return undefined
  const seen = [moves[0]?.before, ...moves.map((move) => move.view)].filter(isRobot)
  const { column, row, heading } = view
  const ahead = { north: ROBOT_SIZE - row, east: ROBOT_SIZE - column, south: row - 1, west: column - 1 }[heading]
  return { ...view, size: ROBOT_SIZE, trail: seen.map((place) => ({ column: place.column, row: place.row })), ahead }
}
