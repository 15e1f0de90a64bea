import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findNearest } from '../../src/base/nearest.ts'
import { commands, commandWords, findCommand } from '../../src/door/commands/index.ts'
import {
  applyErasures,
  countFirstScreen,
  formatClockTime,
  formatColumns,
  formatList,
  joinSentences,
  shortenList,
  toSafeLine,
  toSentence,
  wrapLines,
} from '../../src/door/layout.ts'
import { formatAcceptCommand, parseSeek } from '../../src/door/seek-parser.ts'
import { isRefusal } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { displayWidth } from '../../src/games/text/graphemes.ts'
import { checkPersonName, foldName } from '../../src/hall/names/names.ts'

describe('lines', () => {
  test('are never wider than a terminal, and lose only blanks', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), (lines) => {
        const shown = wrapLines(lines)
        for (const line of shown) expect(displayWidth(line)).toBeLessThanOrEqual(80)
        expect(shown.join('').replaceAll(' ', '')).toBe(lines.join('').replaceAll(' ', ''))
      }),
    )
  })

  test('begin at the first column only if they are not a continuation, with any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant(' '.repeat(79)))),
        (texts) => {
          const [first, ...more] = wrapLines([`ada tells you: ${toSafeLine(texts.join(' '))}`])
          expect(first).toMatch(/^ada/)
          for (const line of more) expect(line).toMatch(/^ {2}/)
        },
      ),
    )
  })

  test('stay unchanged if they fit', () => {
    expect(wrapLines(['   three  blanks ', ''])).toEqual(['   three  blanks ', ''])
  })

  test('of other users are one line without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
        expect(toSafeLine(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
    )
    expect(toSafeLine('a\nb\r\nc\td\re')).toBe('a b c d\\x0de')
  })

  test('of other users have at most four marks in a row', () => {
    expect(toSafeLine(`Z${'\u0301\u0335'.repeat(30)}al${'\u20dd'.repeat(5)}go`)).toBe(
      'Z\u0301\u0335\u0301\u0335al\u20dd\u20dd\u20dd\u20ddgo',
    )
    expect(toSafeLine(`${'\u0e49'.repeat(60)}!`)).toBe(`${'\u0e49'.repeat(4)}!`)
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\u0301', '\u0e49', '\u20dd', '\u{1d167}', ' ', '\n') }), (text) => {
        expect(toSafeLine(text)).not.toMatch(/[\p{Mn}\p{Me}]{5}/u)
      }),
    )
  })

  test.each([
    ['Vietnamese', 'Tiếng Việt: Nguyễn Thị Hưởng, phở và bún bò Huế'],
    ['Thai', 'ที่นี่ไม่มีใครรู้ น้ำ กตัญญู ฤๅษี'],
    ['Hindi', 'हिन्दी में प्रश्न: स्त्री, क्षत्रिय, ज्ञान, र्‍ऐ'],
    ['Hebrew', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃'],
    ['Arabic', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ'],
    ['Tibetan', 'བཀྲ་ཤིས་བདེ་ལེགས། རྒྱལ་པོ བསྒྲུབས'],
    ['Burmese', 'မြန်မာနိုင်ငံ ကျွန်ုပ်'],
    ['Khmer', 'ព្រះរាជាណាចក្រកម្ពុជា ស្ត្រី'],
    ['emoji', '👍🏽 ❤️‍🔥 🏴󠁧󠁢󠁥󠁮󠁧󠁿 3️⃣ é́'],
  ])('in %s stay unchanged, composed or not', (_, text) => {
    for (const form of ['NFC', 'NFD'] as const) expect(toSafeLine(text.normalize(form))).toBe(text.normalize(form))
  })

  test.each([
    ['help\b\b\bello', 'hello'],
    ['\x7f\x7fab\x7f', 'a'],
    ['😀\b!', '!'],
    ['as it is', 'as it is'],
  ])('apply backspaces: %j', (typed, meant) => expect(applyErasures(typed)).toBe(meant))
})

describe('words', () => {
  test.each([
    [0, '0:00'],
    [1, '0:01'],
    [1000, '0:01'],
    [59_001, '1:00'],
    [151_000, '2:31'],
    [3_599_999, '1:00:00'],
    [36_000_000, '10:00:00'],
    [-5, '0:00'],
  ])('%i ms is formatted as %s', (ms, shown) => expect(formatClockTime(ms)).toBe(shown))

  test('clocks only decrease', () => {
    const inSeconds = (shown: string) => shown.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    fc.assert(
      fc.property(fc.nat(100_000_000), (ms) => {
        expect(inSeconds(formatClockTime(ms))).toBe(Math.ceil(ms / 1000))
      }),
    )
  })

  test.each([
    ['a name has at most 20 characters', 'a', 'A name has at most 20 characters.'],
    ['a name has the letters of one alphabet', 'a name', 'A name has the letters of one alphabet.'],
    ['the password is wrong', 't', 'The password is wrong.'],
    ['a cannot be a name: choose another', 'a', 'a cannot be a name: choose another.'],
    ['ada’s offer is over', 'ada', 'ada’s offer is over.'],
  ])('%j begins with a capital, unless it begins with the name %j', (refused, name, said) => {
    expect(toSentence(refused, [name])).toBe(said)
    expect(toSentence(refused, [], (text) => text === name)).toBe(said)
  })

  test('formats lists, numbers and sentences', () => {
    expect([formatList([]), formatList(['a']), formatList(['a', 'b']), formatList(['a', 'b', 'c'], 'or')]).toEqual([
      '',
      'a',
      'a and b',
      'a, b or c',
    ])
    expect([toSentence('cell 5 is taken'), toSentence('really?'), toSentence('ada is here', ['ada']), toSentence('')]).toEqual([
      'Cell 5 is taken.',
      'Really?',
      'ada is here.',
      '.',
    ])
    expect(joinSentences(['One.', 'Two.'])).toEqual(['One. Two.'])
    expect(joinSentences(['x'.repeat(78), 'Two.'])).toEqual(['x'.repeat(78), 'Two.'])
    expect(shortenList(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c'])
    expect(shortenList(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', '... and 2 more'])
  })

  test('columns are aligned, with any text', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/\s/g, '_'))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const shown = formatColumns(rows)
        const width = Math.max(...rows.map(([first]) => displayWidth(first)))
        for (const [at, [first, second]] of rows.entries()) {
          if (second !== '') expect(shown[at]).toBe(`${first}${' '.repeat(width - displayWidth(first))}  ${second}`)
        }
      }),
    )
  })

  test.each([
    [22, Array.from({ length: 22 }, () => 'x')],
    [21, Array.from({ length: 23 }, () => 'x')],
    [20, Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? ' 1' : '   x'))],
    [21, Array.from({ length: 40 }, (_, at) => (at === 0 ? 'x' : '  x'))],
    [1, Array.from({ length: 40 }, (_, at) => ' '.repeat(at))],
  ])('the first screen has %i lines, and no row is separated from its continuation', (count, shown) => {
    expect(countFirstScreen(shown)).toBe(count)
  })

  test('the last cell of a row that is too wide is below the others, whole', () => {
    const [game, command] = ['tictactoe, 3 minutes each, 5 seconds a move', 'type: play tictactoe maximilian-longname1']
    expect(wrapLines(formatColumns([[`  ${'x'.repeat(10)}`, game, command]]))).toEqual([`  ${'x'.repeat(10)}  ${game}`, `    ${command}`])
    expect(formatColumns([['a', 'b'.repeat(77)]])).toEqual([`a  ${'b'.repeat(77)}`])
    expect(formatColumns([['a', 'b'.repeat(90)]])).toEqual([`a  ${'b'.repeat(90)}`])
  })
})

describe('the nearest word', () => {
  test.each([
    ['plya', 'play'],
    ['palay', 'play'],
    ['wh', 'who'],
    ['WHOO', 'who'],
    ['hlep', 'help'],
    ['regitser', 'register'],
    ['head', undefined],
    ['hello', undefined],
    ['rock', undefined],
    ['resing', 'resign'],
    ['tabels', 'tables'],
    ['chess', undefined],
    ['x', undefined],
    ['5', undefined],
    ['', undefined],
  ])('of %j is %j', (typed, meant) => expect(findNearest(typed, commandWords)).toBe(meant))

  test('of a command with an extra letter is that command', () => {
    for (const word of commandWords) for (const typed of [`${word}x`, `x${word}`]) expect(findNearest(typed, commandWords)).toBe(word)
  })
})

describe('the commands', () => {
  test('have different names, which are not moves of a game', () => {
    const words = commands.flatMap(({ name, also = [] }) => [name, ...also])
    expect(new Set(words).size).toBe(words.length)
    for (const word of words) {
      expect(findCommand(word.toUpperCase())).toBe(findCommand(word))
      // a sign alone is a letter that hangman would refuse
      for (const { game } of word === '?' ? [] : shippedGames.entries)
        expect({ word, refused: game.notation.parse(word) }).toMatchObject({ refused: { refused: expect.any(String) } })
    }
  })

  test('are shown in the form in which they are typed', () => {
    for (const { name, usage } of commands) expect(usage.split(' ')[0]).toBe(name)
  })
})

describe('a refusal', () => {
  test('shows only the beginning of a very long word', () => {
    expect(toSentence(`there is no command "${'x'.repeat(300)}": "help" lists all`)).toBe(
      `There is no command "${'x'.repeat(30)}...": "help" lists all.`,
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,39}$/), (word) => {
        expect(toSentence(`"${word}"`)).toBe(`"${word}".`)
      }),
    )
  })
})

describe('seeks', () => {
  const name = fc
    .array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 1, maxLength: 2 })
    .map((words) => words.join(' '))
    .filter((text) => !/\b(rated|private|against|size|minutes|seconds|house)\b/.test(text))

  test('are listed as the command that plays with their owner', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 2, max: 20 }), fc.boolean(), (whom, size, rated) => {
        const typed = formatAcceptCommand(shippedGames, { name: whom, game: 'tictactoe', settings: { size, first: 0 }, rated })
        expect(parseSeek(shippedGames, typed.replace(/^play /, ''))).toEqual({
          game: 'tictactoe',
          settings: size === 3 ? {} : { size },
          against: whom,
          ...(rated ? { rated } : {}),
        })
      }),
    )
  })

  test('are listed as a command that means their owner, for any name', () => {
    const word = fc.oneof(
      fc.constantFrom('size', 'Rated', 'private', 'against', 'minutes', 'house', '4', '-7', '_'),
      fc.stringMatching(/^[a-zA-Z0-9]{1,5}$/),
    )
    const names = fc
      .array(word, { minLength: 1, maxLength: 4 })
      .map((words) => checkPersonName(words.join(' ')))
      .filter((one) => typeof one === 'string')
    fc.assert(
      fc.property(names, fc.boolean(), (whom, rated) => {
        const seek = parseSeek(
          shippedGames,
          formatAcceptCommand(shippedGames, { name: whom, game: 'tictactoe', settings: { size: 4 }, rated }).replace(/^play /, ''),
        )
        if (isRefusal(seek)) throw new Error(seek.refused)
        expect(seek).toEqual({ game: 'tictactoe', settings: { size: 4 }, against: seek.against, ...(rated ? { rated } : {}) })
        expect(foldName(seek.against ?? '')).toBe(foldName(whom))
      }),
    )
  })

  test('have the same meaning in any order of terms', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['size 4', 'rated', 'private', 'against ada lovelace', 'minutes 2'], { minLength: 5 }), (parts) => {
        expect(parseSeek(shippedGames, `tictactoe ${parts.join(' ')}`)).toEqual({
          game: 'tictactoe',
          settings: { size: 4 },
          against: 'ada lovelace',
          rated: true,
          private: true,
          clock: { total: 120_000 },
        })
      }),
    )
  })

  test('are parsed from any text, or refused with a sentence', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'tictactoe',
        'quiz',
        'size',
        'count',
        'rated',
        'private',
        'against',
        'house',
        'minutes',
        '4',
        '-1',
        '99999999999',
        '__proto__',
        'constructor',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const seek = parseSeek(shippedGames, words.join(' '))
        if ('refused' in seek) expect(seek.refused).toMatch(/\S/)
        else expect(shippedGames.entries.map((entry) => entry.name)).toContain(seek.game)
      }),
      { numRuns: 500 },
    )
  })
})
