import { expect, test } from 'vitest'
import { Catalog } from '../../src/games/catalog.ts'
import type { AnyGame } from '../../src/games/game.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

test('many watchers of a table cost one view of the game for each move, and receive the same event as one watcher', async () => {
  const viewers: unknown[] = []
  const counted = {
    ...tictactoe,
    view(...args: Parameters<typeof tictactoe.view>) {
      viewers.push(args[1])
      return tictactoe.view(...args)
    },
  }
  const lobby = new TestLobby({ catalog: new Catalog([counted as unknown as AnyGame]) })
  const ada = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'enter', name: 'ada' })
  const bob = new MemoryNativeClient(lobby.service)
  await bob.say({ type: 'enter', name: 'bob' })
  await ada.say({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  await bob.say({ type: 'seek', game: 'tictactoe', wait: null })
  const { table } = ada.last('seated')
  const watchers = Array.from({ length: 30 }, () => new MemoryNativeClient(lobby.service))
  for (const watcher of watchers) await watcher.say({ type: 'watch', table })
  viewers.length = 0
  await ada.say({ type: 'play', table, move: '5' })
  expect(viewers.filter((viewer) => viewer === 'watcher')).toHaveLength(1)
  const [first, ...others] = watchers.map((watcher) => watcher.last('event'))
  expect(first).toMatchObject({ table, what: { type: 'moved', seat: 0 }, sight: { turn: false, view: { cells: '----O----' } } })
  for (const event of others) expect(event).toEqual(first)
  // a player's own event is not shared with the watchers
  expect(ada.last('event').sight?.turn).toBe(false)
  expect(bob.last('event').sight?.turn).toBe(true)
})
