import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBytes, fromHex, parseEscapes, parseHex, toHex } from '../../src/web/model/escapes.ts'

const bytesOf = (text: string) => ({ bytes: new TextEncoder().encode(text) })

describe('bytes as text with escapes', () => {
  test('are the same bytes after they are formatted and parsed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'grapheme' }).map((text) => bytesOf(text).bytes),
        ),
        (bytes) => {
          expect(parseEscapes(formatBytes(bytes))).toEqual({ bytes: Uint8Array.from(bytes) })
        },
      ),
    )
  })

  test('show no character that hides or changes the direction of text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(formatBytes(bytesOf(text).bytes)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
    )
    expect(formatBytes(bytesOf('\u202eevil').bytes)).toBe('\\xe2\\x80\\xaeevil')
  })

  test('are written as in Python and C', () => {
    expect(parseEscapes('MOVE5\\n')).toEqual(bytesOf('MOVE5\n'))
    expect(parseEscapes('\\x00\\0\\xfF\\\\n\\t\\r')).toEqual({ bytes: Uint8Array.of(0, 0, 255, 92, 110, 9, 13) })
    expect(parseEscapes('é')).toEqual({ bytes: Uint8Array.of(0xc3, 0xa9) })
    expect(formatBytes(Uint8Array.of(0xff, 0x41, 0x0a))).toBe('\\xffA\\n')
  })

  test.each(['\\', '\\q', '\\x', '\\x4', '\\x4g', 'GO\\N'])('are refused with the escape that is wrong: %s', (text) => {
    expect(parseEscapes(text)).toEqual({ wrong: expect.stringMatching(/^\\.* is no escape: write /) })
  })
})

describe('bytes in hexadecimal', () => {
  test('are the same bytes after they are formatted and parsed, with and without blanks', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('', ' ', '\n  '), (bytes, between) => {
        expect(parseHex(toHex(bytes, between))).toEqual({ bytes: Uint8Array.from(bytes) })
        expect(fromHex(toHex(bytes))).toEqual(Uint8Array.from(bytes))
      }),
    )
  })

  test.each([
    ['4', /^A digit is missing/],
    ['4g', /^g is no hexadecimal digit/],
    ['0x41', /^x is no/],
  ])('are refused with a sentence: %s', (text, sentence) => {
    expect(parseHex(text)).toEqual({ wrong: expect.stringMatching(sentence) })
  })
})
