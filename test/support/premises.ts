import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import type { Household, Line } from '../../src/protocols/house.ts'
import type { Program } from '../../src/protocols/protocol.ts'
import { Premises } from '../../src/server/premises.ts'
import { memoryStore } from '../../src/storage/memory.ts'
import { type Clock, wallClock } from '../../src/wire/clock.ts'

/** Opens a lobby without a data folder; any error in it fails the test. */
export function premises({ clock = wallClock, random = chance }: { clock?: Clock; random?: Random } = {}): Premises {
  const onTrouble = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  return new Premises({ store: memoryStore({ onTrouble: (reason) => onTrouble('a follower failed', reason) }), clock, random, onTrouble })
}

/** Returns the seating of a program that needs a hall, for the options of a conversation. */
export function houseOf({ name, needs }: Program, options: { clock?: Clock; random?: Random }): { house?: (line: Line) => Household } {
  if (needs !== 'hall') return {}
  const place = premises(options)
  return { house: (line) => place.house(line, name) }
}
