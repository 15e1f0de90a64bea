import type { Random } from '../../src/games/game.ts'
import { play, playable } from '../../src/games/player.ts'
import { seeded } from '../../src/games/random.ts'
import type { Opposite } from '../../src/protocols/house.ts'
import type { Options } from '../../src/protocols/protocol.ts'
import { begin } from './conversation.ts'
import { Far } from './far.ts'

/** The house's players, as a server has them. */
export function players(random: Random): Opposite {
  return (game) => (playable(game) ? (seat) => play(game, seat, random) : undefined)
}

/** Connects a client of a test to a program as a server serves it: the house plays, and no person types. */
export async function served(
  name: string,
  { options = {}, random = seeded(1) }: { options?: Options; random?: Random } = {},
): Promise<Far> {
  const { conversation, clock, ours, theirs, script } = await begin(name, { options, random, opposite: players(random) })
  return new Far(conversation, { here: theirs, there: ours, script, clock })
}
