import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Connection } from '../../src/wire/connection.ts'
import { type ByteSpan, type Decoded, type Decoder, type Framing, TooLong } from '../../src/wire/framing/framing.ts'
import { httpRequests, httpResponses } from '../../src/wire/framing/http.ts'
import { decimalPrefixed, fixedLength, lengthPrefixed } from '../../src/wire/framing/length-prefixed.ts'
import { type LineOptions, lines } from '../../src/wire/framing/lines.ts'
import { recvOnce } from '../../src/wire/framing/recv.ts'
import { literals, segments, untilEnd } from '../../src/wire/framing/unframed.ts'
import { encode } from '../../src/wire/text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { concatBytes, splitAt } from '../support/decoding.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const PROMPT = ' ? '
const KNOWN = ['Too small!', 'Too big!', 'Exactly! You win!']

const texts = fc.string({ unit: 'binary', maxLength: 40 })
/** Bytes that any peer may send, with line ends, prompts and characters that a cut can divide. */
const lineBytes = fc
  .array(fc.oneof(fc.constantFrom('\n', '\r\n', '\r', PROMPT, 'é', '\ufeff', ''), fc.uint8Array({ maxLength: 8 })), { maxLength: 12 })
  .map((parts) => concatBytes(...parts))
const request = fc.tuple(fc.constantFrom('\n', '\r\n'), texts).map(([end, body]) => {
  const bytes = encode(body)
  return concatBytes(`POST / HTTP/1.1${end}Content-Length: ${bytes.length}${end}${end}`, bytes)
})
const response = fc.oneof(
  texts.map((body) => concatBytes(`HTTP/1.1 200 OK\r\nContent-Length: ${encode(body).length}\r\n\r\n`, body)),
  fc.constant(encode('HTTP/1.1 204 No Content\r\n\r\n')),
  fc.constant(encode('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')),
)

/** A framing, and streams that it can decode. */
interface Case {
  readonly name: string
  readonly framing: Framing
  readonly bytes: fc.Arbitrary<Uint8Array>
  /** A stream of one or more whole messages. */
  readonly sample: Uint8Array
}

/** Every combination of the options of lines. */
const lineCases: readonly Case[] = [undefined, '\n' as const, '\r\n' as const].flatMap((end) =>
  [false, true].flatMap((keepCr) =>
    [false, true].flatMap((keepEnd) =>
      [undefined, PROMPT].flatMap((orEnd) =>
        (['utf-8', 'bytes'] as const).map((code) => {
          const options: LineOptions = { keepCr, keepEnd, code, ...(end && { end }), ...(orEnd && { orEnd }) }
          return { name: `lines ${JSON.stringify(options)}`, framing: lines(options), bytes: lineBytes, sample: encode('a\r\nb\n') }
        }),
      ),
    ),
  ),
)

function encodedCase(name: string, framing: Framing, message: fc.Arbitrary<string>, sample: string): Case {
  const bytes = fc.array(message, { maxLength: 6 }).map((all) => concatBytes(...all.map((one) => framing.encode(one))))
  return { name, framing, bytes, sample: concatBytes(framing.encode(sample)) }
}

const joined = (one: fc.Arbitrary<Uint8Array>) => fc.array(one, { maxLength: 4 }).map((all) => concatBytes(...all))

const CASES: readonly Case[] = [
  ...lineCases,
  encodedCase('lengthPrefixed', lengthPrefixed, texts, 'a'),
  encodedCase('decimalPrefixed', decimalPrefixed, texts, 'a'),
  encodedCase(
    'fixedLength',
    fixedLength(160),
    texts.map((text) => text.replace(/ +$/, '')),
    'a',
  ),
  encodedCase('literals', literals(KNOWN), fc.constantFrom(...KNOWN, 'nonsense'), 'Too big!'),
  { name: 'recvOnce', framing: recvOnce(7), bytes: fc.uint8Array({ maxLength: 60 }), sample: encode('a') },
  { name: 'segments', framing: segments(), bytes: fc.uint8Array({ maxLength: 60 }), sample: encode('a') },
  { name: 'untilEnd', framing: untilEnd, bytes: fc.uint8Array({ maxLength: 60 }), sample: encode('a') },
  { name: 'httpRequests', framing: httpRequests, bytes: joined(request), sample: encode('GET / HTTP/1.1\r\n\r\n') },
  { name: 'httpResponses', framing: httpResponses, bytes: joined(response), sample: encode('HTTP/1.1 204 No Content\r\n\r\n') },
]

/** Bytes that no decoder reads: the system gives them no memory. */
const UNREAD = new Uint8Array(2 ** 26)

/** A decoded message with its place. */
interface Spanned extends ByteSpan {
  readonly message: string
}

/** A stream that is given to a decoder piece by piece, as a connection does. */
class Feed {
  readonly decoder: Decoder
  readonly messages: Spanned[] = []
  pushed = 0
  isTooLong = false

  constructor(framing: Framing, limit?: number) {
    this.decoder = framing.decoder(limit)
  }

  /** Pushes a piece in an array that is overwritten afterwards, and reads all messages. */
  push(piece: Uint8Array): void {
    const array = new Uint8Array(piece.length + 9000)
    array.set(piece, 77)
    this.decoder.push(array.subarray(77, 77 + piece.length))
    this.pushed += piece.length
    this.#drain(() => this.decoder.next())
    this.decoder.compact?.()
    this.decoder.hold()
    array.fill(0xaa)
    expect(this.decoder.end + this.decoder.pending).toBe(this.pushed)
  }

  end(): void {
    if (this.decoder.pending > 0) this.#drain(() => (this.decoder.pending > 0 ? this.decoder.rest() : undefined))
    expect(this.decoder.end + this.decoder.pending).toBe(this.pushed)
  }

  #drain(next: () => Decoded): void {
    for (let message = next(); message !== undefined; message = next()) {
      this.isTooLong = message === TooLong
      if (message === TooLong) return
      const { start, end } = this.decoder
      this.messages.push({ message, start, end })
    }
  }
}

/** Returns the only message of bytes that arrive alone. */
function decodeAlone(framing: Framing, bytes: Uint8Array): Decoded {
  const decoder = framing.decoder()
  decoder.push(bytes)
  const message = decoder.next() ?? decoder.rest()
  expect(decoder.pending).toBe(0)
  return message
}

describe.each(CASES)('the spans of $name', ({ framing, bytes, sample }) => {
  const cuts = fc.oneof(fc.array(fc.nat({ max: 10_000 }), { maxLength: 12 }), fc.constant(Array.from({ length: 400 }, (_, at) => at)))

  test('are contiguous, cover exactly the decoded bytes, and have the same messages if their bytes are decoded alone', () => {
    let found = 0
    fc.assert(
      fc.property(bytes, cuts, fc.boolean(), (stream, places, ended) => {
        const feed = new Feed(framing)
        for (const piece of splitAt(stream, places)) feed.push(piece)
        if (ended) feed.end()
        let at = 0
        for (const { message, start, end } of feed.messages) {
          expect(start).toBe(at)
          expect(end).toBeGreaterThan(start)
          expect(decodeAlone(framing, stream.slice(start, end))).toBe(message)
          at = end
          found++
        }
        expect(at + feed.decoder.pending).toBe(stream.length)
      }),
    )
    expect(found).toBeGreaterThan(0)
  })

  test('stay right after bytes are dropped, and beyond 2^32', () => {
    const feed = new Feed(framing)
    const drop = (bytes: Uint8Array) => {
      feed.decoder.push(bytes)
      feed.pushed += bytes.length
      if (bytes !== UNREAD) feed.decoder.next()
      feed.decoder.clear?.()
    }
    for (let times = 0; times < 64; times++) drop(UNREAD)
    // a message that is dropped after a part of it was decoded
    drop(sample.slice(0, -1))
    drop(encode('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc'))
    const from = feed.pushed
    expect(from).toBeGreaterThan(2 ** 32)
    expect([feed.decoder.start, feed.decoder.end, feed.decoder.pending]).toEqual([from, from, 0])
    for (let times = 0; times < 3; times++) feed.push(sample)
    feed.end()
    expect(feed.messages.length).toBeGreaterThan(0)
    expect(feed.messages[0]?.start).toBe(from)
    expect(feed.messages.at(-1)?.end).toBe(from + 3 * sample.length)
    for (const [at, { start }] of feed.messages.entries()) expect(start).toBe(at === 0 ? from : feed.messages[at - 1]?.end)
  })
})

test('a message that is too long is not in a span, and begins at its end', () => {
  for (const framing of [lines(), lines({ keepEnd: true }), decimalPrefixed]) {
    const feed = new Feed(framing, 10)
    const first = concatBytes(framing.encode('one\n'))
    for (const piece of splitAt(concatBytes(first, 'x'.repeat(40)), [1, 3, 9, 22, 23])) feed.push(piece)
    expect(feed.isTooLong).toBe(true)
    expect(feed.messages.map(({ start, end }) => [start, end])).toEqual([[0, first.length]])
    expect([feed.decoder.start, feed.decoder.end]).toEqual([0, first.length])
  }
})

test('an interim response is in no span', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
  const final = 'HTTP/1.1 204 No Content\r\n\r\n'
  for (const places of [[], [3], [interim.length], [interim.length + 5], Array.from({ length: 80 }, (_, at) => at)]) {
    const feed = new Feed(httpResponses)
    for (const piece of splitAt(encode(interim + final + interim + final), places)) feed.push(piece)
    const length = interim.length + final.length
    expect(feed.messages.map(({ start, end }) => [start, end])).toEqual([
      [interim.length, length],
      [length + interim.length, 2 * length],
    ])
  }
})

describe('a connection passes the span on', () => {
  /** Returns a connection, the other end, and a function that reads a message with its span. */
  function connect(incoming: Framing, datagrams = false) {
    const clock = new TestClock()
    const [ours, theirs] = memoryPair({ datagrams })
    const connection = new Connection(ours, { incoming, outgoing: incoming, clock })
    theirs.open({ data() {}, finished() {}, closed() {} })
    const read = async () => {
      const message = await connection.receive()
      return [message, connection.span.start, connection.span.end]
    }
    return { clock, connection, theirs, read }
  }

  test('of messages that arrive one by one, together, and in pieces', async () => {
    const { theirs, read } = connect(lines())
    theirs.write('a\n')
    expect(await read()).toEqual(['a', 0, 2])
    theirs.write('bc\r\nd\ne')
    expect(await read()).toEqual(['bc', 2, 6])
    expect(await read()).toEqual(['d', 6, 8])
    theirs.write('f\n')
    expect(await read()).toEqual(['ef', 8, 11])
  })

  test('of a message that was put back, and of the next message', async () => {
    const { connection, theirs, read } = connect(lines())
    theirs.write('a\nbb\nc\n')
    await settled()
    expect(connection.nextMessage).toBe('a')
    expect(connection.nextMessage).toBe('a')
    expect(await read()).toEqual(['a', 0, 2])
    expect(connection.nextMessage).toBe('bb')
    expect(await read()).toEqual(['bb', 2, 5])
    expect(await read()).toEqual(['c', 5, 7])
  })

  test('of the message that the reader has while the next message is decoded', async () => {
    const { connection, theirs, read } = connect(lines())
    theirs.write('a\nbb\nc')
    expect(await read()).toEqual(['a', 0, 2])
    expect(connection.unfinished).toBeUndefined()
    expect(connection.span).toEqual({ start: 0, end: 2 })
    expect(await read()).toMatchObject(['bb', 2, 5])
    expect(connection.unfinished?.bytes).toEqual(encode('c'))
    expect(connection.span).toMatchObject({ start: 2, end: 5 })
  })

  test('of messages that a pause ends, and of the rest of a stream', async () => {
    const { clock, connection, theirs, read } = connect(segments(20))
    for (const text of ['abc', 'de']) {
      theirs.write(text)
      await clock.pass(50)
    }
    expect(connection.unread).toBeGreaterThan(0)
    expect(await read()).toEqual(['abc', 0, 3])
    expect(await read()).toEqual(['de', 3, 5])
    theirs.write('f')
    await settled()
    theirs.finish()
    expect(await read()).toEqual(['f', 5, 6])
  })

  test('of datagrams, and counts those that it has dropped', async () => {
    const { theirs, read } = connect(segments(), true)
    for (let at = 0; at < 18; at++) theirs.write(`${at % 10}x`)
    await settled()
    for (let at = 0; at < 16; at++) expect(await read()).toEqual([`${at % 10}x`, 2 * at, 2 * at + 2])
    theirs.write('after')
    expect(await read()).toEqual(['after', 36, 41])
  })
})
