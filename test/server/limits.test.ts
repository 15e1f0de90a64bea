import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type HallLimits, unlimitedHall } from '../../src/lobby/context.ts'
import { AdmissionControl, reject, unlimited } from '../../src/server/admission.ts'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { program } from '../support/play.ts'
import { startServe } from '../support/process.ts'
import { untilClosed } from '../support/sockets.ts'
import { settled, TestClock } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A peer that connects from an address. */
function from(host: string, loopback = false): Transport {
  return Object.assign(memoryPair()[0], { remote: { host, port: 1 }, loopback })
}

describe('connections of one address', () => {
  const keeper = (connections: number) => new AdmissionControl({ ...unlimited, connections }, new TestClock())

  test('are accepted up to the limit, and again after some have closed', () => {
    const door = keeper(2)
    const first = from('10.0.0.7')
    expect(door.admit(first)).toBeUndefined()
    expect(door.admit(from('10.0.0.7'))).toBeUndefined()
    expect(door.admit(from('10.0.0.7'))).toBe('no more than 2 connections from one address may be open: close one first')
    expect(door.admit(from('10.0.0.8'))).toBeUndefined()
    door.leave(first)
    expect(door.admit(from('10.0.0.7'))).toBeUndefined()
    expect(door.admit(from('10.0.0.7'))).toMatch(/close one first/)
  })

  test('are unlimited from this machine, because a tunnel may connect from it', () => {
    const door = keeper(1)
    for (let n = 0; n < 5; n++) expect(door.admit(from('127.0.0.1', true))).toBeUndefined()
  })

  test.each([
    ['2001:db8:1:2::7', '2001:db8:1:2:3:4:5:6', true],
    ['2001:db8:1:2::7', '2001:db8:1:3::7', false],
    ['2001:db8::7', '2001:db8:0:0:ffff::1', true],
    ['fe80::1%eth0', 'fe80::2%eth0', true],
    ['::1', '::2', true],
    ['10.0.0.1', '10.0.0.2', false],
  ])('%s and %s are one address: %s, because a home has a whole network in IPv6', (one, other, same) => {
    const door = keeper(1)
    door.admit(from(one))
    expect(door.admit(from(other)) !== undefined).toBe(same)
  })

  test('log a reached limit once a minute', async () => {
    const clock = new TestClock()
    const door = new AdmissionControl(unlimited, clock)
    const tell = (host: string, what = 'refused') => door.mayLogLimit(what, { host, port: 1 })
    expect([tell('10.0.0.7'), tell('10.0.0.7'), tell('10.0.0.8'), tell('10.0.0.7', 'slowed')]).toEqual([true, false, true, true])
    await clock.pass(59_000)
    expect(tell('10.0.0.7')).toBe(false)
    await clock.pass(1000)
    expect([tell('10.0.0.7'), tell('10.0.0.7')]).toEqual([true, false])
  })

  test('of conversations of an address with a bad end, a burst of 500 and then ten a second are logged', async () => {
    const clock = new TestClock()
    const door = new AdmissionControl(unlimited, clock)
    const logged = (host: string) => Array.from({ length: 1000 }, () => door.mayLogEnd({ host, port: 1 })).filter(Boolean).length
    expect([logged('10.0.0.7'), logged('10.0.0.8')]).toEqual([500, 500])
    await clock.pass(1000)
    expect(logged('10.0.0.7')).toBe(10)
  })

  test('conversations over datagrams begin as fast, of all peers together, as one connection may send messages', async () => {
    const clock = new TestClock()
    const door = new AdmissionControl({ ...unlimited, burst: 100, messages: 50 }, clock)
    const begin = (times: number) => Array.from({ length: times }, () => door.mayBegin()).filter(Boolean).length
    expect(begin(1000)).toBe(100)
    await clock.pass(1000)
    expect(begin(1000)).toBe(50)
    expect(new AdmissionControl(unlimited, clock).mayBegin()).toBe(true)
  })

  test('are rejected with the reason if the protocol has a message for it, and else reset', async () => {
    const sentence = 'no more than 2 connections from one address may be open'
    const clock = new TestClock()
    const turn = async (name: string) => {
      const [here, there] = memoryPair()
      reject(there, await program(name), {}, sentence, clock)
      await settled()
      return { here, there }
    }
    const hangman = await turn('fh/hangman')
    expect(textOf(hangman.there)).toBe(`ERROR ${sentence}\n`)
    expect(hangman.there.closeKind).toBe('finished')
    await clock.pass(1000)
    expect(hangman.there.closeKind).toBe('finished')
    hangman.here.finish()
    const guess = await turn('tjc/guess')
    expect(textOf(guess.there)).toBe('')
    expect(guess.there.closeKind).toBe('reset')
  })
})

describe('messages of one connection', () => {
  /** A peer that sends as much as it can, and a role that only reads. */
  function flooded(limits: { burst: number; messages: number }) {
    const clock = new TestClock()
    const slowed: string[] = []
    const budget = new AdmissionControl({ ...unlimited, ...limits }, clock).createBudget((_, sentence) => slowed.push(sentence))
    const [here, there] = memoryPair()
    const connection = new Connection(there, { incoming: lines(), outgoing: lines(), budget, clock })
    const read = () =>
      connection.read({
        message: read,
        end: () => {},
      })
    read()
    return { clock, slowed, here, connection }
  }

  test('are read in a burst, then at the rate; none is lost, and the limit is logged once', async () => {
    const { clock, slowed, here, connection } = flooded({ burst: 1000, messages: 500 })
    here.write('x\n'.repeat(3000))
    await settled()
    expect(connection.received).toBe(1000)
    expect(connection.waitingSince).toBeUndefined()
    await clock.pass(1000)
    expect(connection.received).toBe(1500)
    expect(slowed).toEqual(['the client sends more than 500 messages a second: the server reads its messages more slowly'])
    await clock.pass(3000)
    expect(connection.received).toBe(3000)
    expect(slowed).toHaveLength(1)
    // from now on, the server counts the silence of the client
    await clock.pass(1000)
    expect(connection.waitingSince).toBeDefined()
    here.write('x\n')
    here.finish()
    await settled()
    expect(connection.received).toBe(3001)
    expect(connection.end?.reason).toBe('finished')
  })

  test('have the full burst again after a pause', async () => {
    const { clock, here, connection } = flooded({ burst: 100, messages: 10 })
    here.write('x\n'.repeat(100))
    await clock.pass(20_000)
    here.write('x\n'.repeat(200))
    await settled()
    expect(connection.received).toBeGreaterThanOrEqual(190)
    expect(connection.received).toBeLessThanOrEqual(210)
  })

  test('wait in the socket if unread, so that the server stores few bytes', async () => {
    const { here, connection } = flooded({ burst: 10, messages: 1 })
    for (let n = 0; n < 100; n++) here.write('x\n'.repeat(1000))
    await settled()
    expect(connection.received).toBe(10)
    expect(here.unsent).toBeGreaterThan(100_000)
  })

  test('do not delay the end of a conversation that this side ends', async () => {
    const { clock, here, connection } = flooded({ burst: 10, messages: 1 })
    here.write('x\n'.repeat(100))
    await settled()
    void connection.abort()
    await clock.pass(200)
    expect(clock.waiting).toBe(0)
    expect(connection.received).toBe(10)
  })

  test('are never read faster than the burst and the rate, and never slower than they arrive', async () => {
    const limits = fc.record({ burst: fc.integer({ min: 1, max: 3000 }), messages: fc.integer({ min: 1, max: 2000 }) })
    const said = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 3000 }), number: fc.integer({ min: 1, max: 1500 }) }), {
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(limits, said, async ({ burst, messages }, pieces) => {
        const { clock, here, connection } = flooded({ burst, messages })
        let total = 0
        for (const { pause, number } of pieces) {
          here.write('x\n'.repeat(number))
          total += number
          await clock.pass(pause)
          // a step is read as a whole or not at all, and takes whole milliseconds
          const step = Math.min(100, Math.max(1, Math.floor(burst / 10)))
          const refill = Math.max(1, Math.round((1000 * step) / messages))
          expect(connection.received).toBeLessThanOrEqual(burst + step + (clock.now() / refill) * step)
        }
        await clock.pass((total / messages) * 1500 + 10_000)
        expect(connection.received).toBe(total)
      }),
      { numRuns: 40 },
    )
  })
})

describe('seats and tables', () => {
  /** A hall with limits, and its clients. */
  function hall(limits: Partial<HallLimits>) {
    const testLobby = new TestLobby({ limits: { ...unlimitedHall, ...limits } })
    onTestFinished(() => expect(testLobby.troubles).toEqual([]))
    return { connectClient: (name: string) => testLobby.client(name), place: testLobby.service, clock: testLobby.clock }
  }

  test('are refused with a message of the protocol if all tables are taken', async () => {
    const { connectClient } = hall({ tables: 1 })
    const first = await connectClient('fh/hangman')
    await first.say('START\n')
    expect(first.received).toMatch(/^WORD/)
    const second = await connectClient('fh/hangman')
    await second.say('START\n')
    expect(second.received).toBe('ERROR the server has 1 open table, the maximum: try again later\n')
    expect(await second.end()).toMatchObject({ reason: 'full', message: expect.stringMatching(/the maximum/) })
    expect(second.gaveUp).toBe('finished')
    await first.say('QUIT\n')
    await first.close()
    const third = await connectClient('fh/hangman')
    await third.say('START\n')
    expect(third.received).toMatch(/^WORD/)
  })

  test('are free again after a table has had no player for a week', async () => {
    const { connectClient, clock } = hall({ tables: 1 })
    const first = await connectClient('fh/quiz')
    await first.say('NAME ada\n', 'START 5\n')
    await first.close()
    const refused = await connectClient('fh/hangman')
    await refused.say('START\n')
    expect(refused.received).toMatch(/^ERROR the server has 1 open table/)
    await clock.pass(8 * 24 * 3_600_000)
    const second = await connectClient('fh/hangman')
    await second.say('START\n')
    expect(second.received).toMatch(/^WORD/)
  })

  test('are refused by a reset if the protocol has no message for it', async () => {
    const { connectClient } = hall({ tables: 1 })
    const first = await connectClient('tjc/guess')
    expect(first.received).toBe('GUESS\n')
    const second = await connectClient('tjc/guess')
    expect(await second.end()).toMatchObject({ reason: 'full' })
    expect(second.received).toBe('')
    expect(second.gaveUp).toBe('reset')
  })

  test('are limited for each user', async () => {
    const { place } = hall({ seats: 2 })
    const received: string[] = []
    const house = place.createSeating({ address: '10.0.0.7', endOnDisconnect: () => {}, end: () => {} }, 'door')
    const lobby = house.lobby?.({
      seated: ({ table }) => received.push(`table ${table}`),
      tableEvent: () => {},
      closed: () => {},
      recorded: () => {},
      challenged: () => {},
      challengeWithdrawn: () => {},
      challengeRefused: () => {},
      messageReceived: () => {},
    })
    if (!lobby) throw new Error('there is no lobby')
    await lobby.enter('ada')
    const seek = { game: 'hangman', settings: {} }
    expect([await lobby.seek(seek), await lobby.seek(seek)]).toEqual([{}, {}])
    expect(await lobby.seek(seek)).toEqual({
      code: 'too-many',
      refused: 'you hold 2 seats, the maximum: finish a game first',
    })
    expect(received).toEqual(['table 1', 'table 2'])
    house.close()
  })
})

/** Returns an address of this machine on a network, by which it can connect to itself; undefined if there is none. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address
}

test('from one address, over the network: a silent client with unread output is connected', async ({ skip }) => {
  const outside = ownAddress()
  if (outside === undefined) return skip('this machine is on no network')
  const { server, ports } = await startServe(['c8/headtail', 'fh/hangman'], '--host', '0.0.0.0', '--limit', 'connections=1')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const connectClient = (name: string) => {
    const socket = connect({ port: ports[name] ?? 0, host: outside, localAddress: outside }).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    return socket
  }
  // each answer waits a quarter of a second after the previous answer
  const first = connectClient('c8/headtail')
  await once(first, 'data')
  first.end('H\n'.repeat(100))
  await server.complains(/closed the connection/)
  const [refused] = await once(connectClient('fh/hangman'), 'data')
  expect(String(refused)).toMatch(/^ERROR no more than 1 connection from/)
})

test('from one address, over the network: a third client above a limit of two receives the reason, and the server logs it once', async ({
  skip,
}) => {
  const outside = ownAddress()
  if (outside === undefined) return skip('this machine is on no network')
  const { server, ports } = await startServe(['fh/hangman', 'tjc/guess'], '--host', '0.0.0.0', '--limit', 'connections=2')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const connectClient = (name: string, host = outside) => {
    const socket = connect({ port: ports[name] ?? 0, host, localAddress: host }).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    return socket
  }
  const here = [connectClient('tjc/guess'), connectClient('tjc/guess')]
  for (const socket of here) await once(socket, 'data')
  for (let n = 0; n < 3; n++) {
    const [refused] = await once(connectClient('fh/hangman'), 'data')
    expect(String(refused)).toBe('ERROR no more than 2 connections from one address may be open: close one first\n')
  }
  await untilClosed(connectClient('tjc/guess'))
  await once(connectClient('tjc/guess', '127.0.0.1'), 'data')
  here[0]?.destroy()
  await server.complains(/broke|closed the connection/)
  const [again] = await once(connectClient('tjc/guess'), 'data')
  expect(String(again)).toBe('GUESS\n')
  expect(server.errors.match(/: rejected: /g)).toHaveLength(1)
  expect(server.errors).toMatch(
    /^parlor: [\d-]{10} [\d:]{8} fh\/hangman, [\d.]+:\d+: rejected: no more than 2 connections from one address may be open/,
  )
})

function textOf({ written }: MemoryTransport): string {
  return new TextDecoder().decode(Buffer.concat(written))
}
