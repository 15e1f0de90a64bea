import { expect, onTestFinished, test } from 'vitest'
import { NetworkHoldings } from '../../src/hall/network-holdings.ts'
import type { Store } from '../../src/hall/ports.ts'
import { type HallLimits, unlimitedHall } from '../../src/lobby/context.ts'
import type { LobbyService } from '../../src/lobby/service.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const HERE = '127.0.0.1'

/** A hall with limits, and users who connect to it from an address. */
function hall(limits: Partial<HallLimits>, store?: Store) {
  const testLobby = new TestLobby({ limits: { ...unlimitedHall, ...limits }, ...(store ? { store } : {}) })
  onTestFinished(() => expect(testLobby.troubles).toEqual([]))
  return {
    ...testLobby,
    connectUser: (address: string, ended: string[] = []) => user(testLobby.service, address, ended),
    clock: testLobby.clock,
    service: testLobby.service,
  }
}

function user(service: LobbyService, address: string, ended: string[]) {
  const house = service.createSeating({ address, endOnDisconnect: () => {}, end: (why) => ended.push(why) }, 'door')
  const ignore = () => {}
  const lobby = house.lobby?.({
    seated: ignore,
    tableEvent: ignore,
    closed: ignore,
    recorded: ignore,
    challenged: ignore,
    challengeWithdrawn: ignore,
    challengeRefused: ignore,
    messageReceived: ignore,
  })
  if (!lobby) throw new Error('there is no lobby')
  return { lobby, leave: () => house.close() }
}

const ALONE = { game: 'hangman', settings: {} }
const PAIR = { game: 'tictactoe', settings: {}, wait: null }
const ADDRESS_IS_FULL = {
  code: 'too-many',
  refused: expect.stringMatching(/^your address holds \d+ tables and open seeks, and the limit is \d+: finish a game/),
}

test('a connection that enters under ever new names has the seats of one user', async () => {
  const { connectUser, service } = hall({ seats: 3 })
  const { lobby } = connectUser('10.0.0.7')
  const answers: unknown[] = []
  for (let n = 0; n < 5; n++) {
    expect(await lobby.enter(`player${n}`)).toBeUndefined()
    answers.push(await lobby.seek(ALONE))
  }
  const refusal = {
    code: 'too-many',
    refused: 'this connection holds 3 seats under all its names, and the limit is 3: finish a game first',
  }
  expect(answers).toEqual([{}, {}, {}, refusal, refusal])
  expect(service.hall.size).toBe(3)
})

test('a connection whose games are over can play again', async () => {
  const { connectUser } = hall({ seats: 1 })
  const { lobby } = connectUser('10.0.0.7')
  await lobby.enter('ada')
  for (let n = 1; n <= 4; n++) {
    expect(await lobby.seek(ALONE)).toEqual({})
    await settled()
    expect(await lobby.act(n, 'resign')).toBeUndefined()
  }
})

test.each([
  ['10.0.0.7', '10.0.0.7', '10.0.0.8'],
  [HERE, '127.0.0.2', '10.0.0.7'],
  [HERE, '::1', '10.0.0.7'],
  ['2001:db8:1:2::7', '2001:db8:1:2:3::', '2001:db8:1:3::7'],
])('an address has one limit of tables for all its connections: %s is %s, and not %s', async (one, same, other) => {
  const { connectUser, service } = hall({ address: 2 })
  const seeks: unknown[] = []
  for (const [n, address] of [one, same, same, one].entries()) {
    const { lobby, leave } = connectUser(address)
    await lobby.enter(`player${n}`)
    seeks.push(await lobby.seek(ALONE))
    leave()
  }
  expect(seeks).toEqual([{}, {}, ADDRESS_IS_FULL, ADDRESS_IS_FULL])
  const { lobby } = connectUser(other)
  await lobby.enter('ada')
  expect(await lobby.seek(ALONE)).toEqual({})
  expect(service.hall.size).toBe(3)
})

test('open seeks count, too, until they are canceled or matched', async () => {
  const { connectUser, service } = hall({ address: 2 })
  const [ada, eve] = [connectUser('10.0.0.7').lobby, connectUser('10.0.0.7').lobby]
  await ada.enter('ada')
  await eve.enter('eve')
  for (let n = 0; n < 3; n++) {
    expect(await ada.seek({ ...PAIR, private: true })).toHaveProperty('code')
    expect(service.hall.owners.count('10.0.0.7')).toBe(1)
    ada.cancel()
  }
  expect(await ada.seek(PAIR)).toEqual({})
  expect(await eve.seek({ ...PAIR, game: 'hands', private: true })).toHaveProperty('code')
  const mallory = connectUser('10.0.0.7').lobby
  await mallory.enter('mallory')
  expect(await mallory.seek(ALONE)).toEqual(ADDRESS_IS_FULL)
  const bob = connectUser('10.0.0.8').lobby
  await bob.enter('bob')
  await bob.seek(PAIR)
  await settled()
  expect([service.hall.size, service.hall.owners.count('10.0.0.7'), service.hall.owners.count('10.0.0.8')]).toEqual([1, 2, 1])
})

test('worksheet ports count in the same way, and the protocol’s own message carries the reason', async () => {
  const testLobby = new TestLobby({ limits: { ...unlimitedHall, address: 1 } })
  const first = await testLobby.client('fh/hangman')
  await first.say('START\n')
  expect(first.received).toMatch(/^WORD/)
  const second = await testLobby.client('fh/hangman')
  await second.say('START\n')
  expect(second.received).toMatch(/^ERROR your address holds 1 table or open seek, and the limit is 1: finish a game/)
  await first.say('QUIT\n')
  await first.close()
  const third = await testLobby.client('fh/hangman')
  await third.say('START\n')
  expect(third.received).toMatch(/^WORD/)
})

test('a restart does not reset the count: an address’s tables count in the next process, and the log contains no address', async () => {
  const store = memoryStore()
  const before = hall({ address: 2 }, store)
  const { lobby } = before.connectUser('10.0.0.7')
  await lobby.enter('ada')
  await lobby.seek(ALONE)
  await lobby.seek(ALONE)
  await settled()
  const [opening] = await store.tables.read(1, 0)
  expect(opening).toMatchObject({ type: 'opened', seats: [{ from: expect.stringMatching(/^[0-9a-f]{8}\.[0-9a-f]{6}$/) }] })
  expect(JSON.stringify(opening)).not.toContain('10.0.0')
  before.service.closeHall(new Error('the process ends'))
  const after = hall({ address: 2 }, store)
  await after.service.open()
  const [again, other] = [after.connectUser('10.0.0.7').lobby, after.connectUser('10.0.0.8').lobby]
  await again.enter('eve')
  await other.enter('bob')
  expect([await again.seek(ALONE), await other.seek(ALONE)]).toEqual([ADDRESS_IS_FULL, {}])
})

test('a finished table no longer counts, after a restart, too', async () => {
  const store = memoryStore()
  const before = hall({ address: 1, move: 60_000 }, store)
  const { lobby, leave } = before.connectUser('10.0.0.7')
  await lobby.enter('ada')
  await lobby.seek(ALONE)
  await settled()
  leave()
  await settled()
  before.service.closeHall(new Error('the process ends'))
  const after = hall({ address: 1, move: 60_000 }, store)
  await after.service.open()
  expect(after.service.hall.owners.count('10.0.0.7')).toBe(1)
  await after.clock.pass(60_000)
  expect(after.service.hall.owners.count('10.0.0.7')).toBe(0)
})

test('a connection watches at most twenty tables at a time', async () => {
  const { connectUser } = hall({})
  const players = Array.from({ length: 21 }, () => connectUser('10.0.0.7').lobby)
  for (const [n, lobby] of players.entries()) {
    await lobby.enter(`player${n}`)
    await lobby.seek({ game: 'tictactoe', settings: {}, wait: 0 })
  }
  await settled()
  const { lobby } = connectUser('10.0.0.8')
  await lobby.enter('eve')
  const observed = Array.from({ length: 21 }, (_, n) => lobby.watch(n + 1) as object)
  expect(observed.slice(0, 20).every((one) => 'game' in one)).toBe(true)
  expect(observed.at(-1)).toEqual({ code: 'too-many', refused: 'you are at 20 tables already: leave one first' })
  expect(lobby.leave(1)).toBeUndefined()
  expect(lobby.watch(21)).toHaveProperty('game')
})

test('marks of another process are found by their salt, and returned marks leave no entry', () => {
  const bytes = (fill: number) => (length: number) => new Uint8Array(length).fill(fill)
  const [before, now] = [new NetworkHoldings(bytes(1)), new NetworkHoldings(bytes(2))]
  const marks = [before.toMark('10.0.0.7'), now.toMark('10.0.0.7'), now.toMark('10.0.0.8')]
  expect(new Set(marks).size).toBe(3)
  for (const mark of marks) now.add(mark)
  expect([now.count('10.0.0.7'), now.count('10.0.0.8'), now.count('10.0.0.9')]).toEqual([2, 1, 0])
  for (const mark of marks) now.remove(mark)
  expect(now.count('10.0.0.7')).toBe(0)
})
