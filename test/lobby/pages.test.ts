import { expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A program that has entered under a name. */
async function entered(testLobby: TestLobby, name: string): Promise<MemoryNativeClient> {
  const client = new MemoryNativeClient(testLobby.service)
  await client.say({ type: 'enter', name })
  return client
}

async function lobby(client: MemoryNativeClient, from?: number) {
  const answer = await client.say(from === undefined ? { type: 'lobby' } : { type: 'lobby', from })
  if (answer?.type !== 'lobby') throw new Error(`no lobby, but ${answer?.type}`)
  return answer
}

test('the lobby is sent in pages of 100, with the total, and each item is there once', async () => {
  const testLobby = new TestLobby()
  const clients: MemoryNativeClient[] = []
  for (let n = 0; n < 250; n++) clients.push(await entered(testLobby, `user${n}`))
  const [first] = clients
  if (!first) throw new Error('there is no first user')
  for (const client of clients) await client.say({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  const pages = [await lobby(first), await lobby(first, 100), await lobby(first, 200), await lobby(first, 300)]
  for (const { total } of pages) expect(total).toEqual({ people: 250, seekers: 250, tables: 0 })
  const names = Array.from({ length: 250 }, (_, n) => `user${n}`)
  expect(pages.map(({ people }) => people.length)).toEqual([100, 100, 50, 0])
  expect(pages.flatMap(({ people }) => people.map(({ name }) => name))).toEqual(names)
  expect(pages.flatMap(({ seekers }) => seekers.map(({ name }) => name))).toEqual(names)
})

test('tables with players or watchers are listed first, the newest first', async () => {
  const testLobby = new TestLobby()
  const clients: MemoryNativeClient[] = []
  for (let n = 0; n < 60; n++) {
    const client = await entered(testLobby, `user${n}`)
    for (let game = 0; game < 2; game++) await client.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    clients.push(client)
  }
  const ids = clients.map((client) => client.all('seated').map(({ table }) => table))
  for (const client of clients.slice(10)) client.drop()
  const watcher = await entered(testLobby, 'watcher')
  const pages = [await lobby(watcher), await lobby(watcher, 100)]
  const newest = (some: number[][]) => some.flat().sort((one, other) => other - one)
  expect(pages.map(({ total }) => total.tables)).toEqual([120, 120])
  expect(pages.flatMap(({ tables }) => tables.map(({ table }) => table))).toEqual([...newest(ids.slice(0, 10)), ...newest(ids.slice(10))])
  const [deserted = 0] = ids[20] ?? []
  await watcher.say({ type: 'watch', table: deserted })
  expect((await lobby(watcher)).tables.map(({ table }) => table)).toContain(deserted)
  const { table } = clients[0]?.last('seated') ?? { table: 0 }
  await clients[0]?.say({ type: 'resign', table })
  const after = await lobby(watcher)
  expect(after.total.tables).toBe(119)
  expect(after.tables.map((info) => info.table)).not.toContain(table)
})

test('a registered name is in the list once, with any number of connections', async () => {
  const testLobby = new TestLobby()
  const ada = new MemoryNativeClient(testLobby.service)
  await ada.say({ type: 'register', name: 'ada', password: 'engine-1843' })
  const again = new MemoryNativeClient(testLobby.service)
  await again.say({ type: 'enter', name: 'ada', password: 'engine-1843' })
  const { people, total } = await lobby(again)
  expect([people.map(({ name }) => name), total.people]).toEqual([['ada'], 1])
  ada.drop()
  expect((await lobby(again)).total.people).toBe(1)
})

test('a user who enters is notified of at most 100 of its challenges', async () => {
  const testLobby = new TestLobby()
  const ada = await entered(testLobby, 'ada')
  for (let n = 0; n < 120; n++) {
    const client = await entered(testLobby, `user${n}`)
    await client.say({ type: 'seek', game: 'tictactoe', against: 'ADA', wait: null })
  }
  expect(ada.all('sought')).toHaveLength(120)
  ada.drop()
  const back = await entered(testLobby, 'ada')
  expect(back.all('sought')).toHaveLength(100)
})
