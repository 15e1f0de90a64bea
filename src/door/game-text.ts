import type { AnyGame, Outcome, Players, SeatNumber } from '../games/game.ts'
import { formatList } from './layout.ts'

/** Returns the marks of the players on the board of a game, by seat; empty for a game without marks. */
export function findMarks({ screen }: AnyGame): readonly string[] {
  return screen?.marks ?? []
}

/** Renders the board of a game for one user. */
export function renderBoard({ screen, notation }: AnyGame, view: unknown, players: Players): string {
  return screen?.board?.(view, players) ?? notation.render(view)
}

/** Returns the last move of a seat, if the board shows that move and no other seat has moved since. */
export function findLastMove({ screen }: AnyGame, view: unknown, seat: SeatNumber): string | undefined {
  const last = screen?.last?.(view)
  return last?.seat === seat ? last.move : undefined
}

/** FinishedView is the end of a game in the view of one seat or of a watcher. */
export interface FinishedView {
  readonly game: AnyGame
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
  readonly view: unknown
  readonly outcome: Outcome
}

/** Describes the end of a game to a player or a watcher; empty if the board shows the end. */
export function formatEnd(ended: FinishedView): string {
  const { game, names, view, outcome } = ended
  const shown = names.length === 1 && isCut(outcome) ? game.screen?.givenUp?.(view) : undefined
  return [causeOf(ended), ...(shown === undefined ? [] : [shown])].join(' ')
}

/** Checks whether a game ended for another reason than its rules, such as a resignation. */
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
  return game.screen?.end?.(view, won) ?? (won ? 'You win!' : 'You lose.')
}

/** Explains why a game ended early. The cause is the player `name`, or this user if `name` is `undefined`. */
function whyOver({ late, resigned }: Outcome, name: string | undefined): string {
  if (late) return name === undefined ? 'Your time is over' : `The time of ${name} is over`
  const who = name === undefined ? 'You have' : `${name} has`
  return resigned ? `${who} resigned` : name === undefined ? `${who} left the game` : `${who} left`
}

function wins({ names, outcome: { winners } }: FinishedView): string {
  return `${formatList(winners.map((winner) => names[winner] ?? ''))} ${winners.length === 1 ? 'wins' : 'win'}`
}
