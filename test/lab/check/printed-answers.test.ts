import { describe, expect, test } from 'vitest'
import { findForeignLine } from '../../../src/lab/check/printed-answers.ts'

const [LOW, HIGH, WON, LOST] = ['Your guess is too low.', 'Your guess is too high.', 'You win!', 'You ran out of tries! Game over.']
const screen = (printed: readonly string[], said: readonly string[]) => ({ printed: `${printed.join('\n')}\n`, said })

describe('the lines on a screen', () => {
  test('do not belong to a game in which the worksheet’s client does not print them', () => {
    const found = findForeignLine([screen([LOW, WON], [LOW, WON]), screen([HIGH, WON], [HIGH, LOST])])
    expect(found).toEqual({ game: 1, clause: 'printed "You win!", which does not belong to the messages of this game' })
  })

  test('have the order of the messages', () => {
    const found = findForeignLine([screen([HIGH, LOW, WON], [LOW, HIGH, WON])])
    expect(found?.clause).toContain(`printed "${HIGH}" in place of "${LOW}"`)
  })

  test('may be other words than those of the worksheet’s client, or lack some of its lines', () => {
    expect(findForeignLine([screen(['low', 'won'], [LOW, WON]), screen(['high', 'lost'], [HIGH, LOST])])).toBeUndefined()
    expect(findForeignLine([screen(['higher', WON], [LOW, WON]), screen(['lower', LOW], [HIGH, LOW, LOST])])).toBeUndefined()
  })

  test('count without a number only, because another check compares numbers', () => {
    expect(findForeignLine([screen(['Server moves: 5'], ['Server moves: 4']), screen([], ['Server moves: 5'])])).toBeUndefined()
  })
})
