import { expect, onTestFinished, test } from 'vitest'
import { toNetwork } from '../../src/base/network-address.ts'
import type { TableSnapshot } from '../../src/hall/api.ts'
import { ABSENCES, EVENTS } from '../../src/hall/table.ts'
import { unlimitedHall } from '../../src/lobby/context.ts'
import { DiskQuotas } from '../../src/lobby/disk-quota.ts'
import { settled, TestClock } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const MINUTE = 60_000
const FULL = /^your address has written [\d.]+ MB in the last hour, the limit: wait \d+ minutes?, and then try again$/

/** A hall in which one address adds a limited number of megabytes an hour, and users who connect to it. */
function hall(disk: number) {
  const testLobby = new TestLobby({ limits: { ...unlimitedHall, disk } })
  onTestFinished(() => expect(testLobby.troubles).toEqual([]))
  const connectUser = async (address: string, name: string) => {
    const house = testLobby.service.createSeating({ address, endOnDisconnect: () => {}, end: () => {} }, 'door')
    const [ignore, tables, tokens] = [() => {}, [] as number[], [] as string[]]
    const seated = ({ table, token }: TableSnapshot) => {
      tables.push(table)
      if (token !== undefined) tokens.push(token)
    }
    const lobby = house.lobby?.({
      ...{
        seated,
        tableEvent: ignore,
        closed: ignore,
        recorded: ignore,
        challenged: ignore,
        challengeWithdrawn: ignore,
        challengeRefused: ignore,
        messageReceived: ignore,
      },
    })
    if (!lobby) throw new Error('there is no lobby')
    expect(await lobby.enter(name)).toBeUndefined()
    return Object.assign(lobby, { tables, tokens, go: () => house.close() })
  }
  return { testLobby, connectUser }
}

test('an address can add a limited number of bytes in any hour, independently of others', async () => {
  const clock = new TestClock()
  const spendings = new DiskQuotas(clock, 1)
  const one = spendings.of('10.0.0.7')
  one.add(600_000)
  await clock.pass(30 * MINUTE)
  expect([one.full, one.total]).toEqual([undefined, 600_000])
  spendings.of('10.0.0.7').add(400_000)
  expect(one.full).toMatch(FULL)
  expect(spendings.of('10.0.0.8').full).toBeUndefined()
  await clock.pass(29 * MINUTE)
  expect(one.full).toMatch(FULL)
  await clock.pass(6 * MINUTE + MINUTE)
  expect([one.full, one.total]).toEqual([undefined, 400_000])
  await clock.pass(65 * MINUTE)
  expect(one.total).toBe(0)
})

test('no hour exceeds the limit by more than the last addition, and the address continues after the reported wait', async () => {
  const clock = new TestClock()
  const one = new DiskQuotas(clock, 1).of('10.0.0.7')
  const added: { at: number; bytes: number }[] = []
  for (let n = 0; n < 400; n++) {
    const wait = /wait (\d+)/.exec(one.full ?? '')?.[1]
    if (wait) {
      await clock.pass(Number(wait) * MINUTE)
      expect(one.full).toBeUndefined()
    }
    one.add(90_000)
    added.push({ at: clock.monotonic(), bytes: 90_000 })
    await clock.pass((n % 7) * MINUTE)
    const hour = added.filter(({ at }) => at > clock.monotonic() - 60 * MINUTE)
    expect(hour.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1_000_000 + 90_000)
  }
})

test('with too many networks, the counts of those that spend least are dropped', () => {
  const spendings = new DiskQuotas(new TestClock(), 1)
  spendings.of('10.0.0.7').add(2_000_000)
  for (let n = 0; n < 20_000; n++) spendings.of(`net ${n}`).add(1)
  expect(spendings.of('10.0.0.7').full).toMatch(FULL)
})

test('over the limit, talk, moves, offers and new games are refused; reads and resignations are not, and the opponent continues', async () => {
  const { testLobby, connectUser } = hall(0.02)
  const [ada, bob] = [await connectUser('10.0.0.7', 'ada'), await connectUser('10.0.0.8', 'bob')]
  const seek = { game: 'tictactoe', settings: {}, wait: null }
  await ada.seek({ ...seek, seats: [0] })
  await bob.seek({ ...seek, seats: [1] })
  await settled()
  const [table = 0] = ada.tables
  expect(await ada.play(table, '5')).toBeUndefined()
  for (let n = 0; n < 25; n++) {
    await ada.say(table, '\u{1f642}'.repeat(400))
    await testLobby.clock.pass(1000)
  }
  const refused = { code: 'too-many', refused: expect.stringMatching(FULL) }
  expect(await bob.play(table, '1')).toBeUndefined()
  expect([await ada.say(table, 'x'), await ada.play(table, '2'), await ada.act(table, 'offer'), await ada.seek(seek)]).toEqual([
    refused,
    refused,
    refused,
    refused,
  ])
  expect(await ada.register('ada', 'correct horse battery')).toEqual(refused)
  expect(ada.listTables({ count: 5 }).total).toBe(1)
  expect(await bob.say(table, 'your move')).toBeUndefined()
  expect(await ada.act(table, 'resign')).toBeUndefined()
  const written = JSON.stringify(await testLobby.store.tables.read(table, 0)).length
  expect(written).toBeLessThan(40_000)
})

test('rematches, and seats that are left and resumed, count with the bytes that they write', async () => {
  const { connectUser, testLobby } = hall(0.02)
  const [ada, bob] = [await connectUser('10.0.0.7', 'ada'), await connectUser('10.0.0.7', 'bob')]
  const seek = { game: 'tictactoe', settings: {}, wait: null }
  await ada.seek(seek)
  await bob.seek(seek)
  let refusal: unknown
  let games = 0
  for (; games < 1000 && refusal === undefined; games++) {
    await settled()
    const table = ada.tables.at(-1) ?? 0
    await ada.act(table, 'resign')
    refusal = (await ada.act(table, 'offer')) ?? (await bob.act(table, 'offer'))
  }
  expect(refusal).toEqual({ code: 'too-many', refused: expect.stringMatching(FULL) })
  expect(games).toBeLessThan(100)
  expect(testLobby.service.hall.size).toBeLessThan(5)
})

test('a worksheet program receives the refusal in its own words', async () => {
  const testLobby = new TestLobby({ limits: { ...unlimitedHall, disk: 0.001 } })
  for (let n = 0; n < 4; n++) {
    const client = await testLobby.client('fh/hangman')
    await client.say('START\n', 'QUIT\n')
    await client.close()
  }
  const last = await testLobby.client('fh/hangman')
  await last.say('START\n')
  expect(last.received).toMatch(/^ERROR your address has written 0.001 MB in the last hour, the limit: wait/)
})

test('other events than moves are limited at one table: then talk and offers are refused, and moves are not', async () => {
  const { testLobby, connectUser } = hall(Number.POSITIVE_INFINITY)
  const ada = await connectUser('10.0.0.7', 'ada')
  await ada.seek({ game: 'tictactoe', settings: {}, wait: 0 })
  await settled()
  const [table] = testLobby.service.hall.tables
  for (let n = 0; n < EVENTS; n++) table?.submit({ type: 'say', name: 'ada', seat: 0, text: 'x' })
  await settled()
  expect(await ada.say(table?.id ?? 0, 'x')).toEqual({
    code: 'not-now',
    refused: expect.stringMatching(/^this table has had 10000 events other than moves/),
  })
  expect(await ada.act(table?.id ?? 0, 'offer')).toMatchObject({ code: 'not-now' })
  const seat = table?.state.toMove[0] ?? 0
  const free = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(Number).find((cell) => !table?.submit({ type: 'play', seat, move: cell }))
  expect(free).toBeDefined()
})

test('reconnections are charged for all bytes of the log that they cause', async () => {
  const { testLobby, connectUser } = hall(1)
  await testLobby.service.open()
  const spending = testLobby.service.spendings.of('10.0.0.7')
  const ada = await connectUser('10.0.0.7', 'ada')
  await ada.seek({ game: 'tictactoe', settings: {}, wait: 0 })
  await settled()
  const [table] = testLobby.service.hall.tables
  const token = ada.tokens.at(-1) ?? ''
  let lobby = ada
  for (let times = 0; times < 10; times++) {
    lobby.go()
    await settled()
    lobby = await connectUser('10.0.0.7', `ada${times}`)
    expect(await lobby.resume(token)).not.toHaveProperty('refused')
    await settled()
  }
  const events = await testLobby.store.tables.read(table?.id ?? 0, 0)
  expect(events.filter(({ type }) => type === 'gone').length).toBe(10)
  expect(spending.total).toBeGreaterThan(table?.bytesWritten ?? Number.POSITIVE_INFINITY)
})

test('worksheet connections that close and reconnect are charged for all bytes of the log', async () => {
  const { testLobby } = hall(1)
  const questions = [1, 2, 3, 4, 5].map((n) => ({ text: `What is ${n}?`, options: ['a number', 'a word'], right: 0 }))
  for (let times = 0; times < 10; times++) {
    const client = await testLobby.client('fh/quiz', { questions })
    await client.say('NAME ada\n')
    if (times === 0) await client.say('START 5\n')
    expect([times, client.received]).toEqual([times, expect.stringMatching(/QUESTION/)])
    await client.close()
    await settled()
  }
  const [table] = testLobby.service.hall.tables
  const events = await testLobby.store.tables.read(table?.id ?? 0, 0)
  expect(events.filter(({ type }) => type === 'gone').length).toBe(10)
  expect(testLobby.service.spendings.of(toNetwork('::1')).total).toBeGreaterThan(table?.bytesWritten ?? Number.POSITIVE_INFINITY)
})

test('a player whose connection was lost a thousand times resigns with the next loss, and the log grows no more', async () => {
  const { testLobby, connectUser } = hall(Number.POSITIVE_INFINITY)
  const [ada, bob] = [await connectUser('10.0.0.7', 'ada'), await connectUser('10.0.0.8', 'bob')]
  await ada.seek({ game: 'tictactoe', settings: {}, wait: null, seats: [0] })
  await bob.seek({ game: 'tictactoe', settings: {}, wait: null, seats: [1] })
  await settled()
  const [table] = testLobby.service.hall.tables
  for (let times = 0; times < 2 * ABSENCES; times++) {
    table?.submit({ type: 'gone', seat: 0 })
    table?.submit({ type: 'back', seat: 0 })
  }
  await settled()
  expect(table?.state).toMatchObject({ ended: true, outcome: { winners: [1], left: 0 }, absences: [ABSENCES, 0] })
  expect((await testLobby.store.tables.read(table?.id ?? 0, 0)).length).toBeLessThan(2 * ABSENCES + 5)
})

test('accounts, new passwords, and the results of a finished game are charged', async () => {
  const { testLobby, connectUser } = hall(1)
  const spending = testLobby.service.spendings.of('10.0.0.7')
  const ada = await connectUser('10.0.0.7', 'ada')
  const costs = async (act: () => Promise<unknown>) => {
    const before = spending.total
    expect(await act()).not.toHaveProperty('refused')
    return spending.total - before
  }
  const [password, next] = ['correct horse battery', 'staple correct horse']
  expect(await costs(async () => ({ ...(await ada.register('ada', password)) }))).toBe(500)
  expect(await costs(() => ada.changePassword(password, next))).toBe(500)
  const game = await costs(() => ada.seek({ game: 'tictactoe', settings: {}, wait: 0 }))
  await settled()
  const [table] = testLobby.service.hall.tables
  expect(game).toBe((table?.bytesWritten ?? 0) + 500)
  expect(await costs(() => ada.unregister(next))).toBeGreaterThanOrEqual(500)
})

test('a worksheet port registers no name over the limit', async () => {
  const { testLobby } = hall(0.0001)
  const line = { address: '10.0.0.7', endOnDisconnect: () => {}, end: () => {} }
  const house = () => testLobby.service.createSeating(line, 'fh/tictactoe')
  expect(await house().hall?.register('ada', 'correct horse battery')).toBeUndefined()
  expect(await house().hall?.register('bob', 'correct horse battery')).toEqual({ refused: expect.stringMatching(FULL) })
})
