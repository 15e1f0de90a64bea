import type { Random } from '../../src/games/game.ts'
import { turn } from './test-clock.ts'

/** Returns a wait of at most so many turns, as a person waits who thinks before a line. */
export function thinking(random: Random, most: number): () => Promise<void> {
  return async () => {
    for (let turns = random.integer(0, most); turns > 0; turns--) await turn()
  }
}
