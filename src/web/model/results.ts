import type { MessageOf } from './messages.ts'

/** FinishedRow is a finished game in the list of a user. */
export type FinishedRow = MessageOf<'history'>['games'][number]

/** RecentRow is a finished game in the list of all users. */
export type RecentRow = MessageOf<'recent'>['games'][number]

/** ResultKind is the result of a game for a user. `over` is the result of a one-player game that has no winner. */
export type ResultKind = 'won' | 'lost' | 'drawn' | 'aborted' | 'over'

/** Returns the result of a game for the user of the list. */
export function toResultKind({ outcome, seat, names }: FinishedRow): ResultKind {
  if (outcome.aborted || outcome.abandoned) return 'aborted'
  if (outcome.winners.includes(seat)) return 'won'
  if (outcome.winners.length > 0 || outcome.left === seat) return 'lost'
  return names.length === 1 ? 'over' : 'drawn'
}

/** Minimum number of games for a chart of the score. */
export const CHARTED = 2

/** ScoreSeries is the score of a user in one game over time, with the oldest score first. */
export interface ScoreSeries {
  /**
   * `rating`: the rating after each rated game; `points`: the sum of the points that the games gave; `balance`: games won minus games
   * lost, for a game without ratings.
   */
  readonly kind: 'rating' | 'points' | 'balance'
  /** Ends of the games, in milliseconds since the Unix epoch. */
  readonly times: readonly number[]
  readonly scores: readonly number[]
}

/** Returns the score of a user in one game over time, from a list of the user's finished games. The newest game is first in this list. */
export function toScoreSeries(rows: readonly FinishedRow[], game: string): ScoreSeries {
  const played = rows.filter((row) => row.game === game && toResultKind(row) !== 'aborted').reverse()
  const isPoints = played.some(({ points }) => points !== undefined)
  const scored = played.flatMap(({ at, score }) => (score === undefined ? [] : [{ at, score }]))
  if (scored.length >= CHARTED) {
    return { kind: isPoints ? 'points' : 'rating', times: scored.map(({ at }) => at), scores: scored.map(({ score }) => Math.round(score)) }
  }
  let score = 0
  const scores = played.map((row) => {
    const kind = toResultKind(row)
    score += isPoints ? (row.points?.[row.seat] ?? 0) : kind === 'won' ? 1 : kind === 'lost' ? -1 : 0
    return score
  })
  return { kind: isPoints ? 'points' : 'balance', times: played.map(({ at }) => at), scores }
}

/** Returns the names of the games in a list of finished games, with the most frequent game first. */
export function listPlayed(rows: readonly FinishedRow[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { game } of rows) counts.set(game, (counts.get(game) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one).map(([game]) => game)
}
