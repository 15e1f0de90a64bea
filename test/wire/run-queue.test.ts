import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { type EventLoop, RunQueue, type Task } from '../../src/wire/run-queue.ts'
import { Batcher } from '../../src/wire/transports/batching.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { settled } from '../support/test-clock.ts'

/** An event loop whose turns a test starts, with a clock on which only work takes time. */
class ManualLoop implements EventLoop {
  time = 0
  #turns: (() => void)[] = []
  #settled: (() => void)[] = []

  readonly nextTurn = (then: () => void): void => {
    this.#turns.push(then)
  }

  readonly settled = (then: () => void): void => {
    this.#settled.push(then)
  }

  /** Runs one turn; returns the duration of its work. */
  async turn(): Promise<number> {
    const began = this.time
    const turns = this.#turns
    this.#turns = []
    for (const begin of turns) begin()
    for (;;) {
      await settled()
      const then = this.#settled.shift()
      if (!then) return this.time - began
      then()
    }
  }

  /** Runs the waiting tasks until all present ones have run. */
  async settle(): Promise<void> {
    for (const then of this.#settled.splice(0)) then()
    await settled()
  }

  get idle(): boolean {
    return this.#turns.length === 0
  }
}

function queueOn(loop: ManualLoop, limits: { slice?: number; round?: number; turn?: number } = {}): RunQueue {
  return new RunQueue({ loop, now: () => loop.time, ...limits })
}

/** A connection whose peer has sent a number of `lines`, and a handler that works `cost` milliseconds for each. */
function pipelining(runQueue: RunQueue, loop: ManualLoop, pipelined: Pipelining) {
  const { count, charge = 0, log, name = 'x' } = pipelined
  const [here, there] = memoryPair()
  const connection = new Connection(there, { incoming: lines(), outgoing: lines(), runQueue })
  const serve = async () => {
    for (;;) {
      await connection.receive()
      loop.time += pipelined.cost
      connection.charge(charge)
      log?.push(name)
    }
  }
  serve().catch(() => {})
  here.write('who\n'.repeat(count))
  return { here, connection }
}

/** Returns a peer that has sent two messages, and then nothing for a while. */
async function known(queue: RunQueue, loop: ManualLoop, cost: number) {
  const peer = pipelining(queue, loop, { count: 2, cost })
  await settled()
  while (peer.connection.received < 2) await loop.turn()
  for (let n = 0; n < 25; n++) await loop.turn()
  loop.time += 25
  return peer
}

interface Pipelining {
  readonly count: number
  readonly cost: number
  /** The cost of each message in the handler's budget. */
  readonly charge?: number
  readonly log?: string[]
  readonly name?: string
}

test('a request in a datagram waits for a slice, however small it is, because each datagram is a conversation of its own', async () => {
  const loop = new ManualLoop()
  const queue = queueOn(loop, { slice: 1, turn: 4 })
  let served = 0
  for (let n = 0; n < 40; n++) {
    const [here, there] = memoryPair({ datagrams: true })
    const connection = new Connection(there, { incoming: lines(), outgoing: lines(), runQueue: queue })
    void connection.receive().then(() => {
      loop.time += 1
      served++
    })
    here.write('%c%A\n')
  }
  await settled()
  expect(served).toBe(0)
  expect(await loop.turn()).toBeLessThanOrEqual(5)
  while (!loop.idle) await loop.turn()
  expect(served).toBe(40)
})

describe('a connection that has sent many messages together', () => {
  test('is served for at most a turn’s share in each turn of the event loop, for any cost of a message', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0.1, 0.5, 3, 9),
        async (peers, count, cost) => {
          const loop = new ManualLoop()
          const queue = queueOn(loop, { slice: 1, turn: 4 })
          const all = Array.from({ length: peers }, () => pipelining(queue, loop, { count, cost }))
          await settled()
          // the first message of each is answered as it arrives
          expect(loop.time).toBeCloseTo(peers * cost)
          while (!loop.idle) expect(await loop.turn()).toBeLessThan(4 + 1 + cost)
          expect(all.map(({ connection }) => connection.received)).toEqual(all.map(() => count))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('takes turns with others, a slice each', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 8 })
    const log: string[] = []
    for (const name of ['a', 'b', 'c']) pipelining(queue, loop, { count: 7, cost: 0.5, log, name })
    await settled()
    log.length = 0
    await loop.turn()
    expect(log.join('')).toBe('aabbccaabbccaabb')
    await loop.turn()
    expect(log.join('')).toBe('aabbccaabbccaabbcc')
  })

  test('has shorter slices the more wait, so that a round stays short', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, round: 20, turn: 4 })
    const all = Array.from({ length: 50 }, () => pipelining(queue, loop, { count: 1000, cost: 0.1 }))
    await settled()
    for (let n = 0; n < 20; n++) await loop.turn()
    const before = all.map(({ connection }) => connection.received)
    const began = loop.time
    while (all.some(({ connection }, at) => connection.received === before[at])) await loop.turn()
    expect(loop.time - began).toBeLessThan(30)
  })

  test('does not delay a peer that sends two messages together by a round', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    for (let n = 0; n < 50; n++) pipelining(queue, loop, { count: 10_000, cost: 0.1 })
    const other = await known(queue, loop, 0.1)
    other.here.write('x\nx\n')
    await settled()
    await loop.turn()
    expect(other.connection.received).toBe(4)
  })

  test('does not delay a peer that connected with it and sends little', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    for (let n = 0; n < 50; n++) pipelining(queue, loop, { count: 10_000, cost: 0.1 })
    const other = pipelining(queue, loop, { count: 3, cost: 0.1 })
    await settled()
    await loop.turn()
    expect(other.connection.received).toBe(3)
  })

  test('waits behind peers that connected later and have used less time', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    const all = Array.from({ length: 50 }, () => pipelining(queue, loop, { count: 10_000, cost: 0.1 }))
    await settled()
    while (all.some(({ connection }) => connection.received < 10)) await loop.turn()
    const other = pipelining(queue, loop, { count: 10_000, cost: 0.1 })
    await settled()
    await loop.turn()
    expect(other.connection.received).toBeGreaterThan(2)
  })

  test('does not overtake a peer that sends little after a garbage collection in that peer’s slice', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    const pauses = { count: 0, cost: 0.02 }
    const other = pipelining(queue, loop, pauses)
    const ask = async () => {
      const { received } = other.connection
      other.here.write('x\nx\n')
      await settled()
      await loop.turn()
      return other.connection.received - received
    }
    await ask()
    for (let n = 0; n < 50; n++) pipelining(queue, loop, { count: 10_000, cost: 0.1 })
    await settled()
    pauses.cost = 50
    await ask()
    pauses.cost = 0.02
    for (let n = 0; n < 5; n++) expect(await ask()).toBe(2)
  })

  test('overtakes the others only for the time that it has not used recently, and then waits as they do', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    for (let n = 0; n < 20; n++) pipelining(queue, loop, { count: 10_000, cost: 0.5 })
    await settled()
    for (let n = 0; n < 20; n++) await loop.turn()
    const began = loop.time
    const other = pipelining(queue, loop, { count: 0, cost: 3 })
    for (let n = 0; n < 40; n++) {
      if (queue.size === 20) other.here.write('x\nx\n')
      await settled()
      await loop.turn()
    }
    // the first of two is answered as it arrives; the second has its share of the time, and its saved time
    expect((other.connection.received / 2) * 3).toBeLessThan((loop.time - began) * (1 / 21 + 0.04) + 15)
  })

  test('does not delay a peer while other peers continue together after a pause', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    const others = Array.from({ length: 50 }, () => pipelining(queue, loop, { count: 200, cost: 0.1 }))
    const other = await known(queue, loop, 0.1)
    while (!loop.idle) await loop.turn()
    loop.time += 200
    for (const { here } of others) here.write('who\n'.repeat(200))
    await settled()
    other.here.write('x\nx\n')
    await settled()
    await loop.turn()
    expect(other.connection.received).toBe(4)
  })

  test('does not delay a peer that sends two messages at a time, for any cost of the others’ messages', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    for (let n = 0; n < 50; n++) pipelining(queue, loop, { count: 10_000, cost: 5 })
    const other = await known(queue, loop, 0.02)
    for (let n = 2; n <= 400; n++) {
      other.here.write('x\nx\n')
      await settled()
      await loop.turn()
      expect(other.connection.received).toBe(2 * n)
    }
  })

  test('is served with any number of others that send two messages at a time', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    const others = []
    for (let n = 0; n < 20; n++) others.push(await known(queue, loop, 0.5))
    const { connection } = pipelining(queue, loop, { count: 100, cost: 0.5 })
    await settled()
    await loop.turn()
    loop.time += 100
    const before = connection.received
    for (let n = 0; n < 20; n++) {
      for (const { here } of others) here.write('x\nx\n')
      await settled()
      await loop.turn()
    }
    // 80 ms have 160 messages, and 21 peers have as many each
    expect(connection.received).toBeGreaterThanOrEqual(before + 7)
  })

  test('does not delay a peer with a single message by a slice', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    pipelining(queue, loop, { count: 1000, cost: 0.5 })
    const other = pipelining(queue, loop, { count: 0, cost: 0.1 })
    await settled()
    for (let n = 1; n <= 3; n++) {
      other.here.write('move 5\n')
      await settled()
      expect(other.connection.received).toBe(n)
    }
    expect(queue.size).toBe(1)
  })

  test('waits for a slice also with a single message, if those of many peers together take long', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    const other = await known(queue, loop, 0.02)
    loop.time += 2000
    const others = Array.from({ length: 200 }, () => pipelining(queue, loop, { count: 0, cost: 1 }))
    for (let n = 1; n <= 100; n++) {
      const began = loop.time
      // each sends again as soon as it is answered
      for (const { here, connection } of others) if (connection.unread === 0) here.write('seek\n')
      other.here.write('x\n')
      await settled()
      await loop.turn()
      if (n < 10) continue
      expect(other.connection.received).toBe(2 + n)
      // the time is estimated from earlier turns, and so not exact
      expect(loop.time - began).toBeLessThan(5 * 4)
    }
    expect(others.every(({ connection }) => connection.received > 0)).toBe(true)
  })

  test('does not wait for a slice with a single message if those of many peers take little time', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    const all = Array.from({ length: 100 }, () => pipelining(queue, loop, { count: 0, cost: 0.02 }))
    for (let n = 1; n <= 30; n++) {
      for (const { here } of all) here.write('move 5\n')
      await settled()
      expect(queue.size).toBe(0)
      await loop.turn()
    }
  })

  test('waits for a slice with a single message in a turn in which single messages have used their share, though they took little before', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop, { slice: 1, turn: 4 })
    const kind = { count: 0, cost: 0.02 }
    const all = Array.from({ length: 100 }, () => pipelining(queue, loop, kind))
    for (let n = 1; n <= 10; n++) {
      for (const { here } of all) here.write('move 5\n')
      await settled()
      await loop.turn()
    }
    // like code that runs for the first time
    kind.cost = 2
    const some = all.splice(0, 16)
    for (const { here } of some) here.write('move\n')
    await settled()
    await loop.settle()
    const began = loop.time
    for (const { here } of all) here.write('move\n')
    await settled()
    expect(loop.time).toBe(began)
    while (!loop.idle) expect(await loop.turn()).toBeLessThanOrEqual(4 + 2)
    expect([...some, ...all].map(({ connection }) => connection.received)).toEqual(Array(100).fill(11))
    // in the next turn they run without a slice again
    all[0]?.here.write('move\n')
    await settled()
    expect(all[0]?.connection.received).toBe(12)
  })

  test('is read to its end also if it ends while it waits for its slice', async () => {
    const loop = new ManualLoop()
    const { here, connection } = pipelining(queueOn(loop), loop, { count: 50, cost: 1 })
    here.finish()
    await settled()
    expect(connection.end).toBeUndefined()
    while (!loop.idle) await loop.turn()
    expect(connection.received).toBe(50)
    expect(connection.end?.reason).toBe('finished')
  })

  test('is not silent while it waits for its slice', async () => {
    const loop = new ManualLoop()
    const { connection } = pipelining(queueOn(loop), loop, { count: 3, cost: 2 })
    await settled()
    expect(connection.waitingSince).toBeUndefined()
    while (!loop.idle) await loop.turn()
    expect(connection.waitingSince).toBeDefined()
  })

  test('waits for a slice also with one message at a time, if each message is expensive', async () => {
    const loop = new ManualLoop()
    const queue = queueOn(loop)
    const { here, connection } = pipelining(queue, loop, { count: 1, cost: 1, charge: 100 })
    await settled()
    here.write('who\n')
    await settled()
    expect(connection.received).toBe(1)
    await loop.turn()
    expect(connection.received).toBe(2)
  })
})

test('an exception in one task stops no other task', async () => {
  const loop = new ManualLoop()
  const queue = queueOn(loop)
  const ran: string[] = []
  const task = (name: string, then: () => void): Task => ({
    run: () => {
      ran.push(name)
      then()
    },
  })
  queue.add(
    task('a', () => {
      throw new RangeError('a fault')
    }),
  )
  queue.add(task('b', () => {}))
  await expect(loop.turn()).rejects.toThrow('a fault')
  await loop.turn()
  expect(ran).toEqual(['a', 'b'])
})

test('timers and other turns of the event loop run between slices', async () => {
  const queue = new RunQueue({ loop: new Batcher(), slice: 1, turn: 2 })
  let turns = 0
  let stopped = false
  const count = () => {
    turns++
    if (!stopped) setImmediate(count)
  }
  setImmediate(count)
  let slices = 0
  await new Promise<void>((resolve) => {
    const busy: Task = {
      run() {
        while (queue.isRunning(busy)) {}
        if (++slices < 20) queue.add(busy)
        else resolve()
      },
    }
    queue.add(busy)
  })
  stopped = true
  expect(turns).toBeGreaterThanOrEqual(6)
})
