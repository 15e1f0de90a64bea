import { formatCount } from '../base/counts.ts'
import { chooseMove, isPlayable } from '../games/ai/house.ts'
import { type Game, type GameSettings, isRefusal, type SeatNumber } from '../games/game.ts'
import { seededRandom } from '../games/random.ts'
import { assert, freeze, isSameData } from './assert.ts'
import { findLeak } from './leaks.ts'
import { countPositions, type MovePicker, playRandomly } from './playthrough.ts'

/** TestFunction is the function `test` of node:test, of Vitest or of another runner, which runs `fn` as a test with the title `name`. */
export type TestFunction = (name: string, fn: () => void | Promise<void>) => unknown

/** MoveCount is a known size of the move tree: the number of positions after `depth` moves is `count`. */
export interface MoveCount<Options> {
  /** Options of `setup`. Default: the options of the default settings. */
  readonly options?: Options
  readonly depth: number
  readonly count: number
}

/** GameTestOptions is the input of the tests of a game, in addition to the rules of the game. */
export interface GameTestOptions<State, Move, Options> {
  /** Options of `setup` that the tests try. Default: the options of the smallest, the default and the largest settings. */
  readonly options?: readonly Options[]
  /** Number of random games for each element of `options`. Default: 30. */
  readonly games?: number
  /** Picks a legal move. A game that does not list its moves and has no house needs this function. */
  readonly pick?: MovePicker<State, Move>
  /** Typed texts that the notation or the rules must refuse at the start. */
  readonly illegal?: readonly string[]
  /** Known sizes of the move tree. */
  readonly tree?: readonly MoveCount<Options>[]
}

/** A notation must read or refuse each of these texts, and must not throw an Error. */
const ODD_TEXTS = ['', ' ', '0', '-1', '1.5', '99999999999999999999', 'nonsense', 'ä', '\u0000', '1 2 3 4', '__proto__', 'x'.repeat(2000)]

/**
 * Defines the tests of a game with `test`. The tests check that random games follow the rules, that JSON preserves the states of these
 * games, and that illegal moves change nothing. The tests check that the notation reads its own output, and that no view shows a secret
 * that `withOtherSecrets` declares. The tests also check that the move tree has the known sizes, and that the house makes legal moves.
 */
export function testGame<State, Move, View, Options>(
  test: TestFunction,
  game: Game<State, Move, View, Options>,
  given: GameTestOptions<State, Move, Options> = {},
): void {
  const { name } = game
  const { games = 30, pick, illegal = [], tree = [] } = given
  const optionsOf = async () => given.options ?? (await usualOptions(game))

  test(`${name}: states and moves are plain data, and every viewer can see every state`, async () => {
    for (const options of await optionsOf()) {
      for (let seed = 1; seed <= games; seed++) {
        for (const { state, move } of playRandomly(game, { options, seed, pick })) {
          for (const value of [state, move]) assert(isKept(value), () => `JSON does not preserve ${JSON.stringify(value)}`)
          checkViews(game, state)
        }
      }
    }
  })

  test(`${name}: the rules refuse illegal moves with a sentence, and change nothing`, async () => {
    let refused = 0
    for (const options of await optionsOf()) {
      for (let seed = 1; seed <= games; seed++) {
        const positions = [...playRandomly(game, { options, seed, pick })]
        const moves = new Map(positions.flatMap(({ move }) => (move === undefined ? [] : [[game.notation.print(move), move]])))
        for (const { state } of positions) for (const move of moves.values()) refused += countRefusals(game, state, move)
      }
      const start = freeze(game.setup(options, seededRandom(1)))
      for (const text of illegal) {
        const move = game.notation.parse(text)
        const [seat = 0] = game.toMove(start)
        const next = isRefusal(move) ? move : game.play(start, seat, move, seededRandom(1))
        assert(isRefusal(next) && next.refused.trim() !== '', () => `${JSON.stringify(text)} is not refused`)
        refused++
      }
    }
    assert(refused > 0 || game.seats.max === 1, () => 'the test tried no illegal move; list some illegal moves in "illegal"')
  })

  test(`${name}: the notation reads its own output, and reads or refuses any other text`, async () => {
    for (const options of await optionsOf()) {
      for (const { move } of playRandomly(game, { options, seed: 1, pick })) {
        if (move === undefined) continue
        const read = game.notation.parse(game.notation.print(move))
        assert(isSameData(read, move), () => `${JSON.stringify(move)} is printed and read as ${JSON.stringify(read)}`)
      }
    }
    for (const text of ODD_TEXTS) {
      const read = game.notation.parse(text)
      if (isRefusal(read)) assert(read.refused.trim() !== '', () => `${JSON.stringify(text)} is refused without a sentence`)
    }
  })

  for (const { options: own, depth, count } of tree) {
    test(`${name}: there are ${count} positions after ${formatCount(depth, 'move')}`, async () => {
      const options = own ?? (await optionsFor(game, 'usual'))
      const found = countPositions(game, game.setup(options, seededRandom(1)), depth, seededRandom(1))
      assert(found === count, () => `there are ${found}`)
    })
  }

  if (game.withOtherSecrets) {
    test(`${name}: no view shows a secret before the end`, async () => {
      const { leak, compared } = findLeak(game, { options: await optionsOf(), games, pick })
      assert(leak === undefined, () => leak ?? '')
      assert(compared > 0, () => 'withOtherSecrets never returned another state')
    })

    test(`${name}: the test of secrets detects a view that shows the whole state`, async () => {
      // this view has the whole state in addition to the real view, because the house and the notation need the fields of the real view
      const view: typeof game.view = (state, viewer, outcome) => ({ ...game.view(state, viewer, outcome), state })
      const { leak } = findLeak({ ...game, view }, { options: await optionsOf(), games, pick })
      assert(leak !== undefined, () => 'the test of secrets did not detect the view that shows the whole state')
    })
  }

  if (isPlayable(game)) {
    test(`${name}: the house makes legal moves`, async () => {
      const random = seededRandom(1)
      for (const options of await optionsOf()) {
        const state = freeze(game.setup(options, random))
        for (const seat of game.toMove(state)) {
          const next = game.play(state, seat, chooseMove(game, seat, game.view(state, seat), random), random)
          assert(!isRefusal(next), () => `the house made an illegal move${isRefusal(next) ? `: ${next.refused}` : ''}`)
        }
      }
    })
  }
}

/** Returns the options of `setup` for the smallest, the default and the largest settings. */
async function usualOptions<State, Move, View, Options>(game: Game<State, Move, View, Options>): Promise<Options[]> {
  const bounds = Object.keys(game.settings ?? {}).length === 0 ? (['usual'] as const) : (['min', 'usual', 'max'] as const)
  return Promise.all(bounds.map((bound) => optionsFor(game, bound)))
}

async function optionsFor<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  bound: 'min' | 'usual' | 'max',
): Promise<Options> {
  const settings: GameSettings = Object.fromEntries(Object.entries(game.settings ?? {}).map(([name, info]) => [name, info[bound]]))
  // if the game has no function `options`, the settings are the options
  return game.options ? game.options(settings, {}) : (settings as Options)
}

function isKept(value: unknown): boolean {
  return value === undefined || isSameData(JSON.parse(JSON.stringify(value)), value)
}

/** Renders a state for every seat and for a watcher. Throws an Error for a text with control characters. */
function checkViews<State, Move, View, Options>(game: Game<State, Move, View, Options>, state: State): void {
  const outcome = game.outcome(state)
  const { screen } = game
  for (const viewer of [...Array(game.seats.max).keys(), 'watcher'] as const) {
    const view = game.view(state, viewer, outcome)
    const players = { names: ['ada', 'grace'].slice(0, game.seats.max), seat: viewer === 'watcher' ? undefined : viewer }
    const drawn = screen?.board?.(view, players) ?? game.notation.render(view)
    const texts = [
      drawn,
      screen?.last?.(view)?.move ?? '',
      ...(outcome ? [screen?.end?.(view, true) ?? '', screen?.givenUp?.(view) ?? ''] : []),
    ]
    for (const text of texts) assert(!/[^\P{Cc}\n]/u.test(text), () => `a screen has a control character: ${JSON.stringify(text)}`)
  }
  if (outcome) assert(game.toMove(state).length === 0, () => 'the game is over, and it is the turn of a seat')
}

/** Tries a move for each seat that may not make the move. Returns the number of refusals. Throws an Error if the rules accept the move. */
function countRefusals<State, Move, View, Options>(game: Game<State, Move, View, Options>, state: State, move: Move): number {
  const text = game.notation.print(move)
  const before = JSON.stringify(state)
  const seats: readonly SeatNumber[] = game.outcome(state) ? [] : game.toMove(state)
  let refused = 0
  for (let seat = 0; seat < game.seats.max; seat++) {
    const isLegal = seats.includes(seat) && (!game.moves || [...game.moves(state, seat)].some((one) => game.notation.print(one) === text))
    if (isLegal) continue
    const next = game.play(state, seat, move, seededRandom(1))
    assert(isRefusal(next) && next.refused.trim() !== '', () => `${text} of seat ${seat} is not refused in ${before}`)
    assert(JSON.stringify(state) === before, () => `the refused move ${text} has changed ${before}`)
    refused++
  }
  return refused
}
