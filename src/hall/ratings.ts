import rate from 'glicko2-lite'
import type { Outcome, SeatNumber } from '../games/game.ts'
import { HOUSE, hasAccount, PEER, type Rating, type Standing, type TableEvent } from './ports.ts'
import type { Opened } from './table.ts'

/*
 * Ratings follow Glicko-2 (M. Glickman, "Example of the Glicko-2 system", 2022), with one difference. In the paper, a rating period has
 * ten to fifteen games of a player; here every game is a period of its own, so that the new rating is known when the game is over. A single
 * game shows almost nothing about volatility, the measure of a player's changes from period to period. Two players who beat each other in
 * turn surprise the system every time: their volatility grew without end, slowly for 200,000 games and then, with the deviation, to infinity
 * within ten games. Therefore all three numbers have bounds:
 *
 * - volatility: between half and twice the volatility of a newcomer, 0.03 to 0.12. The paper limits its change for the same reason (step 1).
 * - deviation: 30 to 350, the deviation of a newcomer. Below 30, according to Glickman's "The Glicko system", ratings hardly change any more,
 *   even if the player improves.
 * - rating: at most 3,000 above or below the rating of a newcomer. By the formula, a player who is so far ahead loses one game in thirty
 *   million.
 *
 * If a stored rating is out of bounds, the code reads it as the nearest rating within the bounds.
 */

/** The rating of a newcomer, from "Example of the Glicko-2 system", step 1. Every other rating is at least as certain. */
export const UNRATED: Rating = { rating: 1500, deviation: 350, volatility: 0.06 }

/** The minimum and the maximum of ratings; both are allowed values. */
export const RATING_BOUNDS = {
  rating: [UNRATED.rating - 3000, UNRATED.rating + 3000],
  deviation: [30, UNRATED.deviation],
  volatility: [UNRATED.volatility / 2, UNRATED.volatility * 2],
} as const satisfies Record<keyof Rating, readonly [number, number]>

/** The constant tau of Glicko-2, which limits the change of volatility, as in the paper's example. */
const TAU = 0.5

/** Result is a game against an opponent, with the score: 1 for a win, ½ for a draw, 0 for a loss. */
export interface Result {
  readonly against: Rating
  readonly score: number
}

/** Returns the nearest rating within the bounds; replaces NaN by the number of a newcomer. */
function clampRating({ rating, deviation, volatility }: Rating): Rating {
  return { rating: within('rating', rating), deviation: within('deviation', deviation), volatility: within('volatility', volatility) }
}

/** Returns a standing with its rating, if it has a rating, within the bounds. */
export function clampStanding(standing: Standing): Standing {
  if (!standing.rating) return standing
  const rating = clampRating(standing.rating)
  return { ...standing, score: rating.rating, rating }
}

/** LadderPlace is a standing with its rank on the ladder: 1 for the best score; equal scores have equal ranks. */
export interface LadderPlace extends Standing {
  readonly rank: number
}

/** Adds the ranks to the standings of a ladder, which begin with its first row. */
export function toLadder(best: readonly Standing[]): readonly LadderPlace[] {
  let rank = 0
  return best.map(clampStanding).map((one, at, all) => {
    if (one.score !== all[at - 1]?.score) rank = at + 1
    return { ...one, rank }
  })
}

function within(what: keyof Rating, value: number): number {
  const [low, high] = RATING_BOUNDS[what]
  return Number.isNaN(value) ? UNRATED[what] : Math.min(Math.max(value, low), high)
}

/** Returns the rating after a rating period with one or more games (Glicko-2, steps 2 to 8). */
export function toRating(before: Rating, results: readonly Result[]): Rating {
  const { rating, deviation, volatility } = clampRating(before)
  const games = results.map(({ against, score }): [number, number, number] => {
    const other = clampRating(against)
    return [other.rating, other.deviation, score]
  })
  const after = rate(rating, deviation, volatility, games, { rating: UNRATED.rating, tau: TAU })
  return clampRating({ rating: after.rating, deviation: after.rd, volatility: after.vol })
}

/**
 * Returns the ratings of a table's seats after its game; the rating before the game is `undefined` for a player's first game. With more than
 * two players, the ratings treat each pair as a game: a winner has won against each loser, and the players of any other pair have drawn.
 */
export function rateGame(before: readonly (Rating | undefined)[], { winners }: Outcome): readonly Rating[] {
  const known = before.map((rating) => clampRating(rating ?? UNRATED))
  const won = (seat: SeatNumber) => (winners.includes(seat) ? 1 : 0)
  return known.map((own, seat) => {
    const others = known.flatMap((against, other) => (other === seat ? [] : [{ against, score: (1 + won(seat) - won(other)) / 2 }]))
    return others.length > 0 ? toRating(own, others) : own
  })
}

/**
 * Returns the standings after a finished table, given the earlier standings by seat and, if the game gives points, the points of the table by
 * seat. Points count for every player with a name, in rated and in unrated games. If the game gives no points, a rated game changes the
 * ratings of its players if all players are registered. Tables at which one player has two seats are not rated. Throws a TypeError for a
 * table without an event `ended`.
 */
export function toStandings(
  opened: Opened,
  events: readonly TableEvent[],
  before: readonly (Standing | undefined)[],
  points?: readonly number[],
): readonly Standing[] {
  const ended = events.find((event) => event.type === 'ended')
  if (!ended) throw new TypeError('the table has not ended')
  const people = opened.seats.map(({ person }) => person)
  if (new Set(people).size < people.length) return []
  const next = opened.seats.map(({ person, name }, seat) => ({ person, name, games: (before[seat]?.games ?? 0) + 1 }))
  if (points) {
    const scored = next.map((one, seat) => ({ ...one, score: (before[seat]?.score ?? 0) + (points[seat] ?? 0) }))
    return scored.filter(({ person }) => person !== HOUSE && person !== PEER)
  }
  if (!opened.rated || people.length < 2 || !people.every(hasAccount)) return []
  const known = next.map((_, seat) => before[seat]?.rating)
  const ratings = rateGame(known, ended.outcome)
  return next.flatMap((one, seat) => {
    const rating = ratings[seat]
    return rating ? [{ ...one, score: rating.rating, rating }] : []
  })
}
