import { describe, expect, test } from 'vitest'
import { battleship } from '../../examples/plugins/battleship.ts'
import { connectFour } from '../../examples/plugins/connect-four.ts'
import { programs } from '../../examples/plugins/connect-four-wire.ts'
import type { AnyGame } from '../../src/games/game.ts'
import { games } from '../../src/games/index.ts'
import { type GameTestOptions, testGame, testProtocol } from '../../src/testing.ts'

/** The games that end, with what their tests need. */
const SHIPPED: Readonly<Record<string, GameTestOptions<unknown, unknown, unknown>>> = {
  tictactoe: { options: [{}, { size: 2 }, { size: 5 }], tree: [{ options: {}, depth: 5, count: 15_120 }], illegal: ['0', '401', 'a1'] },
  hands: { tree: [{ depth: 1, count: 6 }], illegal: ['4', 'well'] },
  hangman: { illegal: ['ab', '?'] },
  guessing: { illegal: ['0', '101'] },
  quiz: { options: [{ questions: [{ text: 'Which?', options: ['this', 'that'], right: 0 }], count: 1 }], illegal: ['C', '1'] },
}

describe.each(Object.entries(SHIPPED))('the kit, for the shipped game %s', (name, options) => {
  testGame(test, game(name), options)
})

describe('the kit, for an example', () => {
  testGame(test, connectFour, { illegal: ['0', '8', 'four', ''], tree: [{ depth: 4, count: 2401 }] })
  testGame(test, battleship, { illegal: ['a7', 'g1', ''] })
  for (const program of programs) testProtocol(test, program)
})

/** Runs the tests that the kit makes for a game; resolves to the titles of those that fail. */
async function failuresOf(broken: AnyGame, options: GameTestOptions<unknown, unknown, unknown> = {}): Promise<string[]> {
  const tests: [string, () => void | Promise<void>][] = []
  testGame((title, fn) => tests.push([title, fn]), broken, options)
  expect(tests.length).toBeGreaterThan(2)
  const failed: string[] = []
  for (const [title, fn] of tests) {
    try {
      await fn()
    } catch {
      failed.push(title)
    }
  }
  return failed
}

describe('the kit detects', () => {
  const four: AnyGame = connectFour
  const sea: AnyGame = battleship

  test('nothing in a game that is in order', async () => {
    expect(await failuresOf(four)).toEqual([])
    expect(await failuresOf(sea)).toEqual([])
  })

  test('a view that shows the state', async () => {
    const broken = { ...sea, view: (state: unknown) => ({ ...Object(sea.view(state, 0)), state }) }
    expect(await failuresOf(broken)).toContain('battleship: no view shows a secret before the end')
  })

  test('a view that hints at a secret', async () => {
    const view: AnyGame['view'] = (state, viewer, outcome) => {
      const { fleets } = state as { fleets: readonly (readonly number[])[] }
      return { ...Object(sea.view(state, viewer, outcome)), hint: fleets.map(([first = 0]) => first % 2) }
    }
    expect(await failuresOf({ ...sea, view })).toContain('battleship: no view shows a secret before the end')
  })

  test('a state that JSON does not preserve', async () => {
    const broken = {
      ...four,
      setup: () => ({ ...Object(four.setup({}, { integer: () => 0, choice: ([one]) => one as never })), far: Infinity }),
    }
    expect(await failuresOf(broken)).toContain('connect-four: states and moves are plain data, and every viewer can see every state')
  })

  test('a move that is not refused', async () => {
    const play: AnyGame['play'] = (state, _seat, move, random) => four.play(state, (state as { turn: number }).turn, move, random)
    expect(await failuresOf({ ...four, play })).toContain(
      'connect-four: the rules refuse illegal moves with a sentence, and change nothing',
    )
  })

  test('a listed move that is refused, and a wrong count', async () => {
    const broken: AnyGame = {
      ...four,
      *moves() {
        yield* [1, 2, 3, 4, 5, 6, 7, 8]
      },
    }
    expect(await failuresOf(broken, { tree: [{ depth: 1, count: 7 }] })).toContain('connect-four: there are 7 positions after 1 move')
  })

  test('a notation that reads something else than it prints', async () => {
    const broken: AnyGame = { ...four, notation: { ...four.notation, print: (move) => String(Number(move) + 1) } }
    expect(await failuresOf(broken)).toContain('connect-four: the notation reads its own output, and reads or refuses any other text')
  })
})

function game(name: string): AnyGame {
  const found = games.get(name)
  if (!found) throw new Error(`there is no game ${name}`)
  return found
}
