import { describe, expect, test } from 'vitest'
import { EndOfInput } from '../../src/protocol/definition.ts'
import { playSolo } from '../support/solo.ts'

const ASK = 'Guess a number 1 to 100: '
const UNUSABLE = 'Please enter number 1 to 100'
const options = { secret: '42' }

describe('c8/highlow without a network (C8 slides, assignment 5)', () => {
  test('can be won at the fifth try', async () => {
    expect(await playSolo('highlow', ['50', '25', '40', '45', '42'], { options })).toBe(
      `${ASK}50\nHIGH\n${ASK}25\nLOW\n${ASK}40\nLOW\n${ASK}45\nHIGH\n${ASK}42\nYou win!\n`,
    )
  })

  test('prints the fifth answer of a lost game, then the end', async () => {
    expect(await playSolo('highlow', ['1', '101', '0', '043', '99'], { options })).toBe(
      `${ASK}1\nLOW\n${ASK}101\nHIGH\n${ASK}0\nLOW\n${ASK}043\nHIGH\n${ASK}99\nHIGH\nYou ran out of tries! Game over.\n`,
    )
  })

  test.each(['', 'x', '-5', '+5', ' 5', '4.2', '1_0', '²'])('counts %j, which is not a number, as a try', async (typed) => {
    expect(await playSolo('highlow', [typed, '042'], { options })).toBe(`${ASK}${typed}\n${UNUSABLE}\n${ASK}042\nYou win!\n`)
    expect(await playSolo('highlow', Array(5).fill(typed), { options })).toMatch(
      /Please enter number 1 to 100\nYou ran out of tries! Game over\.\n$/,
    )
  })

  test('accepts digits of any script', async () => {
    expect(await playSolo('highlow', ['٤٢'], { options })).toBe(`${ASK}٤٢\nYou win!\n`)
  })

  test('has no command for leaving', async () => {
    await expect(playSolo('highlow', ['50'], { options })).rejects.toThrow(EndOfInput)
  })
})
