import type { Page, WebSocketRoute } from 'playwright-core'
import { expect, test } from 'vitest'
import { examples, type ToClient, type ToServer } from '../../../src/native/messages.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** FakeServer is the server at the other end of a page's WebSocket. It skips the events of the only table. */
class FakeServer {
  /** What the server does with the next connection. */
  mode: 'serve' | 'close' | 'newer' = 'serve'
  #socket: WebSocketRoute | undefined

  /** Answers the WebSockets of a page. */
  readonly attach = async (page: Page): Promise<void> => {
    await page.routeWebSocket(/\/ws$/, (socket) => {
      this.#socket = socket
      const { hello } = examples.toClient
      if (this.mode === 'close') return void socket.close()
      this.#send({ ...hello, version: this.mode === 'newer' ? hello.version + 1 : hello.version })
      socket.onMessage((text) => this.#answer(JSON.parse(String(text)) as ToServer))
    })
  }

  /** Ends the connection as a server that stops. */
  async stop(): Promise<void> {
    this.mode = 'close'
    this.#send(examples.toClient.bye)
    await this.#socket?.close()
  }

  #answer({ type, id }: ToServer): void {
    const { games, watching, resync } = examples.toClient
    if (type === 'games') this.#send({ ...games, id: Number(id) })
    if (type !== 'watch') return
    this.#send({ ...watching, id: Number(id), table: resync.table, n: 1 })
    const { id: _id, ...skipping } = resync
    this.#send({ ...skipping, n: 412 })
  }

  #send(message: ToClient): void {
    this.#socket?.send(JSON.stringify(message))
  }
}

/** Adds the tests of what the page says if the server skips events, stops, or is newer. */
export function testErrors(serve: ServeWebPages): void {
  test('says that events are skipped, that the server has stopped, and that the page is older than the server', async () => {
    const { open } = await serve()
    const server = new FakeServer()
    const tab = await open('#t/17', server.attach)
    const { page } = tab
    await page.getByText('Back after 411 events.').waitFor()
    await tab.untilStatus('Your turn.')
    await tab.expectAccessible()
    await server.stop()
    await page.getByText('The server ended the connection: the server was stopped.').waitFor()
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('heading', { name: 'The server has ended the connection' }).waitFor()
    expect(await page.locator('main').ariaSnapshot()).toContain('Your game at table 17 is saved after move 0.')
    await tab.expectAccessible()
    server.mode = 'newer'
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('alert').getByText('A new version is here.').waitFor()
    await tab.expectAccessible()
  })
}
