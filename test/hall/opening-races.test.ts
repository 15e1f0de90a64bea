import { describe, expect, test } from 'vitest'
import type { SeatNumber } from '../../src/games/game.ts'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekRequest } from '../../src/hall/local-seek.ts'
import type { SeatOwner } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { openSlowTables } from '../support/slow-tables.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** A hall whose numbers of tables come late. */
function slowHall() {
  const slow = openSlowTables()
  const troubles: string[] = []
  const time = new TestClock(1000)
  const onError = (sentence: string) => troubles.push(sentence)
  const hall = new Hall({ store: slow.store, games, clock: time, random: seededRandom(1), onError })
  const seated: string[] = []
  const mark = hall.owners.toMark('192.0.2.0/24')
  const owner = (name: string): SeatOwner => ({ person: `guest:${name}`, name, from: mark })
  const seek = (name: string, more: Partial<SeekRequest> = {}) =>
    hall.seek({
      ...{ owner: owner(name), game: 'tictactoe', options: {}, seats: [0, 1], rated: false, wait: Number.POSITIVE_INFINITY },
      onSeated: (table, seat) => seated.push(`${name} ${table.id} ${seat}`),
      ...more,
    })
  const held = () => hall.owners.count('192.0.2.0/24')
  return { hall, slow, time, troubles, seated, owner, seek, held }
}

const CLOSED = new Error('the server was stopped')

/** Watches a table from a seat; returns the function that ends the watching. */
function sit(table: TableActor, seat: SeatNumber): () => void {
  const observer = { viewer: seat, update() {}, closed() {} }
  table.subscribe(observer)
  return () => table.unsubscribe(observer)
}

describe('while a table is being opened', () => {
  test('its seats and its network count from the request on, once', async () => {
    const { hall, slow, owner, held } = slowHall()
    const opening = hall.open('tictactoe', { options: {}, seats: [owner('ada'), owner('grace')] })
    expect([hall.size, hall.countSeats('guest:ada'), hall.countSeats('guest:eve'), held()]).toEqual([1, 1, 0, 1])
    await settled()
    slow.answer()
    const table = await opening
    expect([hall.size, hall.countSeats('guest:ada'), held(), [...hall.seatsOf('guest:ada')]]).toEqual([1, 1, 1, [{ table, seat: 0 }]])
    table.submit({ type: 'leave', seat: 0 })
    await settled()
    expect([hall.size, hall.countSeats('guest:ada'), held()]).toEqual([0, 0, 0])
  })

  test('a hall that closes opens none, and the counts end', async () => {
    const { hall, slow, owner, held, seek, troubles } = slowHall()
    const opening = hall.open('tictactoe', { options: {}, seats: [owner('ada'), owner('grace')] })
    const withHouse = seek('alan', { wait: 0 })
    const results = Promise.allSettled([opening, withHouse.placed])
    await settled()
    expect(slow.waiting).toBe(2)
    hall.close(CLOSED)
    slow.answer()
    expect(await results).toEqual([
      { status: 'rejected', reason: CLOSED },
      { status: 'rejected', reason: CLOSED },
    ])
    expect([hall.size, hall.countSeats('guest:ada'), held(), withHouse.isOpen, troubles]).toEqual([0, 0, 0, false, []])
    expect(await slow.store.tables.unfinished()).toEqual([])
  })

  test('a store that fails opens none, and the counts end', async () => {
    const { hall, slow, owner, held } = slowHall()
    const opening = hall.open('tictactoe', { options: {}, seats: [owner('ada')] })
    const result = Promise.allSettled([opening])
    await settled()
    slow.answer(new Error('the store is far away'))
    expect(await result).toMatchObject([{ status: 'rejected', reason: { message: 'the store is far away' } }])
    expect([hall.size, hall.countSeats('guest:ada'), held()]).toEqual([0, 0, 0])
  })
})

describe('a match whose table is being opened', () => {
  /** Two users whose seeks are matched, until the number of their table comes. */
  async function matched() {
    const all = slowHall()
    const ada = all.seek('ada')
    await ada.placed
    const grace = all.seek('grace')
    await settled()
    return { ...all, ada, grace }
  }

  test('is in no list of open seeks, and its network has two seeks, then one table', async () => {
    const { hall, slow, ada, grace, held, seated } = await matched()
    expect([[...hall.openSeeks], held(), hall.countSeats('guest:ada'), hall.countSeats('guest:grace')]).toEqual([[], 2, 1, 1])
    slow.answer()
    expect(await grace.placed).toBe(false)
    expect([seated, held(), ada.isOpen, grace.isOpen]).toEqual([['ada 1 0', 'grace 1 1'], 1, false, false])
    expect(await Promise.all([ada.cancel(), grace.cancel()])).toEqual([false, false])
  })

  test('is not made if the waiting user cancels: the new seek stays open, and the number is used for the next table', async () => {
    const { hall, slow, ada, grace, held, seated, seek } = await matched()
    expect(await ada.cancel()).toBe(true)
    slow.answer()
    expect(await grace.placed).toBe(true)
    expect([seated, [...hall.openSeeks].map(({ name }) => name), held(), hall.countSeats('guest:ada')]).toEqual([[], ['grace'], 1, 0])
    await seek('alan').placed
    expect(seated).toEqual(['grace 1 0', 'alan 1 1'])
  })

  test('is not made if the new user cancels: the waiting seek stays open, also for a user who has come meanwhile', async () => {
    const { hall, slow, ada, grace, held, seated, seek } = await matched()
    const alan = seek('alan')
    const canceled = grace.cancel()
    await settled()
    expect([...hall.openSeeks].map(({ name }) => name)).toEqual(['alan'])
    slow.answer()
    expect([await canceled, await grace.placed, grace.isOpen]).toEqual([true, false, false])
    await settled()
    expect(seated.toSorted()).toEqual(['ada 1 1', 'alan 1 0'])
    expect([ada.isOpen, alan.isOpen, held(), [...hall.openSeeks]]).toEqual([false, false, 1, []])
  })

  test('is tried with the next open seek if the first was canceled', async () => {
    const all = slowHall()
    const [ada, eve] = [all.seek('ada', { options: undefined }), all.seek('eve', { owner: { person: 'guest:ada', name: 'ada too' } })]
    await Promise.all([ada.placed, eve.placed])
    const grace = all.seek('grace')
    await settled()
    expect(await ada.cancel()).toBe(true)
    all.slow.answer()
    expect(await grace.placed).toBe(false)
    expect(all.seated).toEqual(['eve 1 0', 'grace 1 1'])
  })

  test('leaves the waiting seek open if the store fails', async () => {
    const { hall, slow, ada, grace, held } = await matched()
    const result = Promise.allSettled([grace.placed])
    slow.answer(new Error('the store is far away'))
    expect(await result).toMatchObject([{ status: 'rejected' }])
    expect([[...hall.openSeeks].map(({ name }) => name), ada.isOpen, grace.isOpen, held()]).toEqual([['ada'], true, false, 1])
  })
})

describe('the house', () => {
  test('does not take a seat whose user cancels while the table is being opened', async () => {
    const { slow, seek, seated, time, troubles, held } = slowHall()
    const [ada, grace] = [seek('ada', { wait: 0 }), seek('grace', { wait: 1000, seats: [0] })]
    await grace.placed
    await time.pass(1000)
    const canceled = [ada.cancel(), grace.cancel()]
    slow.answer()
    expect(await Promise.all(canceled)).toEqual([true, true])
    expect([seated, troubles, held(), time.waiting]).toEqual([[], [], 0, 0])
    expect(await slow.store.tables.newTable()).toBe(3)
  })
})

describe('a rematch that is being opened', () => {
  async function over() {
    const all = slowHall()
    const opening = all.hall.open('tictactoe', { options: {}, seats: [all.owner('ada'), { ...all.owner('grace'), token: 'g1' }] })
    await settled()
    all.slow.answer()
    const table = await opening
    const leave = [0, 1].map((seat) => sit(table, seat))
    table.submit({ type: 'resign', seat: 0 })
    await settled()
    return { ...all, table, leave }
  }

  test('is opened once, also if a player disconnects and both offer it again meanwhile', async () => {
    const { hall, table, leave, slow } = await over()
    slow.hold()
    const offers = [await hall.offer(table, 0), hall.offer(table, 1)]
    await settled()
    leave[1]?.()
    table.submit({ type: 'gone', seat: 1 })
    sit(table, 1)
    const more = [hall.offer(table, 0), hall.offer(table, 1)]
    await settled()
    expect(slow.waiting).toBe(1)
    slow.answer()
    expect(await Promise.all([...offers, ...more])).toEqual([undefined, undefined, undefined, undefined])
    await settled()
    expect([[...hall.tables].map(({ id }) => id), table.state.successor]).toEqual([[1, 2], 2])
  })

  test('is refused if a player leaves meanwhile', async () => {
    const { hall, table, leave, slow } = await over()
    slow.hold()
    await hall.offer(table, 0)
    const offer = hall.offer(table, 1)
    await settled()
    leave[0]?.()
    slow.answer()
    expect(await offer).toEqual({ refused: 'ada has left the table' })
    expect([hall.table(2), table.state.successor, hall.countSeats('guest:ada')]).toEqual([undefined, undefined, 0])
  })

  test('does not make a token valid again that a new password has made invalid meanwhile', async () => {
    const { hall, table, slow } = await over()
    slow.hold()
    await hall.offer(table, 0)
    const offer = hall.offer(table, 1)
    await settled()
    hall.revokeTokens('guest:grace')
    slow.answer()
    expect(await offer).toBeUndefined()
    expect([hall.table(2)?.id, hall.findSeatByToken('g1')]).toEqual([2, undefined])
    await settled()
    expect((await slow.store.tables.read(2, 0)).map(({ type }) => type)).toContain('revoked')
  })
})
