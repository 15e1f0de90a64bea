import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayWidth, wrap } from '../../src/games/text/graphemes.ts'

describe('wrapping', () => {
  test('wide characters take two columns, and long words are broken', () => {
    expect(wrap('to be, or not', 6)).toEqual(['to be,', 'or not'])
    expect(wrap('日本語 ab', 5)).toEqual(['日本', '語 ab'])
    expect(wrap('abcdefgh i', 3)).toEqual(['abc', 'def', 'gh', 'i'])
    expect(wrap('e\u0301e\u0301e\u0301 😀', 3)).toEqual(['e\u0301e\u0301e\u0301', '😀'])
    expect([...'a語😀ﾊ！'].map(displayWidth)).toEqual([1, 2, 2, 1, 2])
    expect(['❤️', '가', 'e\u0301'].map(displayWidth)).toEqual([2, 2, 1])
  })

  test.each([
    ['a mark that stands beside its letter', `\u0915${'\u093e'.repeat(100)}`, 101],
    ['an emoji of several', '👩\u200d👩\u200d👧', 6],
    ['Yi', '\ua000', 2],
    ['Tangut', '\u{17000}', 2],
    ['Bopomofo', '\u3105', 2],
    ['a hexagram', '\u4dc0', 2],
    ['a form for vertical text', '\ufe30', 2],
    ['a character of Han that Unicode has not given yet', '\u{3fffd}', 2],
    ['a letter with many marks', `e${'\u0301'.repeat(100)}`, 1],
    ['a joiner, a mark of direction', '\u200d\u200e', 0],
    ['a soft hyphen', '\u00ad', 1],
  ])('%s takes as many columns as a terminal may show: %j', (_, text, columns) => {
    expect(displayWidth(text)).toBe(columns)
    const shown = wrap(text, 20)
    expect(shown.join('')).toBe(text)
    for (const line of shown) expect(displayWidth(line)).toBeLessThanOrEqual(20)
  })

  test('continuation lines are indented', () => {
    expect(wrap('to be, or not to be', 8, 2)).toEqual(['to be,', '  or not', '  to be'])
    expect(wrap('abcdefgh i', 5, 2)).toEqual(['abc', '  def', '  gh', '  i'])
    expect(wrap('to       be', 5, 2)).toEqual(['to   ', '  be'])
  })

  test('the indentation of a text stays, also on continuation lines, up to half of the columns', () => {
    expect(wrap('  to be, or not to be', 10, 2)).toEqual(['  to be,', '    or not', '    to be'])
    expect(wrap('    to be, or not', 8)).toEqual(['    to', '    be,', '    or', '    not'])
    expect(wrap(`${' '.repeat(30)}to be or`, 8, 2)).toEqual(['  to be', '    or'])
    expect(wrap(' '.repeat(30), 8, 2).join('').trim()).toBe('')
  })

  test.each(['\\x00', '\\u200b', '\\u{1f600}', '\\n', '\\\\'])('the escape %s is never broken', (sign) => {
    const lines = wrap(`"${sign.repeat(40)}"`, 24, 2)
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line.trim().replaceAll(sign, '')).toMatch(/^"?$/)
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(24)
  })

  test('wrapping changes only blanks', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.lorem(), fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'binary' })),
        fc.integer({ min: 4, max: 80 }),
        fc.integer({ min: 0, max: 2 }),
        (text, columns, indent) => {
          const lines = wrap(text, columns, indent)
          expect(lines.slice(1).every((line) => line.startsWith(' '.repeat(indent)))).toBe(true)
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
          expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})
