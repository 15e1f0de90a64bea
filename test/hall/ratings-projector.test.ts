import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AnyGame, games } from '../../src/games/index.ts'
import { quiz } from '../../src/games/quiz.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { PersonId, Results, SeatOwner, Standing, Store, TableEvent } from '../../src/hall/ports.ts'
import { toStandings } from '../../src/hall/ratings.ts'
import { RatingsProjector } from '../../src/hall/ratings-projector.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const PEOPLE: readonly SeatOwner[] = ['ada', 'grace', 'alan', 'edsger'].map((name, at) => ({ person: `account:${at + 1}`, name }))
const QUESTIONS = [{ text: '1 + 1?', options: ['1', '2', '3'], right: 1 }]

function owner(at: number): SeatOwner {
  const found = PEOPLE[at]
  if (!found) throw new RangeError(`there is nobody ${at}`)
  return found
}

/** A hall on a store; any error in it fails the test. */
function hallIn(store: Store) {
  const troubles: string[] = []
  const onError = (sentence: string, reason: unknown) => troubles.push(`${sentence}: ${reason instanceof Error ? reason.message : reason}`)
  const hall = new Hall({ store, games, clock: new TestClock(1_000_000), random: seededRandom(1), onError })
  return { hall, troubles }
}

/** Returns the ratings that follow from the journal alone, by game and person: of every rated finished table, in order. */
async function recomputed({ tables }: Store): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>()
  for (const id of await tables.ended()) {
    const events = await tables.read(id, 0)
    const [first, ...others] = events
    if (first?.type !== 'opened') throw new TypeError('a log begins with its opening')
    const rules = games.get(first.game) as AnyGame
    const points = rules.points?.(others.reduce(evolve, toOpenedTable(first, rules)).position)
    const key = (person: PersonId) => `${first.game} ${person}`
    const before = first.seats.map(({ person }) => standings.get(key(person)))
    for (const standing of toStandings(first, events, before, points)) standings.set(key(standing.person), standing)
  }
  return standings
}

async function readStandings({ results }: Store): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>()
  for (const game of games.keys())
    for (const standing of await results.ladder(game, 1000)) standings.set(`${game} ${standing.person}`, standing)
  return standings
}

/** A store whose results fail at the command of a test, and that records the order of recorded tables. */
function failing(store: Store): { store: Store; recorded: number[]; fail: boolean } {
  const recorded: number[] = []
  const all: { store: Store; recorded: number[]; fail: boolean } = { store, recorded, fail: false }
  const results: Results = {
    standing: (game, person) => store.results.standing(game, person),
    last: () => store.results.last(),
    ladder: (game, limit) => store.results.ladder(game, limit),
    rank: (game, score) => store.results.rank(game, score),
    async setStandings(table, game, standings) {
      if (all.fail) throw new Error('the disk is full')
      const now = await store.results.setStandings(table, game, standings)
      if (now) recorded.push(table)
      return now
    },
  }
  all.store = { ...store, results }
  return all
}

/** A rated game between two players, which the test ends. */
function between(hall: Hall, one: number, other: number): Promise<TableActor> {
  return hall.open('tictactoe', { options: {}, seats: [owner(one), owner(other)], rated: true })
}

describe('finished tables are recorded', () => {
  test('in the order of their ends, not of their beginnings', async () => {
    const { store, recorded } = failing(memoryStore())
    const { hall, troubles } = hallIn(store)
    const tables = await Promise.all([between(hall, 0, 1), between(hall, 1, 2), between(hall, 2, 3)])
    await settled()
    for (const at of [2, 0, 1]) tables[at]?.submit({ type: 'leave', seat: 0 })
    await settled()
    await hall.recorder.settled()
    expect(recorded).toEqual([3, 1, 2])
    expect(await store.tables.ended()).toEqual([3, 1, 2])
    expect(troubles).toEqual([])
  })

  test('without a follower after the end of the table', async () => {
    const store = memoryStore()
    let following = 0
    const follow = store.tables.follow.bind(store.tables)
    store.tables.follow = (...who) => {
      const unfollow = follow(...who)
      let on = true
      following++
      return () => {
        if (on) following--
        on = false
        unfollow()
      }
    }
    const { hall } = hallIn(store)
    const table = await between(hall, 0, 1)
    expect(following).toBe(2)
    table.submit({ type: 'leave', seat: 0 })
    await settled()
    expect(following).toBe(0)
  })

  test('only if the table is rated', async () => {
    const { store, recorded } = failing(memoryStore())
    const { hall } = hallIn(store)
    const table = await hall.open('tictactoe', { options: {}, seats: [owner(0), owner(1)] })
    table.submit({ type: 'leave', seat: 0 })
    await settled()
    await hall.recorder.settled()
    expect(recorded).toEqual([])
  })

  test('before a client that was notified of the end receives the rank', async () => {
    const { hall } = hallIn(memoryStore())
    const options = { questions: QUESTIONS, count: 1 }
    const table = await hall.open('quiz', { options, seats: [{ person: 'guest:ada', name: 'ada' }], rated: true })
    const ranks: Promise<unknown>[] = []
    table.subscribe({
      viewer: 0,
      update: ({ event }) => {
        if (event.type === 'ended') ranks.push(hall.place('quiz', 'guest:ada'), hall.ladder('quiz', 5))
      },
      closed() {},
    })
    const letter = [...(quiz.moves?.(table.state.position as never, 0) ?? [])]
    table.submit({ type: 'play', seat: 0, move: letter[0] })
    await settled()
    expect(await Promise.all(ranks)).toMatchObject([{ rank: 1, of: 1, games: 1 }, [{ name: 'ada', rank: 1 }]])
  })

  test('with the points of named players, and with shared ranks for equal points', async () => {
    const store = memoryStore()
    const { hall } = hallIn(store)
    for (const [name, letter] of [
      ['ada', 'right'],
      ['grace', 'right'],
      ['alan', 'wrong'],
    ] as const) {
      const seats = [{ person: `guest:${name}`, name }]
      const table = await hall.open('quiz', { options: { questions: QUESTIONS, count: 1 }, seats, rated: true })
      const [question] = (table.state.position as { questions: typeof QUESTIONS }).questions
      const right = question?.right ?? 0
      table.submit({ type: 'play', seat: 0, move: 'ABC'[letter === 'right' ? right : (right + 1) % 3] })
    }
    await settled()
    const places = await Promise.all(['ada', 'grace', 'alan'].map((name) => hall.place('quiz', `guest:${name}`)))
    expect(places.map((place) => [place?.score, place?.rank, place?.of])).toEqual([
      [1, 1, 3],
      [1, 1, 3],
      [0, 3, 3],
    ])
    expect((await hall.ladder('quiz', 10)).map(({ rank }) => rank)).toEqual([1, 1, 3])
    expect(await hall.place('quiz', 'guest:nobody')).toBeUndefined()
  })
})

describe('ratings', () => {
  const results = fc.array(
    fc.record({
      seats: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 2 }),
      end: fc.constantFrom('leave', 'draw'),
      /** The number of games that continue before it ends. */
      later: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )

  test('follow from the journal, in any order of ends', async () => {
    await fc.assert(
      fc.asyncProperty(results, async (played) => {
        const store = memoryStore()
        const { hall, troubles } = hallIn(store)
        const going: { table: TableActor; end: string; left: number }[] = []
        const finish = async (by: number) => {
          for (const one of going) {
            one.left -= by
            if (one.left > 0 || one.table.over) continue
            if (one.end === 'leave') one.table.submit({ type: 'leave', seat: 1 })
            else for (const seat of [0, 1]) one.table.submit({ type: 'offer', seat })
          }
          await settled()
        }
        for (const { seats, end, later } of played) {
          const [one = 0, other = 1] = seats
          going.push({ table: await between(hall, one, other), end, left: later })
          await finish(1)
        }
        await finish(10)
        await hall.recorder.settled()
        const expected = await recomputed(store)
        expect(expected.size).toBeGreaterThan(0)
        expect(await readStandings(store)).toEqual(expected)
        expect(troubles).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})

describe('an unrecorded table', () => {
  test('is recorded by the next process, in order', async () => {
    const failed = failing(memoryStore())
    const before = hallIn(failed.store).hall
    ;(await between(before, 0, 1)).submit({ type: 'leave', seat: 0 })
    await settled()
    failed.fail = true
    for (const [one, other] of [
      [1, 2],
      [0, 1],
    ] as const) {
      const table = await between(before, one, other)
      table.submit({ type: 'leave', seat: 1 })
    }
    await settled()
    failed.fail = false
    const { hall, troubles } = hallIn(failed.store)
    await hall.restore()
    expect(failed.recorded).toEqual([1, 2, 3])
    expect(await readStandings(failed.store)).toEqual(await recomputed(failed.store))
    await hall.restore()
    expect(failed.recorded).toEqual([1, 2, 3])
    expect(troubles).toEqual([])
  })

  test('is recorded first when a failed store works again, and the error handler got the failure', async () => {
    const failed = failing(memoryStore())
    const { hall, troubles } = hallIn(failed.store)
    failed.fail = true
    ;(await between(hall, 0, 1)).submit({ type: 'leave', seat: 0 })
    await settled()
    failed.fail = false
    ;(await between(hall, 0, 1)).submit({ type: 'leave', seat: 1 })
    await settled()
    await hall.recorder.settled()
    expect(failed.recorded).toEqual([1, 2])
    expect(await readStandings(failed.store)).toEqual(await recomputed(failed.store))
    expect(troubles).toEqual([
      'the server could not record the result of a game; it records that result with the next result: the disk is full',
    ])
  })

  test('with an unreadable log prevents neither other records nor the start of the server', async () => {
    const store = memoryStore()
    const { hall: before } = hallIn(store)
    const opening = (await before.open('tictactoe', { options: {}, seats: [owner(0), owner(1)] })).state.opened
    await settled()
    const append = (table: number, game: string) => {
      const events: TableEvent[] = [
        { ...opening, game, rated: true, n: 1, at: 1 },
        { type: 'ended', outcome: { winners: [0] }, counts: true, n: 2, at: 2 },
      ]
      return appendEvents(store.tables, table, 0, events)
    }
    await append(7, 'tictactoe')
    await append(8, 'a game of long ago')
    await append(9, 'tictactoe')
    const { hall, troubles } = hallIn(store)
    await hall.restore()
    expect(await store.results.last()).toBe(9)
    expect((await store.results.standing('tictactoe', 'account:1'))?.games).toBe(2)
    expect(troubles).toEqual([expect.stringMatching(/^the result of table 8 cannot be read from its log: /)])
  })

  test('does not prevent the start if the store fails at every request', async () => {
    const store = memoryStore()
    const asked = {
      ...store,
      results: { ...store.results, last: () => Promise.reject(new Error('the disk is gone')) } as unknown as Results,
    }
    const troubles: string[] = []
    await new RatingsProjector(asked, games, (sentence) => troubles.push(sentence)).recordMissing()
    expect(troubles).toEqual(['the server could not record the result of a game; it records that result with the next result'])
  })
})
