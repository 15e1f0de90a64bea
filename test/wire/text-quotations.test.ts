import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeControls, escapeInvisible, quoteText } from '../../src/wire/text.ts'

describe('quotations', () => {
  test.each([
    ['a byte order mark', '\ufeffSTART', '"\\ufeffSTART"'],
    ['a blank of no width', 'a\u200bb', '"a\\u200bb"'],
    ['a blank that does not break', '50\u00a0', '"50\\xa0"'],
    ['a blank as wide as a letter', '日本\u3000', '"日本\\u3000"'],
    ['what turns the direction', '\u202eabc\u2066', '"\\u202eabc\\u2066"'],
    ['a joiner', 'a\u200db', '"a\\u200db"'],
    ['a soft hyphen', 'STA\u00adRT', '"STA\\xadRT"'],
    ['a selector of a variation', '❤\ufe0f', '"❤\\ufe0f"'],
    ['tags', '\u{e0041}x', '"\\u{e0041}x"'],
    ['a mark that belongs to nothing', '\u0301a', '"\\u0301a"'],
    ['a mark behind an escape', 'a\u200d\u0301', '"a\\u200d\\u0301"'],
    ['a filler', '\u3164\u115f\uffa0', '"\\u3164\\u115f\\uffa0"'],
    ['the pattern of no dots', '\u2800', '"\\u2800"'],
    ['the end of a line for Unicode alone', 'a\u2028b', '"a\\u2028b"'],
    ['what was given no meaning', '\ue000\uffff', '"\\ue000\\uffff"'],
    ['control characters', '\u0000\u001b[2J\u009b', '"\\x00\\x1b[2J\\x9b"'],
    ['the ends of lines', '50\r\n', '"50\\r\\n"'],
    ['half a character', '\ud83d', '"\\ud83d"'],
    ['blanks at the end', ' 50 ', '" 50 "'],
    ['quotation marks', '"50"', '"\\"50\\""'],
  ])('show %s', (_, text, shown) => {
    expect(quoteText(text)).toBe(shown)
  })

  test.each(['é', 'e\u0301', '中文', 'हिन्दी', 'naïve 😀', 'ß'])('show %s unchanged', (text) => {
    expect(quoteText(text)).toBe(`"${text}"`)
  })

  test('are truncated between characters', () => {
    expect(quoteText('😀'.repeat(61))).toBe(`"${'😀'.repeat(60)}…"`)
    expect(quoteText('😀'.repeat(60))).toBe(`"${'😀'.repeat(60)}"`)
  })

  test('contain only visible characters, and differ for different texts', () => {
    const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const shown = quoteText(text)
        expect(shown).not.toMatch(unseen)
        expect(escapeInvisible(shown)).toBe(shown)
        expect(JSON.parse(shown.replaceAll(/(?<!\\)((?:\\\\)*)\\x(..)/g, '$1\\u00$2').replaceAll(/\\u\{(\w+)\}/g, toPair))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})

test('talk retains the joiners of emoji, and loses marks that change the direction', () => {
  expect(escapeControls('👨\u200d👩\u200d👧 ❤\ufe0f')).toBe('👨\u200d👩\u200d👧 ❤\ufe0f')
  expect(escapeControls('\u202eabc\u001b[2J\r')).toBe('\\u202eabc\\x1b[2J\\x0d')
  expect(escapeControls('one\u2028two\u2029')).toBe('one\\u2028two\\u2029')
})

/** A code point in braces as in JSON. */
function toPair(_: string, code: string): string {
  return Array.from({ length: 2 }, (_, at) => `\\u${String.fromCodePoint(Number.parseInt(code, 16)).charCodeAt(at).toString(16)}`).join('')
}
