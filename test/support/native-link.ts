import { ToClient, type ToServer } from '../../src/native/messages.ts'
import { ConnectionClosed, LineSocket } from './line-socket.ts'

/** A command without its id. */
export type Command = ToServer extends infer One ? (One extends ToServer ? Omit<One, 'id'> : never) : never

/** NativeLink is a connection to the front door that has switched to JSON lines. */
export class NativeLink {
  /** Resolves when the connection is closed. */
  readonly gone: Promise<void>
  /** Whether the connection is closed. */
  over = false
  readonly #line: LineSocket
  readonly #hear: (message: ToClient) => void
  readonly #asked = new Map<number, { resolve(answer: ToClient): void; reject(reason: ConnectionClosed): void }>()
  #ids = 0

  private constructor(line: LineSocket, hear: (message: ToClient) => void) {
    this.#line = line
    this.#hear = hear
    this.gone = line.gone.then(() => {
      this.over = true
      for (const { reject } of this.#asked.values()) reject(new ConnectionClosed())
    })
  }

  /**
   * Opens a connection, from `address` of this machine if it is given; `hear` is called with messages that answer no
   * command. Rejects with `HungUp` if it cannot connect.
   */
  static async open(port: number, hear: (message: ToClient) => void, from?: string): Promise<NativeLink> {
    const line = new LineSocket(port, from)
    line.say('style json')
    let greeting = await line.hear()
    while (!greeting.startsWith('{')) greeting = await line.hear()
    const link = new NativeLink(line, hear)
    void link.#read()
    return link
  }

  /** Sends a command, and returns the answer to it. */
  ask(command: Command): Promise<ToClient> {
    if (this.over) return Promise.reject(new ConnectionClosed())
    const id = ++this.#ids
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject })
      this.#line.say(JSON.stringify({ ...command, id }))
    })
  }

  close(): void {
    this.#line.close()
  }

  async #read(): Promise<void> {
    try {
      for (;;) this.#take(ToClient.parse(JSON.parse(await this.#line.hear())))
    } catch (reason) {
      if (!(reason instanceof ConnectionClosed)) throw reason
    }
  }

  #take(message: ToClient): void {
    const asked = 'id' in message && typeof message.id === 'number' ? this.#asked.get(message.id) : undefined
    if (asked && 'id' in message) this.#asked.delete(Number(message.id))
    // other listeners receive the message before the caller continues
    this.#hear(message)
    asked?.resolve(message)
  }
}
