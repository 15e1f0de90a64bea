import { describe, expect, test } from 'vitest'
import { bank } from '../../src/games/questions/bank.ts'
import { findQuestionFault, type Question } from '../../src/games/questions/question.ts'

describe('the built-in questions', () => {
  const choices = bank.filter(({ options }) => options.length > 2)
  const share = (some: readonly Question[]) => some.length / choices.length

  test('are more than a hundred, each of them once, and all can be asked', () => {
    expect(bank.length).toBeGreaterThan(100)
    expect(new Set(bank.map(({ text }) => text.toLowerCase())).size).toBe(bank.length)
    expect(bank.filter((one) => findQuestionFault(one))).toEqual([])
  })

  test.each(bank.map((one) => [one.text, one] as const))('%s', (_, { text, options, explanation = '' }) => {
    for (const one of [text, ...options, explanation]) expect(one).toBe(one.replace(/\s+/g, ' ').trim())
    expect(explanation).toMatch(/^.{10,160}$/u)
    expect(text.length).toBeLessThanOrEqual(160)
    for (const option of options) expect(option.length).toBeLessThanOrEqual(60)
    if (options.length === 2) expect(options).toEqual(['True', 'False'])
    else expect(options).toHaveLength(4)
  })

  test('the position of an answer does not reveal whether it is right', () => {
    for (const place of [0, 1, 2, 3]) expect(Math.abs(share(choices.filter(({ right }) => right === place)) - 0.25)).toBeLessThan(0.05)
    const truths = bank.filter(({ options }) => options.length === 2)
    expect(new Set(truths.map(({ right }) => right)).size).toBe(2)
  })

  test('the length of an answer does not reveal whether it is right', () => {
    const others = ({ options, right }: Question) => options.filter((_, at) => at !== right).map(({ length }) => length)
    const own = ({ options, right }: Question) => options[right]?.length ?? 0
    expect(share(choices.filter((one) => own(one) > Math.max(...others(one))))).toBeLessThan(0.4)
    expect(share(choices.filter((one) => own(one) < Math.min(...others(one))))).toBeLessThan(0.4)
  })
})
