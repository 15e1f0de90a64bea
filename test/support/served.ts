import { isPlayable, playSeat } from '../../src/games/ai/house.ts'
import type { Random } from '../../src/games/game.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Options } from '../../src/protocol/definition.ts'
import type { OpponentFor } from '../../src/protocol/seating.ts'
import { startConversation } from './conversation.ts'
import { FakePeer } from './fake-peer.ts'

/** The house's players, as a server has them. */
export function housePlayers(random: Random): OpponentFor {
  return (game) => (isPlayable(game) ? (seat) => playSeat(game, seat, random) : undefined)
}

/** Connects a client of a test to a program as a server serves it: the house plays, and no person types. */
export async function servedPeer(
  name: string,
  { options = {}, random = seededRandom(1) }: { options?: Options; random?: Random } = {},
): Promise<FakePeer> {
  const { conversation, clock, ours, theirs, script } = await startConversation(name, { options, random, opponentFor: housePlayers(random) })
  return new FakePeer(conversation, { here: theirs, there: ours, script, clock })
}
