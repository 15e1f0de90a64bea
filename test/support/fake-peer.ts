import { isPlayable, playSeat } from '../../src/games/ai/house.ts'
import type { Random } from '../../src/games/game.ts'
import { chance, seededRandom } from '../../src/games/random.ts'
import type { Conversation } from '../../src/protocol/conversation.ts'
import type { ConversationObserver } from '../../src/protocol/conversation-notes.ts'
import type { Console, Options } from '../../src/protocol/definition.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import type { OpponentFor } from '../../src/protocol/seating.ts'
import { decode } from '../../src/wire/text.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'
import { Changes } from './changes.ts'
import { startConversation } from './conversation.ts'
import type { ScriptedUser } from './scripted-user.ts'
import { settled, TestClock } from './test-clock.ts'

/** Options of Parlor's side. */
export interface FakePeerOptions {
  options?: Options
  random?: Random
  /** The lines that the person types. */
  typed?: readonly string[]
  /** The person, if lines alone do not suffice. */
  person?: Console
  datagrams?: boolean
  /** Called with each notice about the conversation. */
  noticed?: ConversationObserver['onNote']
}

/** FakePeer is the other end of a conversation, played byte by byte by a test. */
export class FakePeer {
  readonly clock: TestClock
  readonly conversation: Conversation
  readonly #here: MemoryTransport
  readonly #there: MemoryTransport
  readonly #script: ScriptedUser
  readonly #writes = new Changes()

  constructor(
    conversation: Conversation,
    parts: { here: MemoryTransport; there: MemoryTransport; script: ScriptedUser; clock: TestClock },
  ) {
    this.conversation = conversation
    this.#here = parts.here
    this.#there = parts.there
    this.#script = parts.script
    this.clock = parts.clock
    const there = this.#there
    const write = there.write.bind(there)
    there.write = (data) => {
      write(data)
      this.#writes.note()
    }
  }

  /** Resolves when a condition holds, which is checked after each write of Parlor's side. */
  until(met: () => boolean): Promise<void> {
    return this.#writes.until(met)
  }

  /** The writes of Parlor's side, one by one. */
  get writes(): string[] {
    return this.#there.written.map((bytes) => decode(bytes))
  }

  /** All bytes that Parlor's side has written. */
  get received(): string {
    return this.writes.join('')
  }

  /** The screen of the person on Parlor's side. */
  get screen(): string {
    return this.#script.screen
  }

  /** The way in which Parlor's side ended the connection, if it did. */
  get gaveUp(): MemoryTransport['closeKind'] {
    return this.#there.closeKind
  }

  /** Sends messages to Parlor's side, each in a segment of its own, without a pause. */
  async say(...segments: (string | Uint8Array)[]): Promise<void> {
    for (const segment of segments) {
      this.#here.write(segment)
      await settled()
    }
  }

  /** Sends a message in one write, and waits until Parlor's side detects that no byte follows. */
  async sayAlone(segment: string | Uint8Array, pause = 1000): Promise<void> {
    await this.say(segment)
    await this.clock.pass(pause)
  }

  /** Closes this end, and returns how the conversation ended. */
  async close(): Promise<Error | undefined> {
    this.#here.finish()
    return this.end()
  }

  /** Resets the connection, and returns how the conversation ended. */
  async reset(): Promise<Error | undefined> {
    this.#here.reset()
    return this.end()
  }

  /** Resolves with the way in which the conversation ended. */
  async end(): Promise<Error | undefined> {
    await this.clock.pass(60_000)
    return this.conversation.closed
  }
}

/** Starts a conversation of a program, in which Parlor plays `side` and the test plays the other end. */
export async function fakePeer(
  name: string,
  side: Side,
  { options = {}, random = chance, typed = [], person, datagrams = false, noticed }: FakePeerOptions = {},
): Promise<FakePeer> {
  const { conversation, clock, ours, theirs, script } = await startConversation(name, {
    side,
    options,
    random,
    typed,
    datagrams,
    clock: new TestClock(Date.UTC(2024, 1, 29)),
    ...(person ? { console: person } : {}),
    ...(noticed ? { observer: { onNote: noticed } } : {}),
  })
  return new FakePeer(conversation, { here: theirs, there: ours, script, clock })
}

/** Returns the house's players, as a server has them. */
export function housePlayers(random: Random): OpponentFor {
  return (game) => (isPlayable(game) ? (seat) => playSeat(game, seat, random) : undefined)
}

/** Connects a client of a test to a program as a server serves it: the house plays, and no person types. */
export async function servedPeer(
  name: string,
  { options = {}, random = seededRandom(1) }: { options?: Options; random?: Random } = {},
): Promise<FakePeer> {
  const { conversation, clock, ours, theirs, script } = await startConversation(name, {
    options,
    random,
    opponentFor: housePlayers(random),
  })
  return new FakePeer(conversation, { here: theirs, there: ours, script, clock })
}
