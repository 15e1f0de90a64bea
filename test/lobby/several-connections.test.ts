import { describe, expect, test } from 'vitest'
import { unlimitedHall } from '../../src/lobby/context.ts'
import type { ToClient } from '../../src/native/messages.ts'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { type NativeClient, type StartedServer, startServer } from '../support/start-server.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'
const TICTACTOE = { type: 'seek', game: 'tictactoe', wait: null } as const
const NO_SEEK = { type: 'error', code: 'not-now', message: 'you have no open seek' }

/** Two connections of ada and one of bob, over sockets. */
async function threeSockets(server: StartedServer) {
  const [ada, second, bob] = [await server.program(), await server.program(), await server.program('bob')]
  expect(await ada.ask({ type: 'register', name: 'ada', password: PASSWORD })).toMatchObject({ type: 'entered' })
  expect(await second.ask({ type: 'enter', name: 'ada', password: PASSWORD })).toMatchObject({ type: 'entered', name: 'ada' })
  return { ada, second, bob }
}

/** A program and a person at the front door, both under the name of ada. */
async function programAndPerson(server: StartedServer) {
  const program = await server.program()
  await program.ask({ type: 'register', name: 'ada', password: PASSWORD })
  const person = server.reader()
  await person.until(/What is your name/)
  await person.type('ada', /What is the password/)
  await person.until(/Your screen shows/)
  await person.type(PASSWORD, /^Type "play/)
  return { program, person }
}

/** Two connections of ada and one of bob, in memory. */
async function threeInMemory(lobby = new TestLobby()) {
  const [ada, second, bob] = [
    new MemoryNativeClient(lobby.service),
    new MemoryNativeClient(lobby.service),
    new MemoryNativeClient(lobby.service),
  ]
  await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
  await second.say({ type: 'enter', name: 'ada', password: PASSWORD })
  await bob.say({ type: 'enter', name: 'bob' })
  return { lobby, ada, second, bob }
}

/** The line between two rows of a board. */
const RULE = '-----------'

/** Waits until a client has the event with a number. */
async function eventOf(client: NativeClient, n: number) {
  await client.until(() => client.all('event').some((event) => event.n === n))
  return client.all('event').find((event) => event.n === n)?.what
}

const eventsOf = (client: { all(type: 'event'): Extract<ToClient, { type: 'event' }>[] }) =>
  client.all('event').map(({ what }) => what.type)

describe('two connections of one user to the native protocol, over sockets', () => {
  test('both get the seat that either has sought, both may move, and both see every event', async () => {
    const { ada, second, bob } = await threeSockets(await startServer())
    await ada.ask(TICTACTOE)
    await bob.ask(TICTACTOE)
    const [one, other] = [await ada.first('seated'), await second.first('seated')]
    expect(one).toMatchObject({ table: 1, seat: 0, names: ['ada', 'bob'], token: expect.stringMatching(/^[0-9A-Z]{26}$/) })
    expect(other).toEqual(one)
    expect(await second.ask({ type: 'play', table: 1, move: '1' })).toMatchObject({ type: 'ok' })
    expect(await ada.ask({ type: 'play', table: 1, move: '2' })).toMatchObject({ code: 'illegal-move' })
    await bob.ask({ type: 'play', table: 1, move: '4' })
    expect(await ada.ask({ type: 'play', table: 1, move: '2' })).toMatchObject({ type: 'ok' })
    await bob.ask({ type: 'play', table: 1, move: '5' })
    await second.ask({ type: 'play', table: 1, move: '3' })
    for (const client of [ada, second, bob]) expect(await eventOf(client, 7)).toMatchObject({ type: 'ended', outcome: { winners: [0] } })
    expect(second.all('event')).toEqual(ada.all('event'))
    expect(ada.all('event').map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('the seat is absent when the last connection that has it has ended, and the next login resumes it', async () => {
    const server = await startServer()
    const { ada, second, bob } = await threeSockets(server)
    await ada.ask(TICTACTOE)
    await bob.ask(TICTACTOE)
    await second.first('seated')
    await ada.ask({ type: 'play', table: 1, move: '1' })
    await ada.ask({ type: 'quit' })
    await ada.gone()
    await bob.ask({ type: 'play', table: 1, move: '4' })
    expect(await second.ask({ type: 'play', table: 1, move: '2' })).toMatchObject({ type: 'ok' })
    expect(await eventOf(bob, 4)).toEqual({ type: 'moved', seat: 0 })
    await second.leave()
    expect(await eventOf(bob, 5)).toEqual({ type: 'gone', seat: 0 })
    const back = await server.program()
    await back.ask({ type: 'enter', name: 'ada', password: PASSWORD })
    expect(await back.ask({ type: 'resume', table: 1, after: 3 })).toMatchObject({ type: 'seated', seat: 0, n: 6 })
    expect(eventsOf(back)).toEqual(['moved', 'gone', 'back'])
    expect(await eventOf(bob, 6)).toEqual({ type: 'back', seat: 0 })
  })

  test('a login in the middle of the game shows nothing until it resumes the seat, and then holds it beside the first', async () => {
    const server = await startServer()
    const { ada, second, bob } = await threeSockets(server)
    await second.leave()
    await ada.ask(TICTACTOE)
    await bob.ask(TICTACTOE)
    await ada.ask({ type: 'play', table: 1, move: '1' })
    const late = await server.program()
    expect(await late.ask({ type: 'enter', name: 'ada', password: PASSWORD })).toMatchObject({ tables: [1] })
    expect(await late.ask({ type: 'play', table: 1, move: '2' })).toMatchObject({
      code: 'not-seated',
      message: 'the server holds your seat at table 1: resume it first',
    })
    expect(late.all('seated')).toEqual([])
    expect(await late.ask({ type: 'resume', table: 1 })).toMatchObject({ type: 'seated', seat: 0, n: 2 })
    await bob.ask({ type: 'play', table: 1, move: '4' })
    await late.ask({ type: 'play', table: 1, move: '2' })
    expect(await eventOf(ada, 4)).toEqual({ type: 'moved', seat: 0 })
    expect(await eventOf(late, 4)).toEqual({ type: 'moved', seat: 0 })
    expect(eventsOf(bob)).not.toContain('back')
  })

  test('one seek belongs to both: the other cannot open a second, and cancels or replaces it', async () => {
    const { ada, second, bob } = await threeSockets(await startServer())
    const seekers = async () => {
      const page = await bob.ask({ type: 'lobby' })
      return page.type === 'lobby' ? page.seekers.map(({ name, game }) => `${name} ${game}`) : page
    }
    await ada.ask(TICTACTOE)
    expect(await second.ask({ type: 'seek', game: 'scissors', wait: null })).toMatchObject({
      code: 'not-now',
      message: 'you have an open seek already: cancel it first',
    })
    expect(await seekers()).toEqual(['ada tictactoe'])
    expect(await second.ask({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    expect(await seekers()).toEqual([])
    expect(await ada.ask({ type: 'cancel' })).toMatchObject(NO_SEEK)
    await ada.ask(TICTACTOE)
    await second.ask({ type: 'seek', game: 'scissors', wait: null, replace: true })
    expect(await seekers()).toEqual(['ada scissors'])
    // the seek outlives the connection that has opened it
    await second.ask({ type: 'quit' })
    await second.gone()
    expect(await seekers()).toEqual(['ada scissors'])
    await bob.ask({ type: 'seek', game: 'scissors', wait: null })
    expect(await ada.first('seated')).toMatchObject({ game: 'hands', names: ['ada', 'bob'], token: expect.any(String) })
    expect(second.all('seated')).toEqual([])
  })

  test('both watch a table as one watcher, and each leaves it for itself', async () => {
    const server = await startServer()
    const { ada, second, bob } = await threeSockets(server)
    const carl = await server.program('carl')
    await bob.ask(TICTACTOE)
    await carl.ask(TICTACTOE)
    for (const client of [ada, second]) expect(await client.ask({ type: 'watch', table: 1 })).toMatchObject({ type: 'watching' })
    expect(await carl.ask({ type: 'lobby' })).toMatchObject({ tables: [{ table: 1, watchers: 1 }] })
    expect(await carl.ask({ type: 'watchers', table: 1 })).toMatchObject({ names: ['ada'], total: 1 })
    await bob.ask({ type: 'play', table: 1, move: '1' })
    for (const client of [ada, second]) expect(await eventOf(client, 2)).toEqual({ type: 'moved', seat: 0 })
    expect(await ada.ask({ type: 'leave', table: 1 })).toMatchObject({ type: 'ok' })
    await carl.ask({ type: 'play', table: 1, move: '2' })
    expect(await eventOf(second, 3)).toEqual({ type: 'moved', seat: 1 })
    expect(await carl.ask({ type: 'lobby' })).toMatchObject({ tables: [{ table: 1, watchers: 1 }] })
    await ada.ask({ type: 'ping' })
    expect(ada.all('event').map(({ n }) => n)).toEqual([2])
  })
})

describe('a connection to the native protocol and a user at the front door under one name, over sockets', () => {
  test('play one game: each shows what the other does', async () => {
    const server = await startServer()
    const bob = await server.program('bob')
    const { program, person } = await programAndPerson(server)
    await program.ask(TICTACTOE)
    await bob.ask(TICTACTOE)
    await person.until(/^Your move: /)
    expect(await program.ask({ type: 'play', table: 1, move: '5' })).toMatchObject({ type: 'ok' })
    expect(await person.until(/^bob is to move/)).toEqual(['', ' 1 | 2 | 3', RULE, ' 4 | O | 6', RULE, ' 7 | 8 | 9', '', 'bob is to move.'])
    await program.ask({ type: 'say', table: 1, text: 'good luck' })
    await person.until(/^You say: good luck$/)
    await bob.ask({ type: 'play', table: 1, move: '1' })
    await person.until(/Your move\.$/)
    await person.type('9', /^bob is to move/)
    await program.until(() => program.all('event').some(({ n }) => n === 5))
    expect(program.all('event').at(-1)).toMatchObject({ n: 5, what: { type: 'moved', seat: 0 }, sight: { toMove: [1] } })
    // the program disconnects, and the person continues
    await program.ask({ type: 'quit' })
    await program.gone()
    await bob.ask({ type: 'play', table: 1, move: '2' })
    expect(await eventOf(bob, 6)).toEqual({ type: 'moved', seat: 1 })
    await person.leave()
    expect(await eventOf(bob, 7)).toEqual({ type: 'gone', seat: 0 })
  })

  test('a seek of the program is canceled at the front door, and a seek of the front door by the program', async () => {
    const server = await startServer()
    const { program, person } = await programAndPerson(server)
    await program.ask(TICTACTOE)
    await person.type('cancel', /^You no longer wait for an opponent\.$/)
    expect(await program.ask({ type: 'cancel' })).toMatchObject(NO_SEEK)
    await person.type('play tictactoe', /^You wait for an opponent/)
    expect(await program.ask({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    await person.until(/^Another connection of yours has canceled your seek, tictactoe\.$/)
    await person.type('cancel', /^You do not wait for an opponent\.$/)
  })
})

describe('two connections of one user', () => {
  test('both get the seat of an accepted challenge, and of a rematch', async () => {
    const { ada, second, bob } = await threeInMemory()
    await bob.say({ type: 'seek', game: 'tictactoe', against: 'ada' })
    expect([ada, second].map((client) => client.all('sought').map(({ name }) => name))).toEqual([['bob'], ['bob']])
    await second.say({ type: 'accept' })
    expect([ada, second].map((client) => client.last('seated'))).toMatchObject([
      { table: 1, seat: 1 },
      { table: 1, seat: 1 },
    ])
    await bob.say({ type: 'resign', table: 1 })
    await bob.say({ type: 'offer', table: 1 })
    await ada.say({ type: 'offer', table: 1 })
    expect([ada, second].map((client) => client.last('seated'))).toMatchObject([
      { table: 2, seat: 0 },
      { table: 2, seat: 0 },
    ])
    await second.say({ type: 'play', table: 2, move: '5' })
    expect(ada.last('event')).toMatchObject({ table: 2, what: { type: 'moved', seat: 0 } })
  })

  test('charge a table only to the address that has sought it', async () => {
    const { service } = new TestLobby({ limits: { ...unlimitedHall, disk: 100 } })
    const [ada, second] = [new MemoryNativeClient(service, '10.0.0.1'), new MemoryNativeClient(service, '10.0.0.2')]
    await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
    await second.say({ type: 'enter', name: 'ada', password: PASSWORD })
    const paid = () => ['10.0.0.1', '10.0.0.2'].map((network) => service.spendings.of(network).total)
    const [before = 0, nothing] = paid()
    expect(nothing).toBe(0)
    await ada.say({ type: 'seek', game: 'tictactoe', wait: 0 })
    expect(second.last('seated')).toMatchObject({ table: 1 })
    const bytes = service.hall.table(1)?.bytesWritten ?? 0
    expect(bytes).toBeGreaterThan(100)
    expect(paid()).toEqual([before + bytes + 500, 0])
  })

  test('both get messages, and the refusal of the challenge that either has sent', async () => {
    const { ada, second, bob } = await threeInMemory()
    await bob.say({ type: 'tell', name: 'ada', text: 'hello' })
    await ada.say({ type: 'seek', game: 'tictactoe', against: 'bob' })
    await bob.say({ type: 'refuse' })
    for (const client of [ada, second]) {
      expect(client.last('told')).toMatchObject({ name: 'bob', text: 'hello' })
      expect(client.last('refused')).toMatchObject({ name: 'bob', game: 'tictactoe' })
    }
    expect(await second.say({ type: 'cancel' })).toMatchObject(NO_SEEK)
  })

  test('mute users each for itself', async () => {
    const { ada, second, bob } = await threeInMemory()
    await ada.say({ type: 'mute', name: 'bob' })
    expect(await bob.say({ type: 'tell', name: 'ada', text: 'hello' })).toMatchObject({ type: 'ok' })
    expect([ada, second].map((client) => client.all('told').length)).toEqual([0, 1])
  })

  test('share the limits of seats, of tables and of talk', async () => {
    const { lobby, ada, second, bob } = await threeInMemory(new TestLobby({ limits: { ...unlimitedHall, seats: 2 } }))
    await ada.say({ type: 'seek', game: 'guess' })
    await second.say({ type: 'seek', game: 'guess' })
    const full = { code: 'too-many', message: 'you hold 2 seats, the maximum: finish a game first' }
    for (const client of [ada, second]) expect(await client.say({ type: 'seek', game: 'guess' })).toMatchObject(full)
    for (let at = 0; at < 10; at++) await [ada, second][at % 2]?.say({ type: 'tell', name: 'bob', text: `${at}` })
    for (const client of [ada, second])
      expect(await client.say({ type: 'tell', name: 'bob', text: 'more' })).toMatchObject({ code: 'throttled' })
    expect(bob.all('told')).toHaveLength(10)
    const players = Array.from({ length: 19 }, () => new MemoryNativeClient(lobby.service))
    for (const [at, player] of players.entries()) {
      await player.say({ type: 'enter', name: `p${at}` })
      await player.say({ type: 'seek', game: 'guess' })
    }
    // with the two tables of the seats, 20
    for (let table = 3; table <= 20; table++) expect(await ada.say({ type: 'watch', table })).toMatchObject({ type: 'watching' })
    const many = { code: 'too-many', message: 'you are at 20 tables already: leave one first' }
    for (const client of [ada, second]) expect(await client.say({ type: 'watch', table: 21 })).toMatchObject(many)
    expect(await second.say({ type: 'watch', table: 20 })).toMatchObject({ type: 'watching' })
  })

  test('a connection that takes another name leaves the seek and the seat to the other', async () => {
    const { ada, second, bob } = await threeInMemory()
    await ada.say(TICTACTOE)
    await ada.say({ type: 'enter', name: 'carl' })
    await bob.say(TICTACTOE)
    expect(ada.all('seated')).toEqual([])
    expect(second.last('seated')).toMatchObject({ names: ['ada', 'bob'] })
    await ada.say({ type: 'enter', name: 'ada', password: PASSWORD })
    await ada.say({ type: 'resume', table: 1 })
    await second.say({ type: 'enter', name: 'dora' })
    expect(second.last('closed')).toMatchObject({ table: 1 })
    await ada.say({ type: 'play', table: 1, move: '5' })
    expect(bob.all('event').map(({ what }) => what.type)).toEqual(['opened', 'moved'])
  })

  test('a new password ends the other connection, and the seat and the seek stay with this connection', async () => {
    const { ada, second, bob } = await threeInMemory()
    await ada.say(TICTACTOE)
    await bob.say(TICTACTOE)
    await ada.say({ type: 'seek', game: 'scissors', wait: null })
    expect(await second.say({ type: 'password', old: PASSWORD, password: 'analytical' })).toMatchObject({ type: 'ok', connections: 1 })
    expect(ada.ended).toBe('your password was changed: log in again')
    expect(await second.say({ type: 'play', table: 1, move: '5' })).toMatchObject({ type: 'ok' })
    expect(eventsOf(bob)).not.toContain('gone')
    await bob.say({ type: 'seek', game: 'scissors', wait: null })
    expect(second.last('seated')).toMatchObject({ table: 2 })
    expect(ada.all('seated')).toHaveLength(1)
  })

  test('a removed account ends both, and its seek', async () => {
    const { ada, second, bob } = await threeInMemory()
    await ada.say(TICTACTOE)
    expect(await second.say({ type: 'unregister', password: PASSWORD })).toMatchObject({ type: 'ok', connections: 1 })
    expect(ada.ended).toBe('your name is no longer registered here')
    expect(await bob.say({ type: 'lobby' })).toMatchObject({ seekers: [], people: [{ name: 'bob' }] })
  })

  test('a guest has one connection: the secret moves the name, and the seek of the first connection is canceled', async () => {
    const lobby = new TestLobby()
    const [first, second, bob] = [0, 1, 2].map(() => new MemoryNativeClient(lobby.service)) as [
      MemoryNativeClient,
      MemoryNativeClient,
      MemoryNativeClient,
    ]
    await first.say({ type: 'enter', name: 'gus' })
    await bob.say({ type: 'enter', name: 'bob' })
    await first.say(TICTACTOE)
    expect(await second.say({ type: 'enter', name: 'gus' })).toMatchObject({ code: 'name-taken' })
    const { secret = '' } = first.last('entered')
    await second.say({ type: 'enter', name: 'gus', secret })
    expect(first.ended).toBe('another connection has logged in under your name')
    expect(await bob.say({ type: 'lobby' })).toMatchObject({ seekers: [] })
  })
})

describe('at the front door, a user with another connection', () => {
  async function twoDoors() {
    const lobby = new TestLobby()
    const [ada, second, bob] = (await connectDoorUsers(lobby, 'ada', 'carl', 'bob')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('register', PASSWORD)
    await ada.send(`${PASSWORD}\n`)
    await ada.until('is registered now')
    await second.type('login ada')
    await second.send(`${PASSWORD}\n`)
    await second.until('Type "play tictactoe"')
    return { lobby, ada, second, bob }
  }

  test('may disconnect without holding the seat, and the invitation stays', async () => {
    const { ada, second, bob } = await twoDoors()
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    expect(second.news()).toContain('Your move')
    ada.news()
    const code = /join (\S+)/.exec(await second.type('invite scissors'))?.[1]
    expect(await ada.type('quit')).toBe(lines('Bye. If your terminal does not return, press Ctrl-C.'))
    expect(await second.type('5')).toContain('bob is to move')
    expect(bob.news()).not.toContain('disconnected')
    await bob.type(`join ${code}`)
    expect(second.news()).toContain('Table 2')
    expect(await second.type('quit')).toContain('Bye.')
  })

  test('resumes a seat beside it, and its seek stays open', async () => {
    const { lobby, ada, second, bob } = await twoDoors()
    await second.type('quit')
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await ada.type('play scissors')
    const [late] = (await connectDoorUsers(lobby, 'dora')) as [DoorUser]
    await late.type('login ada')
    await late.send(`${PASSWORD}\n`)
    await late.until('Type "play tictactoe"')
    const resumed = await late.type('resume 1')
    expect(resumed).toContain('Table 1: you are back at tictactoe')
    expect(resumed).not.toContain('no longer wait')
    expect(await late.type('5')).toContain('bob is to move')
    expect(ada.news()).toContain('bob is to move')
    expect(await ada.type('cancel')).toBe(lines('You no longer wait for an opponent.'))
  })

  test('leaves the seek of the other connection open when it takes another name', async () => {
    const { ada, second, bob } = await twoDoors()
    await ada.type('play tictactoe')
    expect(await second.type('name dora')).not.toContain('no longer wait')
    await bob.type('play tictactoe')
    expect(ada.news()).toContain('Your move')
    expect(second.news()).toBe('')
  })

  test('is not notified that another user sees talk if only the own connection does', async () => {
    const { ada, second, bob } = await twoDoors()
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    second.news()
    await bob.drop()
    expect(await ada.type('say hello')).toContain('Sent, but no other user here sees it')
    await settled()
    expect(second.news()).toContain('You say: hello')
  })
})
