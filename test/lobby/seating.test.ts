import { describe, expect, test } from 'vitest'
import { hangman } from '../../src/games/hangman.ts'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import type { TableEvent } from '../../src/hall/ports.ts'
import { programNames } from '../../src/programs/index.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { randomUser } from '../../src/testing/random-user.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'
import { SEATING_PROGRAMS } from '../support/matchups.ts'
import { settled, turn } from '../support/test-clock.ts'
import { type LobbyGuest, TestLobby } from '../support/test-lobby.ts'
import { thinking } from '../support/thinking.ts'

/** The game whose seats are reserved for a player that returns. */
const HELD = 'quiz'
const RUNS = 15
/** The number of writes after which a client disconnects. */
const WRITES = [0, 1, 2, 3, 4, 5, 7, 10]
const WAYS = ['closes', 'resets', 'falls silent'] as const
const LIMITS = { first: 10_000, idle: 10_000 }

/** Returns every log in a lobby, one per table. */
async function logs({ store }: TestLobby): Promise<(readonly TableEvent[])[]> {
  const all: (readonly TableEvent[])[] = []
  for (let id = 1; ; id++) {
    const events = await store.tables.read(id, 0)
    if (events.length === 0) return all
    all.push(events)
  }
}

/** Advances the clock until all conversations have ended; returns how each server ended. */
async function finished(lobby: TestLobby, guests: readonly LobbyGuest[]): Promise<(Error | undefined)[]> {
  let left = guests.length
  for (const { server, client } of guests) void Promise.all([server.closed, client.closed]).then(() => left--)
  // some wait for work outside this clock, such as the hash of a password
  while (left > 0) await lobby.clock.pass(1000)
  return Promise.all(guests.map(({ server }) => server.closed))
}

/** Checks that disconnected clients leave no state: no seek, no online user, no waiting table, no timer. */
async function expectEmpty(lobby: TestLobby): Promise<void> {
  await settled()
  expect(lobby.troubles).toEqual([])
  expect([...lobby.service.hall.openSeeks]).toEqual([])
  expect([...lobby.service.people.online]).toEqual([])
  for (const { state, observers } of lobby.service.hall.tables) expect([state.opened.game, observers]).toEqual([HELD, []])
  for (const events of await logs(lobby)) {
    const [first] = events
    expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))
    if (first?.type !== 'opened') throw new TypeError('a log begins with its opening')
    const last = events.findLast(({ type }) => type === 'ended' || type === 'gone')
    expect([first.game, last?.type]).toEqual([first.game, first.game === HELD ? last?.type : 'ended'])
    expect(last).toBeDefined()
  }
  await lobby.clock.pass(120_000)
  expect(lobby.clock.waiting).toBe(0)
}

/** Connects two clients of a program that matches them, and one of any other. */
const PLAYERS = (name: string) => (name === 'fh/tictactoe' ? 2 : 1)

function connectGuests(lobby: TestLobby, name: string, seed: number, prepare?: (wire: MemoryTransport) => void): Promise<LobbyGuest[]> {
  const players = Array.from({ length: PLAYERS(name) }, (_, player) => {
    const random = seededRandom(seed * 10 + player)
    return lobby.guest(
      name,
      randomUser(random, random.integer(5, 40), { think: thinking(random, 3) }),
      {},
      player === 0 ? prepare : undefined,
    )
  })
  return Promise.all(players)
}

/** Lets an end of a wire disconnect after a number of writes; later writes are lost. */
function goAfter(writes: number, way: (typeof WAYS)[number]): (wire: MemoryTransport) => void {
  return (wire) => {
    const write = wire.write.bind(wire)
    const finish = wire.finish.bind(wire)
    const go = () => {
      if (way === 'closes') finish()
      if (way === 'resets') wire.reset()
    }
    let left = writes
    wire.write = (data) => (left-- > 0 ? write(data) : go())
    wire.finish = () => {}
    if (writes === 0) queueMicrotask(go)
  }
}

/** Disconnects the last of several clients that wait for each other, when no client has a question. */
async function dismissed(lobby: TestLobby, guests: readonly LobbyGuest[]): Promise<void> {
  const running = new Set(guests)
  for (const guest of guests) void guest.server.closed.then(() => running.delete(guest))
  for (let quiet = 0; quiet < 30; await lobby.clock.pass(100)) quiet = [...running].some(({ server }) => server.awaited) ? 0 : quiet + 1
  for (const { server } of guests) server.stop(new Disconnected('ours', 'nobody came'))
}

test('this file plays every program that seats its client', async () => {
  const seats: string[] = []
  for (const name of programNames.filter((one) => one !== 'book/secret')) {
    for (let seed = 1; seed <= RUNS && !seats.includes(name); seed++) {
      const lobby = new TestLobby()
      const guests = await connectGuests(lobby, name, seed)
      await dismissed(lobby, guests)
      await finished(lobby, guests)
      if ((await logs(lobby)).length > 0) seats.push(name)
    }
  }
  expect(seats.sort()).toEqual(SEATING_PROGRAMS.toSorted())
})

describe.each(SEATING_PROGRAMS)('%s', (name) => {
  test('Parlor’s client plays against the house, or another client, and leaves no state behind', async () => {
    let moves = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const lobby = new TestLobby({ random: seededRandom(seed) })
      const guests = await connectGuests(lobby, name, seed)
      if (name === 'fh/tictactoe') await dismissed(lobby, guests)
      for (const end of await finished(lobby, guests)) expect(end?.name ?? 'Disconnected').toBe('Disconnected')
      await expectEmpty(lobby)
      for (const events of await logs(lobby)) moves += events.filter(({ type }) => type === 'moved').length
    }
    expect(moves).toBeGreaterThan(RUNS / 2)
  })

  test.each(WAYS)('a client that %s at any point leaves no state behind, and blocks no other', async (way) => {
    for (const writes of WRITES) {
      const lobby = new TestLobby({ random: seededRandom(writes + 1) })
      const patience = new IdleTimeouts(LIMITS, lobby.clock)
      const guests = await connectGuests(lobby, name, writes + 1, goAfter(writes, way))
      for (const { server } of guests) patience.add(server)
      const [gone] = guests
      // a client without a question, such as one that waits for a player, may be silent forever
      await lobby.clock.pass(5 * LIMITS.idle)
      if (way === 'falls silent') for (const { server } of guests) if (!server.awaited) server.stop(new Disconnected('ours', 'nobody came'))
      gone?.client.stop(new Disconnected('ours', 'the test is over'))
      for (const { server } of guests.slice(1)) server.stop(new Disconnected('ours', 'nobody came'))
      await finished(lobby, guests)
      patience.close()
      await expectEmpty(lobby)
    }
  })

  test('a server that stops during the games leaves them unchanged', async () => {
    let tables = 0
    for (const turns of [6, 18, 36, 60, 90, 150, 250]) {
      const store = memoryStore()
      const lobby = new TestLobby({ store, random: seededRandom(turns) })
      const guests = await connectGuests(lobby, name, turns)
      for (let passed = 0; passed < turns; passed++) await turn()
      const before = await logs(lobby)
      const reason = new Disconnected('ours', 'the server was stopped')
      lobby.service.closeHall(reason)
      for (const { server } of guests) server.stop(reason)
      await finished(lobby, guests)
      await lobby.service.hall.settled()
      const after = await logs(lobby)
      tables += after.length
      // pending moves are persisted; no game is resigned, and none begins
      expect(after.length).toBeLessThanOrEqual(before.length + 1)
      for (const [at, events] of after.entries()) {
        expect(events.slice(0, before[at]?.length)).toEqual(before[at] ?? events)
        const left = events.some((event) => event.type === 'ended' && event.outcome.left !== undefined)
        const leftBefore = before[at]?.some((event) => event.type === 'ended' && event.outcome.left !== undefined)
        // a client may have disconnected by itself, before the server stopped
        const goneBefore = before[at]?.some(({ type }) => type === 'gone')
        expect([left, events.some(({ type }) => type === 'gone')]).toEqual([leftBefore ?? false, goneBefore ?? false])
      }
      expect([...lobby.service.hall.tables]).toEqual([])
      expect(lobby.troubles).toEqual([])
      await lobby.clock.pass(120_000)
      expect(lobby.clock.waiting).toBe(0)

      const next = new TestLobby({ store })
      await next.service.open()
      await settled()
      expect(next.troubles).toEqual([])
      for (const { state } of next.service.hall.tables) expect([state.opened.game, state.suspended]).toEqual([HELD, true])
      for (const id of await store.tables.unfinished()) expect(next.service.hall.table(id)).toBeDefined()
    }
    expect(tables).toBeGreaterThan(0)
  })
})

test('a client that disconnects while it waits is not matched', async () => {
  const lobby = new TestLobby({ wait: 600_000 })
  const gone = [await lobby.client('tjc/tictactoe'), await lobby.client('tjc/tictactoe'), await lobby.client('c8/scissors')]
  expect([...lobby.service.hall.openSeeks]).toHaveLength(3)
  await gone[0]?.close()
  await gone[1]?.reset()
  await gone[2]?.close()
  expect([...lobby.service.hall.openSeeks]).toEqual([])
  const alone = await lobby.client('tjc/tictactoe')
  await alone.clock.pass(600_000)
  expect(alone.received).toMatch(/^MOVE\d\n$/)
  await alone.say('nonsense\n')
  await alone.end()
  await expectEmpty(lobby)
})

test('a peer that is seated after a wait is read, and its earlier messages are not lost', async () => {
  const lobby = new TestLobby({ wait: 60_000 })
  const early = await lobby.client('tjc/tictactoe-alternative')
  await early.say('MOVE5\n')
  expect(early.received).toBe('')
  const late = await lobby.client('tjc/tictactoe')
  expect(late.received).toBe('MOVE5\n')
  await late.say('MOVE1\n')
  expect(early.received).toBe('MOVE1\n')
  await late.close()
  // it is this client's turn, and its message crosses the end
  await early.say('MOVE2\n')
  expect(early.received).toBe('MOVE1\nEND\n')
  expect(await early.close()).toBeUndefined()
  await expectEmpty(lobby)
})

test('a seating detects a disconnection only while its role waits for an opponent', async () => {
  const lobby = new TestLobby({ wait: 60_000 })
  const watched: boolean[] = []
  const line = { address: '192.0.2.1', endOnDisconnect: (on: boolean) => watched.push(on), end() {} }
  const house = lobby.service.createSeating(line, 'a program')
  const seat = house.sit(tictactoe, 1, {})
  await settled()
  expect(watched).toEqual([true])
  await lobby.clock.pass(60_000)
  expect((await seat).number).toBe(1)
  expect(watched).toEqual([true, false])
  house.close()
  const late = lobby.service.createSeating(line, 'a program')
  late.close(new Error('the other side broke the connection off'))
  for (const game of [tictactoe, hangman])
    await expect(late.sit(game as typeof tictactoe, 0, {})).rejects.toThrow('the other side broke the connection off')
  await expectEmpty(lobby)
})

test('a waiting seek is rejected when the conversation ends', async () => {
  const lobby = new TestLobby({ wait: 60_000 })
  const house = lobby.service.createSeating({ address: '192.0.2.1', endOnDisconnect() {}, end() {} }, 'a program')
  const seat = house.sit(tictactoe, 1, {})
  house.close(new Error('the other side broke the connection off'))
  await expect(seat).rejects.toThrow('the other side broke the connection off')
  await expectEmpty(lobby)
})

test('decisions at the stop of the server are persisted and recorded before its store is closed', async () => {
  const lobby = new TestLobby()
  const options = { questions: [{ text: '1 + 1?', options: ['1', '2'], right: 1 }], count: 1 }
  const seats = [{ person: 'guest:ada', name: 'ada' }]
  const table = await lobby.service.hall.open('quiz', { options, seats, rated: true })
  table.submit({ type: 'play', seat: 0, move: 'A' })
  lobby.service.closeHall(new Disconnected('ours', 'the server was stopped'))
  await lobby.service.close()
  expect(await lobby.store.results.last()).toBe(1)
  expect(lobby.troubles).toEqual([])
})

test('one game after the other through one connection retains no finished table', async () => {
  const lobby = new TestLobby()
  const client = await lobby.client('fh/hangman', { secret: 'no' })
  for (let game = 0; game < 5; game++) await client.say('START\n', 'n\n', 'o\n')
  expect(client.received.match(/END WON no/g)).toHaveLength(5)
  expect([...lobby.service.hall.tables]).toEqual([])
  await client.say('QUIT\n')
  await client.end()
  await expectEmpty(lobby)
})
