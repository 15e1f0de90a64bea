import { expect, test } from 'vitest'
import { DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const NUMBER = 'name cannot be a number, which can mean a move or a table: add a letter'

async function caller(lobby: TestLobby): Promise<DoorUser> {
  const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
  await settled()
  caller.news()
  return caller
}

test('a name that "play" would misread is refused to a guest, at "login" and at "register", and in the native protocol', async () => {
  const lobby = new TestLobby()
  const ada = await caller(lobby)
  expect(await ada.type('123')).toBe(lines(`A ${NUMBER}.`, 'What is your name?'))
  expect(await ada.type('register rated')).toContain('rated cannot be a name')
  await ada.type('ada')
  expect(await ada.type('name 123')).toBe(lines(`A ${NUMBER}.`))
  expect(await ada.type('register tictactoe')).toContain('tictactoe cannot be a name: it is a game')
  const client = new MemoryNativeClient(lobby.service)
  expect(await client.say({ type: 'enter', name: '123' })).toMatchObject({ type: 'error', code: 'bad-name', message: `a ${NUMBER}` })
  expect(await client.say({ type: 'register', name: 'size', password: 'engine-1843' })).toMatchObject({ code: 'bad-name' })
})

test('an account with a name that is reserved now stays usable', async () => {
  const lobby = new TestLobby()
  const entry = { name: 'rated', password: 'engine-1843', address: '127.0.0.1', onReplaced() {} }
  expect(await lobby.service.people.register(entry)).toMatchObject({ name: 'rated' })
  const ada = await caller(lobby)
  expect(await ada.type('rated')).toContain('rated is registered. What is the password?')
  await ada.send('engine-1843\n')
  expect(await ada.until('Hello, rated.')).toBeTruthy()
})

test('"login" is for registered names, and changes nothing for others', async () => {
  const lobby = new TestLobby()
  const ida = await caller(lobby)
  expect(await ida.type('login nosuch')).toBe(lines('nosuch is not registered.', 'What is your name?'))
  await ida.type('ida', 'play tictactoe')
  expect(await ida.type('login nosuch')).toBe(lines('nosuch is not registered. To become a guest of that name, type: name nosuch'))
  expect(await ida.type('cancel')).toBe(lines('You no longer wait for an opponent.'))
  expect([...lobby.service.people.online].map(({ name }) => name)).toEqual(['ida'])
  expect(await ida.type('name nosuch')).toContain('Hello, nosuch.')
})
