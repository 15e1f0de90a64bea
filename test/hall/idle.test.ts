import { expect, test } from 'vitest'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import { type ClockRules, HOUSE, type SeatOwner, type Store } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const MINUTE = 60_000
const LIMIT = 10 * MINUTE
const ADA: SeatOwner = { person: 'account:1', name: 'ada' }
const GRACE: SeatOwner = { person: 'account:2', name: 'grace' }
const HOUSE_SITTER: SeatOwner = { person: HOUSE, name: 'house' }

/** A process with a hall whose tables may be without a move for ten minutes. */
function start(store: Store, time: TestClock, idle = LIMIT): Hall {
  const onError = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  return new Hall({ store, games, clock: time, random: seededRandom(1), idle, onError })
}

async function opening(clock: ClockRules = {}, seats: readonly SeatOwner[] = [ADA, GRACE], game = 'tictactoe') {
  const time = new TestClock(Date.UTC(2024, 1, 29))
  const store = memoryStore()
  const hall = start(store, time)
  const table = await hall.open(game, {
    options: game === 'guessing' ? { low: 1, high: 50 } : {},
    seats,
    clock,
    rated: game === 'tictactoe',
  })
  await settled()
  return { time, store, hall, table, log: () => store.tables.read(table.id, 0) }
}

/** Opens the next process, on the same store, at the time of a clock. */
async function restarted(store: Store, time: TestClock, before: Hall): Promise<{ hall: Hall; table: TableActor | undefined }> {
  before.close(new Error('the process ends'))
  const hall = start(store, time)
  await hall.restore()
  await settled()
  return { hall, table: hall.table(1) }
}

const watcher = () => ({ viewer: 'watcher', update: () => {}, closed: () => {} }) as const

test('a table without a move for ten minutes ends without a result, though players and watchers attend', async () => {
  const { time, hall, table, log } = await opening()
  for (const who of [0, 1]) table.subscribe({ ...watcher(), viewer: who })
  await time.pass(LIMIT - 1)
  expect(table.over).toBe(false)
  await time.pass(1)
  expect(table.state.outcome).toEqual({ winners: [], left: 0, abandoned: true })
  expect((await log()).at(-1)).not.toHaveProperty('counts')
  expect(await hall.ladder('tictactoe', 10)).toEqual([])
})

test('each move restarts the ten minutes; talk, offers, arrivals and departures do not', async () => {
  const { time, table } = await opening()
  await time.pass(9 * MINUTE)
  table.submit({ type: 'play', seat: 0, move: 5 })
  await time.pass(9 * MINUTE)
  table.submit({ type: 'say', name: 'ada', seat: 0, text: 'well?' })
  table.submit({ type: 'offer', seat: 0 })
  table.submit({ type: 'gone', seat: 1 })
  table.submit({ type: 'back', seat: 1 })
  await time.pass(MINUTE - 1)
  expect(table.over).toBe(false)
  await time.pass(1)
  expect(table.state.outcome).toEqual({ winners: [], left: 1, abandoned: true })
})

test.each([
  ['a player alone', [ADA], 'guessing', {}],
  ['a player against the house', [ADA, HOUSE_SITTER], 'tictactoe', {}],
  ['a player against the house, with a clock of a day', [ADA, HOUSE_SITTER], 'tictactoe', { turn: 24 * 60 * MINUTE }],
  ['a player alone, with a clock of a day', [ADA], 'guessing', { total: 24 * 60 * MINUTE }],
] as const)('%s ends after ten minutes without a move', async (_, seats, game, clock) => {
  const { time, hall, table } = await opening(clock, seats, game)
  await time.pass(LIMIT - 1)
  expect(table.over).toBe(false)
  await time.pass(1)
  expect(table.state.outcome).toMatchObject({ abandoned: true })
  expect(hall.size).toBe(0)
})

test('a longer clock on which two players agreed takes precedence, and a restart does not end the game meanwhile', async () => {
  const { time, store, hall, table } = await opening({ turn: 60 * MINUTE })
  await time.pass(59 * MINUTE)
  expect(table.over).toBe(false)
  const { table: again } = await restarted(store, time, hall)
  await time.pass(MINUTE - 1)
  expect(again?.over).toBe(false)
  await time.pass(1)
  expect(again?.state.outcome).toMatchObject({ abandoned: true })
})

test('a shorter clock takes precedence, too: its end is a loss', async () => {
  const { time, table } = await opening({ turn: 10_000 })
  await time.pass(10_000)
  expect(table.state.outcome).toEqual({ winners: [1], left: 0, late: true })
})

test('a restart does not reset the time: the ten minutes count from the last move in the log, also for a player who resumes', async () => {
  const { time, store, hall: before, table } = await opening()
  await time.pass(MINUTE)
  table.submit({ type: 'play', seat: 0, move: 5 })
  await time.pass(5 * MINUTE)
  const { hall: second } = await restarted(store, time, before)
  await time.pass(3 * MINUTE)
  const { hall, table: again } = await restarted(store, time, second)
  for (const seat of [0, 1]) again?.submit({ type: 'back', seat })
  await time.pass(2 * MINUTE - 1)
  expect([again?.over, hall.size]).toEqual([false, 1])
  await time.pass(1)
  expect([again?.over, hall.size]).toEqual([true, 0])
})

test('a table whose time ran out while the server was stopped waits two minutes, and a move within them continues the game', async () => {
  for (const saves of [true, false]) {
    const { time, store, hall } = await opening()
    hall.close(new Error('the process ends'))
    await time.pass(24 * 60 * MINUTE)
    const { table } = await restarted(store, time, hall)
    await time.pass(2 * MINUTE - 1)
    expect(table?.over).toBe(false)
    if (saves) for (const command of [{ type: 'back' }, { type: 'play', move: 5 }] as const) table?.submit({ ...command, seat: 0 })
    await time.pass(9 * MINUTE)
    expect(table?.over).toBe(!saves)
  }
})

test('the wall clock does not change the time', async () => {
  const { time, table } = await opening()
  for (const jump of [1e12, -2e12]) {
    time.jump(jump)
    await time.pass(4 * MINUTE)
    expect(table.over).toBe(false)
  }
  await time.pass(2 * MINUTE)
  expect(table.over).toBe(true)
})

test('one timer serves all tables, and without tables there is none; of many that end together, each turn ends some', async () => {
  const { time, hall } = await opening()
  for (let n = 0; n < 4000; n++) await hall.open('tictactoe', { options: {}, seats: [ADA, HOUSE_SITTER] })
  await settled()
  expect(time.waiting).toBe(1)
  const left = [hall.size]
  time.onFired = () => left.push(hall.size)
  await time.pass(LIMIT)
  const ended = left.slice(1).map((size, at) => (left[at] ?? 0) - size)
  expect(ended.length).toBeGreaterThan(2)
  expect(Math.max(...ended)).toBeLessThan(2000)
  expect([hall.size, time.waiting]).toEqual([0, 0])
})

test('sets no timer without a limit', async () => {
  const time = new TestClock()
  start(memoryStore(), time, Number.POSITIVE_INFINITY).open('tictactoe', { options: {}, seats: [ADA, GRACE] })
  await settled()
  expect(time.waiting).toBe(0)
})
