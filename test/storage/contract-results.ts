import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GUESTS, type Standing } from '../../src/hall/ports.ts'
import type { Open } from './samples.ts'

const ada: Standing = {
  person: 'guest:ada',
  name: 'Ada',
  score: 1600.5,
  games: 2,
  rating: { rating: 1600.5, deviation: 80, volatility: 0.06 },
}
const bob: Standing = { person: 'account:1', name: 'Bob', score: 3, games: 1 }

/** Tests the results of any store. */
export function resultsContract(open: Open): void {
  describe('results', () => {
    test('a standing has the last recorded value of each game', async () => {
      const { results } = await open()
      expect(await results.standing('nim', ada.person)).toBeUndefined()
      await results.setStandings(1, 'nim', [ada, bob])
      await results.setStandings(2, 'chess', [{ ...ada, score: 5 }])
      expect([await results.standing('nim', ada.person), await results.standing('nim', bob.person)]).toEqual([ada, bob])
      expect(await results.standing('chess', ada.person)).toEqual({ ...ada, score: 5 })
      const later = { ...bob, name: 'Bobby', score: 4, games: 2, rating: { rating: 4, deviation: 1, volatility: 0 } }
      await results.setStandings(3, 'nim', [later])
      expect(await results.standing('nim', bob.person)).toEqual(later)
      expect(await results.ladder('nim', 10)).toEqual([ada, later])
      await results.setStandings(4, 'nim', [bob])
      expect(await results.standing('nim', bob.person)).toEqual(bob)
    })

    test('a table is recorded once', async () => {
      const { results } = await open()
      expect(await results.last()).toBeUndefined()
      const recorded = [results.setStandings(7, 'nim', [ada]), results.setStandings(7, 'nim', [bob]), results.setStandings(3, 'nim', [])]
      expect(await Promise.all(recorded)).toEqual([true, false, true])
      expect(await results.last()).toBe(3)
      expect(await results.setStandings(7, 'chess', [{ ...ada, score: 0 }])).toBe(false)
      expect([await results.last(), await results.standing('nim', ada.person), await results.ladder('nim', 9)]).toEqual([3, ada, [ada]])
    })

    test('invalid standings are refused, and the table stays unrecorded', async () => {
      const { results } = await open()
      await expect(results.setStandings(1, 'nim', [bob, { ...ada, score: Number.NaN }])).rejects.toThrow(
        'the score of guest:ada must be a finite number, not NaN',
      )
      await expect(results.setStandings(1, 'nim', [{ ...ada, games: 1.5 }])).rejects.toThrow('must be a whole number, not 1.5')
      expect([await results.last(), await results.standing('nim', bob.person)]).toEqual([undefined, undefined])
      expect(await results.setStandings(1, 'nim', [bob])).toBe(true)
    })

    test('a ladder is ordered by score, then by name in code point order, then by person', async () => {
      const { results } = await open()
      const standing = (person: string, name: string, score: number): Standing => ({ person, name, score, games: 1 })
      const order = [
        standing('guest:z', 'z', 2),
        standing('m', 'Ada', 1),
        standing('n', 'Ada', 1),
        standing('c', 'ada', 1),
        standing('b', '\uff21da', 1),
        standing('a', '\u{1d400}da', 1),
        standing('f', '', -1),
      ]
      await results.setStandings(1, 'nim', order.toReversed())
      expect(await results.ladder('nim', 100)).toEqual(order)
      expect(await results.ladder('nim', 3)).toEqual(order.slice(0, 3))
      expect([await results.ladder('nim', 0), await results.ladder('nim', -1), await results.ladder('chess', 5)]).toEqual([[], [], []])
      expect(await results.ladder('nim', Number.POSITIVE_INFINITY)).toEqual(order)
    })

    test('a rank follows records and removals, in any order', async () => {
      const { results, accounts } = await open()
      for (let at = 1; at <= 9; at++) await accounts.add({ key: `user${at}`, name: `user${at}`, password: 'x', since: 1 })
      const scores = new Map<string, number>()
      let table = 0
      const step = fc.record({ at: fc.integer({ min: 1, max: 9 }), score: fc.integer({ min: -9, max: 9 }), guest: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
          const recorded = steps.map(({ at, score, guest }) => {
            const person = `${guest ? 'guest:user' : 'account:'}${at}`
            scores.set(person, score / 3)
            return results.setStandings(++table, 'go', [{ person, name: person, score: score / 3, games: 1 }])
          })
          await Promise.all(recorded)
          const all = [...scores.values()]
          for (const score of [-4, -1, -1 / 3, 0, 1 / 3, 2, 9]) {
            expect(await results.rank('go', score)).toEqual({ rank: all.filter((one) => one > score).length + 1, of: all.length })
          }
        }),
        { numRuns: 30 },
      )
      await accounts.remove('account:1')
      scores.delete('account:1')
      const [best = 0] = [...scores.values()].toSorted((one, other) => other - one)
      expect(await results.rank('go', best)).toEqual({ rank: 1, of: scores.size })
    })

    test('a ladder retains the guests who played last, and all accounts', async () => {
      const { results } = await open()
      const standing = (person: string, score: number) => ({ person, name: person, score, games: 1 })
      const guests = Array.from({ length: GUESTS }, (_, at) => standing(`guest:g${at}`, at % 7))
      await results.setStandings(1, 'nim', [standing('account:1', 3), ...guests.slice(0, 5)])
      await results.setStandings(2, 'nim', guests.slice(5))
      expect((await results.rank('nim', 0)).of).toBe(GUESTS + 1)
      await results.setStandings(3, 'nim', guests.slice(0, 3))
      await results.setStandings(4, 'nim', [standing('guest:new', 0), standing('guest:newer', 0)])
      const left = async (...persons: string[]) =>
        Promise.all(persons.map(async (one) => (await results.standing('nim', one)) !== undefined))
      expect(await left('guest:g2', 'guest:g3', 'guest:g4', 'guest:g5', 'guest:newer', 'account:1')).toEqual([
        true,
        false,
        false,
        true,
        true,
        true,
      ])
      expect((await results.rank('nim', 0)).of).toBe(GUESTS + 1)
    })

    test('a rank counts the players with a better score', async () => {
      const { results } = await open()
      let table = 0
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: -3, max: 3 })), fc.integer({ min: -4, max: 4 }), async (scores, score) => {
          const game = `game ${++table}`
          const standings = scores.map((one, at) => ({ person: `guest:${at}`, name: `${at}`, score: one / 2, games: 1 }))
          await results.setStandings(table, game, standings)
          const rank = scores.filter((one) => one / 2 > score / 2).length + 1
          expect(await results.rank(game, score / 2)).toEqual({ rank, of: scores.length })
        }),
      )
    })
  })
}
