import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Coin, coin, type Face } from '../../src/games/coin.ts'
import { isRefusal, type Random } from '../../src/games/game.ts'
import { chance, scriptedRandom } from '../../src/games/random.ts'

const faces = fc.array(fc.constantFrom<Face>('H', 'T'), { minLength: 1, maxLength: 40 })

function guessed(guesses: readonly Face[], random: Random): Coin {
  let state = coin.setup(undefined, random)
  for (const guess of guesses) {
    const next = coin.play(state, 0, guess, random)
    if (isRefusal(next)) throw new Error(next.refused)
    state = next
  }
  return state
}

describe('the coin', () => {
  test('shows no toss before the first guess', () => {
    expect(coin.view(guessed([], chance), 0)).toEqual({ guesses: 0, right: 0 })
  })

  test('judges each guess by a toss of its own', () => {
    const random = scriptedRandom(['H', 'T', 'T'])
    expect(guessed(['H'], random)).toEqual({ guesses: 1, right: 1, last: true, call: 'H' })
    expect(guessed(['H', 'T'], random)).toEqual({ guesses: 2, right: 1, last: true, call: 'T' })
    expect(guessed(['T'], random)).toEqual({ guesses: 1, right: 0, last: false, call: 'T' })
  })

  test('counts tosses and right guesses', () => {
    fc.assert(
      fc.property(faces, faces, (guesses, tosses) => {
        const falls = guesses.map((_, at) => tosses[at % tosses.length])
        const right = guesses.filter((guess, at) => guess === falls[at]).length
        const last = { last: guesses.at(-1) === falls.at(-1), call: guesses.at(-1) }
        expect(guessed(guesses, scriptedRandom(tosses))).toEqual({ guesses: guesses.length, right, ...last })
      }),
    )
  })

  test('refuses a guess that is not a face, without a toss', () => {
    const random: Random = {
      integer: () => expect.unreachable(),
      choice: () => expect.unreachable(),
    }
    expect(coin.play({ guesses: 0, right: 0 }, 0, 'Q' as Face, random)).toEqual({ refused: 'a guess is H (head) or T (tail)' })
  })

  test('a fair coin shows both faces', () => {
    const { right } = guessed(Array<Face>(200).fill('H'), chance)
    expect(right).toBeGreaterThan(40)
    expect(right).toBeLessThan(160)
  })

  test('parses what it prints', () => {
    const faces = [...(coin.moves?.({ guesses: 0, right: 0 }, 0) ?? [])]
    expect(faces).toEqual(['H', 'T'])
    for (const face of faces) expect(coin.notation.parse(coin.notation.print(face))).toBe(face)
    expect(coin.notation.parse(' h ')).toBe('H')
    for (const text of ['head', ' Heads']) expect(coin.notation.parse(text)).toBe('H')
    for (const text of ['TAIL', 'tails']) expect(coin.notation.parse(text)).toBe('T')
    for (const text of ['', 'Q', 'HT', 'headtail', 'he'])
      expect(coin.notation.parse(text)).toEqual({ refused: 'type H (head) or T (tail)' })
  })

  test('prints the state of the game', () => {
    const { render } = coin.notation
    expect(render({ guesses: 0, right: 0 })).toBe('Guess: head (H) or tail (T)?')
    expect(render({ guesses: 3, right: 1, last: false })).toBe('Wrong: 1 of 3 so far.')
    expect(render({ guesses: 3, right: 2, last: true })).toBe('Right: 2 of 3 so far.')
  })
})
