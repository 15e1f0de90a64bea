import type { Random } from '../../src/games/game.ts'
import { play, playable } from '../../src/games/player.ts'
import { seeded } from '../../src/games/random.ts'
import { Conversation } from '../../src/protocols/conversation.ts'
import type { Opposite } from '../../src/protocols/house.ts'
import type { Options } from '../../src/protocols/protocol.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { settled, TestClock } from './clock.ts'
import { Far } from './far.ts'
import { program } from './play.ts'
import { houseOf } from './premises.ts'
import { Script } from './script.ts'

/** The house's players, as a server has them. */
export function players(random: Random): Opposite {
  return (game) => (playable(game) ? (seat) => play(game, seat, random) : undefined)
}

/** A client of a test at a program that a server serves, where the house sits opposite and nobody types. */
export async function served(
  name: string,
  { options = {}, random = seeded(1) }: { options?: Options; random?: Random } = {},
): Promise<Far> {
  const found = await program(name)
  const [here, there] = memoryPair()
  const clock = new TestClock()
  const conversation = new Conversation({
    program: found,
    side: 'server',
    transport: there,
    options: { ...found.defaults, ...options },
    random,
    opposite: players(random),
    ...houseOf(found, { clock, random }),
    clock,
  })
  await settled()
  return new Far(conversation, { here, there, script: new Script(), clock })
}
