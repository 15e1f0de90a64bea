import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { ToClient } from '../../src/native/messages.ts'
import type { Command } from './native-link.ts'
import { ReceivedMessages } from './received-messages.ts'

/** Rejects the answers for which a client of a closed WebSocket waits. */
export class SocketClosed extends Error {}

/** WebClient is a browser at the gateway: the native protocol over a WebSocket. */
export class WebClient extends ReceivedMessages {
  readonly socket: WebSocket
  /** Resolves to the code with which the WebSocket was closed. */
  readonly closed: Promise<number>
  readonly #asked = new Map<number, { resolve(answer: ToClient): void; reject(reason: Error): void }>()
  #ids = 0

  private constructor(socket: WebSocket) {
    super()
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

  #take(message: ToClient): void {
    this.add(message)
    const asked = 'id' in message && typeof message.id === 'number' ? this.#asked.get(message.id) : undefined
    if (asked && 'id' in message) this.#asked.delete(Number(message.id))
    asked?.resolve(message)
  }
}
