import { onTestFinished } from 'vitest'
import type { ToServer } from '../../src/native/messages.ts'
import { PageClient } from '../../src/web/connection/page-client.ts'
import type { OpenSocket, PageStore } from '../../src/web/connection/socket.ts'
import type { Input, Model } from '../../src/web/model/model.ts'
import type { TableModel } from '../../src/web/model/table-model.ts'
import { Changes } from './changes.ts'
import { ConnectionClosed, LineSocket } from './line-socket.ts'
import { TestClock } from './test-clock.ts'

/** MemoryStore is the storage of a tab. */
export class MemoryStore implements PageStore {
  readonly texts = new Map<string, string>()

  getItem(name: string): string | null {
    return this.texts.get(name) ?? null
  }

  setItem(name: string, value: string): void {
    this.texts.set(name, value)
  }

  removeItem(name: string): void {
    this.texts.delete(name)
  }
}

/** PageUser is the model of the page in a browser, without the browser: it connects to the front door of a server. */
export class PageUser {
  readonly client: PageClient
  /** The messages and commands, in order, as the model has folded them. */
  readonly log: Input[] = []
  readonly #changes = new Changes()
  readonly #port: number
  #isLosing = false
  #socket: LineSocket | undefined

  constructor(port: number, store: PageStore = new MemoryStore()) {
    this.#port = port
    this.client = new PageClient({
      openSocket: this.#open,
      clock: new TestClock(),
      store,
      changed: () => this.#changes.note(),
    })
    onTestFinished(() => this.client.stop())
    this.client.start()
  }

  get model(): Model {
    return this.client.model
  }

  /** The only table of this user. */
  get table(): TableModel | undefined {
    return [...this.model.tables.values()].at(-1)
  }

  /** Waits until a condition holds for the model. */
  until(met: (model: Model) => boolean): Promise<void> {
    return this.#changes.until(() => met(this.model))
  }

  /** Enters under a name as a guest. */
  async enter(name: string): Promise<void> {
    await this.until(({ greeted }) => greeted)
    this.client.send({ type: 'enter', name })
    await this.until(({ me }) => me !== undefined)
  }

  /** Breaks the connection without a word, and connects again after `meanwhile`. */
  async cut(meanwhile?: () => Promise<void>): Promise<void> {
    const socket = this.#socket
    socket?.close()
    await socket?.gone
    await this.until(({ link }) => link.state === 'lost')
    await meanwhile?.()
    this.client.connect()
  }

  /** Loses what the page sends from now on, until the connection breaks. */
  lose(): void {
    this.#isLosing = true
  }

  readonly #open: OpenSocket = ({ received, closed }) => {
    const socket = new LineSocket(this.#port)
    this.#socket = socket
    this.#isLosing = false
    socket.say('style json')
    const read = async () => {
      try {
        for (;;) {
          const line = await socket.hear()
          // before JSON, the front door greets in plain words
          if (!line.startsWith('{')) continue
          this.log.push({ type: 'received', message: JSON.parse(line), at: 0, wall: 0 })
          received(line)
        }
      } catch (reason) {
        if (!(reason instanceof ConnectionClosed)) throw reason
        closed()
      }
    }
    void read()
    return {
      send: (text) => {
        this.log.push({ type: 'sent', command: JSON.parse(text) as ToServer })
        if (!this.#isLosing) socket.say(text)
      },
      close: () => socket.close(),
    }
  }
}
