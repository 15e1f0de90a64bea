import { describe, expect, test } from 'vitest'
import { findWrongEnding, type PrintedEnding } from '../../../src/lab/check/printed-endings.ts'

const lost = (ending: string): PrintedEnding => ({ outcome: 'the client loses', ending })
const won = (ending: string): PrintedEnding => ({ outcome: 'the client wins', ending })
const drawn = (ending: string): PrintedEnding => ({ outcome: 'a draw', ending })

const BOARD = ' O | X | O\n-----------\n'

describe('the words of a program after its games', () => {
  test('show a game with the words of another outcome, and the sentence quotes both lines', () => {
    const found = findWrongEnding([lost(`${BOARD}Too bad!\n`), drawn(`${BOARD}No winner\n`), lost(`${BOARD}No winner\n`)])
    expect(found?.game).toBe(2)
    expect(found?.clause).toBe(
      'printed "No winner" after a game that ended with "the client loses"; it prints this line after a game that ends with "a draw", and "Too bad!" after other games that end with "the client loses"',
    )
  })

  test('show a won game that is printed as a loss', () => {
    expect(findWrongEnding([won('Hooray\n'), lost('Sorry\n'), won('Sorry\n')])).toMatchObject({ game: 2 })
  })

  test.each([
    ['the words differ by outcome', [won('Hooray\n'), won('Hooray\n'), lost('Sorry\n'), drawn('Nobody\n')]],
    ['the lines have numbers', [won('3 tries left\n'), lost('0 tries left\n'), won('0 tries left\n')]],
    ['the boards differ', [won('abc | d\nHooray\n'), lost('xyz | d\nSorry\n'), won('xyz | d\nHooray\n')]],
    ['a game has one more line', [won('Hooray\n'), lost('Last try\nSorry\n'), won('Last try\nHooray\n')]],
    ['the program prints the same line after each game', [won('The end\n'), lost('The end\n'), won('The end\n')]],
    ['the program chooses words at random', [won('Hooray\n'), lost('Sorry\n'), won('Wonderful\n'), lost('A pity\n')]],
    ['only one game has the outcome', [won('Hooray\n'), lost('Sorry\n')]],
    ['the program prints nothing', [won(''), lost(''), won('')]],
  ])('show nothing if %s', (_, games) => {
    expect(findWrongEnding(games)).toBeUndefined()
  })
})
