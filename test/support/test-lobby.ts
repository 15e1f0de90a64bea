import type { Random } from '../../src/games/game.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Store } from '../../src/hall/ports.ts'
import { LobbyService, type LobbyServiceOptions } from '../../src/lobby/service.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Console, Options } from '../../src/protocol/definition.ts'
import type { PeerHandle } from '../../src/protocol/seating.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { startConversation } from './conversation.ts'
import { FakePeer } from './fake-peer.ts'
import { program } from './play.ts'
import { TestClock } from './test-clock.ts'

/** LobbyGuest is a Parlor client in a lobby: both sides of its conversation, and its end of the wire. */
export interface LobbyGuest {
  readonly server: Conversation
  readonly client: Conversation
  readonly wire: MemoryTransport
}

/** TestLobby is a hall in which the clients of a test meet, each played by the test; any error in it fails the test. */
export class TestLobby {
  readonly clock = new TestClock(Date.UTC(2024, 1, 29))
  readonly store: Store
  readonly service: LobbyService
  readonly troubles: string[] = []
  readonly #random: Random

  constructor({ store, random = seededRandom(1), ...more }: Partial<Omit<LobbyServiceOptions, 'clock' | 'onError'>> = {}) {
    const onError = (sentence: string, reason: unknown) => this.troubles.push(`${sentence}: ${reason}`)
    this.store = store ?? memoryStore({ onError: (reason) => onError('a follower failed', reason) })
    this.#random = random
    this.service = new LobbyService({ store: this.store, clock: this.clock, random, onError, ...more })
  }

  /** Connects a client of a program. */
  async client(name: string, options: Options = {}): Promise<FakePeer> {
    const house = (line: PeerHandle) => this.service.createSeating(line, name)
    const { conversation, clock, ours, theirs, script } = await startConversation(name, {
      options,
      random: this.#random,
      clock: this.clock,
      createSeating: house,
    })
    return new FakePeer(conversation, { here: theirs, there: ours, script, clock })
  }

  /** Connects a Parlor client with a person who types; `wire` is its end before the first message. */
  async guest(
    name: string,
    person: Console,
    options: Options = {},
    prepare: (wire: MemoryTransport) => void = () => {},
  ): Promise<LobbyGuest> {
    const found = await program(name)
    const [wire, there] = memoryPair()
    prepare(wire)
    const terms = { program: found, options: { ...found.defaults, pace: 0, delay: 0, ...options }, random: this.#random, clock: this.clock }
    const server = new Conversation({
      ...terms,
      side: 'server',
      transport: there,
      createSeating: (line) => this.service.createSeating(line, name),
    })
    const client = new Conversation({ ...terms, side: 'client', transport: wire, console: person })
    return { server, client, wire }
  }
}
