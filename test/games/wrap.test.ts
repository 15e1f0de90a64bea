import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { widthOf, wrap } from '../../src/games/wrap.ts'

describe('wrapping', () => {
  test('wide signs take two columns, and long words are cut', () => {
    expect(wrap('to be, or not', 6)).toEqual(['to be,', 'or not'])
    expect(wrap('日本語 ab', 5)).toEqual(['日本', '語 ab'])
    expect(wrap('abcdefgh i', 3)).toEqual(['abc', 'def', 'gh', 'i'])
    expect(wrap('e\u0301e\u0301e\u0301 😀', 3)).toEqual(['e\u0301e\u0301e\u0301', '😀'])
    expect([...'a語😀ﾊ！'].map(widthOf)).toEqual([1, 2, 2, 1, 2])
    expect(['❤️', '가', 'e\u0301'].map(widthOf)).toEqual([2, 2, 1])
  })

  test('nothing but blanks is lost or won', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.lorem(), fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'binary' })),
        fc.integer({ min: 2, max: 80 }),
        (text, columns) => {
          const lines = wrap(text, columns)
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
          expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})
