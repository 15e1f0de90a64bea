import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countBytes, decode, encode, escapeControls, quoteText, TextStream } from '../../src/wire/text.ts'
import { splitAt } from '../support/decoding.ts'

describe('text and bytes', () => {
  test('encodes and decodes UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decode(encode(text))).toBe(text)
      }),
    )
  })

  test('counts the bytes of UTF-8, of broken surrogate pairs, too', () => {
    const units = fc.array(fc.constantFrom('a', 'é', '日', '😀', '\ud83d', '\ude00', '\u07ff', '\u0800', '\uffff'))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          units.map((all) => all.join('')),
        ),
        (text) => {
          expect(countBytes(text)).toBe(encode(text).length)
        },
      ),
    )
  })

  test('treats a byte order mark as text', () => {
    expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })

  test('the code `bytes` maps each byte to one character and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = decode(bytes, 'bytes')
        expect(text.length).toBe(bytes.length)
        expect(encode(text, 'bytes')).toEqual(bytes)
      }),
    )
  })

  test('the code `bytes` writes a question mark for a character that is not a byte', () => {
    expect(encode('aÿĀ😀', 'bytes')).toEqual(Uint8Array.of(0x61, 0xff, 0x3f, 0x3f))
  })
})

describe('text that arrives in pieces', () => {
  test('any bytes decode to the same text as the whole, split anywhere', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => encode(text)),
        ),
        fc.array(fc.nat(200)),
        (bytes, places) => {
          const pieces = splitAt(bytes, places)
          const stream = new TextStream()
          const texts = pieces.map((piece, i) => stream.read(piece, i === pieces.length - 1))
          expect(texts.join('')).toBe(decode(bytes))
        },
      ),
    )
  })

  test('a split character waits for its other bytes, and becomes U+FFFD if none arrive', () => {
    const stream = new TextStream()
    expect(stream.read(Uint8Array.of(0x61, 0xe2, 0x82))).toBe('a')
    expect(stream.read(Uint8Array.of(0xac))).toBe('€')
    expect(stream.read(Uint8Array.of(0xe2))).toBe('')
    expect(stream.read(new Uint8Array(0), true)).toBe('\ufffd')
  })
})

describe('text that is shown', () => {
  test('has no control characters but LF, TAB, and CR before LF', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0x2ff).map((n) => String.fromCharCode(n)) }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
        expect(escapeControls(text).replace(/\r\n/g, '\n')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
      }),
    )
  })

  test('is otherwise unchanged', () => {
    expect(escapeControls('a\tb\r\nÄ€😀\n')).toBe('a\tb\r\nÄ€😀\n')
    expect(escapeControls('\x1b[2J\x07\r\x9b')).toBe('\\x1b[2J\\x07\\x0d\\x9b')
    expect(escapeControls('a\u202eb\u2066\u2028\u200f')).toBe('a\\u202eb\\u2066\\u2028\u200f')
  })

  test('is quoted on one line, up to a limit', () => {
    expect(quoteText('a\n"b"\x1b')).toBe('"a\\n\\"b\\"\\x1b"')
    expect(quoteText('x'.repeat(100), 10)).toBe(`"${'x'.repeat(10)}…"`)
  })
})
