import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { ConnectionLogs } from '../../../src/lab/wire/connection-logs.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { program } from '../../support/play.ts'
import { TestClock } from '../../support/test-clock.ts'

const LIMITS = { open: 3, closed: 2, closedOfAddress: 1, closedFor: 1000 }

/** Creates logs, and a function that opens a connection of an address and returns the function that closes it. */
async function createLogs() {
  const clock = new TestClock()
  const logs = new ConnectionLogs(clock, LIMITS)
  const protocol = toWatchedProtocol(await program('tjc/guess'))
  let connection = 0
  const open = (host: string) => {
    const [transport] = memoryPair()
    Object.defineProperty(transport, 'loopback', { value: host.startsWith('127.') })
    const server = { host: '127.0.0.1', port: 9999 }
    const logged = logs.open(transport, { connection: ++connection, protocol, client: { host, port: 5000 }, server, transport: 'tcp' })
    logged.open({ data() {}, finished() {}, closed() {} })
    return { end: () => logged.closed() }
  }
  const numbers = (host: string) => logs.listOf(host, host.startsWith('127.')).map((one) => one.connection)
  return { clock, logs, open, numbers }
}

interface Closable {
  end(): void
}

function end(connection: Closable): void {
  connection.end()
}

test('connections of one address at the same time are shared, also after the others have closed', async () => {
  const { logs, open } = await createLogs()
  const alone = open('10.0.0.1')
  open('10.0.0.2')
  expect(logs.list().map(({ isShared }) => isShared)).toEqual([false, false])
  const second = open('10.0.0.1')
  end(alone)
  end(second)
  expect(logs.listOf('10.0.0.1', false).map(({ isShared, isOpen }) => [isShared, isOpen])).toEqual([[true, false]])
  open('10.0.0.1')
  expect(logs.listOf('10.0.0.1', false).map(({ isShared, isOpen }) => [isShared, isOpen])).toEqual([
    [true, false],
    [false, true],
  ])
})

test('the logs of closed connections are dropped by their number, by their address and by their age', async () => {
  const { clock, logs, open, numbers } = await createLogs()
  for (const host of ['10.0.0.1', '10.0.0.1', '10.0.0.2', '127.0.0.1']) end(open(host))
  expect(numbers('10.0.0.1')).toEqual([])
  expect(numbers('10.0.0.2')).toEqual([3])
  expect(numbers('127.0.0.9')).toEqual([4])
  expect(logs.list()).toHaveLength(2)
  await clock.pass(1000)
  expect(logs.list()).toEqual([])
})

test('no log is opened beyond the maximum of open connections, or beyond the rate', async () => {
  const { logs, open } = await createLogs()
  const all = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((host) => {
    expect(logs.mayOpen()).toBe(true)
    return open(host)
  })
  expect(logs.mayOpen()).toBe(false)
  for (const one of all) end(one)
  for (let opened = 3; opened < 200; opened++) expect(logs.mayOpen(), `${opened}`).toBe(true)
  expect(logs.mayOpen()).toBe(false)
})
