import { expect, test } from 'vitest'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const SEEK = { options: {}, seats: [0, 1], wait: Number.POSITIVE_INFINITY }

/** A lobby with limits of seats and tables, and the access of a new connection to its hall. */
function lobbyWithLimit(seats: number, tables = 1000) {
  const lobby = new TestLobby({ limits: { seats, tables } })
  const connect = () => {
    const { hall } = lobby.service.createSeating({ address: '192.0.2.1', endOnDisconnect() {}, end() {} }, 'test')
    if (!hall) throw new Error('there is no hall')
    return hall
  }
  return { lobby, connect }
}

test('the open seeks of many connections of one user give no more seats than the limit', async () => {
  const { lobby, connect } = lobbyWithLimit(2)
  const password = 'engine-1843'
  const first = connect()
  expect(await first.register('ada', password)).toBeUndefined()
  const others = Array.from({ length: 5 }, connect)
  for (const other of others) expect(await other.logIn('ada', { password })).toBeUndefined()
  const seats = Promise.allSettled([first, ...others].map((own) => own.seek(tictactoe, SEEK)))
  await settled()
  expect(lobby.service.hall.seeks.size).toBe(6)
  for (let n = 0; n < 6; n++) {
    const opponent = connect()
    await opponent.logIn(`bob${n}`)
    opponent.seek(tictactoe, SEEK).catch(() => {})
    await settled()
  }
  const [person] = [...lobby.service.people.online].filter(({ name }) => name === 'ada')
  expect(lobby.service.hall.countSeats(person?.person ?? '')).toBe(2)
  // two seeks were matched, the next opponent found the other four closed, and two of the last four play each other
  const refused = (await seats).flatMap((seat) => (seat.status === 'rejected' ? [seat.reason.message] : []))
  expect(refused).toEqual(Array(4).fill('you hold 2 seats, the maximum: finish a game first'))
  expect(lobby.troubles).toEqual([])
})

test('the house takes no seat opposite a user who has none left', async () => {
  const { lobby, connect } = lobbyWithLimit(1)
  const password = 'engine-1843'
  const [one, other] = [connect(), connect()]
  await one.register('ada', password)
  await other.logIn('ada', { password })
  const seats = Promise.allSettled([one, other].map((own) => own.seek(tictactoe, { ...SEEK, wait: 10_000 })))
  await lobby.clock.pass(10_000)
  expect(await seats).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { reason: 'full', message: 'you hold 1 seat, the maximum: finish a game first' } },
  ])
  expect([lobby.service.hall.size, lobby.service.hall.seeks.size]).toEqual([1, 0])
})

test('the house opens no table beyond the limit of tables', async () => {
  const { lobby, connect } = lobbyWithLimit(10, 1)
  const [ada, grace] = [connect(), connect()]
  await ada.logIn('ada')
  await grace.logIn('grace')
  const seats = Promise.allSettled([
    ada.seek(tictactoe, { ...SEEK, seats: [0], wait: 10_000 }),
    grace.seek(tictactoe, { ...SEEK, seats: [0], wait: 10_000 }),
  ])
  await lobby.clock.pass(10_000)
  expect(await seats).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { message: 'the server has 1 open table, the maximum: try again later' } },
  ])
})

test('rematches that a user has offered give no more seats than the limit', async () => {
  const { lobby } = lobbyWithLimit(1)
  const ada = new MemoryNativeClient(lobby.service)
  await ada.say({ type: 'enter', name: 'ada' })
  const opponents: MemoryNativeClient[] = []
  for (let n = 0; n < 4; n++) {
    const bob = new MemoryNativeClient(lobby.service)
    await bob.say({ type: 'enter', name: `bob${n}` })
    await ada.say({ type: 'seek', game: 'tictactoe' })
    await bob.say({ type: 'seek', game: 'tictactoe' })
    const { table } = bob.last('seated')
    await bob.say({ type: 'resign', table })
    opponents.push(bob)
  }
  for (const bob of opponents) expect((await ada.say({ type: 'offer', table: bob.last('seated').table })).type).toBe('ok')
  const answers = []
  for (const bob of opponents) answers.push(await bob.say({ type: 'offer', table: bob.last('seated').table }))
  expect(answers.map((answer) => (answer.type === 'error' ? answer.message : answer.type))).toEqual([
    'ok',
    ...Array(3).fill('ada holds 1 seat, the maximum: a rematch needs another seat'),
  ])
  const [person] = [...lobby.service.people.online].filter(({ name }) => name === 'ada')
  expect(lobby.service.hall.countSeats(person?.person ?? '')).toBe(1)
})
