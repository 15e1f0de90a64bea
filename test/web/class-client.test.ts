import { expect, onTestFinished, test } from 'vitest'
import type { ClassAccess } from '../../src/web/connection/class-api.ts'
import { ClassClient, type ClassState } from '../../src/web/connection/class-client.ts'
import type { SocketEvents } from '../../src/web/connection/socket.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const LINES = ['{"type":"class","version":1}', '{"type":"connection","row":{"connection":1}}', '{"type":"snapshot","unwatched":2}']

/** A client of a server whose answers the test chooses. */
function openClient(wasLoggedIn = false) {
  const clock = new TestClock()
  const server = { access: { lab: true, operator: false } as ClassAccess, password: 'chalk', sockets: [] as SocketEvents[], closed: 0 }
  const states: ClassState[] = []
  const client = new ClassClient({
    openSocket: (events) => {
      server.sockets.push(events)
      return { send() {}, close: () => void server.closed++ }
    },
    readAccess: async () => server.access,
    logIn: async (password) => {
      if (password !== server.password) return { code: 'bad-password', message: 'that is not the password' }
      server.access = { lab: true, operator: true }
      return undefined
    },
    logOut: async () => {
      server.access = { lab: true, operator: false }
      return undefined
    },
    clock,
    ...{ lost: 'lost', ended: 'ended', wasLoggedIn },
    changed: (state) => states.push(state),
  })
  onTestFinished(() => client.stop())
  const last = () => states.at(-1)
  const send = (...lines: readonly string[]) => {
    for (const line of lines) server.sockets.at(-1)?.received(line)
  }
  return { client, server, clock, last, send }
}

/** The connections in the last state. */
function shown(state: ClassState | undefined): readonly number[] | undefined {
  return state?.stage === 'open' ? [...state.model.rows.keys()] : undefined
}

test('asks for the password, follows the class, and shows the password form after a logout', async () => {
  const { client, server, clock, last, send } = openClient()
  await client.start()
  expect(last()).toEqual({ stage: 'login', isBusy: false })
  await client.logIn('guess')
  expect(last()).toEqual({ stage: 'login', isBusy: false, error: 'that is not the password' })
  expect(server.sockets).toEqual([])
  await client.logIn('chalk')
  send(...LINES)
  await clock.pass(50)
  expect(last()).toMatchObject({ stage: 'open', model: { isWhole: true, unwatched: 2 } })
  expect(shown(last())).toEqual([1])
  await client.logOut()
  expect([server.closed, last()]).toEqual([1, { stage: 'login', isBusy: false }])
})

test('says that the server has no class', async () => {
  const { client, server, last } = openClient()
  server.access = { lab: false, operator: false }
  await client.start()
  expect(last()).toEqual({ stage: 'no-lab' })
})

test('shows the rows of a lost connection until a new snapshot is whole', async () => {
  const { client, server, clock, last, send } = openClient()
  server.access = { lab: true, operator: true }
  await client.start()
  send(...LINES)
  await clock.pass(50)
  server.sockets[0]?.closed()
  expect([last(), shown(last())]).toEqual([expect.objectContaining({ trouble: 'lost' }), [1]])
  await clock.pass(1000)
  await settled()
  expect(server.sockets).toHaveLength(2)
  send('{"type":"class","version":1}', '{"type":"connection","row":{"connection":7}}')
  await clock.pass(50)
  expect(shown(last())).toEqual([1])
  send('{"type":"snapshot","unwatched":0}')
  await clock.pass(50)
  expect([last(), shown(last())]).toEqual([expect.not.objectContaining({ trouble: 'lost' }), [7]])
})

test('shows why the server refuses the class, and tries again', async () => {
  const { client, server, clock, last, send } = openClient()
  server.access = { lab: true, operator: true }
  await client.start()
  send('{"refused":"16 other operators follow the class already"}')
  expect(last()).toMatchObject({ stage: 'open', trouble: '16 other operators follow the class already' })
  await clock.pass(1000)
  await settled()
  expect(server.sockets).toHaveLength(2)
})

test('asks for the password again after the session has ended, and says so', async () => {
  const { client, server, clock, last, send } = openClient()
  server.access = { lab: true, operator: true }
  await client.start()
  send(...LINES)
  await clock.pass(50)
  server.access = { lab: true, operator: false }
  server.sockets[0]?.closed()
  await clock.pass(1000)
  await settled()
  expect(last()).toEqual({ stage: 'login', isBusy: false, error: 'ended' })
})

test('says that the login has ended to an operator who opens the page again after a restart of the server, until the next logout', async () => {
  const { client, last } = openClient(true)
  await client.start()
  expect(last()).toEqual({ stage: 'login', isBusy: false, error: 'ended' })
  await client.logIn('chalk')
  await client.logOut()
  expect(last()).toEqual({ stage: 'login', isBusy: false })
})
