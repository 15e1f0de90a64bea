import { expect, test } from 'vitest'
import { Machine } from '../support/memory-native-client.ts'
import { Room } from '../support/test-lobby.ts'

/** A machine that has entered under a name. */
async function entered(room: Room, name: string): Promise<Machine> {
  const machine = new Machine(room.premises)
  await machine.say({ type: 'enter', name })
  return machine
}

async function lobby(machine: Machine, from?: number) {
  const answer = await machine.say(from === undefined ? { type: 'lobby' } : { type: 'lobby', from })
  if (answer?.type !== 'lobby') throw new Error(`no lobby, but ${answer?.type}`)
  return answer
}

test('the lobby is sent in pages of 100, with the total, and each item is there once', async () => {
  const room = new Room()
  const machines: Machine[] = []
  for (let n = 0; n < 250; n++) machines.push(await entered(room, `user${n}`))
  const [first] = machines
  if (!first) throw new Error('there is no first user')
  for (const machine of machines) await machine.say({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  const pages = [await lobby(first), await lobby(first, 100), await lobby(first, 200), await lobby(first, 300)]
  for (const { total } of pages) expect(total).toEqual({ people: 250, seekers: 250, tables: 0 })
  const names = Array.from({ length: 250 }, (_, n) => `user${n}`)
  expect(pages.map(({ people }) => people.length)).toEqual([100, 100, 50, 0])
  expect(pages.flatMap(({ people }) => people.map(({ name }) => name))).toEqual(names)
  expect(pages.flatMap(({ seekers }) => seekers.map(({ name }) => name))).toEqual(names)
})

test('tables with players or watchers are listed first, the newest first', async () => {
  const room = new Room()
  const machines: Machine[] = []
  for (let n = 0; n < 60; n++) {
    const machine = await entered(room, `user${n}`)
    for (let game = 0; game < 2; game++) await machine.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    machines.push(machine)
  }
  const ids = machines.map((machine) => machine.all('seated').map(({ table }) => table))
  for (const machine of machines.slice(10)) machine.drop()
  const watcher = await entered(room, 'watcher')
  const pages = [await lobby(watcher), await lobby(watcher, 100)]
  const newest = (some: number[][]) => some.flat().sort((one, other) => other - one)
  expect(pages.map(({ total }) => total.tables)).toEqual([120, 120])
  expect(pages.flatMap(({ tables }) => tables.map(({ table }) => table))).toEqual([...newest(ids.slice(0, 10)), ...newest(ids.slice(10))])
  const [deserted = 0] = ids[20] ?? []
  await watcher.say({ type: 'watch', table: deserted })
  expect((await lobby(watcher)).tables.map(({ table }) => table)).toContain(deserted)
  const { table } = machines[0]?.last('seated') ?? { table: 0 }
  await machines[0]?.say({ type: 'resign', table })
  const after = await lobby(watcher)
  expect(after.total.tables).toBe(119)
  expect(after.tables.map((info) => info.table)).not.toContain(table)
})

test('a registered name is in the list once, however many connections it has', async () => {
  const room = new Room()
  const ada = new Machine(room.premises)
  await ada.say({ type: 'register', name: 'ada', password: 'engine-1843' })
  const again = new Machine(room.premises)
  await again.say({ type: 'enter', name: 'ada', password: 'engine-1843' })
  const { people, total } = await lobby(again)
  expect([people.map(({ name }) => name), total.people]).toEqual([['ada'], 1])
  ada.drop()
  expect((await lobby(again)).total.people).toBe(1)
})

test('a user who enters is notified of 100 of its challenges, however many there are', async () => {
  const room = new Room()
  const ada = await entered(room, 'ada')
  for (let n = 0; n < 120; n++) {
    const machine = await entered(room, `user${n}`)
    await machine.say({ type: 'seek', game: 'tictactoe', against: 'ADA', wait: null })
  }
  expect(ada.all('sought')).toHaveLength(120)
  ada.drop()
  const back = await entered(room, 'ada')
  expect(back.all('sought')).toHaveLength(100)
})
