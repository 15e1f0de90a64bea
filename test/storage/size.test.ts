import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeatOwner, Store } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { folder } from '../support/folders.ts'
import { Parlor } from '../support/process.ts'
import { TestClock } from '../support/test-clock.ts'

const KEEP = 1_500_000
const ADA: SeatOwner = { person: 'account:1', name: 'ada', token: 'a'.repeat(64) }
const GRACE: SeatOwner = { person: 'account:2', name: 'grace', token: 'b'.repeat(64) }
const random = seededRandom(1)

function hallOn(store: Store): Hall {
  const onError = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  return new Hall({ store, games, clock: new TestClock(1_700_000_000_000), random, onError })
}

const open = (hall: Hall, n: number) => hall.open('tictactoe', { options: {}, seats: [ADA, GRACE], rated: n % 10 === 0 })

/** Makes a random move; returns whether the game continues. */
function step(table: TableActor): boolean {
  const { rules, position, toMove } = table.state
  const [seat = 0] = toMove
  table.submit({ type: 'play', seat, move: random.choice([...(rules.moves?.(position, seat) ?? [])]) })
  return !table.over
}

/** Plays games to their ends, some at a time. */
async function play(hall: Hall, count: number): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    let going = await Promise.all(Array.from({ length: 50 }, (_, at) => open(hall, from + at)))
    while (going.length > 0) {
      const now = going
      going = going.filter(step)
      await Promise.all(now.map((table) => table.persisted()))
    }
  }
}

const sizeOf = (path: string) => statSync(path).size

test('the file stays within its size with any number of games: ladders, unfinished games and the latest finished games stay', async () => {
  const path = folder()
  const file = join(path, 'parlor.db')
  const store = await openStore({ folder: path, keep: KEEP })
  const hall = hallOn(store)
  const unfinished = await Promise.all(Array.from({ length: 20 }, (_, n) => open(hall, 1 + n)))
  for (const table of unfinished) step(table)
  const sizes: number[] = []
  for (let round = 0; round < 8; round++) {
    await play(hall, 1000)
    for (const table of unfinished.slice(0, 3)) table.submit({ type: 'say', name: 'ada', text: `round ${round}` })
    sizes.push(sizeOf(file))
  }
  await hall.recorder.settled()
  // as many bytes were written several times
  for (const table of [21, 30, 31, 1000]) expect([table, (await store.tables.read(table, 0)).length]).toEqual([table, 0])
  for (const size of sizes) expect(size).toBeLessThan(1.25 * KEEP)
  const last = await open(hall, 1)
  const ladder = await hall.ladder('tictactoe', 10)
  expect(ladder.map(({ games }) => games)).toEqual([800, 800])
  expect((await store.tables.read(last.id - 1, 0)).at(-1)?.type).toBe('ended')
  const logs = await Promise.all(unfinished.map(({ id }) => store.tables.read(id, 0)))
  expect(logs.map(({ length }) => length)).toEqual([10, 10, 10, ...Array<number>(17).fill(2)])
  hall.close(new Error('the process ends'))
  await hall.settled()
  await store.close()

  const again = await openStore({ folder: path, keep: KEEP })
  const after = hallOn(again)
  await after.restore()
  expect(unfinished.map(({ id }) => after.table(id)?.state.position)).toEqual(unfinished.map(({ state }) => state.position))
  expect(await after.ladder('tictactoe', 10)).toEqual(ladder)
  await again.close()
})

test('a process that is killed while it drops old games loses no permanent data', async () => {
  const path = folder()
  for (const last of [60, 150, 300]) {
    await using child = new Parlor([path, '60000'], join(import.meta.dirname, 'writer.ts'))
    await child.shows(new RegExp(`kept 2 ${last}\\d`))
    child.signal('SIGKILL')
    await child.exit
    const received = [...child.output.matchAll(/^kept (\d+) (\d+)$/gm)].map(([, table, n]) => [Number(table), Number(n)] as const)
    const remaining = new Map(received)
    const store = await openStore({ folder: path })
    const unfinished = new Set(await store.tables.unfinished())
    let dropped = 0
    for (const [table, n] of remaining) {
      const events = await store.tables.read(table, 0)
      // a game of the writer has four events, and its tables from 1 to 8 never end
      if (table > 8 && events.length === 0) dropped++
      else expect([table, events.length >= n]).toEqual([table, true])
      if (table <= 8) expect([table, unfinished.has(table)]).toEqual([table, true])
      expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))
    }
    expect(dropped).toBeGreaterThan(0)
    await store.close()
  }
})
