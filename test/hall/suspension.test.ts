import { expect, test } from 'vitest'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeatOwner, Store } from '../../src/hall/ports.ts'
import { openBreakableStore } from '../support/breakable-store.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const ADA: SeatOwner = { person: 'account:1', name: 'ada' }
const GRACE: SeatOwner = { person: 'account:2', name: 'grace' }

/** A process with a hall on a store, and its reported errors. */
function start(store: Store, time: TestClock) {
  const troubles: string[] = []
  const hall = new Hall({ store, games, clock: time, random: seededRandom(1), onError: (sentence) => troubles.push(sentence) })
  return { hall, troubles }
}

/** A game with one move, restored by a second process on the same store. */
async function restarted() {
  const time = new TestClock(1_700_000_000_000)
  const data = await openBreakableStore(time)
  const before = start(data.store, time)
  const { id } = await before.hall.open('tictactoe', { options: {}, seats: [ADA, GRACE], clock: { total: 60_000 } })
  await settled()
  before.hall.table(id)?.submit({ type: 'play', seat: 0, move: 5 })
  await settled()
  before.hall.close(new Error('the process ends'))
  const { hall, troubles } = start(data.store, time)
  await hall.restore()
  const table = hall.table(id)
  if (!table) throw new Error('the hall did not restore the table')
  return { time, data, hall, troubles, table, log: () => data.store.tables.read(id, 0) }
}

test('a suspension is appended before the next event, also if that event could not be written at first', async () => {
  const { data, table, troubles, log } = await restarted()
  data.break()
  table.submit({ type: 'back', seat: 1 })
  table.submit({ type: 'back', seat: 0 })
  await settled()
  expect(table.state).toMatchObject({ suspended: true, n: 3 })
  await data.mend()
  await settled()
  table.submit({ type: 'back', seat: 1 })
  await settled()
  table.submit({ type: 'play', seat: 1, move: 1 })
  await settled()
  const events = await log()
  expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))
  expect(events.slice(0, 3).map(({ type }) => type)).toEqual(['opened', 'moved', 'suspended'])
  expect(events.filter(({ type }) => type === 'suspended')).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'moved', seat: 1 })
  expect(troubles).toEqual([])
})

test('the log contains all visible events, and reading it twice appends a suspension once', async () => {
  const { hall, table, log } = await restarted()
  expect(await log()).toHaveLength(2)
  const [one, other] = await Promise.all([hall.log(table.id), hall.log(table.id)])
  expect([one.length, other.length, table.state.n]).toEqual([3, 3, 3])
  await hall.log(table.id)
  expect(await log()).toHaveLength(3)
})
