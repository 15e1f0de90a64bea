import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { chance, seededRandom } from '../../src/games/random.ts'
import { type TurnTalk, type TurnTalkOptions, talk, truncateLine } from '../../src/games/talk.ts'

/** Plays lines in turn; a refusal fails the test. */
function said(lines: readonly string[], options: TurnTalkOptions = {}): TurnTalk {
  let state = talk.setup(options, chance)
  for (const line of lines) {
    const next = talk.play(state, state.turn, line, chance)
    if (isRefusal(next)) throw new Error(next.refused)
    state = next
  }
  return state
}

const line = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 200 })).filter((text) => !text.includes('\n'))

describe('talk in turn', () => {
  test('accepts a line from each side in turn, also an empty line, and has no winner', () => {
    expect(said(['a', '', 'c'])).toEqual({ turn: 1, ending: {}, said: 3, line: 'c', over: false })
    expect(said(['x'], { first: 1 }).turn).toBe(0)
    expect(talk.outcome(said(['quit']))).toBeUndefined()
    expect(talk.outcome(said(['quit'], { ending: { exactly: ['quit'] } }))).toEqual({ winners: [] })
  })

  test.each([
    [0, 'hi', { first: 1 }, 'other player’s turn'],
    [0, 'a\nb', {}, 'one line'],
    [0, 'x'.repeat(4097), {}, '4096 bytes'],
    [0, 'ä'.repeat(2049), {}, '4096 bytes'],
  ])('refuses with a sentence: seat %d says %j', (seat, text, options, sentence) => {
    expect(talk.play(talk.setup(options, chance), seat, text, chance)).toEqual({ refused: expect.stringContaining(sentence) })
  })

  test('refuses talk after the end', () => {
    const over = said(['quit'], { ending: { exactly: ['quit'] } })
    expect(talk.toMove(over)).toEqual([])
    expect(talk.play(over, over.turn, 'x', chance)).toEqual({ refused: 'the talk is over' })
  })

  test('ends at quit as the exact line, and at BYE anywhere in any case', () => {
    for (const text of ['Quit', 'quit ', 'quit now', 'quitting', ''])
      expect(said([text], { ending: { exactly: ['quit'] } }).over).toBe(false)
    for (const text of ['BYE', 'bye', 'Goodbye!', 'ok, Bye then']) expect(said([text], { ending: { mentions: 'BYE' } }).over).toBe(true)
    for (const text of ['B Y E', 'by', 'see you', '']) expect(said([text], { ending: { mentions: 'BYE' } }).over).toBe(false)
  })

  test('shortens a text to the limit of a line, and to whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.nat(3000), (text, repeat) => {
        const long = text.repeat(1 + (repeat % 5))
        const short = truncateLine(long)
        expect(long.startsWith(short)).toBe(true)
        expect(new TextEncoder().encode(short).length).toBeLessThanOrEqual(4096)
        if (short !== long) expect(new TextEncoder().encode(short).length).toBeGreaterThan(4092)
      }),
    )
  })
})

describe('the chatbot', () => {
  const choose = (text: string | undefined, ending: TurnTalk['ending'], seed: number) => {
    const state = text === undefined ? said([], { ending }) : { ...said([]), ending, said: 1, line: text }
    return talk.choose?.(state, 1, seededRandom(seed)) ?? ''
  }

  test('answers anything with one short visible line that never ends the talk', () => {
    const words = fc.constantFrom(
      'bye',
      'BYE',
      'quit',
      '/q',
      'play guess',
      'I am',
      'you are',
      'my name is',
      'I need',
      'because',
      'hello',
      '?',
      '$1',
      '$&',
    )
    const anything = fc.oneof(
      line,
      words,
      fc.tuple(words, words, line).map((parts) => parts.join(' ')),
      fc.constant(undefined),
    )
    fc.assert(
      fc.property(anything, fc.nat(), (text, seed) => {
        for (const ending of [{}, { exactly: ['quit'] }, { mentions: 'BYE' }, { exactly: ['play guess'] }]) {
          const answer = choose(text, ending, seed)
          expect(answer).toMatch(/^[^\p{C}\u2028\u2029]{2,199}$/u)
          expect(answer).not.toMatch(/bye|^quit$|^\/|^play /i)
          expect(answer.isWellFormed()).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('reflects the user’s words', () => {
    const answers = (text: string) => Array.from({ length: 30 }, (_, seed) => choose(text, {}, seed + 1)).join('\n')
    expect(answers('My name is Ada Lovelace.')).toContain('Pleased to meet you, Ada Lovelace. ')
    expect(answers('I am afraid of my server')).toContain('How long have you been afraid of your server?')
    expect(answers('I need your help!!')).toContain('Suppose you had my help: what then?')
    expect(answers('I am ...')).not.toContain('been ?')
    expect(answers(`I am ${'very '.repeat(100)}tired`)).toContain('...')
  })

  test('has an opening, and a line for after a game', () => {
    expect(choose(undefined, {}, 3)).toMatch(/^(Hello|Welcome)!/)
    const resumed = talk.setup({ said: 4, first: 0 }, chance)
    expect(talk.choose?.(resumed, 0, seededRandom(1))).toMatch(/game|played/)
  })

  test('has many different answers', () => {
    const answers = Array.from({ length: 300 }, (_, seed) => choose('la la la', {}, seed))
    expect(new Set(answers).size).toBeGreaterThan(5)
  })
})
