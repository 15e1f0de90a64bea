import { expect, test, vi } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A lobby whose store fails at the next claim of a seek, such as that of the house when its time has come. */
function lobbyWithFault(): TestLobby {
  const lobby = new TestLobby({ wait: 10_000 })
  vi.spyOn(lobby.store.meeting.seeks, 'claim').mockRejectedValueOnce(new Error('the disk is full'))
  return lobby
}

test('a user at the front door whose seek fails is notified, and can seek again', async () => {
  const lobby = lobbyWithFault()
  const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
  await ada.type('play tictactoe')
  await lobby.clock.pass(10_000)
  expect(ada.news()).toBe(lines('', 'You no longer wait for a game of tictactoe: the server could not open a table:', '  try again.'))
  expect(lobby.troubles).toEqual(['no table of tictactoe could be opened: Error: the disk is full'])
  expect(await ada.type('cancel')).toBe(lines('You do not wait for an opponent.'))
  expect(await ada.type('play tictactoe house')).toContain('Table 1')
})

test('a client of the native protocol whose seek fails gets "withdrawn" with its own name', async () => {
  const lobby = lobbyWithFault()
  const client = new MemoryNativeClient(lobby.service)
  await client.say({ type: 'enter', name: 'ada' })
  await client.say({ type: 'seek', game: 'tictactoe' })
  await lobby.clock.pass(10_000)
  expect(client.all('withdrawn')).toMatchObject([{ name: 'ada', game: 'tictactoe' }])
  expect(await client.say({ type: 'seek', game: 'tictactoe' })).toMatchObject({ type: 'ok' })
})

test('the role of a worksheet program whose seek fails ends its conversation', async () => {
  const lobby = lobbyWithFault()
  const client = await lobby.client('tjc/tictactoe')
  expect(lobby.service.hall.seeks.size).toBe(1)
  await lobby.clock.pass(10_000)
  // the server waits for the client to close
  await lobby.clock.pass(10_000)
  expect(await client.conversation.closed).toMatchObject({ message: 'the disk is full' })
  expect(lobby.service.hall.seeks.size).toBe(0)
})

test('a challenge that the server closes is withdrawn', async () => {
  const lobby = new TestLobby()
  const put = vi.spyOn(lobby.store.meeting.seeks, 'put')
  const [ada, bob] = (await connectDoorUsers(lobby, 'ada', 'bob')) as [DoorUser, DoorUser]
  await ada.type('play tictactoe bob')
  expect(bob.news()).toContain('ada would like to play')
  await lobby.store.meeting.seeks.remove(put.mock.calls[0]?.[0] ?? '')
  await settled()
  expect(bob.news()).toBe(lines('', 'ada no longer waits for you.'))
  expect(ada.news()).toContain('You no longer wait for a game of tictactoe')
  expect(await bob.type('accept')).toBe(lines('You have no challenge or offer to answer.'))
})
