import { expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** A registered user with a session, logged in with the password. */
async function withSession() {
  const lobby = new TestLobby()
  const ada = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
  await ada.say({ type: 'session' })
  return { lobby, ada, ...ada.last('session') }
}

async function listSessions(client: MemoryNativeClient) {
  const answer = await client.say({ type: 'sessions' })
  if (answer.type !== 'sessions') throw new Error(`the answer is ${JSON.stringify(answer)}`)
  return answer.sessions
}

test('a session has the time of its opening and, to the minute, of its last use', async () => {
  const { lobby, ada, session, key, until } = await withSession()
  const opened = lobby.clock.now()
  expect(await listSessions(ada)).toEqual([{ key, since: opened, used: opened, until, links: [] }])
  await lobby.clock.pass(59_000)
  await new MemoryNativeClient(lobby.service).say({ type: 'return', session })
  expect(await listSessions(ada)).toMatchObject([{ used: opened }])
  await lobby.clock.pass(1000)
  const other = new MemoryNativeClient(lobby.service)
  await other.say({ type: 'return', session })
  expect(await listSessions(ada)).toMatchObject([{ since: opened, used: opened + 60_000 }])
  expect(await listSessions(other)).toMatchObject([{ key, current: true }])
  expect(key).not.toBe(session.slice(0, key.length))
  expect(JSON.stringify(await other.say({ type: 'sessions' }))).not.toContain(session)
})

test('sessions are listed with the last used first, and an ended session is not listed', async () => {
  const { lobby, ada, key: first, until } = await withSession()
  await lobby.clock.pass(1000)
  await ada.say({ type: 'session' })
  const { key: second } = ada.last('session')
  expect((await listSessions(ada)).map(({ key }) => key)).toEqual([second, first])
  await lobby.clock.pass(until - lobby.clock.now())
  expect((await listSessions(ada)).map(({ key }) => key)).toEqual([second])
})

test('the end of a session also ends a login with its token that is under way', async () => {
  const { lobby, ada, session, key } = await withSession()
  const thief = new MemoryNativeClient(lobby.service)
  const entering = thief.say({ type: 'return', session })
  expect(await ada.say({ type: 'revoke', key })).toMatchObject({ type: 'ok', sessions: 1 })
  const answer = await entering
  expect(answer.type === 'error' || thief.ended !== undefined).toBe(true)
  expect(await new MemoryNativeClient(lobby.service).say({ type: 'return', session })).toMatchObject({ code: 'bad-token' })
})

test('the end of all other sessions leaves none that another connection opens at the same time', async () => {
  const { lobby, ada } = await withSession()
  const thieves = [1, 2, 3].map(() => new MemoryNativeClient(lobby.service))
  for (const thief of thieves) {
    await thief.say({ type: 'enter', name: 'ada', password: PASSWORD })
    await thief.say({ type: 'session' })
  }
  const minting = [...thieves, ...thieves].map((thief) => thief.say({ type: 'session' }))
  expect(await ada.say({ type: 'revoke' })).toMatchObject({ type: 'ok', connections: 3 })
  // a connection that the server has ended gets no answer
  await Promise.allSettled(minting)
  const tokens = thieves.flatMap((thief) => thief.all('session').map(({ session }) => session))
  expect(tokens.length).toBeGreaterThanOrEqual(thieves.length)
  for (const session of tokens) {
    expect(await new MemoryNativeClient(lobby.service).say({ type: 'return', session })).toMatchObject({ code: 'bad-token' })
  }
  expect(await listSessions(ada)).toEqual([])
})

test('a user cannot end the sessions of another account, and a guest has none', async () => {
  const { lobby, ada, session, key } = await withSession()
  const eve = new MemoryNativeClient(lobby.service)
  expect(await eve.say({ type: 'sessions' })).toMatchObject({ code: 'who-are-you' })
  await eve.say({ type: 'enter', name: 'eve' })
  expect(await eve.say({ type: 'sessions' })).toMatchObject({ code: 'who-are-you' })
  expect(await eve.say({ type: 'revoke' })).toMatchObject({ code: 'who-are-you' })
  await eve.say({ type: 'register', name: 'eve', password: PASSWORD })
  expect(await eve.say({ type: 'revoke', key })).toMatchObject({ code: 'bad-token' })
  expect(await eve.say({ type: 'revoke' })).toMatchObject({ type: 'ok', sessions: 0, connections: 0 })
  expect(ada.ended).toBeUndefined()
  expect(await new MemoryNativeClient(lobby.service).say({ type: 'return', session })).toMatchObject({ type: 'entered', name: 'ada' })
})
