import { describe, expect, test } from 'vitest'
import { findNearest } from '../../src/base/nearest.ts'
import { commandWords } from '../../src/door/commands/index.ts'
import { applyErasures, toSafeLine, toSentence, wrapLines } from '../../src/door/layout.ts'
import { parseSeek } from '../../src/door/seek-parser.ts'
import { shippedGames } from '../../src/games/index.ts'
import { displayWidth, wrap } from '../../src/games/text/graphemes.ts'
import { checkPersonName, foldName } from '../../src/hall/names/names.ts'
import { strftime } from '../../src/programs/python/strftime.ts'
import { escapeControls, escapeInvisible, quoteText } from '../../src/wire/text.ts'

/** Texts of the maximum length that are hard to read, compare, fold, break or show. */
const TEXTS: Readonly<Record<string, string>> = {
  'one word': 'x'.repeat(4096),
  'short words': 'a 1 '.repeat(1024),
  blanks: `${' '.repeat(4095)}x`,
  'blanks in front and behind': ' x'.repeat(2048),
  'unbreakable blanks': '\u00a0'.repeat(2048),
  'quotation marks': '"'.repeat(4096),
  digits: '9'.repeat(4096),
  escapes: '\x1b['.repeat(2048),
  'carriage returns': '\r'.repeat(4096),
  deletions: 'x\x7f'.repeat(2048),
  'combining marks': '\u0301'.repeat(2048),
  'a family without end': '\u{1f468}\u200d'.repeat(585),
  'flags without end': '\u{1f1e6}'.repeat(1024),
  'syllables in pieces': '\u1100\u1161'.repeat(682),
  ligatures: '\ufdfa'.repeat(1365),
  'capital dotted i': '\u0130'.repeat(2048),
  formats: '%f'.repeat(2048),
  'wide formats': '%999999d'.repeat(512),
  'numbered settings': 'tictactoe size 3 '.repeat(240),
  'against without end': `tictactoe ${'against '.repeat(500)}`,
}

/** All operations on a peer's text. */
const DONE: Readonly<Record<string, (text: string) => unknown>> = {
  wrap: (text) => wrap(text, 80),
  widthOf: displayWidth,
  inWidth: (text) => wrapLines([text]),
  inLine: toSafeLine,
  visible: escapeControls,
  revealed: escapeInvisible,
  quoted: quoteText,
  edited: applyErasures,
  sentence: toSentence,
  nearest: (text) => findNearest(text, commandWords),
  readWish: (text) => parseSeek(shippedGames, text),
  checkPersonName,
  foldName,
  strftime: (text) => strftime(text, new Date(0)),
}

/** The limit in milliseconds: a slow machine needs 3, and superlinear code took 60 and more. */
const MOST = 20

describe.each(Object.keys(DONE))('%s', (name) => {
  const act = DONE[name] ?? (() => {})

  test.each(Object.keys(TEXTS))('handles a long text quickly: %s', (text) => {
    const typed = TEXTS[text] ?? ''
    const times = Array.from({ length: 4 }, () => {
      const from = performance.now()
      act(typed)
      return performance.now() - from
    })
    expect(Math.min(...times)).toBeLessThan(MOST)
  })
})

test('a refusal truncates the text that it quotes', () => {
  expect(toSentence(`there is no game "${'a 1 '.repeat(1000)}"`).length).toBeLessThan(700)
  expect(toSentence(`${'x y '.repeat(149)}abc\u{1f600} more`)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
})
