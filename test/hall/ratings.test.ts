import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUSE, PEER, type Rating, type Standing, type TableEvent } from '../../src/hall/ports.ts'
import { RATING_BOUNDS, rateGame, toRating, toStandings, UNRATED } from '../../src/hall/ratings.ts'
import type { Opened } from '../../src/hall/table.ts'

const known = (rating: number, deviation: number): Rating => ({ rating, deviation, volatility: 0.06 })

describe('ratings', () => {
  test('reproduce the worked example of Glickman’s "Example of the Glicko-2 system"', () => {
    const after = toRating(known(1500, 200), [
      { against: known(1400, 30), score: 1 },
      { against: known(1550, 100), score: 0 },
      { against: known(1700, 300), score: 0 },
    ])
    expect(after.rating).toBeCloseTo(1464.06, 1)
    expect(after.deviation).toBeCloseTo(151.52, 2)
    expect(after.volatility).toBeCloseTo(0.05999, 4)
  })

  test('in a first game the winner gains what the loser loses, and both deviations fall', () => {
    const [winner, loser] = rateGame([undefined, undefined], { winners: [0] })
    expect(winner?.rating).toBeCloseTo(1662.31, 2)
    expect(loser?.rating).toBeCloseTo(1337.69, 2)
    expect(winner?.deviation).toBeCloseTo(290.32, 2)
    expect(loser?.deviation).toBe(winner?.deviation)
  })

  test('a draw between equals changes no rating', () => {
    for (const { rating, deviation } of rateGame([undefined, UNRATED], { winners: [] })) {
      expect(rating).toBe(1500)
      expect(deviation).toBeLessThan(350)
    }
  })

  test('a player who leaves has lost', () => {
    expect(rateGame([undefined, undefined], { winners: [1], left: 0 })).toEqual(rateGame([undefined, undefined], { winners: [1] }))
  })

  test('of three players, one wins: the two others have drawn', () => {
    const [first, second, third] = rateGame([undefined, undefined, undefined], { winners: [0] })
    expect(first).toEqual(
      toRating(UNRATED, [
        { against: UNRATED, score: 1 },
        { against: UNRATED, score: 1 },
      ]),
    )
    expect(second).toEqual(third)
    expect(second?.rating).toBeLessThan(1500)
  })

  test('a solo game changes no rating', () => {
    expect(rateGame([known(1600, 60)], { winners: [0] })).toEqual([known(1600, 60)])
  })
})

const rating = fc.record({
  rating: fc.double({ min: 100, max: 3500, noNaN: true }),
  deviation: fc.double({ min: 30, max: 350, noNaN: true }),
  volatility: fc.double({ min: 0.03, max: 0.12, noNaN: true }),
})
const anyRating = fc.option(rating, { nil: undefined })

describe('properties of ratings', () => {
  test('the winner never loses rating, and the loser never gains any', () => {
    fc.assert(
      fc.property(anyRating, anyRating, (one, other) => {
        const [winner, loser] = rateGame([one, other], { winners: [0] })
        expect(winner?.rating).toBeGreaterThanOrEqual((one ?? UNRATED).rating)
        expect(loser?.rating).toBeLessThanOrEqual((other ?? UNRATED).rating)
      }),
    )
  })

  test('a draw moves two ratings toward each other, and not past each other if the deviations are equal', () => {
    fc.assert(
      fc.property(rating, fc.double({ min: 100, max: 3500, noNaN: true }), (one, strength) => {
        const [low, high] = [one.rating, strength].sort((a, b) => a - b).map((rating) => ({ ...one, rating }))
        const [lower, higher] = rateGame([low, high], { winners: [] })
        expect(lower?.rating).toBeGreaterThanOrEqual((low?.rating ?? Number.NaN) - 1e-9)
        expect(higher?.rating).toBeLessThanOrEqual((high?.rating ?? Number.NaN) + 1e-9)
        expect(lower?.rating).toBeLessThanOrEqual((higher?.rating ?? Number.NaN) + 1e-9)
      }),
    )
  })

  test('between two players with equal deviations the sum of ratings is constant', () => {
    fc.assert(
      fc.property(rating, fc.double({ min: 100, max: 3500, noNaN: true }), fc.subarray([0, 1]), (one, strength, winners) => {
        const other = { ...one, rating: strength }
        const [after, otherAfter] = rateGame([one, other], { winners })
        expect((after?.rating ?? 0) + (otherAfter?.rating ?? 0)).toBeCloseTo(one.rating + strength, 6)
      }),
    )
  })

  test('seats do not matter, and the same game gives the same ratings', () => {
    fc.assert(
      fc.property(fc.array(anyRating, { minLength: 2, maxLength: 5 }), fc.infiniteStream(fc.boolean()), (before, wins) => {
        const winners = before.flatMap((_, seat) => (wins.next().value ? [seat] : []))
        const after = rateGame(before, { winners })
        const turned = rateGame([...before].reverse(), { winners: winners.map((seat) => before.length - 1 - seat) })
        expect(rateGame(before, { winners })).toEqual(after)
        expect(after).toHaveLength(before.length)
        for (const [seat, one] of [...turned].reverse().entries()) {
          expect(one.rating).toBeCloseTo(after[seat]?.rating ?? Number.NaN, 6)
          expect(one.deviation).toBeCloseTo(after[seat]?.deviation ?? Number.NaN, 6)
        }
      }),
    )
  })

  test('after many games all values are finite, and no deviation exceeds a newcomer’s', () => {
    fc.assert(
      fc.property(anyRating, anyRating, fc.array(fc.subarray([0, 1]), { minLength: 1, maxLength: 100 }), (one, other, games) => {
        let now: readonly (Rating | undefined)[] = [one, other]
        for (const winners of games) now = rateGame(now, { winners })
        for (const after of now) {
          expect(after?.rating).toBeGreaterThan(-10_000)
          expect(after?.rating).toBeLessThan(15_000)
          expect(after?.deviation).toBeGreaterThan(0)
          expect(after?.deviation).toBeLessThanOrEqual(350)
          expect(after?.volatility).toBeGreaterThan(0)
          expect(after?.volatility).toBeLessThan(1)
        }
      }),
    )
  })
})

/** Course decides each game of a series, by its number and the ratings of both players. */
type Course = (game: number, ratings: readonly Rating[]) => readonly number[]

const better = ([one, other]: readonly Rating[]) => ((one?.rating ?? 0) >= (other?.rating ?? 0) ? 0 : 1)
const pseudo = (game: number) => (Math.imul(game, 0x9e3779b1) >>> 16) % 3

describe('ratings stay finite and within their bounds', () => {
  const courses: [name: string, games: number, course: Course][] = [
    ['two who win in turn, whose volatility once grew to infinity', 300_000, (game) => [game % 2]],
    ['two of whom each wins twice in turn', 100_000, (game) => [(game >> 1) % 2]],
    ['one who always wins', 100_000, () => [0]],
    ['two who always draw', 20_000, () => []],
    ['two who lose as soon as they are better', 100_000, (_, ratings) => [1 - better(ratings)]],
    ['the better one, always', 100_000, (_, ratings) => [better(ratings)]],
    ['runs that get longer', 100_000, (game) => [Math.floor(Math.sqrt(game)) % 2]],
    ['chance', 100_000, (game) => [[0], [1], []][pseudo(game)] ?? []],
  ]

  test.each(courses)('with %s', { timeout: 60_000 }, (_, games, course) => {
    let now: readonly Rating[] = [UNRATED, UNRATED]
    let outside = 0
    for (let game = 1; game <= games; game++) {
      now = rateGame(now, { winners: course(game, now) })
      if (!now.every(isBounded)) outside++
    }
    expect({ outside, now }).toEqual({ outside: 0, now })
  })

  test('with a player who wins against new names without end, after each name has won against others', () => {
    let best: Rating = UNRATED
    for (let game = 0; game < 20_000; game++) {
      let rung: Rating = UNRATED
      for (let step = 0; step < 5; step++) [rung = UNRATED] = rateGame([rung, rung], { winners: [0] })
      ;[best = UNRATED] = rateGame([best, rung], { winners: [0] })
      if (!isBounded(best)) throw new Error(`game ${game}: ${JSON.stringify(best)}`)
    }
    expect(best.rating).toBeGreaterThan(2500)
  })

  test('with any stored ratings, any results and any number of seats', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, Number.MAX_VALUE, 131_989, -131_989))
    const anything = fc.option(fc.record({ rating: number, deviation: number, volatility: number }), { nil: undefined })
    const games = fc.array(fc.subarray([0, 1, 2, 3]), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 4 }), games, (before, all) => {
        let now: readonly (Rating | undefined)[] = before
        for (const winners of all) {
          now = rateGame(now, { winners })
          for (const one of now) expect(one && isBounded(one) ? one : { game: winners, one }).toBe(one)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('the bounds change no rating in a game of equals', () => {
    for (const rating of [1000, 1500, 2000]) {
      const [winner, loser] = rateGame([known(rating, 60), known(rating, 60)], { winners: [0] })
      expect([(winner?.rating ?? 0) > rating, (loser?.rating ?? 0) < rating, winner?.deviation !== 30]).toEqual([true, true, true])
    }
  })
})

function isBounded(rating: Rating): boolean {
  return (['rating', 'deviation', 'volatility'] as const).every((what) => {
    const [low, high] = RATING_BOUNDS[what]
    return rating[what] >= low && rating[what] <= high
  })
}

function opening(people: readonly string[], rated = true, game = 'tictactoe'): Opened {
  const seats = people.map((person) => ({ person, name: person.replace(/.*:/, 'name of ') }))
  return { type: 'opened', game, options: {}, state: {}, seed: 1, seats, rated, private: false, clock: {} }
}

function won(...winners: number[]): readonly TableEvent[] {
  return [
    { type: 'moved', seat: 0, move: 1, n: 2, at: 5 },
    { type: 'ended', outcome: { winners }, n: 3, at: 6 },
    { type: 'said', name: 'somebody', text: 'again?', n: 4, at: 7 },
  ]
}

describe('standings', () => {
  const account = (rating: Rating, games: number): Standing => ({ person: 'account:1', name: 'old', score: rating.rating, games, rating })

  test('order the ladder of two new accounts by rating', () => {
    const [first, second] = rateGame([undefined, undefined], { winners: [1] })
    expect(toStandings(opening(['account:1', 'account:2']), won(1), [undefined, undefined])).toEqual([
      { person: 'account:1', name: 'name of 1', score: first?.rating, games: 1, rating: first },
      { person: 'account:2', name: 'name of 2', score: second?.rating, games: 1, rating: second },
    ])
  })

  test('continue from the earlier rating, under the present name', () => {
    const before = account(known(1700, 60), 41)
    const [first] = toStandings(opening(['account:1', 'account:2']), won(0), [before, undefined])
    expect(first).toMatchObject({ person: 'account:1', name: 'name of 1', games: 42 })
    expect(first?.rating).toEqual(rateGame([before.rating, undefined], { winners: [0] })[0])
  })

  test.each([
    ['a game that is not rated', opening(['account:1', 'account:2'], false)],
    ['a guest', opening(['account:1', 'guest:ada'])],
    ['the house', opening(['account:1', HOUSE])],
    ['somebody unknown', opening([PEER, 'account:2'])],
    ['one seat', opening(['account:1'])],
    ['one person in both seats', opening(['account:1', 'account:1'])],
  ])('%s changes no rating', (_, opened) => {
    expect(toStandings(opened, won(0), [account(known(1700, 60), 41), undefined])).toEqual([])
  })

  test('add up points, for guests too, in any outcome', () => {
    const before = { person: 'guest:ada', name: 'Ada', score: 12, games: 2 }
    const after = { person: 'guest:ada', name: 'name of ada', score: 19, games: 3 }
    expect(toStandings(opening(['guest:ada'], false, 'quiz'), won(), [before], [7])).toEqual([after])
    expect(toStandings(opening(['account:7'], true, 'quiz'), won(0), [undefined], [0])).toEqual([
      { person: 'account:7', name: 'name of 7', score: 0, games: 1 },
    ])
  })

  test('ignore points of the house, and of a player without a name', () => {
    expect(toStandings(opening([HOUSE, PEER, 'guest:ada']), won(0), [], [5, 6, 7])).toEqual([
      { person: 'guest:ada', name: 'name of ada', score: 7, games: 1 },
    ])
  })

  test('have none for an unfinished table', () => {
    const playing = won(0).slice(0, 1)
    expect(() => toStandings(opening(['account:1', 'account:2']), playing, [])).toThrow(TypeError)
  })

  test('add up the points of many games', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), (games) => {
        let standing: Standing | undefined
        for (const points of games) [standing] = toStandings(opening(['guest:ada']), won(), [standing], [points])
        expect(standing).toMatchObject({ score: games.reduce((sum, points) => sum + points, 0), games: games.length })
      }),
    )
  })
})
