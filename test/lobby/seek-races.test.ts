import { expect, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A lobby, and clients of the native protocol under names. */
async function lobbyOf(...names: readonly string[]) {
  const lobby = new TestLobby()
  const clients: MemoryNativeClient[] = []
  for (const name of names) {
    const client = new MemoryNativeClient(lobby.service)
    await client.say({ type: 'enter', name })
    clients.push(client)
  }
  const open = () => [...lobby.service.hall.openSeeks].map(({ name, game, code }) => ({ name, game, isPrivate: code !== undefined }))
  return { clients, open }
}

function typesOf(answers: readonly ToClient[]): string[] {
  return answers.map((answer) => (answer.type === 'error' ? answer.code : answer.type))
}

test('of two users who join one invitation at the same time, one plays, and the other is refused', async () => {
  const { clients, open } = await lobbyOf('ada', 'bob', 'cat')
  const [ada, bob, cat] = clients as [MemoryNativeClient, MemoryNativeClient, MemoryNativeClient]
  const { code = '' } = (await ada.say({ type: 'seek', game: 'tictactoe', private: true })) as { code?: string }
  await cat.say({ type: 'seek', game: 'scissors' })
  const joined = await Promise.all([bob.say({ type: 'join', code }), cat.say({ type: 'join', code, replace: true })])
  expect(typesOf(joined)).toEqual(['ok', 'no-such-code'])
  expect([bob.all('seated').length, cat.all('seated').length]).toEqual([1, 0])
  // the seek of the user who was too late stays open
  expect(open()).toEqual([{ name: 'cat', game: 'hands', isPrivate: false }])
})

test('a user who accepts a challenge while it is canceled is refused, and the own open seek stays', async () => {
  const { clients, open } = await lobbyOf('ada', 'bob')
  const [ada, bob] = clients as [MemoryNativeClient, MemoryNativeClient]
  await bob.say({ type: 'seek', game: 'scissors' })
  await ada.say({ type: 'seek', game: 'tictactoe', against: 'bob' })
  const answers = await Promise.all([bob.say({ type: 'accept' }), ada.say({ type: 'cancel' })])
  expect(typesOf(answers)).toEqual(['not-now', 'ok'])
  expect(ada.all('sought')).toEqual([])
  expect([ada.all('seated').length, bob.all('seated').length]).toEqual([0, 0])
  expect(open()).toEqual([{ name: 'bob', game: 'hands', isPrivate: false }])
})

test.each([
  ['accepts a challenge', 'accept'],
  ['joins an invitation', 'join'],
])('a user who %s has no open seek afterwards', async (_, how) => {
  const { clients, open } = await lobbyOf('ada', 'bob')
  const [ada, bob] = clients as [MemoryNativeClient, MemoryNativeClient]
  await bob.say({ type: 'seek', game: 'scissors' })
  const terms = how === 'accept' ? { against: 'bob' } : { private: true }
  const { code = '' } = (await ada.say({ type: 'seek', game: 'tictactoe', ...terms })) as { code?: string }
  const answer = await bob.say(how === 'accept' ? { type: 'accept' } : { type: 'join', code, replace: true })
  expect(answer.type).toBe('ok')
  expect([ada.all('seated').length, bob.all('seated').length, open()]).toEqual([1, 1, []])
})
