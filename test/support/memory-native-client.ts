import type { LobbyService } from '../../src/lobby/service.ts'
import { ToClient, type ToServer } from '../../src/native/messages.ts'
import { NativeSession } from '../../src/native/session.ts'
import { requireLobby } from '../../src/protocol/seating.ts'
import { ReceivedMessages } from './received-messages.ts'
import { settled } from './test-clock.ts'

/** A command without its id. */
type CommandWithoutId = ToServer extends infer One ? (One extends ToServer ? Omit<One, 'id'> : never) : never

/**
 * MemoryNativeClient is a program that speaks the native protocol with the hall, without a network between them. It checks each message
 * against the schema of the protocol.
 */
export class MemoryNativeClient extends ReceivedMessages {
  /** The reason why the server ended the conversation, if it did. */
  ended: string | undefined
  readonly #session: NativeSession
  readonly #close: () => void
  #ids = 0

  constructor(service: LobbyService, address = '127.0.0.1') {
    super()
    const line = { address, endOnDisconnect() {}, end: (reason: string) => this.drop(reason) }
    const house = service.createSeating(line, 'machine')
    this.#close = () => house.close()
    this.#session = new NativeSession({
      get lobby() {
        return lobby
      },
      write: (text) => this.add(ToClient.parse(JSON.parse(text))),
    })
    const lobby = requireLobby(house, this.#session)
  }

  /** Sends a command and returns the answer to it. */
  async say(command: CommandWithoutId): Promise<ToClient> {
    const id = ++this.#ids
    await this.#session.handle(JSON.stringify({ ...command, id }))
    await settled()
    const answer = this.received.find((message) => 'id' in message && message.id === id)
    if (!answer) throw new Error(`no answer to ${command.type}`)
    return answer
  }

  /** Sends any line, and returns the messages that answer it. */
  async line(text: string): Promise<ToClient | undefined> {
    await this.#session.handle(text)
    return this.received.at(-1)
  }

  /** Returns the last message of one type. */
  last<Type extends ToClient['type']>(type: Type): Extract<ToClient, { type: Type }> {
    const last = this.all(type).at(-1)
    if (!last) throw new Error(`it has received no ${type}`)
    return last
  }

  /** Disconnects. */
  drop(reason = 'gone'): void {
    this.ended = reason
    this.#close()
  }
}
