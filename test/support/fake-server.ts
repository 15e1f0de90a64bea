import type { Page, WebSocketRoute } from 'playwright-core'
import { examples, type ToClient, type ToServer } from '../../src/native/messages.ts'

/** FakeServer is the server at the other end of a page's WebSocket. It skips the events of its only table. */
export class FakeServer {
  /** What the server does with the next connection. */
  mode: 'serve' | 'close' | 'newer' = 'serve'
  #socket: WebSocketRoute | undefined
  /** Changes each message before the server sends it. */
  readonly #change: (message: ToClient) => ToClient

  constructor(change: (message: ToClient) => ToClient = (message) => message) {
    this.#change = change
  }

  /** Answers the WebSockets of a page. */
  readonly attach = async (page: Page): Promise<void> => {
    await page.routeWebSocket(/\/ws$/, (socket) => {
      this.#socket = socket
      const { hello } = examples.toClient
      if (this.mode === 'close') return void socket.close()
      this.send({ ...hello, version: this.mode === 'newer' ? hello.version + 1 : hello.version })
      socket.onMessage((text) => this.#answer(JSON.parse(String(text)) as ToServer))
    })
  }

  /** Ends the connection as a server that stops. */
  async stop(): Promise<void> {
    this.mode = 'close'
    this.send(examples.toClient.bye)
    await this.#socket?.close()
  }

  #answer({ type, id }: ToServer): void {
    const { games, lobby, seats, watchers, board, watching, resync } = examples.toClient
    if (type === 'subscribe') this.send({ ...lobby, id: Number(id) })
    for (const answer of [games, seats, watchers, board]) if (answer.type === type) this.send({ ...answer, id: Number(id) })
    if (type !== 'watch') return
    this.send({ ...watching, id: Number(id), table: resync.table, n: 1 })
    const { id: _id, ...skipping } = resync
    this.send({ ...skipping, n: 412 })
  }

  /** Sends a message to the page. */
  send(message: ToClient): void {
    this.#socket?.send(JSON.stringify(this.#change(message)))
  }
}
