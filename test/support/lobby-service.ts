// loaded when they are used first; tests load them before, so that this takes no time of the system
import '../../src/door/json-mode.ts'
import '../../src/games/questions/bank.ts'
import { type Clock, createSystemClock } from '../../src/base/clock.ts'
import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import type { Program } from '../../src/protocol/definition.ts'
import type { ClientSeating, PeerHandle } from '../../src/protocol/seating.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'

/** Opens a lobby without a data folder; any error in it fails the test. */
export function openLobby({ clock = createSystemClock(), random = chance }: { clock?: Clock; random?: Random } = {}): LobbyService {
  const onError = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  return new LobbyService({
    store: memoryStore({ onError: (reason) => onError('a follower failed', reason) }),
    clock,
    random,
    onError,
  })
}

/** Returns the seating of a program that needs a hall, as an option of its conversations. */
export function seatingOf(
  { name, needs }: Program,
  options: { clock?: Clock; random?: Random },
): { createSeating?: (line: PeerHandle) => ClientSeating } {
  if (!needs) return {}
  const place = openLobby(options)
  return { createSeating: (line) => place.createSeating(line, name) }
}
