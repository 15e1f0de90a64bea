import { describe, expect, onTestFinished, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { hangman } from '../../src/games/hangman.ts'
import type { Lobby, LobbyListener } from '../../src/hall/api.ts'
import { type HallLimits, unlimitedHall } from '../../src/lobby/context.ts'
import type { LobbyService } from '../../src/lobby/service.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openSlowTables } from '../support/slow-tables.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A user with a lobby session, and the notices of the session. */
interface Connected {
  readonly lobby: Lobby
  readonly heard: string[]
  leave(): void
}

/** A server over a store; any error in it fails the test. */
function server(store = memoryStore(), limits: Partial<HallLimits> = {}) {
  const testLobby = new TestLobby({ store, limits: { ...unlimitedHall, ...limits } })
  onTestFinished(() => expect(testLobby.troubles).toEqual([]))
  return testLobby
}

/** Connects a user to a server, under a name if the caller gives a name. */
async function connect(service: LobbyService, name?: string): Promise<Connected> {
  const heard: string[] = []
  const house = service.createSeating({ address: '192.0.2.1', endOnDisconnect() {}, end: (why) => heard.push(`ended: ${why}`) }, 'door')
  const listener: LobbyListener = {
    seated: ({ table, seat }) => heard.push(`seated ${table} ${seat}`),
    tableEvent() {},
    closed() {},
    recorded() {},
    challenged: (seeker) => heard.push(`challenged by ${seeker.name}`),
    challengeWithdrawn: (seeker) => heard.push(`withdrawn by ${seeker.name}`),
    challengeRefused: (by) => heard.push(`refused by ${by.name}`),
    messageReceived: ({ name: from, text }) => heard.push(`${from}: ${text}`),
  }
  const lobby = house.lobby?.(listener)
  if (!lobby) throw new Error('the seating has no lobby')
  if (name !== undefined) expect(await lobby.enter(name)).toBeUndefined()
  return { lobby, heard, leave: () => house.close() }
}

const SEEK = { game: 'tictactoe', settings: {}, wait: null }

describe('a guest’s name', () => {
  test('and a similar name are taken at all servers until the guest leaves', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const bob = await connect(one.service, 'bob')
    const stranger = await connect(other.service)
    expect(await stranger.lobby.enter('bob')).toMatchObject({ code: 'name-taken', proposal: 'bob2' })
    expect(await stranger.lobby.enter('Bob')).toMatchObject({ code: 'name-taken' })
    expect(await stranger.lobby.enter('b0b')).toMatchObject({ code: 'name-taken' })
    expect(stranger.lobby.me).toBeUndefined()
    bob.leave()
    await settled()
    expect(await stranger.lobby.enter('bob')).toBeUndefined()
    expect(stranger.lobby.me?.name).toBe('bob')
    expect(await (await connect(one.service)).lobby.enter('bob')).toMatchObject({ code: 'name-taken' })
  })

  test('belongs to one of many guests who request it at the same time, at any server', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const guests = await Promise.all(Array.from({ length: 8 }, (_, at) => connect((at % 2 ? one : other).service)))
    const answers = await Promise.all(guests.map(({ lobby }) => lobby.enter('ada')))
    expect(answers.filter((refusal) => refusal === undefined)).toHaveLength(1)
    for (const { leave } of guests) leave()
    await settled()
    expect(await Promise.all(guests.slice(0, 1).map(async () => (await connect(other.service, 'ada')).lobby.me?.name))).toEqual(['ada'])
  })

  test('stays taken while one of two connections of a guest leaves, and is free when a server stops', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const first = await connect(one.service, 'ada')
    const secret = first.lobby.reconnectSecret
    const second = await connect(one.service)
    expect(await second.lobby.enter('ada', { ...(secret === undefined ? {} : { secret }) })).toBeUndefined()
    expect(first.heard).toEqual(['ended: another connection has logged in under your name'])
    first.leave()
    await settled()
    const stranger = await connect(other.service)
    expect(await stranger.lobby.enter('ada')).toMatchObject({ code: 'name-taken' })
    one.service.closeHall(new Error('the server was stopped'))
    await one.service.hall.settled()
    expect(await stranger.lobby.enter('ada')).toBeUndefined()
  })

  test('is not reserved by a login that is refused', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    await connect(one.service, 'bob')
    expect(await (await connect(one.service)).lobby.enter('b0b')).toMatchObject({ code: 'name-taken' })
    const persons: string[] = []
    store.meeting.presence.follow(({ type, person }) => void persons.push(`${type} ${person}`))()
    expect(persons).toEqual(['entered guest:bob'])
    expect(await (await connect(other.service)).lobby.enter('grace')).toBeUndefined()
  })
})

describe('users of two servers', () => {
  test('see each other’s seeks, and play each other', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const [ada, grace] = [await connect(one.service, 'ada'), await connect(other.service, 'grace')]
    expect(await ada.lobby.seek(SEEK)).toEqual({})
    expect(grace.lobby.listSeeks({ count: 9 }).items).toMatchObject([{ name: 'ada', game: 'tictactoe' }])
    expect(await grace.lobby.seek(SEEK)).toEqual({})
    await settled()
    expect([ada.heard, grace.heard]).toEqual([['seated 1 0'], ['seated 1 1']])
    expect(await ada.lobby.cancel()).toBe(false)
  })

  test('join private seeks by their codes', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const [ada, grace] = [await connect(one.service, 'ada'), await connect(other.service, 'grace')]
    const sought = await ada.lobby.seek({ ...SEEK, private: true })
    if (isRefusal(sought) || sought.code === undefined) throw new Error('the seek has no code')
    expect(await grace.lobby.join(sought.code)).toBeUndefined()
    await settled()
    expect([ada.heard, grace.heard]).toEqual([['seated 1 0'], ['seated 1 1']])
  })

  test('are notified of challenges, their withdrawal and messages at each server, unless they have muted the sender', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const ada = await connect(one.service, 'ada')
    const { userNotifier } = other.service
    const seeker = { name: 'grace', game: 'tictactoe', settings: {}, rated: false }
    const message = { from: 'grace', text: 'hello', address: '192.0.2.9' }
    expect(await userNotifier.probe('guest:ada', 'grace')).toBe('delivered')
    userNotifier.sendChallenge({ challenged: 'guest:ada', seeker, address: '192.0.2.9' })()
    expect(await userNotifier.sendMessage({ person: 'guest:ada', name: 'ada' }, message)).toBeUndefined()
    expect(ada.heard).toEqual(['challenged by grace', 'withdrawn by grace', 'grace: hello'])
    await connect(one.service, 'grace')
    expect(await ada.lobby.mute('grace')).toBeUndefined()
    expect(await userNotifier.probe('guest:ada', 'grace')).toBe('muted')
    expect(await userNotifier.sendMessage({ person: 'guest:ada', name: 'ada' }, message)).toMatchObject({ code: 'muted' })
    expect(await userNotifier.probe('guest:eve', 'grace')).toBe('unreached')
    expect(ada.heard).toHaveLength(3)
  })

  test('refuse each other’s challenges', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store)]
    const [ada, grace] = [await connect(one.service, 'ada'), await connect(other.service, 'grace')]
    const [own] = [await connect(one.service, 'eve')]
    await own.lobby.seek({ ...SEEK, against: 'ada' })
    expect(ada.heard).toEqual(['challenged by eve'])
    const [challenge] = other.service.hall.seeks.against('guest:ada').slice(0, 1)
    if (!challenge) throw new Error('the other server does not see the challenge')
    expect(await other.service.hall.refuseChallenge(challenge, 'ada')).toBe(true)
    await settled()
    expect([own.heard, ada.heard, grace.heard]).toEqual([['refused by ada'], ['challenged by eve', 'withdrawn by eve'], []])
    expect(own.lobby.ownSeek).toBeUndefined()
  })
})

describe('while the number of a table comes late', () => {
  test.each([
    ['of one person', { seats: 1 }, 'you hold 1 seat, the maximum'],
    ['of the server', { tables: 1 }, 'the server has 1 open table, the maximum'],
    ['of one address', { address: 1 }, 'your address holds 1 table'],
  ])('two requests in one turn cannot pass the limit %s together', async (_, limits, sentence) => {
    const slow = openSlowTables()
    const { service } = server(slow.store, limits)
    const ada = await connect(service, 'ada')
    const both = Promise.all([1, 2].map(() => ada.lobby.seek({ game: 'hangman', settings: {} })))
    await settled()
    slow.answer()
    const answers = await both
    expect(answers[0]).toEqual({})
    expect(answers[1]).toMatchObject({ code: 'too-many', refused: expect.stringContaining(sentence) })
    expect(service.hall.size).toBe(1)
  })

  test('two seeks in one turn open one seek', async () => {
    const { service } = server()
    const ada = await connect(service, 'ada')
    const answers = await Promise.all([1, 2, 3].map(() => ada.lobby.seek({ ...SEEK, replace: true })))
    expect(service.hall.seeks.size).toBe(1)
    expect(answers.filter(isRefusal)).toMatchObject(answers.slice(1).map(() => ({ code: 'not-now' })))
  })

  test.each([
    ['disconnects', ({ leave }: Connected) => leave()],
    ['changes the name', ({ lobby }: Connected) => void lobby.enter('eve')],
  ])('a user who %s gets no seat there: it is held as after a disconnection', async (_, act) => {
    const slow = openSlowTables()
    const { service } = server(slow.store)
    const ada = await connect(service, 'ada')
    const answer = ada.lobby.seek({ game: 'hangman', settings: {} })
    await settled()
    act(ada)
    await settled()
    slow.answer()
    await answer
    await settled()
    expect(ada.heard).toEqual([])
    const table = service.hall.table(1)
    expect([table?.observers, table?.state.clocks.gone.length]).toEqual([[], 1])
    expect((await slow.store.tables.read(1, 0)).map(({ type }) => type)).toEqual(['opened', 'gone'])
  })

  test('a user who disconnects during a match is not seated, and the waiting seek stays open', async () => {
    const slow = openSlowTables()
    const { service } = server(slow.store)
    const [ada, grace] = [await connect(service, 'ada'), await connect(service, 'grace')]
    await ada.lobby.seek(SEEK)
    const answer = grace.lobby.seek(SEEK)
    await settled()
    grace.leave()
    slow.answer()
    await answer
    await settled()
    expect([ada.heard, grace.heard, [...service.hall.tables]]).toEqual([[], [], []])
    expect(ada.lobby.ownSeek).toMatchObject({ game: 'tictactoe' })
  })

  test('a worksheet client that disconnects leaves its seat', async () => {
    const slow = openSlowTables()
    const { service } = server(slow.store)
    const seating = service.createSeating({ address: '192.0.2.1', endOnDisconnect() {}, end() {} }, 'tjc/hangman')
    const seat = Promise.allSettled([seating.sit(hangman, 0, {})])
    await settled()
    seating.close(new Error('the client has left'))
    slow.answer()
    expect(await seat).toMatchObject([{ status: 'rejected', reason: { message: 'the client has left' } }])
    await settled()
    expect((await slow.store.tables.read(1, 0)).map(({ type }) => type)).toEqual(['opened', 'ended'])
    expect(service.hall.size).toBe(0)
  })
})
