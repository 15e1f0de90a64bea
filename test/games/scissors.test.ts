import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { chance, scriptedRandom } from '../../src/games/random.ts'
import { countWins, findWinner, formatRound, HANDS, type Hand, type Hands, hands, parseHand, type Round } from '../../src/games/scissors.ts'

const hand = fc.constantFrom(...HANDS)

function played(moves: readonly (readonly [seat: number, hand: Hand])[]): Hands {
  let state = hands.setup(undefined, chance)
  for (const [seat, move] of moves) {
    const next = hands.play(state, seat, move, chance)
    if (isRefusal(next)) throw new Error(next.refused)
    state = next
  }
  return state
}

const rounds = (...pairs: Round[]) => played(pairs.flatMap(([one, two]) => [[0, one] as const, [1, two] as const]))

describe('hands: scissor, paper, stone', () => {
  test.each<[Hand, Hand, string]>([
    ['Scissor', 'Scissor', 'Draw'],
    ['Scissor', 'Paper', 'Player1 wins!'],
    ['Scissor', 'Stone', 'Player2 wins!'],
    ['Paper', 'Scissor', 'Player2 wins!'],
    ['Paper', 'Paper', 'Draw'],
    ['Paper', 'Stone', 'Player1 wins!'],
    ['Stone', 'Scissor', 'Player1 wins!'],
    ['Stone', 'Paper', 'Player2 wins!'],
    ['Stone', 'Stone', 'Draw'],
  ])('%s against %s: %s', (one, two, sentence) => {
    expect(formatRound([one, two])).toBe(sentence)
  })

  test('three rounds, draws included: the player who has won more of them wins', () => {
    expect(hands.outcome(rounds(['Stone', 'Stone'], ['Stone', 'Stone']))).toBeUndefined()
    expect(hands.outcome(rounds(['Stone', 'Stone'], ['Stone', 'Stone'], ['Stone', 'Stone']))).toEqual({ winners: [] })
    expect(hands.outcome(rounds(['Stone', 'Paper'], ['Stone', 'Stone'], ['Stone', 'Stone']))).toEqual({ winners: [1] })
    expect(hands.outcome(rounds(['Stone', 'Paper'], ['Stone', 'Scissor'], ['Stone', 'Scissor']))).toEqual({ winners: [0] })
  })

  test('refuses a second choice, an unknown hand, and any move after the end', () => {
    const open = played([[0, 'Paper']])
    expect(hands.toMove(open)).toEqual([1])
    expect(hands.play(open, 0, 'Stone', chance)).toEqual({ refused: 'you have chosen already; wait for the other player' })
    expect(hands.play(open, 1, 'Well' as Hand, chance)).toEqual({ refused: 'choose 1 for Scissor, 2 for Paper or 3 for Stone' })
    const over = rounds(['Stone', 'Stone'], ['Stone', 'Stone'], ['Stone', 'Stone'])
    expect(hands.toMove(over)).toEqual([])
    expect(hands.play(over, 0, 'Stone', chance)).toEqual({ refused: 'the game is over' })
    expect([...(hands.moves?.(over, 0) ?? [])]).toEqual([])
    expect([...(hands.moves?.(open, 0) ?? [])]).toEqual([])
    expect([...(hands.moves?.(open, 1) ?? [])]).toEqual(['Scissor', 'Paper', 'Stone'])
  })

  test('hides a choice from the other views before both players have chosen', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), hand, hand, (first, one, other) => {
        const views = (seatHand: Hand) => {
          const open = played([[first, seatHand]])
          return JSON.stringify([hands.view(open, 1 - first), hands.view(open, 'watcher')])
        }
        expect(views(one)).toBe(views(other))
        expect(hands.view(played([[first, one]]), first)).toEqual({ rounds: [], chosen: [first], own: one })
      }),
    )
  })

  test('in every game rounds follow the choices, and wins and draws add up', () => {
    fc.assert(
      fc.property(fc.tuple(fc.tuple(hand, hand), fc.tuple(hand, hand), fc.tuple(hand, hand)), (pairs) => {
        const state = rounds(...pairs)
        expect(state.rounds).toEqual(pairs)
        const [one, two] = countWins(state.rounds)
        const draws = pairs.filter((pair) => findWinner(pair) === undefined).length
        expect(one + two + draws).toBe(3)
        expect(countWins(pairs.map(([a, b]) => [b, a] as const))).toEqual([two, one])
        expect(hands.notation.render(hands.view(state, 'watcher')).split('\n')).toHaveLength(4)
      }),
    )
  })

  test('notation parses what it prints, numbers, and any case', () => {
    for (const [at, one] of HANDS.entries()) {
      expect(hands.notation.parse(hands.notation.print(one))).toBe(one)
      expect(parseHand(` ${at + 1} `)).toBe(one)
      expect(parseHand(one.toUpperCase())).toBe(one)
    }
    expect(['Scissors', ' rock '].map((text) => hands.notation.parse(text))).toEqual(['Scissor', 'Stone'])
    expect(['Scissors', 'rock'].map(parseHand)).toEqual([undefined, undefined])
    for (const text of ['', '0', '4', '12', '01', 'rocks', 'constructor', '__proto__'])
      expect(hands.notation.parse(text)).toHaveProperty('refused')
  })

  test('the house’s hand comes from the random source, so a test can set it', () => {
    const random = scriptedRandom(['Stone', 'Paper'])
    const view = hands.view(played([]), 0)
    expect([1, 2, 3].map(() => hands.choose?.(view, 0, random))).toEqual(['Stone', 'Paper', 'Stone'])
  })
})
