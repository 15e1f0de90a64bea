import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonAddress, pythonBytes, pythonDigits, pythonInt } from '../../src/programs/python/values.ts'

/** What Python's `int()` returns for a text (undefined: a ValueError), and whether `str.isdigit()` is true and `int()` reads it. */
const NUMBERS: readonly (readonly [text: string, int: string | undefined, digits: boolean])[] = [
  ['7', '7', true],
  ['007', '7', true],
  ['0', '0', true],
  ['000', '0', true],
  ['+0', '0', false],
  ['-0', '0', false],
  ['-007', '-7', false],
  ['+12', '12', false],
  [' 12 ', '12', false],
  ['\t\n\v\f\r12\x85', '12', false],
  ['\x1c12', undefined, false],
  ['12\x1f', undefined, false],
  ['\u00a0\u2003\u202812\u3000', '12', false],
  ['1_2_3', '123', false],
  ['0_0', '0', false],
  ['_1', undefined, false],
  ['1_', undefined, false],
  ['1__2', undefined, false],
  ['+_1', undefined, false],
  ['١٢٣', '123', true],
  ['１２', '12', true],
  ['𝟙𝟚', '12', true],
  ['१2', '12', true],
  ['²', undefined, false],
  ['①', undefined, false],
  ['½', undefined, false],
  ['四', undefined, false],
  ['1.0', undefined, false],
  ['1e3', undefined, false],
  ['0x10', undefined, false],
  ['0b1', undefined, false],
  ['', undefined, false],
  ['   ', undefined, false],
  ['+', undefined, false],
  ['-', undefined, false],
  ['+-1', undefined, false],
  ['- 1', undefined, false],
  ['1 2', undefined, false],
  ['1\u200b', undefined, false],
  ['\ufeff1', undefined, false],
  ['1\0', undefined, false],
  ['NaN', undefined, false],
  ['١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠', '12345678901234567890', true],
]

/** Bytes as characters, and how Python prints them. */
const LITERALS: readonly (readonly [bytes: string, printed: string])[] = [
  ['', "b''"],
  ['Hello\n', String.raw`b'Hello\n'`],
  ['a\tb\r\n', String.raw`b'a\tb\r\n'`],
  ["don't", `b"don't"`],
  ['"', `b'"'`],
  [`'"`, String.raw`b'\'"'`],
  ['\\', String.raw`b'\\'`],
  [`'\\`, String.raw`b"'\\"`],
  ['\0\x07\b\v\f\x1b\x1f ~\x7f', String.raw`b'\x00\x07\x08\x0b\x0c\x1b\x1f ~\x7f'`],
  ['\x80\xa0\xe9\xff', String.raw`b'\x80\xa0\xe9\xff'`],
]

/** Reads a printed bytes literal back. */
function unprinted(literal: string): string {
  const found = /^b(['"])(.*)\1$/.exec(literal)
  if (!found) throw new Error(`${literal} is no bytes literal`)
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
  return (found[2] ?? '').replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const ZEROS = ['0', '٠', '०', '０', '𝟘', '𞥐']

describe('pythonInt', () => {
  test.each(NUMBERS)('%j', (text, int) => {
    expect(pythonInt(text)).toBe(int)
  })

  test('parses its own result, in any spelling', () => {
    const blanks = fc.stringMatching(/^[ \t\n\r\f\v\u0085\u00a0\u3000]{0,3}$/)
    fc.assert(
      fc.property(
        fc.bigInt(),
        blanks,
        blanks,
        fc.nat(3),
        fc.boolean(),
        fc.constantFrom(...ZEROS),
        (number, before, after, zeros, cut, zero) => {
          const digits = `${'0'.repeat(zeros)}${number < 0n ? -number : number}`
          const spelled = [...digits].map((digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)))
          const sign = number < 0n ? '-' : '+'
          expect(pythonInt(String(number))).toBe(String(number))
          expect(pythonInt(`${before}${sign}${spelled.join(cut ? '_' : '')}${after}`)).toBe(String(number))
        },
      ),
    )
  })

  test('returns a canonical text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[ +-]?[0-9_]{0,6} ?$/)), (text) => {
        const int = pythonInt(text)
        if (int === undefined) return
        expect(int).toMatch(/^(0|-?[1-9][0-9]*)$/)
        expect(pythonInt(int)).toBe(int)
      }),
    )
  })
})

describe('pythonDigits', () => {
  test.each(NUMBERS)('%j', (text, _, digits) => {
    expect(pythonDigits(text)).toBe(digits)
  })

  test('accepts digits as a number', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...ZEROS), fc.nat(9)), { minLength: 1 }), (digits) => {
        const text = digits.map(([zero, digit]) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + digit)).join('')
        expect(pythonDigits(text)).toBe(true)
        expect(pythonInt(text)).toBe(String(BigInt(digits.map(([, digit]) => digit).join(''))))
      }),
    )
  })
})

describe('pythonBytes', () => {
  test.each(LITERALS)('%j', (bytes, printed) => {
    expect(pythonBytes(bytes)).toBe(printed)
  })

  test('returns plain ASCII, from which the bytes can be read back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = String.fromCharCode(...bytes)
        const printed = pythonBytes(text)
        expect(printed).toMatch(/^[ -~]*$/)
        expect(unprinted(printed)).toBe(text)
      }),
    )
  })

  test('uses double quotes only if the text has single quotes and no double quotes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^['"a\\]*$/), (text) => {
        expect(pythonBytes(text).startsWith('b"')).toBe(text.includes("'") && !text.includes('"'))
      }),
    )
  })
})

test('pythonAddress formats the tuple of an address of either family', () => {
  expect(pythonAddress({ host: '127.0.0.1', port: 50831 })).toBe("('127.0.0.1', 50831)")
  expect(pythonAddress({ host: '::1', port: 9 })).toBe("('::1', 9, 0, 0)")
})

test('a long line of blanks is parsed quickly', () => {
  const before = performance.now()
  expect(pythonInt(`1${' '.repeat(1_000_000)}1`)).toBe(undefined)
  expect(pythonInt(`${' '.repeat(500_000)}1${' '.repeat(500_000)}`)).toBe('1')
  expect(performance.now() - before).toBeLessThan(5000)
})
