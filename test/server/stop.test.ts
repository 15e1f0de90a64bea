import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defineAutomaton } from '../../src/protocol/automaton.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { plainLines } from '../../src/protocol/definition.ts'
import { client, server } from '../../src/protocol/message-spec.ts'
import { openServer } from '../support/open-server.ts'
import { startServe } from '../support/process.ts'
import { untilClosed } from '../support/sockets.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** A client that reads none of its input, and does not close its side. */
function deaf(port: number, says: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {}).pause()
  onTestFinished(() => void socket.destroy())
  socket.write(says)
  return socket
}

/** Returns the time until a server ends after a signal, in milliseconds, and its exit code. */
async function stopping(kill: () => void, exit: Promise<number | string>): Promise<{ took: number; code: number | string }> {
  const from = performance.now()
  kill()
  const code = await exit
  return { took: performance.now() - from, code }
}

describe('a stopped server ends within 5 s', () => {
  test.each([
    ['say nothing', ''],
    ['ask for more than the server sends them in a minute, because it sends slowly to their program', 'H\n'.repeat(2000)],
    ['ask for more than a server holds for them', `${'%A '.repeat(300)}\n`.repeat(1500)],
  ])('with clients that read nothing and %s', async (_, says) => {
    const names = ['c8/headtail', 'tjc/guess', 'fh/time', 'tjc/chat-quit']
    const { server, ports } = await startServe(names)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const clients = names.flatMap((name) => Array.from({ length: 25 }, () => deaf(ports[name] ?? 0, says)))
    await Promise.all(clients.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
    const asking = connect({ port: ports['fh/time'] ?? 0, host: '127.0.0.1' }).on('error', () => {})
    onTestFinished(() => void asking.destroy())
    asking.write('%%')
    await once(asking, 'data')
    const { took, code } = await stopping(() => server.signal('SIGTERM'), server.exit)
    expect(code).toBe(0)
    expect(took).toBeLessThan(5000)
  })

  test('also if a program of its own does not end', async () => {
    const clock = new TestClock()
    const { promise: arrived, resolve: connected } = Promise.withResolvers<unknown>()
    const endless: Program = { ...stuck, name: 'endless', protocol: { ...stuck.protocol, server: () => new Promise<never>(() => {}) } }
    const { server: parlor, address } = await openServer(endless, {
      limits: { first: 1000, idle: 1000 },
      clock,
      logs: { log() {}, connected },
    })
    const socket = deaf(address.port, 'hello\n')
    await once(socket, 'connect')
    await arrived
    await settled()
    expect([...parlor.conversations]).toHaveLength(1)
    let stopped = false
    const stop = parlor.stop().then(() => {
      stopped = true
    })
    expect(parlor.stopping).toBe(true)
    await clock.pass(2900)
    expect(stopped).toBe(false)
    const goes = untilClosed(socket)
    await clock.pass(200)
    await goes
    await clock.pass(1000)
    await stop
  })
})

describe('connected clients are notified of the stop', () => {
  /** A user at the front door, and all input of that user. */
  async function caller(port: number, ...lines: readonly string[]) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    const received = { text: '', gone: untilClosed(socket) }
    socket.on('data', (data) => (received.text += data))
    await once(socket, 'data')
    for (const line of lines) {
      socket.write(`${line}\n`)
      await once(socket, 'data')
    }
    return received
  }

  test('users at the front door, at a table or not, and programs there', async () => {
    const { server, ports } = await startServe(['parlor/door'])
    onTestFinished(() => server[Symbol.asyncDispose]())
    const port = ports['parlor/door'] ?? 0
    const nameless = await caller(port)
    const waiting = await caller(port, 'ada')
    const playing = await caller(port, 'grace', 'play hangman')
    const program = await caller(port, 'style json', '{"type":"enter","name":"bot"}')
    const playingProgram = await caller(port, 'style json', '{"type":"enter","name":"bot2"}', '{"type":"seek","game":"hangman"}')
    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    for (const { text, gone } of [nameless, waiting, playing]) {
      await gone
      expect(text).toMatch(/\n\nThe server was stopped\. Bye\.\n$/)
      expect(text.match(/stopped/g)).toHaveLength(1)
    }
    for (const { text, gone } of [program, playingProgram]) {
      await gone
      expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')).toEqual({ type: 'bye', message: 'the server was stopped' })
    }
    expect(server.errors).toBe('')
  })
})

test('a stopping server accepts no client', async () => {
  const { server, ports } = await startServe(['c8/headtail', 'tjc/guess'])
  onTestFinished(() => server[Symbol.asyncDispose]())
  // a client that reads a long answer slowly prevents an immediate end
  const slow = connect({ port: ports['c8/headtail'] ?? 0, host: '127.0.0.1' }).on('error', () => {})
  onTestFinished(() => void slow.destroy())
  slow.write('H\n'.repeat(1000))
  await once(slow, 'data')
  const playing = connect({ port: ports['tjc/guess'] ?? 0, host: '127.0.0.1' }).on('error', () => {})
  onTestFinished(() => void playing.destroy())
  await once(playing, 'data')
  server.signal('SIGTERM')
  await untilClosed(playing)
  const late = connect({ port: ports['tjc/guess'] ?? 0, host: '127.0.0.1' })
  onTestFinished(() => void late.destroy())
  const [error] = await once(late, 'error')
  expect(error.code).toBe('ECONNREFUSED')
  expect(await Promise.race([server.exit, 'still there'])).toBe('still there')
  expect(await server.exit).toBe(0)
})

const automaton = defineAutomaton({
  messages: { said: client('{text}'), answer: server('{text}') },
  start: 'start',
  states: { start: { said: 'start', answer: 'start' } },
})

const stuck: Program = {
  name: 'stuck',
  source: '',
  port: 0,
  words: undefined,
  protocol: { name: 'stuck', title: 'does nothing', automaton, framing: plainLines, server: async () => {}, client: async () => {} },
}
