import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { host } from '../../src/terminal/host.ts'
import { Terminal } from '../../src/terminal/terminal.ts'
import type { Address, Listener, Transport } from '../../src/wire/transport.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { program } from '../support/play.ts'
import { settled, TestClock } from '../support/test-clock.ts'

interface Setup {
  readonly at?: Address
  readonly listener?: Partial<Listener>
  readonly timeout?: number
  readonly name?: string
  readonly clients?: number
}

/** A host at a terminal of pipes, to which the test brings clients. */
async function hosted({ at = { host: '127.0.0.1', port: 0 }, listener = {}, timeout, name = 'guess', clients = 1 }: Setup = {}) {
  const clock = new TestClock()
  const complaints: string[] = []
  const stop = new AbortController()
  let accept: (transport: Transport) => void = () => {}
  const pipe = () => new PassThrough() as unknown as NodeJS.ReadStream & NodeJS.WriteStream
  const code = host({
    program: await program(name),
    options: name === 'guess' ? { secret: '42' } : {},
    random: chance,
    terminal: new Terminal(pipe(), pipe()),
    listen: async (take) => {
      accept = take
      return { address: { host: '127.0.0.1', port: 9999 }, close: async () => {}, ...listener }
    },
    address: at,
    clients,
    concurrent: false,
    stop: stop.signal,
    printError: (sentence) => complaints.push(sentence),
    clock,
    ...(timeout === undefined ? {} : { timeout }),
  })
  await settled()
  return { clock, complaints, stop, code, accept: (transport: Transport) => accept(transport) }
}

test('after two seconds without a client, the host prints its address once', async () => {
  const { clock, complaints, stop, code } = await hosted()
  await clock.pass(1999)
  expect(complaints).toEqual([])
  await clock.pass(1)
  expect(complaints).toEqual(['waiting for a client on 127.0.0.1:9999'])
  await clock.pass(100_000)
  expect(complaints).toHaveLength(1)
  stop.abort(130)
  expect(await code).toBe(130)
})

test.each([
  ['a socket of Unix', { at: { host: './guess.sock', port: 0 }, listener: { address: { host: 'guess.sock', port: 0 } } }, './guess.sock'],
  ['datagrams', { listener: { over: 'UDP' } }, '127.0.0.1:9999 (UDP)'],
  ['TLS', { listener: { over: 'TLS' } }, '127.0.0.1:9999 (TLS)'],
  ['IPv6', { listener: { address: { host: '::1', port: 9999 } } }, '[::1]:9999'],
  ['all addresses', { listener: { address: { host: '0.0.0.0', port: 9999 } } }, '0.0.0.0:9999'],
  ['a longer timeout', { timeout: 5000 }, '127.0.0.1:9999'],
])('the host prints how to reach it: %s', async (_, setup, where) => {
  const { clock, complaints } = await hosted(setup)
  await clock.pass(2000)
  expect(complaints).toEqual([`waiting for a client on ${where}`])
})

test('the host does not print its address after a client has connected, or if its timeout reports it', async () => {
  const quick = await hosted()
  const [ours, theirs] = memoryPair()
  theirs.open({ data() {}, finished() {}, closed() {} })
  quick.accept(ours)
  await quick.clock.pass(10_000)
  expect(quick.complaints).toEqual([])
  const short = await hosted({ timeout: 2000 })
  await short.clock.pass(2000)
  expect(short.complaints).toEqual(['no client connected within 2 s'])
})

test('after two seconds the host names the next client if it serves several and one has connected', async () => {
  const { clock, complaints, accept, stop, code } = await hosted({ name: 'c8/two-clients', clients: 2 })
  const [ours, theirs] = memoryPair()
  theirs.open({ data() {}, finished() {}, closed() {} })
  accept(ours)
  await clock.pass(1999)
  expect(complaints).toEqual([])
  await clock.pass(10_000)
  expect(complaints).toEqual(['waiting for client 2 of 2 on 127.0.0.1:9999'])
  stop.abort(130)
  expect(await code).toBe(130)
})

test.each([
  ['over datagrams, in which silence is the end of a client, its timeout is no error', true, []],
  ['over a stream it is', false, ['the client sent nothing for 5 s; expected a format (such as "%H:%M:%S")']],
] as const)('%s', async (_, datagrams, said) => {
  const { clock, complaints, accept, code } = await hosted({ name: 'time', timeout: 5000 })
  const [ours, theirs] = memoryPair({ datagrams })
  theirs.open({ data() {}, finished() {}, closed() {} })
  accept(ours)
  theirs.write('%H')
  await clock.pass(20_000)
  expect(complaints).toEqual(said)
  expect(await code).toBe(said.length)
})
