import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { unlimitedHall } from '../../src/lobby/context.ts'
import { DiskQuotas } from '../../src/lobby/disk-quota.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { NativeLink } from '../support/native-link.ts'
import { startServe } from '../support/process.ts'
import { settled, TestClock } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WALL = Date.UTC(2024, 1, 29)
const FULL = /^your address has written [\d.]+ MB in the last hour, the limit: wait \d+ minutes?, and then try again$/

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-spending-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** The spendings of a process that starts at a time by the wall clock, one megabyte an hour. */
async function begin({ usage }: Store, wall: number) {
  const clock = new TestClock(wall)
  const spendings = new DiskQuotas(clock, 1, { usage, onError: (sentence, reason) => expect.unreachable(`${sentence}: ${reason}`) })
  await spendings.open()
  return { clock, spendings }
}

test('added bytes count in the next process until their hour is over, and no address is stored', async () => {
  const store = memoryStore()
  const before = await begin(store, WALL)
  before.spendings.of('10.0.0.7').add(600_000)
  await before.clock.pass(30 * MINUTE)
  before.spendings.of('10.0.0.7').add(400_000)
  before.spendings.of('10.0.0.8').add(100)
  await before.spendings.close()
  expect(JSON.stringify(await store.usage.load())).not.toContain('10.0.0')
  const after = await begin(store, WALL + 35 * MINUTE)
  const one = after.spendings.of('10.0.0.7')
  expect([one.full, one.total]).toEqual([expect.stringMatching(FULL), 1_000_000])
  expect(after.spendings.of('10.0.0.8').total).toBe(100)
  expect(after.spendings.of('10.0.0.9').full).toBeUndefined()
  await after.clock.pass(31 * MINUTE)
  expect([one.full, one.total]).toEqual([undefined, 400_000])
  expect((await begin(store, WALL + 3 * HOUR)).spendings.of('10.0.0.7').total).toBe(0)
})

test.each([
  ['set back by a day', -24 * HOUR],
  ['set back by a minute', -MINUTE],
  ['right', 0],
])('a process that begins with the wall clock %s does not reset the count, and the hour continues', async (_, jump) => {
  const store = memoryStore()
  const before = await begin(store, WALL)
  before.spendings.of('10.0.0.7').add(1_000_000)
  await before.clock.pass(20 * MINUTE)
  await before.spendings.close()
  const after = await begin(store, WALL + 20 * MINUTE + jump)
  await after.clock.pass(20 * MINUTE)
  expect(after.spendings.of('10.0.0.7').full).toMatch(FULL)
  await after.spendings.close()
  const last = await begin(store, WALL + 40 * MINUTE + jump)
  await last.clock.pass(10 * MINUTE)
  expect(last.spendings.of('10.0.0.7').full).toMatch(FULL)
  await last.clock.pass(16 * MINUTE)
  expect(last.spendings.of('10.0.0.7').full).toBeUndefined()
})

test('a wall clock that is set in either direction while the process runs changes nothing', async () => {
  const { clock, spendings } = await begin(memoryStore(), WALL)
  const one = spendings.of('10.0.0.7')
  one.add(1_000_000)
  for (const jump of [2 * HOUR, -5 * HOUR]) {
    clock.jump(jump)
    expect(one.full).toMatch(FULL)
  }
})

test('a change is persisted after five seconds, many together, and a change that reaches the limit immediately', async () => {
  const store = memoryStore()
  const { clock, spendings } = await begin(store, WALL)
  const rows = async () => (await store.usage.load()).usages.map(({ bytes }) => bytes)
  for (let n = 0; n < 600; n++) for (let times = 0; times < 3; times++) spendings.of(`net ${n}`).add(1)
  await clock.pass(4999)
  expect(await rows()).toEqual([])
  await clock.pass(1)
  expect([(await rows()).length, clock.waiting]).toEqual([500, 1])
  await clock.pass(5000)
  expect([(await rows()).length, clock.waiting]).toEqual([600, 0])
  spendings.of('10.0.0.7').add(1_000_000)
  await settled()
  expect(await rows()).toContain(1_000_000)
})

test('a count that could not be persisted is persisted later', async () => {
  const store = memoryStore()
  const { load, add } = { load: () => store.usage.load(), add: store.usage.add.bind(store.usage) }
  let fails = true
  const troubles: string[] = []
  const clock = new TestClock(WALL)
  const usage = { load, add: (...terms: Parameters<typeof add>) => (fails ? Promise.reject(new Error('broken')) : add(...terms)) }
  const spendings = new DiskQuotas(clock, 1, { usage, onError: (sentence) => troubles.push(sentence) })
  await spendings.open()
  spendings.of('10.0.0.7').add(7)
  await clock.pass(5000)
  fails = false
  expect([troubles, (await load()).usages]).toEqual([
    ['the server could not persist the counts of the bytes that addresses have written'],
    [],
  ])
  await clock.pass(5000)
  expect((await load()).usages).toMatchObject([{ bytes: 7 }])
})

test('a file stores the count, over lobbies that open and close', async () => {
  const folder = newFolder()
  const enter = async () => {
    const lobby = new TestLobby({ store: await openStore({ folder }), limits: { ...unlimitedHall, disk: 0.0003 } })
    await lobby.service.open()
    const client = await lobby.client('fh/hangman')
    await client.say('START\n', 'QUIT\n')
    await client.close()
    await lobby.service.close()
    expect(lobby.troubles).toEqual([])
    return client.received
  }
  expect(await enter()).toMatch(/^WORD/)
  expect(await enter()).toMatch(/^ERROR your address has written/)
})

test('an address at its limit stays refused after SIGKILL, from the answer on', { timeout: 60_000 }, async () => {
  const data = newFolder()
  const terms = ['--data', data, '--limit', 'disk=1', '--limit', 'messages=none']
  const connectUser = async (name: string) => {
    const { server, ports } = await startServe(['parlor/door'], ...terms)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const tables: number[] = []
    const link = await NativeLink.open(ports['parlor/door'] ?? 0, (received) => received.type === 'seated' && tables.push(received.table))
    onTestFinished(() => link.close())
    await link.ask({ type: 'enter', name })
    return { server, link, play: () => link.ask({ type: 'seek', game: 'quiz', wait: 0 }), tables }
  }
  const { server, link, play, tables } = await connectUser('ada')
  let answer = await play()
  for (let games = 0; games < 3000 && answer.type !== 'error'; games++) {
    const table = tables.at(-1) ?? 0
    await link.ask({ type: 'resign', table })
    await link.ask({ type: 'leave', table })
    answer = await play()
  }
  const refused = { type: 'error', code: 'too-many', message: expect.stringMatching(FULL) }
  expect(answer).toMatchObject(refused)
  server.signal('SIGKILL')
  await server.exit
  const after = await connectUser('eve')
  expect(await after.play()).toMatchObject(refused)
})
