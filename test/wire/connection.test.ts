import { afterEach, describe, expect, test } from 'vitest'
import { addFaults } from '../../src/lab/faults/faulty-transport.ts'
import { traceTransport } from '../../src/lab/trace.ts'
import type { Budget } from '../../src/wire/allowance.ts'
import { Connection, type ConnectionOptions } from '../../src/wire/connection.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import type { Framing } from '../../src/wire/framing/framing.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { literals, segments, untilEnd } from '../../src/wire/framing/unframed.ts'
import { Telnet } from '../../src/wire/telnet.ts'
import { encode } from '../../src/wire/text.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { TransportFilter } from '../../src/wire/transport-filter.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { faultRules } from '../support/faults.ts'
import { recordReceived, writesOf } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const opened: { connection: Connection; clock: TestClock }[] = []

/** A connection over memory, and the raw other end. */
function connect(framing: Framing = lines(), options: Partial<ConnectionOptions> & { datagrams?: boolean } = {}) {
  const { datagrams = false, ...rest } = options
  const [here, there] = memoryPair({ datagrams })
  const clock = new TestClock()
  const connection = new Connection(here, { incoming: framing, outgoing: framing, clock, ...rest })
  opened.push({ connection, clock })
  return { connection, clock, here, there, messagesReceived: recordReceived(there), writes: () => writesOf(here) }
}

/** A connection with a telnet filter over its transport, perhaps with a budget, and the raw other end. */
function overTelnet(budget?: Budget) {
  const [here, there] = memoryPair()
  const clock = new TestClock()
  const telnet = new Telnet(here)
  const connection = new Connection(telnet, { incoming: lines(), outgoing: lines(), clock, budget })
  opened.push({ connection, clock })
  there.open({ data: () => {}, finished: () => {}, closed: () => {} })
  return { telnet, connection, clock, there }
}

/** IAC NOP, which clients send as a keep-alive. */
const NOP = Uint8Array.of(255, 241)

/** ReusedBuffer delivers all bytes in the same memory, as sockets do. */
class ReusedBuffer extends TransportFilter {
  readonly #buffer = new Uint8Array(65_536)

  override data(bytes: Uint8Array): void {
    this.#buffer.set(bytes)
    super.data(this.#buffer.subarray(0, bytes.length))
    this.#buffer.fill(0xaa)
  }
}

/** The state of a reader: its message, or the end. */
const fate = (promise: Promise<string>): Promise<string | Disconnected> => promise.catch((end: Disconnected) => end)

afterEach(async () => {
  for (const { connection, clock } of opened.splice(0)) {
    const closed = connection.close()
    await clock.pass(60_000)
    await closed
    expect(clock.waiting, 'timers that are left').toBe(0)
  }
})

describe('reading', () => {
  const layers: readonly [string, (transport: Transport, clock: TestClock) => Transport][] = [
    ['nothing', (transport) => transport],
    ['telnet', (transport) => new Telnet(transport)],
    ['a trace', (transport, clock) => traceTransport(transport, { write: () => {}, clock })],
    ['a delay', (transport, clock) => addFaults(transport, { rules: faultRules('in:delay 5'), clock })],
    ['glue', (transport, clock) => addFaults(transport, { rules: faultRules('in:glue 5'), clock })],
    ['cuts', (transport, clock) => addFaults(transport, { rules: faultRules('in:split 3'), clock })],
  ]

  test.each(layers)('retains no bytes if other bytes follow, with %s between', async (_, layer) => {
    const [here, there] = memoryPair()
    const clock = new TestClock()
    const connection = new Connection(layer(new ReusedBuffer(here), clock), { incoming: lines(), outgoing: lines(), clock })
    opened.push({ connection, clock })
    const long = 'x'.repeat(4000)
    // whole, split, more than is stored at a time, and the rest of an earlier message
    const pieces = ['one\ntw', 'o\n', `three\n${long}\n${long}\n${long}\nfo`, 'u', 'r\nfive\nsi', 'x\n']
    for (const piece of pieces) {
      there.write(piece)
      await settled()
      await clock.pass(20)
    }
    await clock.pass(60_000)
    const messagesReceived: string[] = []
    while (messagesReceived.length < 9) messagesReceived.push(await connection.receive())
    expect(messagesReceived).toEqual(['one', 'two', 'three', long, long, long, 'four', 'five', 'six'])
  })

  test('messages that arrived before the peer closed are read before the end', async () => {
    const { connection, there } = connect()
    there.write('one\ntwo\nth')
    there.finish()
    await settled()
    expect(await connection.receive()).toBe('one')
    expect(await connection.receive()).toBe('two')
    expect(connection.end).toBeUndefined()
    await expect(connection.receive()).rejects.toMatchObject({
      reason: 'finished',
      message: 'the other side closed the connection in the middle of a message, 2 bytes into it',
    })
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a peer that closes between messages has closed without an error', async () => {
    const { connection, there } = connect()
    const reading = fate(connection.receive())
    there.finish()
    expect(await reading).toMatchObject({ reason: 'finished', message: 'the other side closed the connection' })
  })

  test('messages that arrived before a reset are read before the reset', async () => {
    const { connection, there } = connect()
    there.write('MOVE5\nMO')
    there.reset()
    await settled()
    expect(await connection.receive()).toBe('MOVE5')
    await expect(connection.receive()).rejects.toMatchObject({
      reason: 'reset',
      message: 'the other side broke the connection off (ECONNRESET)',
    })
  })

  test('reads 32 messages that a peer had sent before it disconnected, and drops the rest', async () => {
    const { connection, there } = connect()
    there.write('x\n'.repeat(1000))
    await settled()
    for (let read = 0; read < 100; read++) expect(await connection.receive()).toBe('x')
    there.reset()
    await settled()
    for (let read = 0; read < 32; read++) expect(await connection.receive()).toBe('x')
    await expect(connection.receive()).rejects.toMatchObject({
      reason: 'reset',
      message: 'the other side broke the connection off (ECONNRESET)',
    })
  })

  test('a waiting reader is notified of a reset immediately', async () => {
    const { connection, there } = connect()
    const reading = fate(connection.receive())
    there.reset()
    expect(await reading).toMatchObject({ reason: 'reset' })
  })

  test('a peer that has closed without an error and then breaks has closed', async () => {
    const { connection, there } = connect()
    there.write('x\n')
    there.finish()
    there.reset()
    await settled()
    expect(await connection.receive()).toBe('x')
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a message that ends with the stream is dropped if the stream was reset', async () => {
    const { connection, there } = connect(untilEnd)
    there.write('half a pa')
    there.reset()
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'reset' })
  })

  test('throws for a second reader at the same time', async () => {
    const { connection, there } = connect()
    const reading = connection.receive()
    await expect(connection.receive()).rejects.toThrow('one reader')
    there.write('x\n')
    expect(await reading).toBe('x')
  })

  test('reports since when a reader waits', async () => {
    const { connection, clock, there } = connect()
    expect(connection.waitingSince).toBeUndefined()
    await clock.pass(5)
    const now = clock.monotonic()
    const reading = connection.receive()
    await clock.pass(5)
    expect(connection.waitingSince).toBe(now)
    expect(connection.hasReceived).toBe(false)
    there.write('x\n')
    await reading
    expect(connection.waitingSince).toBeUndefined()
    expect(connection.hasReceived).toBe(true)
  })

  test.each([
    ['a client that begins in TLS', [0x16, 3, 1, 2, 0]],
    ['a server that answers with an alert of TLS', [0x15, 3, 3, 0, 2, 2, 10]],
  ])('%s gets a sentence of its own on a connection without TLS', async (_, bytes) => {
    const { connection, there } = connect()
    there.write(Uint8Array.from(bytes))
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'violation', message: expect.stringContaining('speaks TLS') })
  })
})

describe('the listener for the peer’s end', () => {
  test('is notified when all messages of the peer were read, and not before', async () => {
    const { connection, there } = connect()
    const received: string[] = []
    connection.whenPeerClosed((end) => received.push(end.reason))
    there.write('last\n')
    there.finish()
    await settled()
    expect(received).toEqual([])
    expect(await connection.receive()).toBe('last')
    connection.whenPeerClosed((end) => received.push(end.reason))
    expect(received).toEqual(['finished'])
  })

  test('is notified immediately, and once, if no message is unread', async () => {
    const { connection, there } = connect()
    const received: string[] = []
    connection.whenPeerClosed((end) => received.push(end.reason))
    there.reset()
    await settled()
    expect(received).toEqual(['reset'])
  })

  test('can be canceled', async () => {
    const { connection, there } = connect()
    connection.whenPeerClosed(() => expect.unreachable())
    connection.whenPeerClosed(undefined)
    there.finish()
    await settled()
    expect(connection.end).toBeUndefined()
  })
})

describe('limits of a connection', () => {
  test('a message over the limit ends the conversation, also for a passive listener', async () => {
    const { connection, there } = connect(lines(), { messageLimit: 10 })
    there.write(`${'x'.repeat(10)}\n${'x'.repeat(11)}\n`)
    expect(await connection.receive()).toBe('x'.repeat(10))
    await expect(connection.receive()).rejects.toMatchObject({
      reason: 'much',
      message: 'the other side sent a message of more than 10 bytes, the limit',
    })
    const watched = connect(lines(), { messageLimit: 10 })
    const received: string[] = []
    watched.connection.whenPeerClosed((end) => received.push(end.reason))
    watched.there.write('x'.repeat(12))
    await settled()
    expect(received).toEqual(['much'])
  })

  test('a peer that is not read has to wait, and no bytes are lost', async () => {
    const { connection, there } = connect(lines(), { inboxLimit: 5000 })
    const sent = Array.from({ length: 2000 }, (_, i) => `message ${i}`)
    for (const one of sent) there.write(`${one}\n`)
    await settled()
    expect(there.unsent).toBeGreaterThan(15_000)
    for (const one of sent) expect(await connection.receive()).toBe(one)
    expect(there.unsent).toBe(0)
  })

  test('segments that are not read are not lost either, however small', async () => {
    const { connection, clock, there } = connect(segments(20), { inboxLimit: 5000 })
    for (let i = 0; i < 300; i++) {
      there.write(`${i}`)
      await clock.pass(20)
    }
    expect(there.unsent).toBeGreaterThan(0)
    for (let i = 0; i < 100; i++) expect(await connection.receive()).toBe(`${i}`)
  })

  test('a paused peer can always send one message', async () => {
    const { connection, there } = connect(lines(), { inboxLimit: 10, messageLimit: 1000 })
    const reading = connection.receive()
    const long = 'x'.repeat(1000)
    for (const char of `${long}\r\n`) there.write(char)
    expect(await reading).toBe(long)
  })

  test('a peer that does not read is disconnected with a reset', async () => {
    const { connection, there, here } = connect(lines(), { outboxLimit: 1000 })
    const reading = fate(connection.receive())
    there.pause()
    connection.sendNow('x'.repeat(1000))
    expect(connection.end).toBeUndefined()
    connection.sendNow('x')
    expect(await reading).toMatchObject({
      reason: 'much',
      message: 'the other side reads too slowly: 1001 unread bytes wait, and the limit is 1000 bytes',
    })
    expect(here.closeKind).toBe('reset')
  })

  test('a peer that sends telnet commands without end is disconnected with a sentence; a client that sends keep-alives is not', async () => {
    const { telnet, there, connection } = overTelnet()
    const fateOf = fate(connection.receive())
    for (let asked = 0; asked < 8192; asked++) there.write(NOP)
    await settled()
    expect(connection.end).toBeUndefined()
    there.write('x\n')
    expect(await fateOf).toBe('x')
    const next = fate(connection.receive())
    for (let asked = 0; asked < 8192; asked++) there.write(NOP)
    await settled()
    expect(connection.end).toBeUndefined()
    there.write(NOP)
    expect(await next).toMatchObject({
      reason: 'much',
      message: 'the other side sent more than 16384 bytes of telnet commands without a line between them',
    })
    expect(telnet.active).toBe(true)
  })

  test('telnet commands count against the budget as messages do: a peer that has spent it has to wait', async () => {
    const { clock, there, connection } = overTelnet({ step: 10, open: () => () => 1000 })
    const next = fate(connection.receive())
    for (let asked = 0; asked < 1000; asked++) there.write(NOP)
    await settled()
    // 640 bytes were read, and the rest stays with the peer
    expect(there.unsent).toBe(2000 - 640)
    there.write('x\n')
    await clock.pass(999)
    expect(there.unsent).toBe(2002 - 640)
    connection.fail(new Disconnected('ours', 'the test is over'))
    expect(await next).toMatchObject({ reason: 'ours' })
  })

  test('after the end, at most a quarter of a megabyte is read and dropped', async () => {
    const { connection, there, clock } = connect()
    const closed = connection.close()
    for (let kilobyte = 0; kilobyte < 2000; kilobyte++) there.write('x'.repeat(1024))
    await settled()
    expect(there.unsent).toBe((2000 - 257) * 1024)
    await clock.pass(2000)
    await closed
  })

  test('messages that wait for their pace count toward the limit', async () => {
    const { connection, there } = connect(lines(), { outboxLimit: 1000, pace: 150 })
    const reading = fate(connection.receive())
    for (let i = 0; i < 200; i++) connection.send('sentence')
    expect(await reading).toMatchObject({ reason: 'much' })
    there.resume()
  })

  test('messages that wait for their pace count by their bytes, not by their characters', async () => {
    const { connection, there } = connect(lines(), { outboxLimit: 1000, pace: 150 })
    const reading = fate(connection.receive())
    // the first message does not wait; with 4 characters each, 120 are 480 characters, and 1,200 bytes
    for (let i = 0; i < 121; i++) connection.send('日日日')
    expect(await reading).toMatchObject({ reason: 'much' })
    there.resume()
  })
})

describe('segments', () => {
  test('bytes within the time are one message, and later bytes are another', async () => {
    const { connection, clock, there } = connect(segments(20))
    there.write('42')
    await clock.pass(19)
    const reading = connection.receive()
    await clock.pass(1)
    expect(await reading).toBe('42')
    there.write('50')
    await clock.pass(20)
    expect(await connection.receive()).toBe('50')
  })

  test('the wait is longer for bytes that arrive in pieces, because a network that splits messages may also be slow', async () => {
    const { connection, clock, there } = connect(segments(20))
    const got: string[] = []
    void connection.receive().then((text) => got.push(text))
    there.write('1')
    await clock.pass(19)
    for (const piece of '234') {
      there.write(piece)
      await clock.pass(99)
    }
    expect(got).toEqual([])
    await clock.pass(1)
    expect(got).toEqual(['1234'])
    there.write('5')
    await clock.pass(20)
    expect(await connection.receive()).toBe('5')
  })

  test('an end before the time is over delivers the bytes received', async () => {
    const { connection, there } = connect(segments(20))
    there.write('42')
    there.finish()
    expect(await connection.receive()).toBe('42')
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'finished' })
  })

  test('a reset before the time is over delivers the bytes received', async () => {
    const { connection, there } = connect(segments(20))
    there.write('42')
    there.reset()
    expect(await connection.receive()).toBe('42')
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'reset' })
  })

  test('a side that has ended the conversation waits no longer', async () => {
    const { connection, clock, there } = connect(segments(20))
    there.write('42')
    await settled()
    expect(clock.waiting).toBe(1)
    connection.fail(new Disconnected('late', 'too late'))
    expect(clock.waiting).toBe(0)
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'late' })
  })

  test('known texts that settle are delivered immediately, and other bytes after the time', async () => {
    const { connection, clock, there } = connect(literals(['HIGH', 'LOW'], 20))
    there.write('HIGHLOWHI')
    await clock.pass(20)
    expect(await connection.receive()).toBe('HIGH')
    expect(await connection.receive()).toBe('LOW')
    expect(await connection.receive()).toBe('HI')
  })
})

describe('sending', () => {
  test('all lines of one turn are one write, and each unframed message is its own write', async () => {
    const one = connect(lines())
    for (const text of ['a', 'b', 'c']) one.connection.send(text)
    await settled()
    expect(one.writes()).toEqual(['a\nb\nc\n'])
    const other = connect(segments())
    for (const text of ['a', 'b', 'c']) other.connection.send(text)
    await settled()
    expect(other.writes()).toEqual(['a', 'b', 'c'])
  })

  test('an empty message of an unframed stream is no write', async () => {
    const { connection, writes } = connect(segments())
    connection.send('')
    connection.sendNow('')
    connection.send('x')
    await settled()
    expect(writes()).toEqual(['x'])
  })

  test('an urgent message follows the messages before it', async () => {
    const { connection, writes } = connect()
    connection.send('first')
    connection.sendNow('second')
    await settled()
    expect(writes()).toEqual(['first\n', 'second'])
  })

  test('a peer that has finished sending still receives', async () => {
    const { connection, there, messagesReceived } = connect()
    there.write('question\n')
    there.finish()
    expect(await connection.receive()).toBe('question')
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'finished' })
    connection.send('answer')
    await connection.close()
    expect(messagesReceived.text).toBe('answer\n')
    expect(connection.end?.reason).toBe('finished')
  })

  test('sends nothing after the end', async () => {
    const { connection, there, writes, clock } = connect()
    there.reset()
    await settled()
    connection.send('x')
    connection.sendNow('y')
    await clock.pass(1)
    expect(writes()).toEqual([])
  })
})

describe('the pace', () => {
  test('two messages without an answer in between are at least the pace apart, and the first is not delayed', async () => {
    const { connection, clock, writes } = connect(lines(), { pace: 150 })
    for (const text of ['LOW', 'GUESS', 'MORE']) connection.send(text)
    expect(writes()).toEqual(['LOW\n'])
    await clock.pass(149)
    expect(writes()).toEqual(['LOW\n'])
    await clock.pass(1)
    expect(writes()).toEqual(['LOW\n', 'GUESS\n'])
    await clock.pass(149)
    expect(writes().length).toBe(2)
    await clock.pass(1)
    expect(writes()).toEqual(['LOW\n', 'GUESS\n', 'MORE\n'])
  })

  test('applies to messages that are sent later', async () => {
    const { connection, clock, writes } = connect(lines(), { pace: 150 })
    connection.send('LOW')
    await clock.pass(100)
    connection.send('GUESS')
    await clock.pass(49)
    expect(writes()).toEqual(['LOW\n'])
    await clock.pass(1)
    expect(writes()).toEqual(['LOW\n', 'GUESS\n'])
    await clock.pass(1000)
    connection.send('HIGH')
    expect(writes().length).toBe(3)
  })

  test('an answer ends the wait, also a wait that has begun', async () => {
    const { connection, clock, there, writes } = connect(lines(), { pace: 150 })
    connection.send('GUESS')
    there.write('50\n')
    await settled()
    connection.send('LOW')
    expect(writes()).toEqual(['GUESS\n', 'LOW\n'])
    connection.send('GUESS')
    await clock.pass(10)
    expect(writes().length).toBe(2)
    there.write('60\n')
    await settled()
    expect(writes()).toEqual(['GUESS\n', 'LOW\n', 'GUESS\n'])
    connection.send('HIGH')
    await clock.pass(149)
    expect(writes().length).toBe(3)
    await clock.pass(1)
    expect(writes().length).toBe(4)
  })

  test('closing and resetting wait for the messages sent before', async () => {
    for (const way of ['close', 'abort'] as const) {
      const { connection, clock, here, writes } = connect(lines(), { pace: 150 })
      connection.send('LOW')
      connection.send('GAMEOVER')
      const done = connection[way]()
      await clock.pass(149)
      expect(here.closeKind).toBeUndefined()
      await clock.pass(1)
      expect(writes()).toEqual(['LOW\n', 'GAMEOVER\n'])
      await clock.pass(5000)
      await done
      expect(here.closeKind).toBe(way === 'close' ? 'finished' : 'reset')
    }
  })

  test('waiting messages are dropped when the peer resets, and closing does not wait for them', async () => {
    const { connection, clock, there, writes } = connect(lines(), { pace: 150 })
    connection.send('LOW')
    connection.send('GAMEOVER')
    const done = connection.close()
    there.reset()
    await settled()
    await done
    await clock.pass(1000)
    expect(writes()).toEqual(['LOW\n'])
  })
})

describe('closing', () => {
  test('flushes the output, finishes, and completes when the peer finishes, too', async () => {
    const { connection, clock, here, there, messagesReceived } = connect()
    connection.send('bye')
    const done = connection.close()
    await settled()
    expect(messagesReceived.text).toBe('bye\n')
    expect(messagesReceived.finished).toBe(true)
    there.finish()
    await done
    expect(here.closeKind).toBe('finished')
    expect(clock.waiting).toBe(0)
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'ours', message: 'this side has ended the conversation' })
  })

  test('does not wait forever for a peer that stays connected', async () => {
    const { connection, clock, there } = connect()
    const done = connection.close()
    await clock.pass(1999)
    there.write('still here\n')
    await clock.pass(1)
    await done
    expect(clock.waiting).toBe(0)
  })

  test('waits for a peer that still reads, and not for a peer that does not', async () => {
    for (const reads of [true, false]) {
      const { connection, clock, there, messagesReceived } = connect()
      there.pause()
      connection.sendNow('x'.repeat(50_000))
      let over = false
      const done = connection.close().then(() => {
        over = true
      })
      await clock.pass(1000)
      if (reads) there.resume()
      await clock.pass(1000)
      expect(over).toBe(!reads)
      await clock.pass(2000)
      expect(over).toBe(true)
      expect(messagesReceived.text.length).toBe(reads ? 50_000 : 0)
      await done
    }
  })

  test('a reset gives the last message 200 ms, and then the peer sees the reset', async () => {
    const { connection, clock, here, messagesReceived } = connect()
    connection.send('last words')
    const done = connection.abort()
    await clock.pass(199)
    expect(messagesReceived.text).toBe('last words\n')
    expect(here.closeKind).toBeUndefined()
    await clock.pass(1)
    await done
    expect(here.closeKind).toBe('reset')
    expect(messagesReceived.closed).toBe('ECONNRESET')
  })

  test('a peer that closes meanwhile is not reset', async () => {
    const { connection, clock, here, there } = connect()
    const done = connection.abort()
    await settled()
    there.reset()
    await clock.pass(1)
    await done
    expect(here.closeKind).toBeUndefined()
  })

  test('closing twice and in both ways at the same time completes for all callers', async () => {
    const { connection, clock, there } = connect()
    const all = Promise.all([connection.close(), connection.close(), connection.abort()])
    await settled()
    there.finish()
    await all
    expect(clock.waiting).toBe(0)
    await connection.close()
  })

  test('the first reason for the end stays', async () => {
    const { connection, there } = connect()
    const reading = fate(connection.receive())
    there.finish()
    await reading
    await connection.close()
    expect(connection.end?.reason).toBe('finished')
  })

  test('bytes that arrive during closing are read and dropped', async () => {
    const { connection, clock, there } = connect(lines(), { inboxLimit: 5000 })
    const done = connection.close()
    for (let i = 0; i < 100; i++) there.write('x'.repeat(1000))
    await clock.pass(1)
    expect(there.unsent).toBe(0)
    there.finish()
    await done
  })
})

describe('datagrams', () => {
  test('each datagram is a message, also an empty datagram, and each answer is a datagram', async () => {
    const { connection, there, writes } = connect(segments(), { datagrams: true })
    for (const text of ['%H', '', '%M\n']) there.write(text)
    expect(await connection.receive()).toBe('%H')
    expect(await connection.receive()).toBe('')
    expect(await connection.receive()).toBe('%M\n')
    for (const text of ['13', '', '05']) connection.send(text)
    await settled()
    expect(writes()).toEqual(['13', '', '05'])
  })

  test('datagrams are decoded separately: half a character becomes U+FFFD, and the next datagram is whole', async () => {
    const { connection, there } = connect(segments(), { datagrams: true })
    there.write(Uint8Array.of(0xe2, 0x82))
    there.write(Uint8Array.of(0xac))
    there.write('€')
    expect(await connection.receive()).toBe('\ufffd')
    expect(await connection.receive()).toBe('\ufffd')
    expect(await connection.receive()).toBe('€')
  })

  test('each line is one datagram', async () => {
    const { connection, writes } = connect(lines(), { datagrams: true })
    connection.send('a')
    connection.send('b')
    await settled()
    expect(writes()).toEqual(['a\n', 'b\n'])
  })

  test('a datagram over the limit ends the conversation', async () => {
    const { connection, there } = connect(segments(), { datagrams: true, messageLimit: 10 })
    there.write(encode('x'.repeat(11)))
    await expect(connection.receive()).rejects.toMatchObject({ reason: 'much' })
  })

  test('unread datagrams are stored up to a limit, and dropped above it', async () => {
    const { connection, there } = connect(segments(), { datagrams: true })
    for (let i = 0; i < 1000; i++) there.write(`${i}`)
    await settled()
    expect(await connection.receive()).toBe('0')
    expect(await connection.receive()).toBe('1')
    there.write('later')
    await settled()
    let last = ''
    for (let i = 0; i < 15; i++) last = await connection.receive()
    expect(last).toBe('later')
  })
})
