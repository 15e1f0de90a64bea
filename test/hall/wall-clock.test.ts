import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { WRONG } from '../../src/hall/accounts/auth-errors.ts'
import { Passwords } from '../../src/hall/accounts/passwords.ts'
import { People } from '../../src/hall/accounts/people.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { ClockRules, SeatOwner, Store } from '../../src/hall/ports.ts'
import { timeLeft } from '../../src/hall/seat-clocks.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const NOW = Date.UTC(2024, 1, 29)
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The changes of the wall clock: by an hour, and by more than any timeout in this file. */
const JUMPS = [HOUR, -HOUR, 400 * DAY, -400 * DAY]
const ADA: SeatOwner = { person: 'account:1', name: 'ada' }
const GRACE: SeatOwner = { person: 'account:2', name: 'grace' }

/** A process with a hall on a store. */
function start(store: Store, time: TestClock): Hall {
  return new Hall({
    store,
    games,
    clock: time,
    random: seededRandom(1),
    onError: (sentence, reason) => {
      throw new Error(sentence, { cause: reason })
    },
  })
}

async function opening(clock: ClockRules) {
  const time = new TestClock(NOW)
  const store = memoryStore()
  const hall = start(store, time)
  const table = await hall.open('tictactoe', { options: {}, seats: [ADA, GRACE], clock })
  await settled()
  return { time, store, hall, table, log: () => store.tables.read(table.id, 0) }
}

describe.each(JUMPS)('the wall clock is set by %i ms', (jump) => {
  test('during a turn: the turn ends when its time has passed, not before, and not later', async () => {
    const { time, table } = await opening({ turn: 10_000 })
    await time.pass(4_000)
    time.jump(jump)
    table.submit({ type: 'tick' })
    await time.pass(5_999)
    table.submit({ type: 'tick' })
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(table.state.outcome).toEqual({ winners: [1], left: 0, late: true })
  })

  test('during a turn: the player who moves has used the time that has passed', async () => {
    const { time, table, log } = await opening({ total: 60_000 })
    await time.pass(4_000)
    time.jump(jump)
    await time.pass(3_000)
    table.submit({ type: 'play', seat: 0, move: 5 })
    await settled()
    expect(timeLeft(table.state.clocks, { total: 60_000 }, 0, table.now)).toBe(53_000)
    expect((await log()).map(({ at }) => at)).toEqual([NOW, NOW + 7_000])
  })

  test('while a seat is reserved for a disconnected player: the grace period does not change', async () => {
    const { time, table } = await opening({ grace: 60_000 })
    table.submit({ type: 'gone', seat: 1 })
    await time.pass(30_000)
    time.jump(jump)
    await time.pass(29_999)
    expect(table.over).toBe(false)
    await time.pass(1)
    expect(table.state.outcome).toEqual({ winners: [0], left: 1 })
  })

  test('a table without observers is stored for a week, and no longer', async () => {
    const { time, hall, table } = await opening({})
    time.jump(jump)
    await time.pass(7 * DAY - 1)
    hall.tidy()
    expect(table.over).toBe(false)
    await time.pass(HOUR)
    hall.tidy()
    expect(table.over).toBe(true)
  })

  test('a seek waits for the house as long as was requested', async () => {
    const time = new TestClock(NOW)
    const hall = start(memoryStore(), time)
    let seated = false
    const seek = { game: 'tictactoe', options: {}, seats: [0, 1], rated: false, owner: ADA } as const
    hall.seek({ ...seek, wait: 10_000, onSeated: () => (seated = true) })
    await time.pass(5_000)
    time.jump(jump)
    await time.pass(4_999)
    expect(seated).toBe(false)
    await time.pass(1)
    expect(seated).toBe(true)
  })

  test('password guesses are limited as before: no try is given back, and no client waits longer', async () => {
    const time = new TestClock(NOW)
    const { accounts } = memoryStore()
    const passwords = new Passwords({ random: (bytes) => new Uint8Array(bytes) })
    passwords.verify = async () => WRONG
    const people = new People({ accounts, passwords, clock: time })
    const guess = () => people.enter({ name: 'ada', password: 'a guess', address: '192.0.2.1', onReplaced: () => {} })
    for (let n = 0; n < 10; n++) expect(await guess()).toBe(WRONG)
    expect(await guess()).toMatchObject({ code: 'throttled', refused: 'too many tries: wait 20 seconds' })
    time.jump(jump)
    expect(await guess()).toMatchObject({ code: 'throttled', refused: 'too many tries: wait 20 seconds' })
    await time.pass(20_000)
    expect(await guess()).toBe(WRONG)
  })

  test('between one process and the next: times do not decrease, and no player is charged for the time between', async () => {
    const { time, store, hall: before, table, log } = await opening({ total: 60_000 })
    await time.pass(5_000)
    table.submit({ type: 'play', seat: 0, move: 5 })
    await settled()
    before.close(new Error('the process ends'))
    await before.settled()
    const later = new TestClock(time.now() + jump)
    const hall = start(store, later)
    await hall.restore()
    const again = hall.table(table.id)
    again?.submit({ type: 'back', seat: 1 })
    await later.pass(2_000)
    again?.submit({ type: 'play', seat: 1, move: 1 })
    await settled()
    const times = (await log()).map(({ at }) => at)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(again?.state.clocks.used).toEqual([5_000, 2_000])
  })

  test('between one process and the next: the clocks of a table are stopped until a player returns', async () => {
    const { time, store, hall: before, table } = await opening({ turn: 10_000, grace: 5_000 })
    await time.pass(5_000)
    before.close(new Error('the process ends'))
    await before.settled()
    const later = new TestClock(time.now() + jump)
    const hall = start(store, later)
    await hall.restore()
    await later.pass(DAY)
    const again = hall.table(table.id)
    expect(again?.over).toBe(false)
    for (const seat of [0, 1]) again?.submit({ type: 'back', seat })
    await later.pass(9_999)
    expect(again?.over).toBe(false)
    await later.pass(1)
    expect(again?.state.outcome).toEqual({ winners: [1], left: 0, late: true })
  })
})

test('for any change of the wall clock during a game, the times in its log never decrease, and the log replays to the same game', async () => {
  const step = fc.oneof(
    fc.record({ pass: fc.nat(2_000) }),
    fc.record({ jump: fc.integer({ min: -400 * DAY, max: 400 * DAY }) }),
    fc.record({ play: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9), seat: fc.constantFrom(0, 1) }),
    fc.record({ gone: fc.constantFrom(0, 1) }),
    fc.record({ back: fc.constantFrom(0, 1) }),
    fc.constant('restart' as const),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const rules: ClockRules = { total: 20_000, turn: 5_000, grace: 3_000 }
      const { time, store, hall: before, table: first, log } = await opening(rules)
      let hall = before
      let table: TableActor = first
      for (const one of steps) {
        if (one === 'restart') {
          hall.close(new Error('the process ends'))
          hall = start(store, time)
          await hall.restore()
          const again = hall.table(table.id)
          if (!again) break
          table = again
        } else if ('pass' in one) await time.pass(one.pass)
        else if ('jump' in one) time.jump(one.jump)
        else if ('play' in one) table.submit({ type: 'play', seat: one.seat, move: one.play })
        else if ('gone' in one) table.submit({ type: 'gone', seat: one.gone })
        else table.submit({ type: 'back', seat: one.back })
        await settled()
      }
      await table.flushLog()
      const [opener, ...others] = await log()
      if (!opener) throw new Error('the opening is not there')
      const times = [opener, ...others].map(({ at }) => at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      const replayed = others.reduce(evolve, toOpenedTable(opener, tictactoe as never))
      expect(replayed.clocks).toEqual(table.state.clocks)
      expect(Math.max(...replayed.clocks.used)).toBeLessThanOrEqual(20_000)
    }),
    { numRuns: 200 },
  )
})

test('an event of another server whose clock is ahead does not precede later events', async () => {
  const { time, store, table, log } = await opening({})
  await new Promise<void>((resolve) =>
    store.tables.append(table.id, 1, [{ type: 'said', name: 'ada', text: 'hello', n: 2, at: NOW + HOUR }], () => resolve()),
  )
  await time.pass(10)
  table.submit({ type: 'play', seat: 0, move: 5 })
  await settled()
  expect((await log()).map(({ at }) => at)).toEqual([NOW, NOW + HOUR, NOW + HOUR + 10])
})
