import { describe, expect, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { type NativeClient, type StartedServer, startServer } from '../support/start-server.ts'

const PASSWORD = 'engine-1843'
const NEW = 'difference-2'

/** A program that is logged in to ada's account, which `register` creates. */
async function ada(door: StartedServer, how: 'register' | 'enter' = 'enter', password = PASSWORD): Promise<NativeClient> {
  const client = await door.program()
  expect(await client.ask({ type: how, name: 'ada', password })).toMatchObject({ type: 'entered', registered: true })
  return client
}

async function sessionOf(client: NativeClient): Promise<string> {
  const answer = await client.ask({ type: 'session' })
  if (answer.type !== 'session') throw new Error(JSON.stringify(answer))
  return answer.session
}

/** Returns the answer of a new connection to a command. */
async function asked(door: StartedServer, command: Parameters<NativeClient['ask']>[0]): Promise<ToClient> {
  return (await door.program()).ask(command)
}

/** A rated game of ada against grace, and the tokens of the seats. */
async function ratedGame(door: StartedServer, owner: NativeClient) {
  const grace = await door.program()
  await grace.ask({ type: 'register', name: 'grace', password: PASSWORD })
  await owner.ask({ type: 'seek', game: 'tictactoe', rated: true })
  await grace.ask({ type: 'seek', game: 'tictactoe', rated: true })
  const { table, token = '', seat } = await owner.first('seated')
  await grace.first('seated')
  return { grace, table, token, seat }
}

describe('a password change', () => {
  test('ends all other connections and sessions, and invalidates all earlier tokens', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const thief = await ada(door)
    const { token } = await ratedGame(door, owner)
    const seatThief = await door.program()
    expect(await seatThief.ask({ type: 'resume', token })).toMatchObject({ type: 'seated' })
    const sessions = [await sessionOf(owner), await sessionOf(thief)]
    const answer = await owner.ask({ type: 'password', old: PASSWORD, password: NEW })
    expect(answer).toMatchObject({ type: 'ok', connections: 2, sessions: 2 })
    for (const one of [thief, seatThief]) {
      await one.gone()
      expect(one.all('bye')).toEqual([{ type: 'bye', message: 'your password was changed: log in again' }])
    }
    for (const session of sessions) expect(await asked(door, { type: 'return', session })).toMatchObject({ code: 'bad-token' })
    expect(await asked(door, { type: 'resume', token })).toMatchObject({ code: 'bad-token' })
    expect(await asked(door, { type: 'enter', name: 'ada', password: PASSWORD })).toMatchObject({ code: 'bad-password' })
    await ada(door, 'enter', NEW)
    // the connection that changed the password continues
    expect(await owner.ask({ type: 'session' })).toMatchObject({ type: 'session' })
  })

  test('leaves its owner at the table, and the opponent continues; a rematch has a new token', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const { grace, table, token } = await ratedGame(door, owner)
    await owner.ask({ type: 'password', old: PASSWORD, password: NEW })
    expect(await owner.ask({ type: 'resign', table })).toMatchObject({ type: 'ok' })
    for (const one of [owner, grace]) await one.ask({ type: 'offer', table })
    await owner.until(() => owner.all('seated').length === 2)
    expect(await asked(door, { type: 'resume', token })).toMatchObject({ code: 'bad-token' })
  })

  test('is refused without the old password, and then ends no connection', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const other = await ada(door)
    const session = await sessionOf(other)
    expect(await owner.ask({ type: 'password', old: NEW, password: NEW })).toMatchObject({ code: 'bad-password' })
    expect(await other.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
    expect(await asked(door, { type: 'return', session })).toMatchObject({ type: 'entered', name: 'ada' })
  })

  test('reports the number of ended connections at the front door', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    await sessionOf(owner)
    const caller = await door.caller()
    await caller.until(/What is your name/)
    await caller.type('ada', /What is the password/)
    await caller.until(/Your screen shows/)
    await caller.type(PASSWORD, /^Type "play/)
    await caller.type('password', /Your screen shows/)
    await caller.type(PASSWORD, /The new password/)
    await caller.type(NEW, /once more/)
    expect(await caller.type(NEW, /changed/)).toContain('Your password is changed. 1 other connection and 1 session were ended.')
    await owner.gone()
  })

  test('refuses a login that is under way', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const entering = [door.program(), door.program(), door.program()].map(async (client) =>
      (await client).ask({ type: 'enter', name: 'ada', password: PASSWORD }),
    )
    await owner.ask({ type: 'password', old: PASSWORD, password: NEW })
    await Promise.allSettled(entering)
    await owner.ask({ type: 'ping' })
    expect([...door.service.people.online].map(({ name }) => name)).toEqual(['ada'])
  })
})

describe('a removal', () => {
  test('ends all connections and sessions, gives the seats up, and leaves no ghost on the ladder', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const session = await sessionOf(owner)
    const { grace, table, token } = await ratedGame(door, owner)
    await grace.ask({ type: 'resign', table })
    await owner.until(() => owner.all('event').some(({ what }) => what.type === 'ended'))
    const ladder = async () => {
      const answer = await grace.ask({ type: 'ladder', game: 'tictactoe' })
      return answer.type === 'ladder' ? answer.best.map(({ name }) => name) : []
    }
    expect(await ladder()).toEqual(['ada', 'grace'])
    await owner.ask({ type: 'seek', game: 'tictactoe', rated: true })
    await grace.ask({ type: 'seek', game: 'tictactoe', rated: true })
    await grace.until(() => grace.all('seated').length === 2)
    const next = grace.all('seated').at(-1)?.table
    expect(await door.service.people.remove('ada')).toEqual({ connections: 1, sessions: 1 })
    await owner.gone()
    await grace.until(() => grace.all('event').some((event) => event.table === next && event.what.type === 'ended'))
    expect(await ladder()).toEqual(['grace'])
    expect(await asked(door, { type: 'return', session })).toMatchObject({ code: 'bad-token' })
    expect(await asked(door, { type: 'resume', token })).toMatchObject({ code: 'bad-token' })
    const again = await ada(door, 'register')
    expect(await again.ask({ type: 'ladder', game: 'tictactoe' })).not.toHaveProperty('own')
  })

  test('by its owner requires the password, and reports the number of ended connections; the connection has no user then', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const other = await ada(door)
    expect(await owner.ask({ type: 'unregister', password: NEW })).toMatchObject({ code: 'bad-password' })
    expect(await owner.ask({ type: 'unregister', password: PASSWORD })).toMatchObject({ type: 'ok', connections: 1, sessions: 0 })
    await other.gone()
    expect(await owner.ask({ type: 'seek', game: 'tictactoe' })).toMatchObject({ code: 'who-are-you' })
    expect(await owner.ask({ type: 'enter', name: 'ada' })).toMatchObject({ type: 'entered', registered: false })
    expect(await owner.ask({ type: 'unregister', password: PASSWORD })).toMatchObject({ code: 'who-are-you' })
  })
})

describe('the token of a seat', () => {
  test('opens its seat, and not the account', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const { grace, table, token, seat } = await ratedGame(door, owner)
    await owner.leave()
    const holder = await door.program()
    expect(await holder.ask({ type: 'resume', token })).toMatchObject({ type: 'seated', table, seat })
    const refused = { type: 'error', code: 'who-are-you' }
    expect(await holder.ask({ type: 'session' })).toMatchObject(refused)
    expect(await holder.ask({ type: 'seek', game: 'tictactoe', rated: true })).toMatchObject(refused)
    expect(await holder.ask({ type: 'password', old: PASSWORD, password: NEW })).toMatchObject(refused)
    expect(await holder.ask({ type: 'unregister', password: PASSWORD })).toMatchObject(refused)
    expect(await holder.ask({ type: 'say', table, text: 'hello' })).toMatchObject({ type: 'ok' })
    expect(await holder.ask({ type: 'resign', table })).toMatchObject({ type: 'ok' })
    await grace.ask({ type: 'offer', table })
    expect(await holder.ask({ type: 'offer', table })).toMatchObject({
      ...refused,
      message: 'the token gives access to this seat only: enter as ada to play again',
    })
    expect([...door.service.people.online].map(({ name }) => name)).toEqual(['grace'])
  })

  test('opens no other table of the account', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    const { token } = await ratedGame(door, owner)
    await owner.ask({ type: 'seek', game: 'scissors', wait: 0 })
    await owner.until(() => owner.all('seated').length === 2)
    const other = owner.all('seated').at(-1)?.table ?? 0
    const holder = await door.program()
    await holder.ask({ type: 'resume', token })
    expect(await holder.ask({ type: 'resume', table: other })).toMatchObject({ code: 'no-such-table' })
    expect(await holder.ask({ type: 'resign', table: other })).toMatchObject({ code: 'not-seated' })
  })

  test('is enough to continue the game at the front door, at the question for the name', async () => {
    const door = await startServer()
    const owner = await ada(door, 'register')
    await owner.ask({ type: 'seek', game: 'tictactoe', wait: 0 })
    const { table, token = '' } = await owner.first('seated')
    await owner.leave()
    const caller = await door.caller()
    await caller.until(/What is your name/)
    const [said] = await caller.type(`resume ${token}`, /This token opens only the seat/)
    expect(said).toBe(`This token opens only the seat of ada at table ${table}; "login ada" opens all seats.`)
    await caller.type('play scissors', /^That needs a name, not only a seat: type "name NAME" or "login NAME"\.$/)
    await caller.type('login ada', /What is the password/)
    await caller.until(/Your screen shows/)
    expect(await caller.type(PASSWORD, /^Type "play/)).toContain('Hello, ada. No other user is here.')
    await caller.type('resign', /You have resigned/)
  })
})

describe('a guest', () => {
  test('is not disconnected by a client that enters its name with again; the server proposes another name', async () => {
    const door = await startServer()
    const guest = await door.program('grace')
    const stranger = await door.program()
    expect(await stranger.ask({ type: 'enter', name: 'grace', again: true })).toMatchObject({
      code: 'name-taken',
      message: 'grace is taken; try grace2',
      proposal: 'grace2',
    })
    expect(await stranger.ask({ type: 'enter', name: 'grace2' })).toMatchObject({ type: 'entered', name: 'grace2' })
    expect(await guest.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  test('enters again with the secret that it was given', async () => {
    const door = await startServer()
    const guest = await door.program('grace')
    const { secret = '' } = await guest.first('entered')
    expect(secret).toMatch(/^[0-9A-Z]{26}$/)
    const again = await door.program()
    const answer = await again.ask({ type: 'enter', name: 'grace', secret })
    expect(answer).toMatchObject({ type: 'entered', name: 'grace' })
    await guest.gone()
    expect(guest.all('bye')).toEqual([{ type: 'bye', message: 'another connection has logged in under your name' }])
    // each secret is valid once
    expect(await asked(door, { type: 'enter', name: 'grace', secret })).toMatchObject({ code: 'name-taken' })
  })

  test('is not affected, after leaving a seat, by the token of an earlier guest of the name', async () => {
    const door = await startServer()
    const first = await door.program('grace')
    await first.ask({ type: 'seek', game: 'hangman' })
    const { token = '', table } = await first.first('seated')
    await first.ask({ type: 'enter', name: 'joan' })
    const second = await door.program()
    expect(await second.ask({ type: 'enter', name: 'grace' })).toMatchObject({ type: 'entered' })
    const back = await door.program()
    expect(await back.ask({ type: 'resume', token })).toMatchObject({ type: 'seated', table })
    expect(await second.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
    expect([...door.service.people.online].map(({ name }) => name).sort()).toEqual(['grace', 'joan'])
    // the next user of the name does not get the seat either
    await second.ask({ type: 'enter', name: 'emmy' })
    const third = await door.program()
    expect(await third.ask({ type: 'enter', name: 'grace' })).toMatchObject({ type: 'entered' })
    expect(await third.ask({ type: 'resign', table })).toMatchObject({ code: 'not-seated' })
    expect(await back.ask({ type: 'resign', table })).toMatchObject({ type: 'ok' })
  })
})
