import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { UserNotifier } from '../../src/lobby/user-notices.ts'
import { AdmissionControl, unlimited } from '../../src/server/admission.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { startWatchedConversation } from '../support/conversation.ts'
import { Parlor } from '../support/process.ts'
import { writesOf } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const HOUR = 3_600_000
const SEEKER = { name: 'ada', game: 'tictactoe', settings: {}, rated: false }

describe.each([HOUR, -HOUR])('the wall clock is set by %i ms', (jump) => {
  test.each([
    ['the first message', '', { first: 1000, idle: 60_000 }],
    ['a further message', '50\n', { first: 60_000, idle: 1000 }],
  ])('the timeout of %s is unchanged', async (_, said, limits) => {
    const { talking, patience, clock, say } = await startWatchedConversation('guess', { options: { secret: '42' }, limits })
    await say(said)
    clock.jump(jump)
    await clock.pass(900)
    expect(talking.connection.end).toBeUndefined()
    await clock.pass(300)
    await expect(talking.ended).resolves.toMatchObject({ reason: 'late', message: expect.stringMatching(/for 1 s/) })
    patience.close()
  })

  test('the read rate of a client above its limit is unchanged', async () => {
    const clock = new TestClock()
    const budget = new AdmissionControl({ ...unlimited, burst: 1000, messages: 500 }, clock).createBudget(() => {})
    const [here, there] = memoryPair()
    const connection = new Connection(there, { incoming: lines(), outgoing: lines(), budget, clock })
    const read = () => connection.read({ message: read, end: () => {} })
    read()
    here.write('x\n'.repeat(3000))
    await settled()
    clock.jump(jump)
    await clock.pass(1000)
    expect(connection.received).toBe(1500)
    await clock.pass(3000)
    expect(connection.received).toBe(3000)
  })

  test('paced output retains its pace', async () => {
    const clock = new TestClock()
    const [here] = memoryPair()
    const connection = new Connection(here, { incoming: lines(), outgoing: lines(), pace: 100, clock })
    for (const one of ['a', 'b', 'c']) connection.send(one)
    await settled()
    clock.jump(jump)
    await clock.pass(99)
    expect(writesOf(here)).toEqual(['a\n'])
    await clock.pass(1)
    expect(writesOf(here)).toEqual(['a\n', 'b\n'])
    await clock.pass(100)
    expect(writesOf(here)).toEqual(['a\n', 'b\n', 'c\n'])
  })

  test('the timeout of a peer that does not close its side is unchanged', async () => {
    const clock = new TestClock()
    const [here] = memoryPair()
    const connection = new Connection(here, { incoming: lines(), outgoing: lines(), clock })
    let closed = false
    void connection.close().then(() => (closed = true))
    await settled()
    clock.jump(jump)
    await settled()
    expect(closed).toBe(false)
    await clock.pass(60_000)
    expect([closed, clock.waiting]).toEqual([true, 0])
  })

  test('the wait after too many canceled challenges is unchanged', async () => {
    const clock = new TestClock()
    const calls = new UserNotifier({ clock, notices: memoryStore().meeting.notices, onError: () => {} })
    const call = { challenged: 'account:1', seeker: SEEKER, address: '192.0.2.1' }
    for (let n = 0; n < 20; n++) calls.sendChallenge(call)()
    expect(calls.wait(call)).toBe(10_000)
    clock.jump(jump)
    expect(calls.wait(call)).toBe(10_000)
    await clock.pass(10_000)
    expect(calls.wait(call)).toBe(0)
  })

  test('the same fault of one address is still logged once a minute', async () => {
    const clock = new TestClock()
    const door = new AdmissionControl(unlimited, clock)
    const tell = () => door.mayLogLimit('refused', { host: '192.0.2.1', port: 1 })
    expect([tell(), tell()]).toEqual([true, false])
    clock.jump(jump)
    expect(tell()).toBe(false)
    await clock.pass(60_000)
    expect(tell()).toBe(true)
  })
})

describe('a running server whose wall clock is set', () => {
  const preload = `--import=${join(import.meta.dirname, '../support/settable-clock.ts')}`

  /** A server with a clock that `set` sets by a number of milliseconds; silent clients have 3 s for their first message. */
  async function served(jump: number) {
    const args = ['serve', '--json', '--only', 'guess', '--port', 'guess=0', '--first', '3s', '--idle', '10m']
    const server = new Parlor(args, undefined, { environment: { NODE_OPTIONS: preload, JUMP: String(jump) } })
    onTestFinished(() => server[Symbol.asyncDispose]())
    await server.shows(/\n/)
    const { listening } = JSON.parse(server.output) as { listening: { port: number }[] }
    const client = (said: string) => {
      const socket = connect({ port: listening[0]?.port ?? 0, host: '127.0.0.1' })
      socket.on('error', () => {}).setEncoding('utf8')
      onTestFinished(() => void socket.destroy())
      // immediately, so that it waits at the server even on a slow machine
      socket.write(said)
      let messagesReceived = ''
      socket.on('data', (data) => (messagesReceived += data))
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const hears = async (pattern: RegExp) => {
        while (!pattern.test(messagesReceived)) {
          if (socket.closed) throw new Error(`the connection was closed after ${JSON.stringify(messagesReceived)}`)
          await Promise.race([once(socket, 'data'), closed])
        }
      }
      return { socket, closed, hears }
    }
    const set = () => {
      server.signal('SIGUSR2')
      return server.complains(/the clock is set/)
    }
    return { client, set }
  }

  test('forward by an hour: the silent client is disconnected when its 3 s are over, and the others continue', async () => {
    const { client, set } = await served(HOUR)
    // numbers that cannot be a secret
    const player = client('0\n')
    await player.hears(/GUESS.*LOW/s)
    await set()
    const from = performance.now()
    const silent = client('')
    await silent.hears(/GUESS/)
    await silent.closed
    expect(performance.now() - from).toBeGreaterThan(2900)
    player.socket.write('101\n')
    await player.hears(/GUESS.*LOW.*HIGH/s)
  })

  test('back by an hour: the silent client is disconnected nevertheless', async () => {
    const { client, set } = await served(-HOUR)
    const silent = client('')
    await silent.hears(/GUESS/)
    await set()
    await silent.closed
  })
})
