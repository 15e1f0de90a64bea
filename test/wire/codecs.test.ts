import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decoded, type Framing, TooLong } from '../../src/wire/framing/framing.ts'
import { decimalPrefixed, fixedLength, lengthPrefixed } from '../../src/wire/framing/length-prefixed.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { literals, segments, untilEnd } from '../../src/wire/framing/unframed.ts'
import { decode, encode } from '../../src/wire/text.ts'
import { concatBytes, decodeAll, expectDecoded, splitAt } from '../support/decoding.ts'

const texts = fc.string({ unit: 'binary', maxLength: 40 })
const oneLiners = texts.map((text) => text.replace(/[\r\n]/g, ''))
const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 12 })
const garbage = fc.uint8Array({ maxLength: 20 })

const PROMPT = 'guess (H) or (T) : '
const KNOWN = ['Too small!', 'Too big!', 'Exactly! You win!']

/** Every framing that marks the ends of its messages, with its possible messages. */
const FRAMINGS: readonly { framing: Framing; message: fc.Arbitrary<string> }[] = [
  { framing: lines(), message: oneLiners },
  { framing: lines({ end: '\r\n' }), message: oneLiners },
  { framing: lines({ keepCr: true }), message: texts.map((text) => text.replaceAll('\n', '')) },
  {
    framing: lines({ code: 'bytes' }),
    message: fc.string({ unit: fc.nat(255).map((n) => String.fromCharCode(n)) }).map((s) => s.replace(/[\r\n]/g, '')),
  },
  { framing: lines({ orEnd: PROMPT }), message: fc.oneof(oneLiners, fc.constant(PROMPT)) },
  { framing: lines({ keepEnd: true }), message: oneLiners.map((text) => `${text}\n`) },
  { framing: lengthPrefixed, message: texts },
  { framing: decimalPrefixed, message: texts },
  { framing: fixedLength(160), message: texts.map((text) => text.replace(/ +$/, '')) },
  { framing: literals(KNOWN), message: fc.constantFrom(...KNOWN) },
]

describe.each(FRAMINGS)('$framing.name', ({ framing, message }) => {
  test('decodes an encoded message with its bytes split anywhere, and with any bytes after it', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), cuts, garbage, (messages, places, behind) => {
        const bytes = concatBytes(...messages.map((one) => framing.encode(one)))
        expectDecoded({ framing, bytes, messages, cuts: places, behind })
      }),
    )
  })

  test('decodes the same message after decoding and encoding it again', () => {
    fc.assert(
      fc.property(message, (one) => {
        const bytes = concatBytes(framing.encode(one))
        const [read] = decodeAll(framing, [bytes])
        expect(concatBytes(framing.encode(String(read)))).toEqual(bytes)
      }),
    )
  })

  test('retains no large array for a small rest, and continues to decode the rest', () => {
    /** A piece as a socket delivers it: in the middle of a large array. */
    const large = (piece: Uint8Array) => {
      const array = Buffer.alloc(64 * 1024)
      array.set(piece, 100)
      return array.subarray(100, 100 + piece.length)
    }
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), cuts, (messages, places) => {
        const decoder = framing.decoder()
        const read: Decoded[] = []
        for (const piece of splitAt(concatBytes(...messages.map((one) => framing.encode(one))), places)) {
          decoder.push(large(piece))
          for (let next = decoder.next(); next !== undefined; next = decoder.next()) read.push(next)
          decoder.compact?.()
          expect(decoder.unread.buffer.byteLength).toBeLessThanOrEqual(8192)
        }
        expect(read).toEqual(messages)
      }),
    )
  })

  test('decodes each peer’s own messages if waiting messages share a buffer', () => {
    const some = fc.array(message, { minLength: 1, maxLength: 6 })
    const steps = fc.array(fc.tuple(fc.nat(2), fc.constantFrom('push', 'hold', 'next', 'clear')), { maxLength: 60 })
    fc.assert(
      fc.property(some, steps, fc.integer({ min: 1, max: 300 }), (messages, all, times) => {
        // more than a peer may leave unread, and less
        const bytes = concatBytes(
          ...Array.from({ length: times }, () => messages).flatMap((each) => each.map((one) => framing.encode(one))),
        )
        const peers = Array.from({ length: 3 }, () => ({
          decoder: framing.decoder(),
          read: [] as Decoded[],
          said: 0,
          pushed: [] as Buffer[],
        }))
        const readAll = ({ decoder, read }: (typeof peers)[number], most = Number.POSITIVE_INFINITY) => {
          for (let count = 0; count < most; count++) {
            const next = decoder.next()
            if (next === undefined) return decoder.compact?.()
            read.push(next)
          }
        }
        for (const [at, step] of all) {
          const peer = peers[at]
          if (!peer) continue
          if (step === 'push') {
            const piece = 1 + ((7919 * peer.said) % 70_000)
            const pushed = Buffer.from(bytes.slice(peer.said, peer.said + piece))
            peer.decoder.push(pushed)
            peer.pushed.push(pushed)
            peer.said = Math.min(bytes.length, peer.said + piece)
          } else if (step === 'hold') {
            peer.decoder.hold()
            // other bytes overwrite their place
            for (const pushed of peer.pushed.splice(0)) pushed.fill(0xaa)
          } else if (step === 'next') readAll(peer, 3)
          else {
            peer.decoder.clear?.()
            peers[at] = { decoder: framing.decoder(), read: [], said: 0, pushed: [] }
          }
        }
        for (const peer of peers) {
          if (peer.said < bytes.length) peer.decoder.push(bytes.slice(peer.said))
          readAll(peer)
          expect(peer.read.length).toBe(times * messages.length)
          expect(peer.read.every((one, at) => one === messages[at % messages.length])).toBe(true)
        }
      }),
    )
  })

  test('counts the waiting bytes', () => {
    fc.assert(
      fc.property(message, fc.nat(), (one, place) => {
        const bytes = concatBytes(framing.encode(one))
        const part = bytes.slice(0, place % bytes.length)
        const decoder = framing.decoder()
        decoder.push(part)
        expect(decoder.next()).toBeUndefined()
        expect(decoder.pending).toBe(part.length)
        decoder.push(bytes.slice(part.length))
        expect(decoder.next()).toBe(one)
        expect(decoder.pending).toBe(0)
      }),
    )
  })
})

describe('the cap on one message', () => {
  const LIMIT = 20
  const capped: readonly { name: string; framing: Framing; behind?: string }[] = [
    { name: 'LF lines', framing: lines() },
    { name: 'CR LF lines', framing: lines({ end: '\r\n' }) },
    { name: 'lines that keep CR', framing: lines({ keepCr: true }) },
    { name: 'lines up to a prompt', framing: lines({ orEnd: '? ' }) },
    { name: 'lines with their ends', framing: lines({ keepEnd: true }), behind: '\n' },
    { name: 'binary lengths', framing: lengthPrefixed },
    { name: 'decimal lengths', framing: decimalPrefixed },
  ]

  test.each(capped)('$name: accepts a message of exactly the limit, and returns TooLong for one byte more', ({ framing, behind = '' }) => {
    const fits = 'é'.repeat(LIMIT / 2)
    expectDecoded({ framing, limit: LIMIT, bytes: concatBytes(framing.encode(fits + behind)), messages: [fits + behind] })
    expectDecoded({ framing, limit: LIMIT, bytes: concatBytes(framing.encode(`x${fits}${behind}`)), messages: [TooLong] })
  })

  test('the CR counts toward the limit only if it belongs to the line', () => {
    const full = `${'x'.repeat(LIMIT)}\r\n`
    expectDecoded({ framing: lines(), limit: LIMIT, bytes: encode(full), messages: ['x'.repeat(LIMIT)] })
    expectDecoded({ framing: lines({ keepCr: true }), limit: LIMIT, bytes: encode(full), messages: [TooLong] })
  })

  test('a prompt that ends past the limit is too long', () => {
    const framing = lines({ orEnd: '? ' })
    expectDecoded({ framing, limit: LIMIT, bytes: encode(`${'x'.repeat(LIMIT - 2)}? `), messages: [`${'x'.repeat(LIMIT - 2)}? `] })
    expectDecoded({ framing, limit: LIMIT, bytes: encode(`${'x'.repeat(LIMIT - 1)}? `), messages: [TooLong] })
  })

  test.each([lines(), lines({ keepEnd: true }), lines({ orEnd: PROMPT }), segments(), untilEnd, decimalPrefixed])(
    'a megabyte without an end is too long, and stays too long ($name)',
    (framing) => {
      const decoder = framing.decoder()
      const chunk = new Uint8Array(65_536).fill(0x61)
      for (let i = 0; i < 16; i++) decoder.push(chunk)
      expect(decoder.next()).toBe(TooLong)
      decoder.push(encode('\n5:Hello\n'))
      expect(decoder.next()).toBe(TooLong)
      expect(decoder.next()).toBe(TooLong)
    },
  )

  test('messages before a message that is too long are read first', () => {
    const bytes = concatBytes('one\ntwo\n', new Uint8Array(5000).fill(0x61))
    expectDecoded({ framing: lines(), bytes, messages: ['one', 'two', TooLong] })
  })

  test('returns TooLong for a length above the limit by the length alone', () => {
    expect(decodeAll(lengthPrefixed, [Uint8Array.of(0xff, 0xff, 0xff, 0xff)])).toEqual([TooLong])
    expect(decodeAll(decimalPrefixed, [encode('4097')])).toEqual([TooLong])
    expect(decodeAll(decimalPrefixed, [encode('4096:')])).toEqual([])
  })

  test.each(['x', ':Hello', '-1:', '5 :Hello', '1e1:', '0000000005:Hello', '٥:Hello'])(
    'returns TooLong for %j as a decimal length',
    (text) => {
      expectDecoded({ framing: decimalPrefixed, bytes: encode(text), messages: [TooLong] })
    },
  )
})

describe('lines', () => {
  test('accept CR LF and LF, and remove one CR only', () => {
    expectDecoded({ framing: lines(), bytes: encode('a\r\nb\n\r\n\nc\r\r\nd\re\n'), messages: ['a', 'b', '', '', 'c\r', 'd\re'] })
  })

  test('retain the CR if the program shows it (the chats)', () => {
    expectDecoded({ framing: lines({ keepCr: true }), bytes: encode('a\r\n\r\nb\n'), messages: ['a\r', '\r', 'b'] })
  })

  test('retain their ends if the text is shown unchanged, and end with the stream', () => {
    const framing = lines({ keepEnd: true })
    expectDecoded({ framing, bytes: encode('a\r\n\nb'), messages: ['a\r\n', '\n', 'b'], ended: true })
    expect(framing.encode('as it is')).toBe('as it is')
  })

  test('an unfinished line is not a message when the stream ends', () => {
    expectDecoded({ framing: lines(), bytes: encode('a\nb'), messages: ['a'], ended: true })
  })

  test('invalid UTF-8 becomes U+FFFD, with the bytes split anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), cuts, (raw, places) => {
        const line = raw.map((byte) => (byte === 10 || byte === 13 ? 0xe2 : byte))
        expectDecoded({ framing: lines(), bytes: concatBytes(line, '\n'), messages: [decode(line)], cuts: places, behind: encode('\n') })
      }),
    )
    expectDecoded({ framing: lines(), bytes: concatBytes(Uint8Array.of(0xe2, 0x82), '\n', '€\n'), messages: ['\ufffd', '€'] })
  })

  test('a line end inside a message becomes a blank, so one message stays one message', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'é') }), (text) => {
        expect(decodeAll(lines(), [concatBytes(lines().encode(text))])).toEqual([text.replace(/\r?\n/g, ' ')])
      }),
    )
  })

  test('a message without LF is complete with its last byte, beside lines with LF', () => {
    const framing = lines({ orEnd: PROMPT })
    const bytes = encode(`${PROMPT}You are right!\n${PROMPT}`)
    expectDecoded({ framing, bytes, messages: [PROMPT, 'You are right!', PROMPT], behind: encode('Thanks') })
    expect(framing.encode('You are right!')).toBe('You are right!\n')
    expect(framing.encode(PROMPT)).toBe(PROMPT)
  })
})

describe('fixed lengths', () => {
  test('throws for a text that is too long', () => {
    expect(() => fixedLength(4).encode('ééé')).toThrow(RangeError)
    expect(() => fixedLength(4).encode('éé')).not.toThrow()
  })

  test('blanks alone are the empty message, and blanks inside a message stay', () => {
    expectDecoded({ framing: fixedLength(4), bytes: encode('     a b'), messages: ['', ' a b'] })
  })
})

describe('without framing', () => {
  test('segments: all bytes within the time are one message, and none is complete before the time is over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), cuts, (bytes, places) => {
        expectDecoded({ framing: segments(), bytes, messages: [decode(bytes)], cuts: places, ended: true })
        expect(decodeAll(segments(), splitAt(bytes, places))).toEqual([])
      }),
    )
  })

  test('up to the end: all bytes are one message, and half a character at its end becomes U+FFFD', () => {
    expectDecoded({ framing: untilEnd, bytes: encode('Hello\nfrom server'), messages: ['Hello\nfrom server'], ended: true })
    expectDecoded({ framing: untilEnd, bytes: Uint8Array.of(0x61, 0xe2, 0x82), messages: ['a\ufffd'], ended: true })
  })

  test.each([segments(), untilEnd])('the limit on one message applies ($name)', (framing) => {
    expectDecoded({ framing, limit: 5, bytes: encode('12345'), messages: ['12345'], ended: true })
    expectDecoded({ framing, limit: 5, bytes: encode('123456'), messages: [TooLong], ended: true })
  })

  test('known texts: bytes that begin like none of them are a message, which the protocol refuses', () => {
    expect(decodeAll(literals(KNOWN), [encode('Too large!')])).toEqual(['Too large!'])
    expect(decodeAll(literals(KNOWN), [encode('Too big!Nonsense')])).toEqual(['Too big!', 'Nonsense'])
  })

  test('known texts: an unfinished text is a message when the stream ends', () => {
    expectDecoded({ framing: literals(KNOWN), bytes: encode('Too big!Exactly'), messages: ['Too big!', 'Exactly'], ended: true })
  })

  test('known texts: unknown bytes without end are too long', () => {
    expect(decodeAll(literals(KNOWN), [new Uint8Array(5000).fill(0x61)])).toEqual([TooLong])
  })
})
