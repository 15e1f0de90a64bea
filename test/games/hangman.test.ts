import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { playSeat as bot } from '../../src/games/ai/house.ts'
import { isRefusal } from '../../src/games/game.ts'
import { type Hangman, type HangmanOptions, hangman } from '../../src/games/hangman.ts'
import { LocalTable } from '../../src/games/local-table.ts'
import { chance, scriptedRandom, seededRandom } from '../../src/games/random.ts'
import { foldCase, normalizeText, splitGraphemes } from '../../src/games/text/graphemes.ts'
import { findWordFault, parseWords, type WordList, words } from '../../src/games/words.ts'

const start = (options: HangmanOptions) => hangman.setup(options, chance)

/** Returns the state after some guesses; the game must accept all of them. */
function tried(state: Hangman, ...guesses: string[]): Hangman {
  for (const guess of guesses) {
    const next = hangman.play(state, 0, guess, chance)
    if (isRefusal(next)) throw new Error(`${guess}: ${next.refused}`)
    state = next
  }
  return state
}

const positions = (secret: string, guess: string) => tried(start({ secret }), guess).last?.positions

describe('hangman', () => {
  test('shows the word letter by letter until it is won', () => {
    const state = tried(start({ secret: 'Banana' }), 'A', 'x', 'n')
    expect(hangman.view(state, 0)).toEqual({
      shown: ['', 'a', 'n', 'a', 'n', 'a'],
      tried: ['a', 'x', 'n'],
      misses: 8,
      left: 7,
      last: { letter: 'n', positions: [3, 5] },
    })
    expect(hangman.outcome(state)).toBeUndefined()
    const won = tried(state, 'b')
    expect(hangman.outcome(won)).toEqual({ winners: [0] })
    expect(hangman.toMove(won)).toEqual([])
    expect(hangman.view(won, 'watcher').word).toBe('Banana')
    expect(hangman.play(won, 0, 'z', chance)).toEqual({ refused: 'the game is over' })
  })

  test('the eighth miss loses, and shows the word', () => {
    const state = tried(start({ secret: 'fun' }), ...'abcdegh')
    expect([state.left, hangman.outcome(state)]).toEqual([1, undefined])
    const lost = tried(state, 'i')
    expect(hangman.outcome(lost)).toEqual({ winners: [] })
    expect(hangman.view(lost, 0)).toMatchObject({ left: 0, word: 'fun', shown: ['', '', ''] })
  })

  test.each(['ice cream', "it's", 'x-ray', 'a·b', 'two  words here'])(
    'a lenient game shows at the start the characters that no player can guess: %j',
    (secret) => {
      const state = start({ secret, lenient: true })
      const { word } = state
      expect(hangman.view(state, 0).shown).toEqual([...word].map((character) => (/\p{L}/u.test(character) ? '' : character)))
      expect(hangman.view(state, 0).tried).toEqual([])
      const letters = [...new Set(word.replace(/\P{L}/gu, ''))]
      expect(hangman.outcome(tried(state, ...letters))).toEqual({ winners: [0] })
      expect(hangman.view(tried(state, ...letters), 0).tried).toEqual(letters)
      expect(hangman.view(start({ secret }), 0).shown.join('')).toBe('')
    },
  )

  test('a digit of a lenient game is guessed like a letter', () => {
    expect(hangman.view(start({ secret: 'mp3', lenient: true }), 0).shown).toEqual(['', '', ''])
  })

  test('accepts another number of misses', () => {
    expect(hangman.outcome(tried(start({ secret: 'fun', misses: 1 }), 'a'))).toEqual({ winners: [] })
  })

  test.each([
    ['a letter that was tried', 'E', 'E was tried already: guess another letter'],
    ['a letter that was tried in vain', 'x', 'x was tried already: guess another letter'],
    ['nothing', '', 'guess one letter at a time, such as e'],
    ['two letters', 'ab', 'guess one letter at a time, such as e'],
    ['two blanks', '  ', 'guess one letter at a time, such as e'],
    ['a sign that the word does not have', '?', 'that is not a letter: guess a letter, such as e'],
    ['a blank that the word does not have', ' ', 'that is not a letter: guess a letter, such as e'],
    ['a control character', '\x1b', 'that is not a letter: guess a letter, such as e'],
    ['bytes that were no text', '\ufffd', 'that is not a letter: guess a letter, such as e'],
    ['a lone surrogate', '\ud800', 'that is not a letter: guess a letter, such as e'],
    ['a letter with a tower of marks', `a${'\u0301'.repeat(20)}`, 'guess one letter at a time, such as e'],
  ])('%s is refused with a sentence', (_, guess, refused) => {
    expect(hangman.play(tried(start({ secret: 'eel' }), 'e', 'x'), 0, guess, chance)).toEqual({ refused })
  })

  test.each([
    ['é', 'E\u0301'],
    ['É', 'é'],
    ['ß', 'ẞ'],
    ['ẞ', 'ß'],
    ['σ', 'ς'],
    ['ς', 'Σ'],
    ['İ', 'i'],
    ['i', 'İ'],
    ['ı', 'I'],
    ['I', 'ı'],
    ['İ', 'i\u0307'],
    ['ж', 'Ж'],
    ['q\u0303', 'Q\u0303'],
    ['한', '\u1112\u1161\u11ab'],
    ['\u1e9b\u0323', 'ẛ\u0323'],
    ['’', "'"],
    ['‑', '-'],
    ['4', '4'],
    [' ', ' '],
  ])('%j is found by %j', (letter, guess) => {
    expect(positions(`x${letter}y${letter}x`, guess)).toEqual([2, 4])
  })

  test('distinguishes ß from ss, and an accented letter from a plain letter', () => {
    expect(positions('Straße', 's')).toEqual([1])
    expect(positions('résumé', 'e')).toEqual([])
  })

  test('counts a letter with its marks as one position', () => {
    expect(start({ secret: 'q\u0303a\u0308b' }).characters).toHaveLength(3)
    expect(positions('q\u0303a\u0308b', 'b')).toEqual([3])
  })

  test('blanks and hyphens have to be found, and cost no miss if the word has none', () => {
    const state = tried(start({ secret: ' ice-cream\t bar ' }), ...'icermba')
    expect(state.word).toBe('ice-cream bar')
    expect(hangman.outcome(state)).toBeUndefined()
    expect(hangman.outcome(tried(state, '-', ' '))).toEqual({ winners: [0] })
  })

  test.each(['', '  ', '42', '?!', 'a\x07b', 'x'.repeat(101), `ba${'\u0301'.repeat(20)}`])('refuses %j as a word to guess', (secret) => {
    expect(() => start({ secret })).toThrow(RangeError)
  })

  test('chooses the word from the list, or uses the given word', () => {
    expect(hangman.setup({ words: ['one', 'two'] }, scriptedRandom(['two'])).word).toBe('two')
    expect(words).toContain(start({}).word)
  })

  test('the gallows grow with the misses, for any number of misses', () => {
    const picture = (misses: number, ...guesses: string[]) =>
      hangman.notation.render(hangman.view(tried(start({ secret: 'eel', misses }), ...guesses), 0))
    expect(picture(8)).toBe('  _ _ _   misses left: 8\n')
    expect(picture(8, 'e', 'x')).toBe(' =====\n  e e _   misses left: 7   tried: e x\n')
    const whole = '  +---+\n  |   |\n  |   O\n  |  /|\\\n  |  / \\\n =====\n  _ _ _   misses left: 0   '
    expect(picture(8, ...'abcdfghi')).toBe(`${whole}tried: a b c d f g h i\n`)
    expect(picture(1, 'a')).toBe(`${whole}tried: a\n`)
    expect(picture(100, 'a')).toBe(' =====\n  _ _ _   misses left: 99   tried: a\n')
  })

  test('the house finishes every game without an illegal move', async () => {
    for (const secret of ['jazz', 'Ωμέγα', 'e-mail', 'straße']) {
      const table = new LocalTable(hangman, { secret, misses: 60 }, chance)
      await bot(hangman, table.seat(0), chance)
    }
  })
})

const word = fc
  .oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }))
  .filter((text) => findWordFault(text) === undefined)
const letter = fc.oneof(
  fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzßİ'),
  fc.string({ unit: 'grapheme', maxLength: 2 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
)

describe('properties of hangman', () => {
  test('a player who guesses every character of the word wins without a miss', () => {
    fc.assert(
      fc.property(word, fc.boolean(), (secret, decomposed) => {
        let state = start({ secret })
        for (const character of state.characters) {
          const guess = decomposed ? character.normalize('NFD') : character
          const next = hangman.play(state, 0, guess, chance)
          if (!isRefusal(next)) state = next
        }
        expect([hangman.outcome(state), state.left]).toEqual([{ winners: [0] }, 8])
      }),
    )
  })

  test('a guess is a hit, a miss, or refused; misses are counted, and the word stays hidden until the end', () => {
    const counts = { hits: 0, misses: 0, refused: 0 }
    fc.assert(
      fc.property(word, fc.array(letter, { maxLength: 40 }), (secret, guesses) => {
        let state = start({ secret })
        for (const guess of guesses) {
          const next = hangman.play(state, 0, guess, chance)
          if (isRefusal(next)) {
            counts.refused++
            continue
          }
          const hit = (next.last?.positions.length ?? 0) > 0
          counts[hit ? 'hits' : 'misses']++
          expect(next.left).toBe(state.left - (hit ? 0 : 1))
          expect(next.tried).toHaveLength(state.tried.length + 1)
          expect(hangman.play(next, 0, guess, chance)).toHaveProperty('refused')
          state = next
          const view = hangman.view(state, 0)
          const open = view.shown.flatMap((character, at) => (character ? [at] : []))
          expect(open.every((at) => state.tried.includes(foldCase(state.characters[at] ?? '')))).toBe(true)
          expect('word' in view).toBe(hangman.outcome(state) !== undefined)
        }
      }),
    )
    for (const [what, count] of Object.entries(counts)) expect([what, count > 0]).toEqual([what, true])
  })

  test('notation parses what it prints', () => {
    let parsed = 0
    fc.assert(
      fc.property(letter, (text) => {
        const move = hangman.notation.parse(text)
        if (isRefusal(move)) return
        parsed++
        expect(hangman.notation.parse(hangman.notation.print(move))).toBe(move)
      }),
    )
    expect(parsed).toBeGreaterThan(10)
  })

  test('ignores case, letter by letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), (character) => {
        expect(foldCase(character.toUpperCase())).toBe(foldCase(character))
        expect(foldCase(character.toLowerCase())).toBe(foldCase(character))
        expect(foldCase(character.normalize('NFD'))).toBe(foldCase(character))
      }),
    )
  })
})

describe('a lenient game of hangman', () => {
  test('refuses digits that are not in the word, which cost no miss', () => {
    const lenient = hangman.setup({ secret: 'r2d2', lenient: true }, seededRandom(1))
    expect(hangman.play(lenient, 0, '7', seededRandom(1))).toEqual({ refused: 'that is not a letter: guess a letter, such as e' })
    expect(hangman.play(lenient, 0, '2', seededRandom(1))).toMatchObject({ left: 8, last: { positions: [2, 4] } })
    expect(hangman.play(lenient, 0, 'x', seededRandom(1))).toMatchObject({ left: 7 })
    expect(hangman.play(hangman.setup({ secret: 'r2d2' }, seededRandom(1)), 0, '7', seededRandom(1))).toMatchObject({ left: 7 })
  })

  test('shows the word after a resignation, and not before', () => {
    const state = hangman.setup({ secret: 'tea' }, seededRandom(1))
    expect(hangman.view(state, 0)).not.toHaveProperty('word')
    expect(hangman.view(state, 0, { winners: [], left: 0, resigned: true })).toHaveProperty('word', 'tea')
  })
})

describe('files of words', () => {
  test('the built-in list is long, and plain enough for any client', () => {
    expect(words.length).toBeGreaterThan(200)
    expect(new Set(words).size).toBe(words.length)
    for (const one of words) expect(one).toMatch(/^[a-z]{4,12}$/)
  })

  test('reads blanks, comments, CR LF, a byte order mark, and duplicate words', () => {
    const text = '\ufeff# animals\r\n  cat \r\n\r\ndog # a pet\r\nCAT\r\nC#\nice cream\rcafe\u0301\ncafé\n42\n'
    expect(parseWords(text)).toEqual({
      words: ['cat', 'dog', 'C#', 'ice cream', 'café'],
      skipped: ['line 10: a word to guess needs at least one letter, and "42" has none'],
    })
  })

  test('skips a row of a table, and accepts a phrase with a comma', () => {
    const { words: found, skipped } = parseWords('word,hint\ncat;an animal\n"dog","barks"\ntree\tgreen\nhello, world\nox\n') as WordList
    expect(found).toEqual(['hello, world', 'ox'])
    expect(skipped[0]).toBe('line 1: "word,hint" looks like a row of CSV; write one word per line, without a hint')
    expect(skipped).toHaveLength(4)
  })

  test('recognizes a row of CSV also if its quotation marks are other characters', () => {
    expect(parseWords('cafe\u0301,the\u0301\nox\n')).toMatchObject({
      words: ['ox'],
      skipped: [expect.stringMatching(/looks like a row of CSV/)],
    })
  })

  test('refuses a file without a usable word, with the reason for each line', () => {
    expect(parseWords('42\n\n7\n')).toEqual({
      refused: [
        'line 1: a word to guess needs at least one letter, and "42" has none',
        'line 3: a word to guess needs at least one letter, and "7" has none',
        'the file contains no word to guess; expected one word per line, and # before a comment',
      ].join('\n'),
    })
  })

  test.each(['', '\n\n', '# nothing\n'])('finds no word in %j', (text) => {
    expect(parseWords(text)).toEqual({
      refused: 'the file contains no word to guess; expected one word per line, and # before a comment',
    })
  })

  test('parsing the parsed words again changes nothing', () => {
    let all = 0
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (lines) => {
        const parsed = parseWords(lines.join('\n'))
        if (isRefusal(parsed)) return
        const found = parsed.words
        all += found.length
        expect(parseWords(found.join('\r\n'))).toEqual({ words: found, skipped: [] })
        for (const one of found) expect(normalizeText(hangman.setup({ secret: one }, seededRandom(1)).word)).toBe(one)
        expect(found.every((one) => splitGraphemes(one).length > 0)).toBe(true)
      }),
    )
    expect(all).toBeGreaterThan(10)
  })
})
