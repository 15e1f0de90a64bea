import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { ToClient } from '../../src/native/messages.ts'
import { Changes } from './changes.ts'
import type { Command } from './native-link.ts'

/** Rejects the answers for which a client of a closed WebSocket waits. */
export class SocketClosed extends Error {}

/** WebClient is a browser at the gateway: the native protocol over a WebSocket. */
export class WebClient {
  readonly received: ToClient[] = []
  readonly socket: WebSocket
  /** Resolves to the code with which the WebSocket was closed. */
  readonly closed: Promise<number>
  readonly #changes = new Changes()
  readonly #asked = new Map<number, { resolve(answer: ToClient): void; reject(reason: Error): void }>()
  #ids = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        for (const { reject } of this.#asked.values()) reject(new SocketClosed(`closed with ${code}`))
        resolve(code)
      })
    })
    socket.on('message', (data) => this.#take(ToClient.parse(JSON.parse(String(data)))))
  }

  /** Connects; with a name, enters under it. Rejects with the library's error, such as "Unexpected server response: 403". */
  static async connect(url: string, { name, ...options }: ClientOptions & { readonly name?: string } = {}): Promise<WebClient> {
    const client = new WebClient(new WebSocket(url, options))
    onTestFinished(() => client.socket.terminate())
    await new Promise<void>((resolve, reject) => client.socket.once('open', resolve).once('error', reject))
    await client.first('hello')
    if (name !== undefined) await client.ask({ type: 'enter', name })
    return client
  }

  /** Sends a command, and returns the answer to it. */
  ask(command: Command): Promise<ToClient> {
    const id = ++this.#ids
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject })
      this.socket.send(JSON.stringify({ ...command, id }))
    })
  }

  /** Returns the messages of one type. */
  all<Type extends ToClient['type']>(type: Type): Extract<ToClient, { type: Type }>[] {
    return this.received.filter((message): message is Extract<ToClient, { type: Type }> => message.type === type)
  }

  /** Returns the first message of one type, as soon as it arrives. */
  async first<Type extends ToClient['type']>(type: Type): Promise<Extract<ToClient, { type: Type }>> {
    await this.until(() => this.all(type).length > 0)
    const [first] = this.all(type)
    if (!first) throw new Error(`it has received no ${type}`)
    return first
  }

  /** Waits for messages until a condition holds. */
  until(met: () => boolean): Promise<void> {
    return this.#changes.until(met)
  }

  #take(message: ToClient): void {
    this.received.push(message)
    this.#changes.note()
    const asked = 'id' in message && typeof message.id === 'number' ? this.#asked.get(message.id) : undefined
    if (asked && 'id' in message) this.#asked.delete(Number(message.id))
    asked?.resolve(message)
  }
}
