import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import type { TableEvent } from '../../src/hall/ports.ts'
import { TableActor } from '../../src/hall/table-actor.ts'
import type { TableUpdate } from '../../src/hall/table-updates.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import { logOutages } from '../../src/server/observe/outages.ts'
import { openBreakableStore } from '../support/breakable-store.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { startServer } from '../support/start-server.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const REFUSED = {
  type: 'error',
  code: 'unavailable',
  message: 'the server cannot write to its disk now; nothing was lost; try again later',
}
const PASSWORD = 'engine-1843'

/** Two programs at a table of a hall whose store can be blocked; ada is to move. */
async function playing(clock: { total?: number } = {}) {
  const time = new TestClock(1_000_000)
  const data = await openBreakableStore(time)
  const troubles: string[] = []
  const onError = (sentence: string) => troubles.push(sentence)
  const service = new LobbyService({ store: data.store, clock: time, random: seededRandom(1), onError })
  await service.open()
  const [ada, grace] = [new MemoryNativeClient(service), new MemoryNativeClient(service)]
  for (const [program, name] of [[ada, 'ada'] as const, [grace, 'grace'] as const]) {
    await program.say({ type: 'register', name, password: PASSWORD })
    await program.say({ type: 'seek', game: 'tictactoe', rated: true, ...(clock.total ? { clock } : {}) })
  }
  const [seated] = ada.all('seated')
  const table = seated?.table ?? 0
  const numbers = (program: MemoryNativeClient) => program.all('event').map(({ n }) => n)
  return { time, data, service, ada, grace, table, troubles, numbers }
}

/** Returns the numbers from the first to the last, without a gap. */
const gapless = (numbers: readonly number[]) => numbers.map((_, at) => (numbers[0] ?? 0) + at)

test('after an outage, a few tables continue in each turn of the event loop, and a table with a command immediately', async () => {
  const time = new TestClock(1_000_000)
  const data = await openBreakableStore(time)
  const service = new LobbyService({ store: data.store, clock: time, random: seededRandom(1), onError: () => {} })
  await service.open()
  const owners = [
    { person: 'account:1', name: 'ada' },
    { person: 'account:2', name: 'grace' },
  ]
  const COUNT = 1000
  const clock = { total: 3_600_000 }
  const tables = await Promise.all(
    Array.from({ length: COUNT }, () => service.hall.open('tictactoe', { options: {}, seats: owners, clock })),
  )
  await settled()
  data.break()
  tables[0]?.submit({ type: 'play', seat: 0, move: 1 })
  await settled()
  const standing: number[] = []
  time.onFired = () => {
    const still = tables.filter(({ isPaused }) => isPaused)
    if (still.length === 0 && standing.length === 0) return
    standing.push(still.length)
    // the last is requested before its turn
    const last = tables.at(-1)
    if (standing.length > 1 || !last) return
    expect([last.isPaused, last.submit({ type: 'back', seat: 0 }), last.isPaused]).toEqual([true, undefined, false])
  }
  await data.mend()
  expect(standing.length).toBeGreaterThan(2)
  expect(standing.at(-1)).toBe(0)
  // its clock stood still before its player returned
  const log = await data.store.tables.read(tables.at(-1)?.id ?? 0, 0)
  expect(log.map(({ type }) => type)).toEqual(['opened', 'suspended', 'back'])
})

describe('while the store cannot be written', () => {
  test('moves are refused with a sentence and a code, and the game continues afterwards', async () => {
    const { data, ada, grace, table, troubles, numbers } = await playing()
    expect(await ada.say({ type: 'play', table, move: '1' })).toMatchObject({ type: 'ok' })
    data.break()
    const before = numbers(ada).length
    expect(before).toBeGreaterThan(0)
    for (let tries = 0; tries < 3; tries++) expect(await grace.say({ type: 'play', table, move: '2' })).toMatchObject(REFUSED)
    for (const command of [{ type: 'say', text: 'hello' }, { type: 'offer' }, { type: 'resign' }] as const) {
      expect(await grace.say({ ...command, table })).toMatchObject(REFUSED)
    }
    expect(numbers(ada)).toHaveLength(before)
    await data.mend()
    expect(await grace.say({ type: 'play', table, move: '2' })).toMatchObject({ type: 'ok' })
    expect(await ada.say({ type: 'play', table, move: '3' })).toMatchObject({ type: 'ok' })
    for (const program of [ada, grace]) expect(numbers(program)).toEqual(gapless(numbers(program)))
    const log = await data.store.tables.read(table, 0)
    expect(log.filter(({ type }) => type === 'moved').map((event) => 'move' in event && event.move)).toEqual([1, 2, 3])
    expect([troubles, data.troubles]).toEqual([[], []])
  })

  test('new names, passwords and sessions are refused; users with a password or a session log in', async () => {
    const { data, service, ada } = await playing()
    const session = await ada.say({ type: 'session' })
    data.break()
    const guest = new MemoryNativeClient(service)
    expect(await guest.say({ type: 'register', name: 'alan', password: PASSWORD })).toMatchObject(REFUSED)
    expect(await ada.say({ type: 'password', old: PASSWORD, password: 'compiler-1952' })).toMatchObject(REFUSED)
    expect(await ada.say({ type: 'session' })).toMatchObject(REFUSED)
    const token = 'session' in session ? session.session : ''
    expect(await ada.say({ type: 'logout', session: token })).toMatchObject(REFUSED)
    expect(await new MemoryNativeClient(service).say({ type: 'return', session: token })).toMatchObject({ type: 'entered', name: 'ada' })
    expect(await new MemoryNativeClient(service).say({ type: 'enter', name: 'grace', password: PASSWORD })).toMatchObject({
      type: 'entered',
    })
    await data.mend()
    expect(await guest.say({ type: 'register', name: 'alan', password: PASSWORD })).toMatchObject({ type: 'entered' })
  })

  test('no new game begins, and seats are reserved for players who disconnect and return', async () => {
    const { data, service, ada, grace, table } = await playing()
    const token = ada.all('seated')[0]?.token ?? ''
    data.break()
    // the first request detects the outage, and its table is closed; the next is refused
    await grace.say({ type: 'seek', game: 'hangman' })
    expect(grace.all('closed')).toMatchObject([{ message: REFUSED.message }])
    expect(await grace.say({ type: 'seek', game: 'hangman' })).toMatchObject(REFUSED)
    ada.drop('lost')
    await settled()
    const again = new MemoryNativeClient(service)
    expect(await again.say({ type: 'resume', token })).toMatchObject({ type: 'seated', table })
    await data.mend()
    expect(await again.say({ type: 'play', table, move: '1' })).toMatchObject({ type: 'ok' })
    expect(await grace.say({ type: 'play', table, move: '2' })).toMatchObject({ type: 'ok' })
  })

  test('no clock runs, so no player loses by it', async () => {
    const { time, data, ada, table, grace } = await playing({ total: 60_000 })
    await ada.say({ type: 'play', table, move: '1' })
    await time.pass(10_000)
    data.break()
    expect(await grace.say({ type: 'play', table, move: '2' })).toMatchObject(REFUSED)
    await time.pass(600_000)
    await data.mend()
    expect(ada.all('event').some(({ what }) => what.type === 'ended')).toBe(false)
    expect(ada.all('event').map(({ what }) => what.type)).toEqual(expect.arrayContaining(['suspended', 'back']))
    expect(await grace.say({ type: 'play', table, move: '2' })).toMatchObject({ type: 'ok' })
    await time.pass(60_001)
    expect(ada.all('event').at(-1)?.what).toMatchObject({ type: 'ended', outcome: { late: true, left: 0 } })
  })

  test('results of games are recorded automatically afterwards', async () => {
    const { data, service, ada, grace, table } = await playing()
    for (const [program, move] of [
      [ada, '1'],
      [grace, '4'],
      [ada, '2'],
      [grace, '5'],
    ] as const)
      await program.say({ type: 'play', table, move })
    const record = data.store.results.setStandings
    // the end itself is persisted, and only the result meets the outage
    data.store.results.setStandings = (...args) => {
      data.break()
      return record.apply(data.store.results, args)
    }
    expect(await ada.say({ type: 'play', table, move: '3' })).toMatchObject({ type: 'ok' })
    await service.hall.recorder.settled()
    expect(await data.store.results.ladder('tictactoe', 10)).toEqual([])
    data.store.results.setStandings = record
    await data.mend()
    await service.hall.recorder.settled()
    expect((await data.store.results.ladder('tictactoe', 10)).map(({ name }) => name)).toEqual(['ada', 'grace'])
  })

  test('one line is logged for any number of refused requests, and one at the end of the outage', async () => {
    const { time, data, grace, ada, table } = await playing()
    const lines: string[] = []
    if (data.store.availability) logOutages(data.store.availability, time, { log: (level, line) => lines.push(`${level} ${line}`) })
    data.break()
    for (let tries = 0; tries < 50; tries++) await ada.say({ type: 'play', table, move: '1' })
    await time.pass(20_000)
    await grace.say({ type: 'say', table, text: 'hello' })
    expect(lines).toEqual([
      `error the folder ${data.path} was removed or renamed while the server ran: put it back as it was, or stop the server and restore a backup. The server refuses moves and registrations, and games pause, until it can write the folder`,
    ])
    await data.mend()
    expect(lines.slice(1)).toEqual([expect.stringMatching(/^warn the server can write the folder again, after 2\d s: games continue$/)])
  })
})

test.each(['play hangman', 'play tictactoe against house'])(
  'at the front door, %s explains why there is no game, without a table number',
  async (typed) => {
    const data = await openBreakableStore()
    const door = await startServer('parlor/door', { store: data.store })
    const player = door.reader()
    await player.type('ada', /./)
    data.break()
    for (let round = 0; round < 2; round++) {
      const messagesReceived = await player.type(typed, /disk/)
      expect(messagesReceived.at(-1)).toBe('The server cannot write to its disk now; nothing was lost; try again later.')
      expect(messagesReceived.join(' ')).not.toMatch(/[Tt]able \d/)
    }
    await player.leave()
  },
)

describe('worksheet programs', () => {
  test('a game pauses, and continues with the pending move', async () => {
    const data = await openBreakableStore()
    const door = await startServer('tjc/guess', { store: data.store })
    const player = door.reader()
    expect(await player.until(/./)).toEqual(['GUESS'])
    data.break()
    const failed = new Promise<void>((resolve) => data.store.availability?.onChange(resolve))
    const answer = player.type('50', /./)
    await failed
    expect(data.store.availability?.failure).toBeDefined()
    await data.mend()
    expect(await answer).toEqual([expect.stringMatching(/^(LOW|HIGH|WIN)$/)])
    expect(data.troubles).toEqual([])
    await player.leave()
  })

  test('a new client receives the reason if the protocol can carry it', async () => {
    const data = await openBreakableStore()
    const door = await startServer('fh/hangman', { store: data.store })
    data.break()
    // the first detects the outage when the table is opened, the second before
    for (let client = 0; client < 2; client++) {
      await door.reader().type('START', /^ERROR .*the server cannot write to its disk now; nothing was lost/)
    }
  })
})

test('for any failures and any requests, no event is lost or duplicated, and each refusal is true', async () => {
  const command = fc.oneof(
    fc.record({ type: fc.constant('say' as const), name: fc.constant('x'), text: fc.constantFrom('a', 'b') }),
    fc.record({ type: fc.constant('play' as const), seat: fc.nat(1), move: fc.nat(8) }),
    fc.record({ type: fc.constantFrom('gone' as const, 'back' as const, 'offer' as const), seat: fc.nat(1) }),
  )
  const step = fc.oneof(
    { weight: 5, arbitrary: command },
    { weight: 2, arbitrary: fc.constantFrom('break' as const, 'mend' as const, 'turn' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new TestClock(1000)
      const { store, ...data } = await openBreakableStore(clock)
      const troubles: string[] = []
      const tools = { log: store.tables, clock, random: seededRandom(1), onError: (sentence: string) => troubles.push(sentence) }
      const seats = ['ada', 'grace'].map((name) => ({ person: `guest:${name}`, name }))
      const state = tictactoe.setup({}, seededRandom(1))
      const table = TableActor.open(
        1,
        {
          n: 1,
          at: clock.now(),
          type: 'opened',
          game: 'tictactoe',
          options: {},
          state,
          seed: 7,
          seats,
          rated: false,
          private: false,
          clock: {},
        },
        tictactoe as never,
        tools,
      )
      store.availability?.onChange(() => !store.availability?.failure && table.resume())
      const received: TableUpdate[] = []
      table.subscribe({ viewer: 'watcher', update: (news) => received.push(news), closed: () => expect.unreachable() })
      await settled()
      let isBroken = false
      const talk: Promise<readonly [string, unknown]>[] = []
      for (const [at, what] of steps.entries()) {
        if (what === 'turn') await settled()
        else if (what === 'break' || what === 'mend') {
          if (isBroken !== (what === 'mend')) continue
          isBroken = !isBroken
          if (isBroken) data.break()
          else await data.mend()
        } else if (what.type === 'say') {
          const text = `${at}`
          if (!table.submit({ ...what, text })) talk.push(table.persisted().then((isStored) => [text, isStored] as const))
        } else table.submit(what, what.type === 'play' && at % 2 === 0)
      }
      await settled()
      if (isBroken) await data.mend()
      await settled()
      const log: readonly TableEvent[] = await store.tables.read(table.id, 0)
      expect(received.map(({ n }) => n)).toEqual(log.map(({ n }) => n))
      expect(table.state.n).toBe(log.length)
      const said = log.flatMap((event) => (event.type === 'said' ? [event.text] : []))
      const isStored = (await Promise.all(talk)).filter(([, isKept]) => isKept).map(([text]) => text)
      expect(said).toEqual(isStored)
      expect(troubles).toEqual([])
    }),
    { numRuns: 40 },
  )
})
