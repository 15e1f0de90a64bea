import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { APPEND_LIMITS, Batcher, FSYNC_LIMITS } from '../../src/wire/transports/batching.ts'
import { SocketTransport } from '../../src/wire/transports/socket.ts'
import { settledInTurn } from '../support/test-clock.ts'

// batching is bounded in milliseconds, too: here time passes only if a test advances it
let time = 0
let batcher: Batcher
beforeEach(() => {
  batcher = new Batcher()
  vi.spyOn(performance, 'now').mockImplementation(() => time)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** One turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Handles numbers, `each` of them in so many turns, then runs turns until all are handled; returns the turn of each. */
async function received(turns: readonly (readonly number[])[], length = 0): Promise<Map<number, number>> {
  const when = new Map<number, number>()
  let now = 0
  for (const numbers of turns) {
    for (const number of numbers) batcher.queue(() => when.set(number, now), length)
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
  expect([...(await received([[1]]))]).toEqual([[1, 0]])
})

test('input of several turns is handled together, in order, after a turn without input', async () => {
  const when = await received([[1, 2], [3], [4, 5]])
  expect([...when.keys()]).toEqual([1, 2, 3, 4, 5])
  expect(new Set(when.values())).toEqual(new Set([3]))
})

test('no input waits for more than 12 turns, with any amount of input', async () => {
  const when = await received([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(11)
})

test('no input waits for more than 2 ms and the turn in which they end, with any amount of input', async () => {
  // each read of the clock takes a millisecond: a read when a batch begins, and a read in each turn
  vi.mocked(performance.now).mockImplementation(() => time++)
  const when = await received([[1, 2], ...range(3, 20).map((number) => [number])])
  expect(when.get(1)).toBe(2)
})

test('48 inputs, or 256 KiB, are handled in the same turn', async () => {
  const order: string[] = []
  for (const number of range(1, 47)) batcher.queue(() => order.push(String(number)))
  expect(order).toEqual([])
  batcher.queue(() => order.push('48'))
  await settledInTurn()
  expect(order).toEqual(range(1, 48).map(String))
  batcher.queue(() => order.push('long'), 256 * 1024)
  expect(order).toHaveLength(48)
  batcher.queue(() => order.push('longer'), 1)
  expect(order.slice(48)).toEqual(['long', 'longer'])
  await turn()
  expect(order).toHaveLength(50)
})

test('16 inputs are handled at a time, their consequences run before the next 16, and no later input overtakes these', async () => {
  const order: string[] = []
  for (const number of range(1, 40)) batcher.queue(() => void Promise.resolve().then(() => order.push(String(number))))
  batcher.queue(() => {
    order.push('the last of them')
    batcher.queue(() => order.push('behind them'), 512 * 1024)
  }, 256 * 1024)
  batcher.queue(() => order.push('too many'), 1)
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
      batcher.scheduleFlush(what)
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
  const [one, other] = [1, 2].map((port) => new SocketTransport(new Socket(), batcher, { remote: { host: 'test', port } }))
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
    batcher.queue(() => {
      batcher.queue(() => order.push(3))
      batcher.queue(resolve)
      throw new Error('one fails')
    })
    for (const number of [1, 2]) batcher.queue(() => order.push(number))
  })
  await expect(failed).resolves.toMatchObject({ message: 'one fails' })
  await called
  expect(order).toEqual([1, 2, 3])
})

test('with the limits for a log, 96 inputs are handled together, in at most 32 turns', async () => {
  batcher.raiseLimits(APPEND_LIMITS)
  const order: number[] = []
  for (const number of range(1, 95)) batcher.queue(() => order.push(number))
  expect(order).toEqual([])
  batcher.queue(() => order.push(96))
  await settledInTurn()
  expect(order).toEqual(range(1, 96))
  await turn()
  const many = [[1, 2], ...range(3, 40).map((number) => [number])]
  expect((await received(many)).get(1)).toBe(31)
})

test('if each write waits for the disk, 256 inputs are handled together, in at most 64 turns and 8 ms; lower limits change nothing', async () => {
  batcher.raiseLimits(FSYNC_LIMITS)
  batcher.raiseLimits(APPEND_LIMITS)
  const order: number[] = []
  for (const number of range(1, 255)) batcher.queue(() => order.push(number))
  expect(order).toEqual([])
  batcher.queue(() => order.push(256))
  await settledInTurn()
  expect(order).toEqual(range(1, 256))
  await turn()
  const many = [[1, 2], ...range(3, 80).map((number) => [number])]
  expect((await received(many)).get(1)).toBe(63)
  vi.mocked(performance.now).mockImplementation(() => time++)
  expect((await received(many)).get(1)).toBe(8)
})

test('two batchers share neither limits nor batches nor memory', async () => {
  const other = new Batcher()
  other.raiseLimits(FSYNC_LIMITS)
  const order: string[] = []
  for (const number of range(1, 47)) {
    batcher.queue(() => order.push(`one ${number}`))
    other.queue(() => order.push(`other ${number}`))
  }
  expect(order).toEqual([])
  batcher.queue(() => order.push('one 48'))
  await settledInTurn()
  expect(order).toEqual(range(1, 48).map((number) => `one ${number}`))
  expect(batcher.lend(new Uint8Array(1)).buffer).not.toBe(other.lend(new Uint8Array(1)).buffer)
  expect(batcher.readBuffer).not.toBe(other.readBuffer)
  await turn()
  await turn()
  expect(order).toHaveLength(95)
})

test('lent bytes stay as they are until their batch is over, in any number', async () => {
  const size = 16_384
  const lent = range(1, 20).map((number) => batcher.lend(new Uint8Array(size).fill(number)))
  expect(lent.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)])).toEqual(range(1, 20).map((number) => [size, number, number]))
  const memory = new Set(lent.map(({ buffer }) => buffer))
  // one memory for 272 KiB, and a copy for each of the others
  expect(memory.size).toBe(1 + 3)
  batcher.queue(() => {})
  await turn()
  expect(batcher.lend(new Uint8Array(size)).byteOffset).toBe(0)
})

test('a run queue waits for at most 8 ms while each turn brings a new connection', async () => {
  const turns: number[] = []
  const began = time
  const queue = () => batcher.nextTurn(() => turns.push(time - began))
  const arrive = async (ms: number) => {
    batcher.queueArrival(() => {})
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
