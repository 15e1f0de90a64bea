import rate from 'glicko2-lite'
import type { Outcome, SeatNumber } from '../games/game.ts'
import { HOUSE, hasAccount, PEER, type Rating, type Standing, type TableEvent } from './ports.ts'
import type { Opened } from './table.ts'

/** Where everybody starts, as Glickman has it in "Example of the Glicko-2 system", step 1. Nobody is known less well. */
export const UNRATED: Rating = { rating: 1500, deviation: 350, volatility: 0.06 }

/** How much volatility may change, tau, as in the paper's worked example. */
const TAU = 0.5

/** Result is a game against somebody, and what came of it: 1 for a win, ½ for a draw, 0 for a loss. */
export interface Result {
  readonly against: Rating
  readonly score: number
}

/** The rating after a rating period with these games, one at least (Glicko-2, steps 2 to 8). */
export function ratingAfter({ rating, deviation, volatility }: Rating, results: readonly Result[]): Rating {
  const games = results.map(({ against, score }): [number, number, number] => [against.rating, against.deviation, score])
  const after = rate(rating, deviation, volatility, games, { rating: UNRATED.rating, tau: TAU })
  return { rating: after.rating, deviation: Math.min(after.rd, UNRATED.deviation), volatility: after.vol }
}

/**
 * The ratings of a table's seats after its game, which is a rating period of its own; `undefined` before means a first
 * game. Among more than two, each has played each: a winner has won against all but winners, and the others drew.
 */
export function rated(before: readonly (Rating | undefined)[], { winners }: Outcome): readonly Rating[] {
  const known = before.map((rating) => rating ?? UNRATED)
  const won = (seat: SeatNumber) => (winners.includes(seat) ? 1 : 0)
  return known.map((own, seat) => {
    const others = known.flatMap((against, other) => (other === seat ? [] : [{ against, score: (1 + won(seat) - won(other)) / 2 }]))
    return others.length > 0 ? ratingAfter(own, others) : own
  })
}

/**
 * The standings that follow from a table: how it was opened, its events, and for each seat the standing before and,
 * where the game gives them, the points. Points are added up for everybody who has said who it is, rated or not. Without
 * points, a rated game changes the ratings of those who sit there, if all have accounts. Whoever holds two seats plays
 * for nothing. Throws a TypeError for a table that has not ended.
 */
export function standingsAfter(
  opened: Opened,
  events: readonly TableEvent[],
  before: readonly (Standing | undefined)[],
  points?: readonly number[],
): readonly Standing[] {
  const ended = events.find((event) => event.type === 'ended')
  if (!ended) throw new TypeError('nothing follows from a table that has not ended')
  const people = opened.seats.map(({ person }) => person)
  if (new Set(people).size < people.length) return []
  const next = opened.seats.map(({ person, name }, seat) => ({ person, name, games: (before[seat]?.games ?? 0) + 1 }))
  if (points) {
    const scored = next.map((one, seat) => ({ ...one, score: (before[seat]?.score ?? 0) + (points[seat] ?? 0) }))
    return scored.filter(({ person }) => person !== HOUSE && person !== PEER)
  }
  if (!opened.rated || people.length < 2 || !people.every(hasAccount)) return []
  const known = next.map((_, seat) => before[seat]?.rating)
  const ratings = rated(known, ended.outcome)
  return next.flatMap((one, seat) => {
    const rating = ratings[seat]
    return rating ? [{ ...one, score: rating.rating, rating }] : []
  })
}
