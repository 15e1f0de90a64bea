import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { SocketTransport } from '../../src/wire/transports/socket.ts'
import { arriveTogether, eventLoop, gatherMore, heardTogether, SYNCED, saidTogether } from '../../src/wire/transports/together.ts'
import { settledInTurn } from '../support/clock.ts'

// gathering is bounded in milliseconds too: here they pass only if a test lets them
let time = 0
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => time)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** One turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Hears numbers, `each` of them in so many turns, and then lets turns pass until all are heard; answers in which turn each was. */
async function heard(turns: readonly (readonly number[])[], length = 0): Promise<Map<number, number>> {
  const when = new Map<number, number>()
  let now = 0
  for (const numbers of turns) {
    for (const number of numbers) heardTogether(() => when.set(number, now), length)
    await turn()
    now++
  }
  while (when.size < turns.flat().length && now < 100) {
    await turn()
    now++
  }
  return when
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at)

test('whoever is alone is heard at the end of the turn', async () => {
  expect([...(await heard([[1]]))]).toEqual([[1, 0]])
})

test('what comes in several turns is heard together, in order, when a turn brings nothing', async () => {
  const when = await heard([[1, 2], [3], [4, 5]])
  expect([...when.keys()]).toEqual([1, 2, 3, 4, 5])
  expect(new Set(when.values())).toEqual(new Set([3]))
})

test('nobody waits for more than 12 turns, however many come', async () => {
  const when = await heard([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(11)
})

test('nobody waits for more than 2 ms and the turn in which they are over, however many come', async () => {
  // each look at the time takes a millisecond: one when gathering begins, and one in each turn
  vi.mocked(performance.now).mockImplementation(() => time++)
  const when = await heard([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(2)
})

test('48 are enough, and so are 256 KiB: then all of it is heard in that turn', async () => {
  const order: string[] = []
  for (const number of range(1, 47)) heardTogether(() => order.push(String(number)))
  expect(order).toEqual([])
  heardTogether(() => order.push('48'))
  await settledInTurn()
  expect(order).toEqual(range(1, 48).map(String))
  heardTogether(() => order.push('long'), 256 * 1024)
  expect(order).toHaveLength(48)
  heardTogether(() => order.push('longer'), 1)
  expect(order.slice(48)).toEqual(['long', 'longer'])
  await turn()
  expect(order).toHaveLength(50)
})

test('16 are heard at a time, and what follows from those runs before the next are, who are not overtaken', async () => {
  const order: string[] = []
  for (const number of range(1, 40)) heardTogether(() => void Promise.resolve().then(() => order.push(String(number))))
  heardTogether(() => {
    order.push('the last of them')
    heardTogether(() => order.push('behind them'), 512 * 1024)
  }, 256 * 1024)
  heardTogether(() => order.push('too many'), 1)
  await turn()
  await turn()
  const said = range(1, 40).map(String)
  expect(order).toEqual([...said.slice(0, 32), 'the last of them', 'too many', ...said.slice(32), 'behind them'])
})

test('what is said is flushed once all that follows from it has run, and not before', async () => {
  const order: string[] = []
  const what = { flush: () => order.push('flushed') }
  const later = async () => {
    for (let n = 0; n < 20; n++) await undefined
    order.push('followed')
  }
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      void later()
      saidTogether(what)
      setImmediate(resolve)
    }),
  )
  expect(order).toEqual(['followed', 'flushed'])
})

/** The message of what is thrown at nobody, next. */
function uncaught(): Promise<unknown> {
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null))
  return new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
}

test('what fails in one connection as it is flushed keeps no other waiting', async () => {
  const [one, other] = [1, 2].map((port) => new SocketTransport(new Socket(), { remote: { host: 'test', port } }))
  const failed = uncaught()
  const called = new Promise<string>((resolve) => {
    one?.soon({
      flush() {
        throw new Error('one fails')
      },
    })
    other?.soon({ flush: () => resolve('called') })
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  await expect(called).resolves.toBe('called')
})

test('what fails in one connection as it is heard keeps no other unheard, nor lets it be overtaken', async () => {
  const failed = uncaught()
  const order: number[] = []
  const called = new Promise<void>((resolve) => {
    heardTogether(() => {
      heardTogether(() => order.push(3))
      heardTogether(resolve)
      throw new Error('one fails')
    })
    for (const number of [1, 2]) heardTogether(() => order.push(number))
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  await called
  expect(order).toEqual([1, 2, 3])
})

test('where what is heard is written, 96 are heard at once, in at most 32 turns, as long as anybody wants that', async () => {
  const [once, again] = [gatherMore(), gatherMore()]
  const order: number[] = []
  for (const number of range(1, 95)) heardTogether(() => order.push(number))
  expect(order).toEqual([])
  heardTogether(() => order.push(96))
  await settledInTurn()
  expect(order).toEqual(range(1, 96))
  await turn()
  const many = [[1, 2], ...range(3, 40).map((number) => [number])]
  expect((await heard(many)).get(1)).toBe(31)
  once()
  once()
  expect((await heard(many)).get(1)).toBe(31)
  again()
  expect((await heard(many)).get(1)).toBe(11)
})

test('where each write waits for the disk, 256 are heard at once, in at most 64 turns and 8 ms; the most that is wanted counts', async () => {
  const [synced, written] = [gatherMore(SYNCED), gatherMore()]
  onTestFinished(() => {
    synced()
    written()
  })
  const order: number[] = []
  for (const number of range(1, 255)) heardTogether(() => order.push(number))
  expect(order).toEqual([])
  heardTogether(() => order.push(256))
  await settledInTurn()
  expect(order).toEqual(range(1, 256))
  await turn()
  const many = [[1, 2], ...range(3, 80).map((number) => [number])]
  expect((await heard(many)).get(1)).toBe(63)
  vi.mocked(performance.now).mockImplementation(() => time++)
  expect((await heard(many)).get(1)).toBe(8)
  vi.mocked(performance.now).mockImplementation(() => time)
  synced()
  expect((await heard(many)).get(1)).toBe(31)
})

test('a run queue waits while each turn brings a new peer, for at most 8 ms', async () => {
  const turns: number[] = []
  const began = time
  const queue = () => eventLoop.nextTurn(() => turns.push(time - began))
  const arrive = async (ms: number) => {
    arriveTogether(() => {})
    time += ms
    await turn()
  }
  queue()
  for (let n = 0; n < 5; n++) await arrive(1)
  expect(turns).toEqual([])
  await turn()
  expect(turns).toEqual([5])
  queue()
  for (let n = 0; n < 10; n++) await arrive(1)
  expect(turns).toEqual([5, 13])
})
