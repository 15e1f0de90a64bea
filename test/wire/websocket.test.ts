import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChurnSet } from '../../src/base/churn-set.ts'
import { decode } from '../../src/wire/text.ts'
import type { Sink } from '../../src/wire/transport.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { TransportStream } from '../../src/wire/transports/transport-stream.ts'
import { WebSocketTransport } from '../../src/wire/transports/websocket.ts'
import { splitAt } from '../support/decoding.ts'
import { recordReceived } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** Encodes a frame as a client does, with a mask of zeros. */
const frame = (first: number, text = '') =>
  Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text, 'latin1')])
const TEXT = 0x81
const PING = 0x89
const PONG = 0x8a
const CLOSE = 0x88

/** Opens a WebSocket over memory; `head` arrives with the handshake. */
async function openWebSocket(head = Buffer.alloc(0)) {
  const clock = new TestClock()
  const [below, far] = memoryPair()
  const received = recordReceived(far)
  const open = new ChurnSet<WebSocketTransport>()
  const transport = new WebSocketTransport(new TransportStream(below), head, below, { clock, open })
  const events: string[] = []
  const sink: Sink = {
    data: (bytes) => void events.push(decode(bytes)),
    finished: () => void events.push('finished'),
    closed: (broken) => void events.push(`closed ${broken}`),
  }
  transport.open(sink)
  await settled()
  return { clock, below, far, received, open, transport, events }
}

test('a peer that the server does not read is not silent, and a peer that sends nothing afterwards is reset', async () => {
  const { below, far, transport, events, open } = await openWebSocket()
  transport.probe()
  transport.pause()
  far.write(frame(PONG))
  for (let probes = 0; probes < 3; probes++) transport.probe()
  await settled()
  expect([below.closeKind, events]).toEqual([undefined, []])
  transport.resume()
  await settled()
  transport.probe()
  far.write(frame(PONG))
  await settled()
  transport.probe()
  transport.probe()
  await settled()
  expect([below.closeKind, events, [...open]]).toEqual(['reset', ['closed ETIMEDOUT'], []])
})

test('any bytes and any end of a peer end a WebSocket once, with at most one close frame and no timer left', async () => {
  const frames = fc.oneof(
    fc.constantFrom(
      frame(TEXT, '{}'),
      frame(0x01, '{'),
      frame(0x80, '}'),
      frame(PING, 'a'),
      frame(PONG),
      frame(CLOSE, '\x03\xe8'),
      frame(CLOSE, '\x0b\xb8why'),
      frame(CLOSE),
    ),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  )
  const ends = fc.constantFrom('finish', 'reset', 'silence')
  const acts = fc.constantFrom('nothing', 'finish', 'reset', 'destroy', 'pause')
  await fc.assert(
    fc.asyncProperty(
      fc.array(frames, { maxLength: 6 }),
      fc.array(fc.nat(60), { maxLength: 4 }),
      fc.nat(20),
      ends,
      acts,
      async (all, cuts, headLength, end, act) => {
        const bytes = Buffer.concat(all)
        const { clock, far, received, open, transport, events } = await openWebSocket(bytes.subarray(0, headLength))
        for (const piece of splitAt(bytes.subarray(headLength), cuts)) far.write(Uint8Array.from(piece))
        if (act !== 'nothing') transport[act]()
        await settled()
        if (end !== 'silence') far[end]()
        await settled()
        transport.resume()
        if (end === 'silence' && (act === 'nothing' || act === 'pause')) for (let probes = 0; probes < 2; probes++) transport.probe()
        await clock.pass(2000)
        expect(events.filter((event) => event.startsWith('closed'))).toHaveLength(1)
        expect(events.filter((event) => event === 'finished').length).toBeLessThan(2)
        expect([[...open], clock.waiting]).toEqual([[], 0])
        const sent = Buffer.concat(received.pieces.map((piece) => Buffer.from(piece, 'latin1')))
        expect(sent.filter((byte) => byte === CLOSE).length).toBeLessThan(2)
      },
    ),
    { numRuns: 300 },
  )
})
