import { describe, expect, test } from 'vitest'
import { hangman } from '../../src/games/hangman.ts'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import type { TableEvent } from '../../src/hall/ports.ts'
import { programNames } from '../../src/programs/index.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { memoryStore } from '../../src/storage/memory.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'
import { settled } from '../support/test-clock.ts'
import { restless } from '../support/random-user.ts'
import { type Guest, Room } from '../support/test-lobby.ts'

/** The programs whose server seats its client. */
const SITS = [
  ...['tjc/robot', 'tjc/chat', 'tjc/chat-quit', 'tjc/tictactoe', 'tjc/tictactoe-alternative', 'tjc/guess'],
  ...['c8/chat', 'c8/chat-bye', 'c8/headtail', 'c8/headtail-counters', 'c8/highlow', 'c8/scissors'],
  ...['cs/chat', 'fh/quiz', 'fh/hangman', 'fh/tictactoe', 'book/guess'],
]
/** The game whose seats are reserved for a player that returns. */
const HELD = 'quiz'
const RUNS = 15
/** The number of writes after which a client disconnects. */
const WRITES = [0, 1, 2, 3, 4, 5, 7, 10]
const WAYS = ['closes', 'resets', 'falls silent'] as const
const LIMITS = { first: 10_000, idle: 10_000 }

/** Returns every log in a room, one per table. */
async function logs({ store }: Room): Promise<(readonly TableEvent[])[]> {
  const all: (readonly TableEvent[])[] = []
  for (let id = 1; ; id++) {
    const events = await store.tables.read(id, 0)
    if (events.length === 0) return all
    all.push(events)
  }
}

/** Advances the clock until all conversations have ended; returns how each server ended. */
async function finished(room: Room, guests: readonly Guest[]): Promise<(Error | undefined)[]> {
  let left = guests.length
  for (const { server, client } of guests) void Promise.all([server.closed, client.closed]).then(() => left--)
  // some wait for work outside this clock, such as the hash of a password
  while (left > 0) await room.clock.pass(1000)
  return Promise.all(guests.map(({ server }) => server.closed))
}

/** Checks that disconnected clients leave no state: no seek, no online user, no waiting table, no timer. */
async function expectEmpty(room: Room): Promise<void> {
  await settled()
  expect(room.troubles).toEqual([])
  expect([...room.premises.hall.openSeeks]).toEqual([])
  expect([...room.premises.people.online]).toEqual([])
  for (const { state, observers } of room.premises.hall.tables) expect([state.opened.game, observers]).toEqual([HELD, []])
  for (const events of await logs(room)) {
    const [first] = events
    expect(events.map(({ n }) => n)).toEqual(events.map((_, at) => at + 1))
    if (first?.type !== 'opened') throw new TypeError('a log begins with its opening')
    const last = events.findLast(({ type }) => type === 'ended' || type === 'gone')
    expect([first.game, last?.type]).toEqual([first.game, first.game === HELD ? last?.type : 'ended'])
    expect(last).toBeDefined()
  }
  await room.clock.pass(120_000)
  expect(room.clock.waiting).toBe(0)
}

/** Connects two clients of a program that matches them, and one of any other. */
const PLAYERS = (name: string) => (name === 'fh/tictactoe' ? 2 : 1)

function came(room: Room, name: string, seed: number, prepare?: (wire: MemoryTransport) => void): Promise<Guest[]> {
  const players = Array.from({ length: PLAYERS(name) }, (_, player) => {
    const random = seededRandom(seed * 10 + player)
    return room.guest(name, restless(random, random.integer(5, 40), 3), {}, player === 0 ? prepare : undefined)
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

/** Disconnects the last of several clients that wait for each other, once no client has a question. */
async function dismissed(room: Room, guests: readonly Guest[]): Promise<void> {
  const running = new Set(guests)
  for (const guest of guests) void guest.server.closed.then(() => running.delete(guest))
  for (let quiet = 0; quiet < 30; await room.clock.pass(100)) quiet = [...running].some(({ server }) => server.awaited) ? 0 : quiet + 1
  for (const { server } of guests) server.stop(new Disconnected('ours', 'nobody came'))
}

test('this file plays every program that seats its client', async () => {
  const seats: string[] = []
  for (const name of programNames.filter((one) => one !== 'book/secret')) {
    for (let seed = 1; seed <= RUNS && !seats.includes(name); seed++) {
      const room = new Room()
      const guests = await came(room, name, seed)
      await dismissed(room, guests)
      await finished(room, guests)
      if ((await logs(room)).length > 0) seats.push(name)
    }
  }
  expect(seats.sort()).toEqual(SITS.toSorted())
})

describe.each(SITS)('%s', (name) => {
  test('our client plays against the house, or another client, and leaves no state behind', async () => {
    let moves = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const room = new Room({ random: seededRandom(seed) })
      const guests = await came(room, name, seed)
      if (name === 'fh/tictactoe') await dismissed(room, guests)
      for (const end of await finished(room, guests)) expect(end?.name ?? 'Disconnected').toBe('Disconnected')
      await expectEmpty(room)
      for (const events of await logs(room)) moves += events.filter(({ type }) => type === 'moved').length
    }
    expect(moves).toBeGreaterThan(RUNS / 2)
  })

  test.each(WAYS)('a client that %s at any point leaves no state behind, and blocks no other', async (way) => {
    for (const writes of WRITES) {
      const room = new Room({ random: seededRandom(writes + 1) })
      const patience = new IdleTimeouts(LIMITS, room.clock)
      const guests = await came(room, name, writes + 1, goAfter(writes, way))
      for (const { server } of guests) patience.add(server)
      const [gone] = guests
      // a client without a question, such as one that waits for a player, may be silent for ever
      await room.clock.pass(5 * LIMITS.idle)
      if (way === 'falls silent') for (const { server } of guests) if (!server.awaited) server.stop(new Disconnected('ours', 'nobody came'))
      gone?.client.stop(new Disconnected('ours', 'the test is over'))
      for (const { server } of guests.slice(1)) server.stop(new Disconnected('ours', 'nobody came'))
      await finished(room, guests)
      patience.close()
      await expectEmpty(room)
    }
  })

  test('a server that stops during the games leaves them unchanged', async () => {
    for (const turns of [1, 3, 6, 10, 15]) {
      const store = memoryStore()
      const room = new Room({ store, random: seededRandom(turns) })
      const guests = await came(room, name, turns)
      for (let turn = 0; turn < turns; turn++) await settled()
      const before = await logs(room)
      const reason = new Disconnected('ours', 'the server was stopped')
      room.premises.closeHall(reason)
      for (const { server } of guests) server.stop(reason)
      await finished(room, guests)
      await room.premises.hall.settled()
      const after = await logs(room)
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
      expect([...room.premises.hall.tables]).toEqual([])
      expect(room.troubles).toEqual([])
      await room.clock.pass(120_000)
      expect(room.clock.waiting).toBe(0)

      const next = new Room({ store })
      await next.premises.open()
      await settled()
      expect(next.troubles).toEqual([])
      for (const { state } of next.premises.hall.tables) expect([state.opened.game, state.suspended]).toEqual([HELD, true])
      for (const id of await store.tables.unfinished()) expect(next.premises.hall.table(id)).toBeDefined()
    }
  })
})

test('a client that disconnects while it waits is not matched', async () => {
  const room = new Room({ wait: 600_000 })
  const gone = [await room.client('tjc/tictactoe'), await room.client('tjc/tictactoe'), await room.client('c8/scissors')]
  expect([...room.premises.hall.openSeeks]).toHaveLength(3)
  await gone[0]?.close()
  await gone[1]?.reset()
  await gone[2]?.close()
  expect([...room.premises.hall.openSeeks]).toEqual([])
  const alone = await room.client('tjc/tictactoe')
  await alone.clock.pass(600_000)
  expect(alone.heard).toMatch(/^MOVE\d\n$/)
  await alone.say('nonsense\n')
  await alone.end()
  await expectEmpty(room)
})

test('a peer that is seated after a wait is read, and its earlier messages are not lost', async () => {
  const room = new Room({ wait: 60_000 })
  const early = await room.client('tjc/tictactoe-alternative')
  await early.say('MOVE5\n')
  expect(early.heard).toBe('')
  const late = await room.client('tjc/tictactoe')
  expect(late.heard).toBe('MOVE5\n')
  await late.say('MOVE1\n')
  expect(early.heard).toBe('MOVE1\n')
  await late.close()
  // it is this client's turn, and its message crosses the end
  await early.say('MOVE2\n')
  expect(early.heard).toBe('MOVE1\nEND\n')
  expect(await early.close()).toBeUndefined()
  await expectEmpty(room)
})

test('a connection is watched only while its role waits for an opponent', async () => {
  const room = new Room({ wait: 60_000 })
  const watched: boolean[] = []
  const line = { address: '192.0.2.1', endOnDisconnect: (on: boolean) => watched.push(on), end() {} }
  const house = room.premises.createSeating(line, 'a program')
  const seat = house.sit(tictactoe, 1, {})
  expect(watched).toEqual([true])
  await room.clock.pass(60_000)
  expect((await seat).number).toBe(1)
  expect(watched).toEqual([true, false])
  house.close()
  const late = room.premises.createSeating(line, 'a program')
  late.close(new Error('the other side broke the connection off'))
  for (const game of [tictactoe, hangman])
    await expect(late.sit(game as typeof tictactoe, 0, {})).rejects.toThrow('the other side broke the connection off')
  await expectEmpty(room)
})

test('a waiting seek is rejected when the conversation ends', async () => {
  const room = new Room({ wait: 60_000 })
  const house = room.premises.createSeating({ address: '192.0.2.1', endOnDisconnect() {}, end() {} }, 'a program')
  const seat = house.sit(tictactoe, 1, {})
  house.close(new Error('the other side broke the connection off'))
  await expect(seat).rejects.toThrow('the other side broke the connection off')
  await expectEmpty(room)
})

test('decisions at the stop of the server are persisted and recorded before its store is closed', async () => {
  const room = new Room()
  const options = { questions: [{ text: '1 + 1?', options: ['1', '2'], right: 1 }], count: 1 }
  const seats = [{ person: 'guest:ada', name: 'ada' }]
  const table = room.premises.hall.open('quiz', { options, seats, rated: true })
  table.submit({ type: 'play', seat: 0, move: 'A' })
  room.premises.closeHall(new Disconnected('ours', 'the server was stopped'))
  await room.premises.close()
  expect(await room.store.results.last()).toBe(1)
  expect(room.troubles).toEqual([])
})

test('one game after the other through one connection retains no finished table', async () => {
  const room = new Room()
  const client = await room.client('fh/hangman', { secret: 'no' })
  for (let game = 0; game < 5; game++) await client.say('START\n', 'n\n', 'o\n')
  expect(client.heard.match(/END WON no/g)).toHaveLength(5)
  expect([...room.premises.hall.tables]).toEqual([])
  await client.say('QUIT\n')
  await client.end()
  await expectEmpty(room)
})
