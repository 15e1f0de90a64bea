import type { Coin } from '../../games/coin.ts'
import type { Outcome, SeatNumber } from '../../games/game.ts'
import type { GuessingView } from '../../games/guessing.ts'
import { type HandsView, type Round, winnerOf } from '../../games/hands.ts'
import type { HangmanView } from '../../games/hangman.ts'
import type { QuizView } from '../../games/quiz.ts'
import type { Board } from '../../games/tictactoe.ts'
import { listed } from './text.ts'

/** Manners are what is said of a game beside its board. A view is the game's own, which only its rules know. */
interface Manners {
  /** What the players are called, by seat, where their board calls them something. */
  readonly signs?: readonly string[]
  /** Its board, where the one that its notation draws would not stay on a screen. */
  board?(view: unknown, seated: Seated): string | undefined
  /** The last move as its board shows it, and whose it was. */
  last?(view: unknown): { readonly seat: SeatNumber; readonly move: string } | undefined
  /** How a game for one has ended, where that is more than won or lost; nothing, where its board says it. */
  end?(view: unknown, won: boolean): string
  /** Returns the text for a game that was given up. */
  givenUp?(view: unknown): string
}

/** Seated is the players at a table, as one of them or a watcher sees them. */
interface Seated {
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
}

/** Rows that a board can have with lines between them. */
const LINED = 11

/** The games of which there is more to say, by name. */
const MANNERS: Readonly<Record<string, Manners>> = {
  tictactoe: {
    signs: ['O', 'X'],
    board: (board: Board) => (board.size > LINED ? dense(board) : undefined),
    last: ({ last, turn }: Board) => (last === undefined ? undefined : { seat: 1 - turn, move: String(last) }),
  },
  hands: { board: ({ rounds }: HandsView, seated) => rounds.map((round) => roundOf(round, seated)).join('\n') },
  hangman: {
    end: ({ word = '' }: HangmanView, won) => (won ? `You win! The word is ${word}.` : `You lose: the word was ${word}.`),
    givenUp: ({ word = '' }: HangmanView) => `The word was ${word}.`,
  },
  guessing: {
    end: ({ secret }: GuessingView, won) => (won ? 'You win!' : `You lose: the number was ${secret}.`),
    givenUp: ({ secret }: GuessingView) => `The number was ${secret}.`,
  },
  coin: { givenUp: ({ right, guesses }: Coin) => `Guessed right: ${right} of ${guesses}.` },
  quiz: { end: ({ points, count }: QuizView) => (points === count ? 'Everything right: you win!' : '') },
}

/** Returns what those who sit at a table of a game are called on its board, by seat. */
export function signsOf(game: string): readonly string[] {
  return mannersOf(game)?.signs ?? []
}

/** The board of a game where its notation's does not do. */
export function boardOf(game: string, view: unknown, seated: Seated): string | undefined {
  return mannersOf(game)?.board?.(view, seated)
}

/** The move that a seat has made last, where its board does not hide it and nobody has moved since. */
export function lastOf(game: string, view: unknown, seat: SeatNumber): string | undefined {
  const last = mannersOf(game)?.last?.(view)
  return last?.seat === seat ? last.move : undefined
}

/** A game that is over, as one seat or a watcher sees it. */
export interface Ended {
  readonly game: string
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
  readonly view: unknown
  readonly outcome: Outcome
}

/** The end of a game in words, for who sits in the seat, or who watches; nothing, where the board says it. */
export function ending(ended: Ended): string {
  const { game, names, view, outcome } = ended
  const shown = names.length === 1 && isCut(outcome) ? mannersOf(game)?.givenUp?.(view) : undefined
  return [causeOf(ended), ...(shown === undefined ? [] : [shown])].join(' ')
}

/** Checks whether a game ended otherwise than by its rules. */
function isCut({ left, abandoned, aborted }: Outcome): boolean {
  return left !== undefined || abandoned === true || aborted === true
}

function causeOf(ended: Ended): string {
  const { names, seat, outcome } = ended
  const { winners, left, agreed, abandoned } = outcome
  const won = seat !== undefined && winners.includes(seat)
  if (outcome.aborted) return 'The game was ended without a result.'
  if (abandoned) return 'The game was without a move for too long, and ends without a result.'
  if (agreed) return seat === undefined ? 'They have agreed on a draw.' : 'You have agreed on a draw.'
  if (outcome.resigned && names.length === 1) return 'You have given the game up.'
  if (left !== undefined) {
    const why = whyOver(outcome, seat === left ? undefined : (names[left] ?? ''))
    return won ? `${why}, you win!` : winners.length > 0 ? `${why}: ${wins(ended)}.` : `${why}.`
  }
  if (names.length === 1) return endingAlone(ended)
  if (winners.length === 0) return 'Nobody wins: it is a draw.'
  return won ? 'You win!' : `${wins(ended)}.`
}

function endingAlone(ended: Ended): string {
  const { game, seat, view, outcome } = ended
  const won = outcome.winners.length > 0
  if (seat === undefined) return won ? `${wins(ended)}.` : 'The game is over.'
  return mannersOf(game)?.end?.(view, won) ?? (won ? 'You win!' : 'You lose.')
}

/** A round of hands: who has chosen what, and who has won it. */
function roundOf(round: Round, { names, seat }: Seated): string {
  const called = names.map((name, one) => (one === seat ? 'you' : name))
  const winner = winnerOf(round)
  const won = winner === undefined ? 'a draw' : winner === seat ? 'you win' : `${called[winner]} wins`
  return `${round.map((hand, one) => `${called[one]} ${hand}`).join(', ')}: ${won}`
}

/** A large board, a row on a line: twenty cells in a row fit on a terminal. */
function dense({ cells, size }: Board): string {
  const width = String(cells.length).length
  const shown = [...cells].map((mark, at) => (mark === '-' ? String(at + 1) : mark).padStart(width))
  return Array.from({ length: size }, (_, row) => shown.slice(row * size, (row + 1) * size).join(' ')).join('\n')
}

function mannersOf(game: string): Manners | undefined {
  return Object.hasOwn(MANNERS, game) ? MANNERS[game] : undefined
}

/** Why a game is over that somebody has not played to its end: another one, where a name is given. */
function whyOver({ late, resigned }: Outcome, name: string | undefined): string {
  if (late) return name === undefined ? 'Your time is over' : `The time of ${name} is over`
  const who = name === undefined ? 'You have' : `${name} has`
  return resigned ? `${who} resigned` : name === undefined ? `${who} left the game` : `${who} left`
}

function wins({ names, outcome: { winners } }: Ended): string {
  return `${listed(winners.map((winner) => names[winner] ?? ''))} ${winners.length === 1 ? 'wins' : 'win'}`
}
