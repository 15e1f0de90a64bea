import type { Coin } from '../games/coin.ts'
import type { Outcome, SeatNumber } from '../games/game.ts'
import type { GuessingView } from '../games/guessing.ts'
import type { HangmanView } from '../games/hangman.ts'
import type { QuizView } from '../games/quiz.ts'
import { findWinner, type HandsView, type Round } from '../games/scissors.ts'
import type { Board } from '../games/tictactoe.ts'
import { formatList } from './layout.ts'

/** GameText is the text of one game in addition to its board. Only the rules of the game know the type of a view. */
interface GameText {
  /** The marks of the players on the board, by seat. */
  readonly signs?: readonly string[]
  /** Draws the board, if the one that the notation of the game draws does not fit on a screen. */
  board?(view: unknown, players: Players): string | undefined
  /** Returns the last move and its seat, if the board shows them. */
  last?(view: unknown): { readonly seat: SeatNumber; readonly move: string } | undefined
  /** Describes the end of a game for one player beyond won or lost; empty if the board shows it. */
  end?(view: unknown, won: boolean): string
  /** Describes a game for one player that was resigned or cut short. */
  givenUp?(view: unknown): string
}

/** Players is the names at a table, and the seat of the user who sees them; `undefined` for a watcher. */
interface Players {
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
}

/** Maximum size of a board that is drawn with lines between its rows. */
const LINED = 11

/** The texts of the games, by the name of their rules. */
const GAME_TEXTS: Readonly<Record<string, GameText>> = {
  tictactoe: {
    signs: ['O', 'X'],
    board: (board: Board) => (board.size > LINED ? dense(board) : undefined),
    last: ({ last, turn }: Board) => (last === undefined ? undefined : { seat: 1 - turn, move: String(last) }),
  },
  hands: { board: ({ rounds }: HandsView, players) => rounds.map((round) => formatRound(round, players)).join('\n') },
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

/** Returns the marks of the players on the board of a game, by seat; empty if it has none. */
export function findMarks(game: string): readonly string[] {
  return findGameText(game)?.signs ?? []
}

/** Draws the board of a game; `undefined` if the board of its notation is to be used. */
export function drawBoard(game: string, view: unknown, players: Players): string | undefined {
  return findGameText(game)?.board?.(view, players)
}

/** Returns the last move of a seat, if the board shows it and no other seat has moved since. */
export function findLastMove(game: string, view: unknown, seat: SeatNumber): string | undefined {
  const last = findGameText(game)?.last?.(view)
  return last?.seat === seat ? last.move : undefined
}

/** FinishedView is a game that is over, as one seat or a watcher sees it. */
export interface FinishedView {
  readonly game: string
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
  readonly view: unknown
  readonly outcome: Outcome
}

/** Describes the end of a game to a player or a watcher; empty if the board shows it. */
export function formatEnd(ended: FinishedView): string {
  const { game, names, view, outcome } = ended
  const shown = names.length === 1 && isCut(outcome) ? findGameText(game)?.givenUp?.(view) : undefined
  return [causeOf(ended), ...(shown === undefined ? [] : [shown])].join(' ')
}

/** Checks whether a game ended other than by its rules. */
function isCut({ left, abandoned, aborted }: Outcome): boolean {
  return left !== undefined || abandoned === true || aborted === true
}

function causeOf(ended: FinishedView): string {
  const { names, seat, outcome } = ended
  const { winners, left, agreed, abandoned } = outcome
  const won = seat !== undefined && winners.includes(seat)
  if (outcome.aborted) return 'A player has ended the game without a result.'
  if (abandoned) return 'No player moved for too long, so the game ends without a result.'
  if (agreed) return seat === undefined ? 'They have agreed on a draw.' : 'You have agreed on a draw.'
  if (outcome.resigned && names.length === 1) return 'You have resigned the game.'
  if (left !== undefined) {
    const why = whyOver(outcome, seat === left ? undefined : (names[left] ?? ''))
    return won ? `${why}, you win!` : winners.length > 0 ? `${why}: ${wins(ended)}.` : `${why}.`
  }
  if (names.length === 1) return endingAlone(ended)
  if (winners.length === 0) return 'The game is a draw.'
  return won ? 'You win!' : `${wins(ended)}.`
}

function endingAlone(ended: FinishedView): string {
  const { game, seat, view, outcome } = ended
  const won = outcome.winners.length > 0
  if (seat === undefined) return won ? `${wins(ended)}.` : 'The game is over.'
  return findGameText(game)?.end?.(view, won) ?? (won ? 'You win!' : 'You lose.')
}

/** Formats a round of scissors: the choice of each player, and the winner. */
function formatRound(round: Round, { names, seat }: Players): string {
  const shown = names.map((name, one) => (one === seat ? 'you' : name))
  const winner = findWinner(round)
  const won = winner === undefined ? 'a draw' : winner === seat ? 'you win' : `${shown[winner]} wins`
  return `${round.map((hand, one) => `${shown[one]} ${hand}`).join(', ')}: ${won}`
}

/** Draws a large board without lines: 20 cells in a row fit on a terminal. */
function dense({ cells, size }: Board): string {
  const width = String(cells.length).length
  const shown = [...cells].map((mark, at) => (mark === '-' ? String(at + 1) : mark).padStart(width))
  return Array.from({ length: size }, (_, row) => shown.slice(row * size, (row + 1) * size).join(' ')).join('\n')
}

function findGameText(game: string): GameText | undefined {
  return Object.hasOwn(GAME_TEXTS, game) ? GAME_TEXTS[game] : undefined
}

/** Explains why a game was cut short: by the player `name`, or by this user if it is `undefined`. */
function whyOver({ late, resigned }: Outcome, name: string | undefined): string {
  if (late) return name === undefined ? 'Your time is over' : `The time of ${name} is over`
  const who = name === undefined ? 'You have' : `${name} has`
  return resigned ? `${who} resigned` : name === undefined ? `${who} left the game` : `${who} left`
}

function wins({ names, outcome: { winners } }: FinishedView): string {
  return `${formatList(winners.map((winner) => names[winner] ?? ''))} ${winners.length === 1 ? 'wins' : 'win'}`
}
