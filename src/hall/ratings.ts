import rate from 'glicko2-lite'
import type { Outcome, SeatNumber } from '../games/game.ts'
import { HOUSE, hasAccount, PEER, type Rating, type Standing, type TableEvent } from './ports.ts'
import type { Opened } from './table.ts'

/*
 * Ratings are those of Glicko-2 (M. Glickman, "Example of the Glicko-2 system", 2022), with one difference: there, a rating
 * period has ten to fifteen games of a player, and here every game is a period of its own, so that a rating is there when
 * a game is over. From one game next to nothing follows about volatility, which is how erratic somebody plays from period
 * to period. Two who beat each other in turn surprise the system every time: their volatility grew without end, slowly for
 * 200,000 games and then, with the deviation, to infinity in ten. So all three numbers have bounds:
 *
 * - volatility: half and twice that of a newcomer, 0.03 to 0.12. The paper limits its change for the same reason (step 1).
 * - deviation: at most a newcomer's, 350; at least 30, below which, as Glickman says in "The Glicko system", ratings would
 *   hardly change any more, however much somebody has learned.
 * - rating: 3,000 to either side of a newcomer's. Who is so far ahead loses one game in thirty million by the formula.
 *
 * Ratings that were kept before there were bounds are taken as the nearest within them.
 */

/** The rating with which every user starts, as Glickman has it in "Example of the Glicko-2 system", step 1. No rating is less certain. */
export const UNRATED: Rating = { rating: 1500, deviation: 350, volatility: 0.06 }

/** The bounds of ratings, both ends included. */
export const RATING_BOUNDS = {
  rating: [UNRATED.rating - 3000, UNRATED.rating + 3000],
  deviation: [30, UNRATED.deviation],
  volatility: [UNRATED.volatility / 2, UNRATED.volatility * 2],
} as const satisfies Record<keyof Rating, readonly [number, number]>

/** How much volatility may change, tau, as in the paper's worked example. */
const TAU = 0.5

/** Result is a game against somebody, and what came of it: 1 for a win, ½ for a draw, 0 for a loss. */
export interface Result {
  readonly against: Rating
  readonly score: number
}

/** The nearest rating within the bounds; a newcomer's number where there is none. */
export function bounded({ rating, deviation, volatility }: Rating): Rating {
  return { rating: within('rating', rating), deviation: within('deviation', deviation), volatility: within('volatility', volatility) }
}

/** A standing whose rating, where it has one, is within the bounds. */
export function boundedStanding(standing: Standing): Standing {
  if (!standing.rating) return standing
  const rating = bounded(standing.rating)
  return { ...standing, score: rating.rating, rating }
}

function within(what: keyof Rating, value: number): number {
  const [low, high] = RATING_BOUNDS[what]
  return Number.isNaN(value) ? UNRATED[what] : Math.min(Math.max(value, low), high)
}

/** The rating after a rating period with these games, one at least (Glicko-2, steps 2 to 8). */
export function ratingAfter(before: Rating, results: readonly Result[]): Rating {
  const { rating, deviation, volatility } = bounded(before)
  const games = results.map(({ against, score }): [number, number, number] => {
    const other = bounded(against)
    return [other.rating, other.deviation, score]
  })
  const after = rate(rating, deviation, volatility, games, { rating: UNRATED.rating, tau: TAU })
  return bounded({ rating: after.rating, deviation: after.rd, volatility: after.vol })
}

/**
 * The ratings of a table's seats after its game, which is a rating period of its own; `undefined` before means a first
 * game. Among more than two, each has played each: a winner has won against all but winners, and the others drew.
 */
export function rated(before: readonly (Rating | undefined)[], { winners }: Outcome): readonly Rating[] {
  const known = before.map((rating) => bounded(rating ?? UNRATED))
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
