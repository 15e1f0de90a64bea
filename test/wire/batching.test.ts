import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { batchArrival, batchFlush, batchInput, eventLoop, FSYNC_LIMITS, raiseBatchLimits } from '../../src/wire/transports/batching.ts'
import { SocketTransport } from '../../src/wire/transports/socket.ts'
import { settledInTurn } from '../support/test-clock.ts'

// batching is bounded in milliseconds, too: here time passes only if a test advances it
let time = 0
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => time)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** One turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Handles numbers, `each` of them in so many turns, then runs turns until all are handled; returns the turn of each. */
async function heard(turns: readonly (readonly number[])[], length = 0): Promise<Map<number, number>> {
  const when = new Map<number, number>()
  let now = 0
  for (const numbers of turns) {
    for (const number of numbers) batchInput(() => when.set(number, now), length)
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

test('input of a single connection is handled at the end of the turn', async () => {
  expect([...(await heard([[1]]))]).toEqual([[1, 0]])
})

test('input of several turns is handled together, in order, after a turn without input', async () => {
  const when = await heard([[1, 2], [3], [4, 5]])
  expect([...when.keys()]).toEqual([1, 2, 3, 4, 5])
  expect(new Set(when.values())).toEqual(new Set([3]))
})

test('no input waits for more than 12 turns, however much arrives', async () => {
  const when = await heard([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(11)
})

test('no input waits for more than 2 ms and the turn in which they end, however much arrives', async () => {
  // each look at the clock takes a millisecond: one when a batch begins, and one in each turn
  vi.mocked(performance.now).mockImplementation(() => time++)
  const when = await heard([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(2)
})

test('48 inputs, or 256 KiB, are handled in the same turn', async () => {
  const order: string[] = []
  for (const number of range(1, 47)) batchInput(() => order.push(String(number)))
  expect(order).toEqual([])
  batchInput(() => order.push('48'))
  await settledInTurn()
  expect(order).toEqual(range(1, 48).map(String))
  batchInput(() => order.push('long'), 256 * 1024)
  expect(order).toHaveLength(48)
  batchInput(() => order.push('longer'), 1)
  expect(order.slice(48)).toEqual(['long', 'longer'])
  await turn()
  expect(order).toHaveLength(50)
})

test('16 inputs are handled at a time, their consequences run before the next 16, and no later input overtakes these', async () => {
  const order: string[] = []
  for (const number of range(1, 40)) batchInput(() => void Promise.resolve().then(() => order.push(String(number))))
  batchInput(() => {
    order.push('the last of them')
    batchInput(() => order.push('behind them'), 512 * 1024)
  }, 256 * 1024)
  batchInput(() => order.push('too many'), 1)
  await turn()
  await turn()
  const said = range(1, 40).map(String)
  expect(order).toEqual([...said.slice(0, 32), 'the last of them', 'too many', ...said.slice(32), 'behind them'])
})

test('output is flushed after all consequences of the input have run, and not before', async () => {
  const order: string[] = []
  const what = { flush: () => order.push('flushed') }
  const later = async () => {
    for (let n = 0; n < 20; n++) await undefined
    order.push('followed')
  }
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      void later()
      batchFlush(what)
      setImmediate(resolve)
    }),
  )
  expect(order).toEqual(['followed', 'flushed'])
})

/** The message of the next uncaught exception. */
function uncaught(): Promise<unknown> {
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null))
  return new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
}

test('an exception during the flush of one connection delays no other', async () => {
  const [one, other] = [1, 2].map((port) => new SocketTransport(new Socket(), { remote: { host: 'test', port } }))
  const failed = uncaught()
  const called = new Promise<string>((resolve) => {
    one?.scheduleFlush({
      flush() {
        throw new Error('one fails')
      },
    })
    other?.scheduleFlush({ flush: () => resolve('called') })
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  await expect(called).resolves.toBe('called')
})

test('an exception in the input of one connection neither drops nor reorders the input of another', async () => {
  const failed = uncaught()
  const order: number[] = []
  const called = new Promise<void>((resolve) => {
    batchInput(() => {
      batchInput(() => order.push(3))
      batchInput(resolve)
      throw new Error('one fails')
    })
    for (const number of [1, 2]) batchInput(() => order.push(number))
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  await called
  expect(order).toEqual([1, 2, 3])
})

test('with a store, 96 inputs are handled at once, in at most 32 turns, as long as a server asks for it', async () => {
  const [once, again] = [raiseBatchLimits(), raiseBatchLimits()]
  const order: number[] = []
  for (const number of range(1, 95)) batchInput(() => order.push(number))
  expect(order).toEqual([])
  batchInput(() => order.push(96))
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

test('if each write waits for the disk, 256 inputs are handled at once, in at most 64 turns and 8 ms; the largest request counts', async () => {
  const [synced, written] = [raiseBatchLimits(FSYNC_LIMITS), raiseBatchLimits()]
  onTestFinished(() => {
    synced()
    written()
  })
  const order: number[] = []
  for (const number of range(1, 255)) batchInput(() => order.push(number))
  expect(order).toEqual([])
  batchInput(() => order.push(256))
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

test('a run queue waits for at most 8 ms while each turn brings a new connection', async () => {
  const turns: number[] = []
  const began = time
  const queue = () => eventLoop.nextTurn(() => turns.push(time - began))
  const arrive = async (ms: number) => {
    batchArrival(() => {})
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
