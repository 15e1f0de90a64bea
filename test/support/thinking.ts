import type { Random } from '../../src/games/game.ts'
import { turn } from './test-clock.ts'

/** Returns a wait of at most so many turns of the event loop, as a user waits who thinks before a line. */
export function thinking(random: Random, most: number): () => Promise<void> | undefined {
  return () => {
    const turns = random.integer(0, most)
    return turns > 0 ? pass(turns) : undefined
  }
}

async function pass(turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) await turn()
}
