import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSearchable } from '../../src/games/ai/search.ts'
import { isRefusal } from '../../src/games/game.ts'
import { LocalTable } from '../../src/games/local-table.ts'
import { findQuestionFault, type Question } from '../../src/games/questions/question.ts'
import { type Quiz, quiz } from '../../src/games/quiz.ts'
import { chance, seededRandom } from '../../src/games/random.ts'
import { displayWidth } from '../../src/games/text/graphemes.ts'

const colors: Question = { text: 'Which is a color?', options: ['red', 'seven', 'loud'], right: 0, explanation: 'Red is one.' }
const sums: Question = { text: '1 + 1?', options: ['1', '2'], right: 1 }

/** A quiz whose questions are asked in this order. */
const open = (...questions: Question[]): Quiz => ({ questions, answers: [] })

/** Returns the state after some answers; the game must accept all of them. */
function answered(state: Quiz, ...answers: string[]): Quiz {
  for (const answer of answers) {
    const next = quiz.play(state, 0, answer, chance)
    if (isRefusal(next)) throw new Error(`${answer}: ${next.refused}`)
    state = next
  }
  return state
}

describe('quiz', () => {
  test('shows each question and result, from the first question to the end', () => {
    const start = open(colors, sums)
    expect(quiz.view(start, 0)).toEqual({ count: 2, points: 0, open: { number: 1, text: colors.text, options: colors.options } })
    expect(quiz.toMove(start)).toEqual([0])
    const second = answered(start, 'c')
    expect(quiz.view(second, 'watcher')).toEqual({
      count: 2,
      points: 0,
      open: { number: 2, text: sums.text, options: sums.options },
      last: { given: 'C', right: 'A', correct: false, explanation: 'Red is one.' },
    })
    expect(quiz.outcome(second)).toBeUndefined()
    const end = answered(second, 'B')
    expect(quiz.view(end, 0)).toEqual({ count: 2, points: 1, last: { given: 'B', right: 'B', correct: true } })
    expect(quiz.toMove(end)).toEqual([])
    expect(quiz.outcome(end)).toEqual({ winners: [] })
    expect(quiz.play(end, 0, 'A', chance)).toEqual({ refused: 'the quiz is over' })
  })

  test('a player with all answers right wins', () => {
    expect(quiz.outcome(answered(open(colors, sums), 'A', 'B'))).toEqual({ winners: [0] })
  })

  test.each([
    ['D', '"D" is not an answer: give a letter from A to C'],
    ['f', '"f" is not an answer: give a letter from A to C'],
    ['', '"" is not an answer: give a letter from A to C'],
    ['AB', '"AB" is not an answer: give a letter from A to C'],
    ['red', '"red" is not an answer: give a letter from A to C'],
    ['\x1b', '"\\u001b" is not an answer: give a letter from A to C'],
  ])('%j is refused with a sentence', (answer, refused) => {
    expect(quiz.play(open(colors), 0, answer, chance)).toEqual({ refused })
  })

  test.each([0, 51, 1.5, Number.NaN])('refuses a quiz of %d questions', (count) => {
    expect(() => quiz.setup({ questions: [colors], count }, chance)).toThrow(new RangeError(`a quiz has 1 to 50 questions, not ${count}`))
  })

  test('refuses a quiz without questions', () => {
    expect(() => quiz.setup({ questions: [], count: 1 }, chance)).toThrow(RangeError)
  })

  test('a search cannot see the answer key', () => {
    expect(isSearchable(quiz)).toBe(false)
  })

  test('is played at a table, through its seat', async () => {
    const seat = new LocalTable(quiz, { questions: [colors, sums], count: 2 }, seededRandom(7)).seat(0)
    const letterOf = (options: readonly string[] = [], right = '') => 'ABC'.charAt(options.indexOf(right))
    for (const _ of [1, 2]) {
      const { view, turn } = await seat.next()
      expect(turn).toBe(true)
      const right = view.open?.text === sums.text ? '2' : 'red'
      expect(seat.play(letterOf(view.open?.options, right))).toBeUndefined()
    }
    expect(await seat.next()).toMatchObject({ turn: false, outcome: { winners: [0] }, view: { points: 2 } })
  })

  test('prints questions and results on a terminal', () => {
    const long: Question = {
      text: 'A server binds to 0.0.0.0, and its firewall lets everything through. From where can clients reach it, and how?',
      options: ['from everywhere', 'at every IPv4 address of its host, be it that of the loopback interface or of any other one'],
      right: 1,
    }
    const { render } = quiz.notation
    expect(render(quiz.view(open(long, colors), 0))).toBe(`Question 1 of 2

A server binds to 0.0.0.0, and its firewall lets everything through. From where
can clients reach it, and how?

A  from everywhere
B  at every IPv4 address of its host, be it that of the loopback interface or of
   any other one
`)
    expect(render(quiz.view(answered(open(long, colors), 'A'), 0))).toBe(`A is wrong: it is B.

Question 2 of 2, 0 of 1 right

Which is a color?

A  red
B  seven
C  loud
`)
    expect(render(quiz.view(answered(open(long, colors), 'A', 'A'), 0))).toBe('A is right. Red is one.\n\nThe end: 1 of 2 right.\n')
  })
})

const line = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc.lorem(),
)
const question: fc.Arbitrary<Question> = fc
  .record(
    {
      text: line,
      options: fc.uniqueArray(line, { minLength: 2, maxLength: 6 }),
      right: fc.nat(5),
      explanation: line,
    },
    { requiredKeys: ['text', 'options', 'right'] },
  )
  .map((drawn) => ({ ...drawn, right: drawn.right % drawn.options.length }))
  .filter((drawn) => findQuestionFault(drawn) === undefined)
const questions = fc.uniqueArray(question, { minLength: 1, maxLength: 8, selector: ({ text }) => text })
const letters = fc.infiniteStream(fc.nat(5))

/** Returns all states of a game whose answers are chosen from the options by number. */
function* played(start: Quiz, choices: Iterable<number>): Generator<Quiz> {
  let state = start
  for (const choice of choices) {
    yield state
    const moves = [...(quiz.moves?.(state, 0) ?? [])]
    if (moves.length === 0) return
    state = answered(state, moves[choice % moves.length] ?? '')
  }
}

describe('properties of the quiz', () => {
  test('no view shows which option of an open question or of a later question is right', () => {
    fc.assert(
      fc.property(questions, letters, fc.array(fc.nat(5), { minLength: 8, maxLength: 8 }), fc.integer(), (bank, choices, others, seed) => {
        const start = quiz.setup({ questions: bank, count: bank.length }, seededRandom(seed))
        for (const state of played(start, choices)) {
          const other = state.questions.map((one, at) =>
            at < state.answers.length ? one : { ...one, right: (others[at] ?? 0) % one.options.length },
          )
          const changed = { ...state, questions: other }
          for (const who of [0, 'watcher'] as const) {
            const [view, same] = [quiz.view(state, who), quiz.view(changed, who)]
            expect(JSON.stringify(same)).toBe(JSON.stringify(view))
            expect(quiz.notation.render(same)).toBe(quiz.notation.render(view))
          }
          expect([...(quiz.moves?.(changed, 0) ?? [])]).toEqual([...(quiz.moves?.(state, 0) ?? [])])
        }
      }),
    )
  })

  test('the choice of questions and options does not depend on the right answers', () => {
    fc.assert(
      fc.property(questions, fc.nat(5), fc.integer(), (bank, shift, seed) => {
        const other = bank.map((one) => ({ ...one, right: (one.right + shift) % one.options.length }))
        const setup = (from: readonly Question[]) => quiz.setup({ questions: from, count: from.length }, seededRandom(seed))
        const shown = (state: Quiz) => state.questions.map(({ text, options }) => [text, options])
        expect(shown(setup(other))).toEqual(shown(setup(bank)))
      }),
    )
  })

  test('chooses different questions with all their options, and the right option stays right', () => {
    fc.assert(
      fc.property(questions, fc.integer({ min: 1, max: 50 }), fc.integer(), (bank, count, seed) => {
        const state = quiz.setup({ questions: bank, count }, seededRandom(seed))
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        expect(state.questions).toHaveLength(Math.min(count, bank.length))
        expect(new Set(state.questions.map(({ text }) => text)).size).toBe(state.questions.length)
        for (const { text, options, right, explanation } of state.questions) {
          const original = bank.find((one) => one.text === text)
          expect([...options].sort()).toEqual([...(original?.options ?? [])].sort())
          expect(options[right]).toBe(original?.options[original.right])
          expect(explanation).toBe(original?.explanation)
        }
      }),
    )
  })

  test('points count the right answers, and each question is asked once', () => {
    fc.assert(
      fc.property(questions, letters, fc.integer(), (bank, choices, seed) => {
        const start = quiz.setup({ questions: bank, count: 50 }, seededRandom(seed))
        const states = [...played(start, choices)]
        expect(states).toHaveLength(bank.length + 1)
        let points = 0
        for (const state of states) {
          const { last, ...view } = quiz.view(state, 0)
          const before = start.questions[state.answers.length - 1]
          if (before && before.options['ABCDEF'.indexOf(state.answers.at(-1) ?? '')] === before.options[before.right]) points++
          expect([view.points, view.open?.number]).toEqual([points, view.open && state.answers.length + 1])
          expect(last?.explanation).toBe(before?.explanation)
          expect(quiz.outcome(state)).toEqual(view.open ? undefined : { winners: points === bank.length ? [0] : [] })
        }
      }),
    )
  })

  test('an answer is accepted if and only if its letter, in any case, is listed', () => {
    fc.assert(
      fc.property(question, fc.oneof(fc.constantFrom(...'ABCDEFGabcdefg'), fc.string({ maxLength: 2 })), (one, text) => {
        const move = quiz.notation.parse(text)
        const listed = [...(quiz.moves?.(open(one), 0) ?? [])]
        expect(listed).toEqual([...'ABCDEF'].slice(0, one.options.length))
        if (isRefusal(move)) expect(text.trim()).not.toMatch(/^[a-f]$/i)
        else expect([quiz.notation.parse(quiz.notation.print(move)), text.trim().toUpperCase()]).toEqual([move, move])
        expect(isRefusal(quiz.play(open(one), 0, text, chance))).toBe(!listed.includes(text.toUpperCase()))
      }),
    )
  })

  test('every line on a terminal has at most 80 columns', () => {
    fc.assert(
      fc.property(questions, letters, (bank, choices) => {
        for (const state of played(open(...bank), choices))
          for (const row of quiz.notation.render(quiz.view(state, 0)).split('\n')) expect(displayWidth(row)).toBeLessThanOrEqual(80)
      }),
    )
  })
})
