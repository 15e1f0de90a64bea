import type { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as library from 'ws'
import { CLOSE, encodeClose, encodeLines, encodePing, FrameDecoder } from '../../src/wire/transports/websocket-frames.ts'
import { splitAt } from '../support/decoding.ts'

/** The decoder of `ws`, for which the package has no types. */
const { Receiver } = library as unknown as { readonly Receiver: new (options: object) => Writable }

/** Read is one frame or message that a decoder has read: its kind, and its text, its length or its code. */
type Read = readonly [kind: 'message' | 'ping' | 'pong' | 'close' | 'violation', value: string | number]

/** Reads pieces with the decoder of the server. */
function decodeAll(pieces: readonly Uint8Array[]): Read[] {
  const read: Read[] = []
  const decoder = new FrameDecoder({
    messages(lines) {
      for (const line of Buffer.from(lines).toString('utf8').split('\n').slice(0, -1)) read.push(['message', `${line}\n`])
    },
    ping: (payload) => void read.push(['ping', Buffer.from(payload).toString('hex')]),
    pong: (length) => void read.push(['pong', length]),
    closing: (code) => void read.push(['close', code]),
    violation: (code) => void read.push(['violation', code]),
  })
  for (const piece of pieces) {
    const pushed = Uint8Array.from(piece)
    decoder.push(pushed)
    // the transport uses its array again
    pushed.fill(0xaa)
  }
  return read
}

/** Reads pieces with the decoder of `ws`. */
async function decodeWithLibrary(pieces: readonly Uint8Array[], isServer = true): Promise<Read[]> {
  const read: Read[] = []
  const receiver = new Receiver({ isServer, maxPayload: 4096, maxFragments: 128 })
    .on('message', (data: Buffer) => read.push(['message', `${data.toString('utf8').replaceAll('\n', ' ')}\n`]))
    .on('ping', (payload: Buffer) => read.push(['ping', payload.toString('hex')]))
    .on('pong', ({ length }: Buffer) => read.push(['pong', length]))
    .on('conclude', (code: number) => read.push(['close', code]))
    .on('error', (error: object) => {
      const [code] = Object.getOwnPropertySymbols(error).map((name) => (error as Record<symbol, unknown>)[name])
      read.push(['violation', Number(code)])
    })
  for (const piece of pieces) if (!receiver.destroyed && !receiver.writableEnded) receiver.write(Buffer.from(piece))
  await new Promise(setImmediate)
  return read
}

/** FrameParts has the parts of a frame, valid or not. */
interface FrameParts {
  readonly first: number
  readonly isMasked: boolean
  readonly key: number
  readonly payload: Uint8Array
  /** Form of the length: 0 for the shortest form. */
  readonly form: number
}

/** Encodes a frame as a client does. */
function toFrame({ first, isMasked, key, payload, form }: FrameParts): Buffer {
  const { length } = payload
  const size = length > 65_535 || form === 2 ? 127 : length > 125 || form === 1 ? 126 : length
  const head = Buffer.from([first, (isMasked ? 0x80 : 0) | size, ...Array<number>(size === 127 ? 8 : size === 126 ? 2 : 0).fill(0)])
  if (size === 127) head.writeUInt32BE(length, 6)
  else if (size === 126) head.writeUInt16BE(length, 2)
  const mask = Buffer.alloc(4)
  mask.writeUInt32BE(key)
  return isMasked ? Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0))]) : Buffer.concat([head, payload])
}

const FIN = 0x80
const TEXT = 1
const CONTINUATION = 0
const CLOSING = 8
const PING = 9
const PONG = 10

const keys = fc.nat(0xffffffff)
const cuts = fc.array(fc.nat(20_000), { maxLength: 12 })
const texts = fc.oneof({ weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) }, fc.string({ maxLength: 300 }))
const utf8 = texts.map((text) => new Uint8Array(Buffer.from(text)))

/** A message of any text in fragments, with pings and pongs between them. */
const messages = fc.tuple(texts, fc.array(fc.nat(20), { maxLength: 4 }), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), keys)

describe('the decoder of WebSocket frames', () => {
  test('reads each text as one line, in any fragments and cut at any byte, with pings between the fragments', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 6 }), cuts, (all, places) => {
        const frames: Buffer[] = []
        const expected: Read[] = []
        for (const [text, lengths, pings, key] of all) {
          const parts = splitAt(Buffer.from(text), lengths)
          for (const [at, payload] of parts.entries()) {
            const isLast = at === parts.length - 1
            frames.push(toFrame({ first: (isLast ? FIN : 0) | (at === 0 ? TEXT : CONTINUATION), isMasked: true, key, payload, form: 0 }))
            if (!pings[at] || isLast) continue
            frames.push(toFrame({ first: FIN | PING, isMasked: true, key, payload: Uint8Array.of(at, 7), form: 0 }))
            expected.push(['ping', Buffer.of(at, 7).toString('hex')])
          }
          expected.push(['message', `${Buffer.from(text).toString('utf8').replaceAll('\n', ' ')}\n`])
        }
        const bytes = Buffer.concat(frames)
        expect(decodeAll([bytes])).toEqual(expected)
        expect(decodeAll(splitAt(bytes, places))).toEqual(expected)
        expect(decodeAll(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
      }),
    )
  })

  test('reads the same frames as the library ws, and finds the same violations, in any bytes', async () => {
    const payload = fc.oneof(
      { weight: 3, arbitrary: utf8 },
      fc.uint8Array({ maxLength: 130 }),
      fc.constant(new Uint8Array(4000).fill(0x20)),
    )
    const frame = fc.record({
      first: fc.oneof(
        {
          weight: 8,
          arbitrary: fc.constantFrom(TEXT, CONTINUATION, FIN | TEXT, FIN | CONTINUATION, FIN | PING, FIN | PONG, FIN | CLOSING),
        },
        // the server refuses binary messages at their heads, and the library reads them
        fc.nat(255).filter((first) => (first & 0x0f) !== 2),
      ),
      isMasked: fc.oneof({ weight: 20, arbitrary: fc.constant(true) }, fc.constant(false)),
      key: keys,
      payload,
      form: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(2)),
    })
    const valid = { isMasked: true, key: 5, payload: Uint8Array.of(0x61), form: 0 }
    const long = new Uint8Array(4000).fill(0x20)
    // random frames do not have each kind in every run
    const examples = [
      [
        { ...valid, first: FIN | TEXT },
        { ...valid, first: FIN | PING },
        { ...valid, first: FIN | PONG },
      ],
      [{ ...valid, first: FIN | CLOSING, payload: Uint8Array.of(3, 0xe8) }],
      [{ ...valid, first: FIN | TEXT, isMasked: false }],
      [{ ...valid, first: FIN | TEXT, payload: Uint8Array.of(0xc3) }],
      [TEXT, FIN | CONTINUATION].map((first) => ({ ...valid, first, payload: long })),
    ].map((frames): [typeof frames, number[]] => [frames, []])
    const kinds = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), cuts, async (frames, places) => {
        const pieces = splitAt(Buffer.concat(frames.map(toFrame)), places)
        const expected = await decodeWithLibrary(pieces)
        expect(decodeAll(pieces)).toEqual(expected)
        for (const [kind, value] of expected) kinds.add(kind === 'violation' ? `${kind} ${value}` : kind)
      }),
      { numRuns: 500, examples },
    )
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['close', 'message', 'ping', 'pong', 'violation 1002', 'violation 1007', 'violation 1009']),
    )
  })

  test('refuses a binary message, a message of more than 4,096 bytes, and one of more than 128 fragments', () => {
    const frame = (first: number, length: number) =>
      toFrame({ first, isMasked: true, key: 5, payload: new Uint8Array(length).fill(0x61), form: 0 })
    expect(decodeAll([frame(FIN | 2, 3)])).toEqual([['violation', CLOSE.unsupported]])
    expect(decodeAll([frame(FIN | TEXT, 4096)])).toEqual([['message', `${'a'.repeat(4096)}\n`]])
    // the head is enough
    expect(decodeAll([frame(FIN | TEXT, 4097).subarray(0, 4)])).toEqual([['violation', CLOSE.tooLong]])
    expect(decodeAll([frame(TEXT, 4000), frame(CONTINUATION, 97)])).toEqual([['violation', CLOSE.tooLong]])
    const fragments = [frame(TEXT, 1), ...Array.from({ length: 126 }, () => frame(CONTINUATION, 1))]
    expect(decodeAll([...fragments, frame(FIN | CONTINUATION, 1)])).toEqual([['message', `${'a'.repeat(128)}\n`]])
    expect(decodeAll([...fragments, frame(CONTINUATION, 1), frame(FIN | CONTINUATION, 1)])).toEqual([['violation', CLOSE.policy]])
  })
})

test('a client with the library ws reads each line as one message, and every ping, pong and close', async () => {
  const lines = fc.array(
    fc
      .oneof(
        texts,
        fc.integer({ min: 120, max: 70_000 }).map((length) => 'é'.repeat(length / 2)),
      )
      .map((text) => text.replaceAll('\n', '')),
    { maxLength: 4 },
  )
  await fc.assert(
    fc.asyncProperty(lines, fc.uint8Array({ maxLength: 125 }), fc.constantFrom(1000, 1005, 1008), async (all, payload, code) => {
      const hex = Buffer.from(payload).toString('hex')
      const encoded = Buffer.concat([
        encodeLines(all.map((line) => `${line}\n`).join('')),
        encodePing(),
        encodePing(payload),
        encodeClose(code, code === 1008 ? 'too many pings' : ''),
      ])
      const receiver = new Receiver({ isServer: false })
      const read: unknown[] = []
      receiver.on('message', (data: Buffer) => read.push(data.toString('utf8')))
      receiver.on('ping', (data: Buffer) => read.push(['ping', data.toString('hex')]))
      receiver.on('pong', (data: Buffer) => read.push(['pong', data.toString('hex')]))
      receiver.on('conclude', (found: number, reason: Buffer) => read.push([found, String(reason)]))
      receiver.write(encoded)
      await new Promise(setImmediate)
      const texts = all.map((line) => Buffer.from(line).toString('utf8'))
      expect(read).toEqual([...texts, ['ping', ''], ['pong', hex], [code, code === 1008 ? 'too many pings' : '']])
    }),
    { numRuns: 60 },
  )
})
