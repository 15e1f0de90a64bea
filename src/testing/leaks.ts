import type { Game, SeatNumber } from '../games/game.ts'
import { seededRandom } from '../games/random.ts'
import { type MovePicker, playRandomly } from './playthrough.ts'

/** LeakSearch describes the random games in which `findLeak` compares views. */
export interface LeakSearch<State, Move, Options> {
  readonly options: readonly Options[]
  readonly games: number
  readonly pick?: MovePicker<State, Move> | undefined
}

/** LeakReport has a sentence about the first leak, and the number of comparisons in which the secrets differed. */
export interface LeakReport {
  readonly leak: string | undefined
  readonly compared: number
}

/**
 * Searches random games for a view that shows a secret to a viewer. In every position before the end, the search compares the state with a
 * state that has other secrets (`withOtherSecrets`). The views of both states must be the same.
 */
export function findLeak<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  { options, games, pick }: LeakSearch<State, Move, Options>,
): LeakReport {
  const viewers: readonly (SeatNumber | 'watcher')[] = [...Array(game.seats.max).keys(), 'watcher']
  let compared = 0
  for (const one of options) {
    for (let seed = 1; seed <= games; seed++) {
      const random = seededRandom(seed)
      for (const { state } of playRandomly(game, { options: one, seed, pick })) {
        if (game.outcome(state)) continue
        for (const viewer of viewers) {
          const other = game.withOtherSecrets?.(state, viewer, random) ?? state
          if (JSON.stringify(other) === JSON.stringify(state)) continue
          compared++
          const [here, there] = [game.view(state, viewer), game.view(other, viewer)]
          if (JSON.stringify(here) !== JSON.stringify(there)) {
            const who = viewer === 'watcher' ? 'a watcher' : `seat ${viewer}`
            return { leak: `the view of ${who} distinguishes ${JSON.stringify(here)} from ${JSON.stringify(there)}`, compared }
          }
        }
      }
    }
  }
  return { leak: undefined, compared }
}
