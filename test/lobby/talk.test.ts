import { expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

test('a client that begins a game inside a talk plays it in the hall with the house, and then the talk continues', async () => {
  const lobby = new TestLobby()
  const client = await lobby.client('cs/chat')
  await client.say('hello\n')
  const greeting = client.received
  await client.say('play tictactoe\n')
  expect(client.received).toBe(greeting)
  for (const cell of '123456789') await client.say(`${cell}\n`)
  // a move after the game is a line of talk again
  expect(client.received.slice(greeting.length)).toMatch(/^([1-9]\n|Your move: .*\n)+(A number.*\n)+$/)
  expect(await lobby.store.tables.read(2, 0)).toContainEqual(expect.objectContaining({ type: 'ended' }))
  expect(client.gaveUp).toBeUndefined()
})

test.each([
  { game: 'guess', moves: ['50\n'], answers: /^(LOW|HIGH|WIN)\n$/ },
  { game: 'hangman', moves: ['e\n'], answers: /^WORD \d+ 8\n(AT [\d ]+|MISS 7)\n$/ },
])('the house does not reveal the secret of $game', async ({ game, moves, answers }) => {
  const client = await new TestLobby().client('cs/chat')
  await client.say(`play ${game}\n`, ...moves)
  expect(client.received).toMatch(answers)
})

test('a user who waits for tic-tac-toe plays against a client of the talk', async () => {
  const lobby = new TestLobby()
  const ada = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'enter', name: 'ada' })
  await ada.say({ type: 'seek', game: 'tictactoe', wait: null })
  const client = await lobby.client('cs/chat')
  await client.say('play tictactoe\n', '5\n')
  expect(ada.last('seated')).toMatchObject({ names: ['cs/chat', 'ada'], seat: 1 })
  await ada.say({ type: 'play', table: ada.last('seated').table, move: '1' })
  expect(client.received).toBe('1\n')
})
