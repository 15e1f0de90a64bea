import { expect } from 'vitest'
// loaded when it is used first; tests load it before, so that this takes no time of the system
import '../../src/door/json-mode.ts'
import { programs } from '../../src/door/door.ts'
import { chance } from '../../src/games/random.ts'
import { displayWidth } from '../../src/games/text/graphemes.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { ClientSeating, PeerHandle } from '../../src/protocol/seating.ts'
import { decode } from '../../src/wire/text.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { Changes } from './changes.ts'
import { settled, type TestClock } from './test-clock.ts'
import type { TestLobby } from './test-lobby.ts'

/** DoorUser is a user at the front door who types lines and reads the answers, as with `nc`. */
export class DoorUser {
  readonly clock: TestClock
  readonly conversation: Conversation
  /** All text on the terminal, with typed lines. */
  screen = ''
  readonly #here: MemoryTransport
  readonly #there: MemoryTransport
  readonly #writes = new Changes()
  #read = 0

  constructor(house: (line: PeerHandle) => ClientSeating, clock: TestClock) {
    const [program] = programs
    if (!program) throw new Error('there is no front door')
    ;[this.#here, this.#there] = memoryPair()
    const there = this.#there
    const write = there.write.bind(there)
    there.write = (data) => {
      write(data)
      this.#writes.note()
    }
    const terms = { side: 'server', transport: this.#there, options: {}, random: chance } as const
    this.conversation = new Conversation({ ...terms, program, createSeating: house, clock })
    this.clock = clock
  }

  /** Returns the text since the last call. Checks that lines for people fit a terminal and have no control characters. */
  news(): string {
    const text = this.#unread()
    this.#read = this.#there.written.length
    this.screen += text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(text.replace(/\r?\n/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
    for (const line of text.split(/\r?\n/)) if (!line.startsWith('{')) expect(displayWidth(line), line).toBeLessThanOrEqual(80)
    return text
  }

  #unread(): string {
    return this.#there.written
      .slice(this.#read)
      .map((write) => decode(write))
      .join('')
  }

  /** Types lines, each after the answer to the previous line; returns the text since the last call. */
  async type(...lines: readonly string[]): Promise<string> {
    let answer = ''
    for (const line of lines) {
      answer += this.news()
      this.screen += `${line}\n`
      await this.send(`${line}\n`)
    }
    return answer + this.news()
  }

  /** Sends bytes unchanged. */
  async send(data: string | Uint8Array): Promise<void> {
    this.#here.write(data)
    await settled()
  }

  /** Waits until a text has arrived, without a timeout. */
  async until(text: string): Promise<string> {
    await this.#writes.until(() => this.#unread().includes(text))
    return this.news()
  }

  /** The bytes of each write received. */
  get writes(): readonly Uint8Array[] {
    return this.#there.written
  }

  /** Resets the connection. */
  async drop(): Promise<void> {
    this.#here.reset()
    await this.conversation.closed
    await settled()
  }

  /** Closes this end, and returns how the connection ended. */
  async close(): Promise<Error | undefined> {
    this.#here.finish()
    await this.clock.pass(60_000)
    return this.conversation.closed
  }
}

/** Returns lines as one text. */
export function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

/** The front door's greeting, before it asks for a name. */
export const GREETING: readonly string[] = [
  'Welcome to Parlor: games for people and programs over a plain connection.',
  '',
  'Type your name, and then "play tictactoe". If no player joins, the house plays',
  'with you. "games" lists all games, "help" all commands, "quit" disconnects.',
  '',
  'With a telnet client, type "telnet" first: the client then hides passwords.',
  'For programs, "style json" switches to JSON lines.',
  '',
]

/** Connects users at the front door of one lobby, each under a name. */
export async function connectDoorUsers({ service, clock }: TestLobby, ...names: string[]): Promise<DoorUser[]> {
  const all: DoorUser[] = []
  for (const name of names) {
    const caller = new DoorUser((line) => service.createSeating(line, 'parlor/door'), clock)
    await settled()
    await caller.type(name)
    all.push(caller)
  }
  for (const caller of all) caller.news()
  return all
}
