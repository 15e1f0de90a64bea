import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import type { Side } from '../../src/protocol/automaton.ts'
import type { Conversation } from '../../src/protocol/conversation.ts'
import type { Console, Options } from '../../src/protocol/definition.ts'
import type { ConversationObserver } from '../../src/protocol/notices.ts'
import { decode } from '../../src/wire/text.ts'
import type { MemoryTransport } from '../../src/wire/transports/memory.ts'
import { settled, TestClock } from './clock.ts'
import { begin } from './conversation.ts'
import type { Script } from './script.ts'

/** How our side is set up. */
export interface Near {
  options?: Options
  random?: Random
  /** What the person types, line by line. */
  typed?: readonly string[]
  /** The person, where lines alone will not do. */
  person?: Console
  datagrams?: boolean
  /** Called with what is noticed about the conversation. */
  noticed?: ConversationObserver['onNotice']
}

/** Far is the other end of a conversation of ours, played byte by byte by a test. */
export class Far {
  readonly clock: TestClock
  readonly conversation: Conversation
  readonly #here: MemoryTransport
  readonly #there: MemoryTransport
  readonly #script: Script

  constructor(conversation: Conversation, parts: { here: MemoryTransport; there: MemoryTransport; script: Script; clock: TestClock }) {
    this.conversation = conversation
    this.#here = parts.here
    this.#there = parts.there
    this.#script = parts.script
    this.clock = parts.clock
  }

  /** What our side has written, write by write. */
  get writes(): string[] {
    return this.#there.written.map((bytes) => decode(bytes))
  }

  /** All that our side has written. */
  get heard(): string {
    return this.writes.join('')
  }

  /** What the person on our side saw. */
  get screen(): string {
    return this.#script.screen
  }

  /** How our side gave the connection up, if it did. */
  get gaveUp(): MemoryTransport['closeKind'] {
    return this.#there.closeKind
  }

  /** Says something to our side, each in a segment of its own, without a pause. */
  async say(...segments: (string | Uint8Array)[]): Promise<void> {
    for (const segment of segments) {
      this.#here.write(segment)
      await settled()
    }
  }

  /** Says something in one write, and lets our side find that nothing follows. */
  async sayAlone(segment: string | Uint8Array, pause = 1000): Promise<void> {
    await this.say(segment)
    await this.clock.pass(pause)
  }

  /** Closes this end in good order, and answers with how the conversation ended. */
  async close(): Promise<Error | undefined> {
    this.#here.finish()
    return this.end()
  }

  /** Breaks the connection, and answers with how the conversation ended. */
  async reset(): Promise<Error | undefined> {
    this.#here.reset()
    return this.end()
  }

  /** How the conversation ended. */
  async end(): Promise<Error | undefined> {
    await this.clock.pass(60_000)
    return this.conversation.closed
  }
}

/** Begins a conversation of a program, `side` being ours, with a far end to be played by the test. */
export async function far(
  name: string,
  side: Side,
  { options = {}, random = chance, typed = [], person, datagrams = false, noticed }: Near = {},
): Promise<Far> {
  const { conversation, clock, ours, theirs, script } = await begin(name, {
    side,
    options,
    random,
    typed,
    datagrams,
    clock: new TestClock(Date.UTC(2024, 1, 29)),
    ...(person ? { person } : {}),
    ...(noticed ? { observer: { onNotice: noticed } } : {}),
  })
  return new Far(conversation, { here: theirs, there: ours, script, clock })
}
