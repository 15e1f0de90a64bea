import { expect, test } from 'vitest'
import { shippedGames } from '../../src/games/index.ts'
import { HallReader } from '../../src/lobby/hall-reader.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const ALL = { after: 0, count: 500 }

/** Enters a user, and seats it at a new table of a game beside the house or alone. */
async function seat(lobby: TestLobby, game: string, more: { readonly private?: boolean } = {}): Promise<MemoryNativeClient> {
  const player = new MemoryNativeClient(lobby.service)
  await player.say({ type: 'enter', name: 'ada' })
  await player.say({ type: 'seek', game, ...more, ...(more.private ? {} : { wait: 0 }) })
  await lobby.clock.pass(1)
  return player
}

test.each(shippedGames.entries.map(({ name }) => name))(
  'the record of %s is what a watcher has seen, and exists only after the end',
  async (game) => {
    const lobby = new TestLobby()
    const reader = new HallReader(lobby.service)
    const player = await seat(lobby, game)
    const { table } = player.last('seated')
    const watcher = new MemoryNativeClient(lobby.service)
    await watcher.say({ type: 'watch', table })
    const begin = watcher.last('watching')
    await player.say({ type: 'say', table, text: 'hello' })
    expect(await reader.record(table, ALL)).toMatchObject({ code: 'not-now' })
    expect(reader.listTables({ count: 10 })).toMatchObject({ total: 1, items: [{ table, over: false }] })
    await player.say({ type: 'resign', table })
    const record = await reader.record(table, ALL)
    if ('code' in record) throw new Error(record.refused)
    expect(record).toMatchObject({ table, game, outcome: { resigned: true } })
    // plain data, as a client gets it
    const events = JSON.parse(JSON.stringify(record.events)) as typeof record.events
    expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))
    const live = watcher.all('event').filter((event) => event.table === table)
    expect(live.length).toBeGreaterThan(1)
    for (const { n, what, sight } of live) {
      const recorded = events.find((event) => event.n === n)
      expect(recorded?.what).toEqual(what)
      if (recorded?.view !== undefined) expect(recorded.view).toEqual(sight?.view)
    }
    expect(events.find(({ n }) => n === begin.n)?.view ?? begin.sight?.view).toEqual(begin.sight?.view)
    expect(lobby.troubles).toEqual([])
  },
)

test('a record comes in pages, of which the last has no next', async () => {
  const lobby = new TestLobby()
  const reader = new HallReader(lobby.service)
  const player = await seat(lobby, 'tictactoe')
  const { table } = player.last('seated')
  for (let n = 0; n < 5; n++) await player.say({ type: 'say', table, text: `hello ${n}` })
  await player.say({ type: 'resign', table })
  const found: number[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const record = await reader.record(table, { after, count: 3 })
    if ('code' in record) throw new Error(record.refused)
    expect(record.events.length).toBeLessThanOrEqual(3)
    found.push(...record.events.map(({ n }) => n))
    after = record.next
  }
  expect(found.length).toBeGreaterThan(6)
  expect(found).toEqual(found.map((_, at) => at + 1))
})

test('talks of two people, private games and unknown tables have no record, with the same answer', async () => {
  const lobby = new TestLobby()
  const reader = new HallReader(lobby.service)
  const player = await seat(lobby, 'tictactoe', { private: true })
  const guest = new MemoryNativeClient(lobby.service)
  await guest.say({ type: 'enter', name: 'bob' })
  const { code } = player.last('ok')
  await guest.say({ type: 'join', code: code ?? '' })
  const { table } = player.last('seated')
  expect(await reader.record(table, ALL)).toMatchObject({ code: 'no-such-table' })
  await player.say({ type: 'resign', table })
  expect(await reader.record(table, ALL)).toMatchObject({ code: 'no-such-table' })
  expect(await reader.record(table + 1, ALL)).toMatchObject({ code: 'no-such-table' })
  expect(await reader.history('ada', { count: 10 })).toMatchObject({ total: 0 })
})
