import type { ToClient, ToServer } from '../../native/messages.ts'
import { dueCommands } from '../model/due.ts'
import { fold } from '../model/fold.ts'
import type { Wish } from '../model/messages.ts'
import { emptyModel, type Guest, type Input, type Model } from '../model/model.ts'
import { type OpenSocket, type PageClock, type PageSocket, type PageStore, toWait } from './socket.ts'
import { readMemory, toMemory, writeMemory } from './tab-memory.ts'

/** PageClientOptions has the services and the limits that the client needs. */
export interface PageClientOptions {
  readonly openSocket: OpenSocket
  readonly clock: PageClock
  readonly store: PageStore
  /** Finds out why the server refuses to connect; resolves to `undefined` if the page cannot reach the server. */
  readonly findRefusal?: () => Promise<string | undefined>
  /** Called with each new model. */
  readonly changed: (model: Model) => void
}

/** Milliseconds between two pings while the page shows the lobby, because the page may have nothing else to send. */
const PING_EVERY = 10_000
/** Milliseconds after which the page closes a connection that does not answer. */
const SILENCE = 15_000
/** The same limit after the page was asleep; the limit is shorter, because the connection may have ended without a notice. */
const SILENCE_AWAKE = 4000

/**
 * PageClient connects the model to the server. The client folds each message and each act into the model, sends the commands that are due,
 * and connects again after a lost connection, with waits of 1, 2, 4 and up to 30 seconds.
 */
export class PageClient {
  #model: Model = emptyModel
  #socket: PageSocket | undefined
  #ids = 0
  #isLobbyShown = false
  #stopWaiting: (() => void) | undefined
  #stopPinging: (() => void) | undefined
  #stopWatching: (() => void) | undefined
  /** Receivers of the answers to `ask`, by the ids of the commands. */
  readonly #asked = new Map<number, (answer: ToClient | undefined) => void>()
  readonly #options: PageClientOptions

  constructor(options: PageClientOptions) {
    this.#options = options
  }

  get model(): Model {
    return this.#model
  }

  /** Reads the memory of the tab and connects. */
  start(): void {
    this.#take({ type: 'restored', ...readMemory(this.#options.store) })
    this.connect()
  }

  /** Connects now, without a wait. */
  connect(): void {
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    this.#socket?.close()
    this.#take({ type: 'connecting' })
    const own: PageSocket = this.#options.openSocket({
      received: (text) => {
        if (this.#socket === own) this.#receive(text)
      },
      closed: () => {
        if (this.#socket === own) this.#lose()
      },
    })
    this.#socket = own
    // an attempt may hang, for example if the network has no route to the server
    this.#expectAnswer(SILENCE)
  }

  /** Sends a command, if the connection is open. */
  send(wish: Wish): void {
    if (!this.#model.greeted || !this.#socket) return
    // this page alone assigns the ids; `as` is necessary, because TypeScript does not treat a spread of a union as a union
    const command = { ...wish, id: ++this.#ids } as ToServer
    this.#socket.send(JSON.stringify(command))
    this.#take({ type: 'sent', command })
    if (!this.#stopWatching) this.#expectAnswer(SILENCE)
  }

  /** Sends a command whose answer is not in the model. Resolves to `undefined` if the connection is lost before the answer. */
  ask(wish: Wish): Promise<ToClient | undefined> {
    if (!this.#model.greeted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#asked.set(this.#ids + 1, resolve)
      this.send(wish)
    })
  }

  /** Sends a command that needs a user's name; if the user has no name yet, stores the command until the login. */
  want(wish: Wish): void {
    if (this.#model.me && this.#model.greeted) this.send(wish)
    else this.#take({ type: 'wished', wish })
  }

  /** Folds an input that is neither a message nor a command. */
  tell(input: Exclude<Input, { type: 'received' | 'sent' | 'connecting' | 'lost' | 'refused' | 'replaced' }>): void {
    this.#take(input)
  }

  /** Subscribes to the lists of the lobby while the page shows these lists. */
  showLobby(isShown: boolean): void {
    if (this.#isLobbyShown === isShown) return
    this.#isLobbyShown = isShown
    if (isShown) this.#subscribe()
    else {
      this.#stopPinging?.()
      this.send({ type: 'unsubscribe' })
    }
  }

  /**
   * Disconnects, because a copy of this tab has logged in as the same guest. A later call of `connect` connects this tab again, and the
   * copy disconnects.
   */
  yieldTo(guest: Guest): void {
    this.stop()
    this.#take({ type: 'replaced', guest })
  }

  /**
   * Checks the connection after the page was asleep, or after the network has changed. The server may have closed the connection in the
   * meantime without a notice to the browser. A page without a connection connects now.
   */
  wake(): void {
    const { state } = this.#model.link
    if (state === 'lost') this.connect()
    if (state !== 'open') return
    this.#expectAnswer(SILENCE_AWAKE)
    this.send({ type: 'ping' })
  }

  /** Closes the connection permanently. */
  stop(): void {
    const socket = this.#socket
    this.#socket = undefined
    for (const cancel of [this.#stopWaiting, this.#stopPinging, this.#stopWatching]) cancel?.()
    socket?.close()
  }

  #receive(text: string): void {
    // the server sends only messages of its protocol; `fold` ignores unknown messages
    const message = JSON.parse(text) as ToClient
    this.#stopWatching?.()
    this.#stopWatching = undefined
    const { clock } = this.#options
    const id = 'id' in message && typeof message.id === 'number' ? message.id : undefined
    if (id !== undefined) {
      this.#asked.get(id)?.(message)
      this.#asked.delete(id)
    }
    this.#take({ type: 'received', message, at: clock.monotonic(), wall: clock.now() })
    if (message.type === 'hello' && this.#isLobbyShown) this.#subscribe()
    if (this.#model.link.state === 'outdated') this.stop()
  }

  #lose(): void {
    this.#socket = undefined
    this.#stopWatching?.()
    this.#stopWatching = undefined
    for (const resolve of this.#asked.values()) resolve(undefined)
    this.#asked.clear()
    const { clock, findRefusal } = this.#options
    const { link, greeted } = this.#model
    if (!greeted) void findRefusal?.().then((reason) => this.#take({ type: 'refused', reason }))
    const wait = toWait(link.state === 'lost' ? link.attempt + 1 : 1)
    this.#take({ type: 'lost', retryAt: clock.monotonic() + wait })
    this.#stopWaiting = clock.after(wait, () => this.connect())
  }

  #take(input: Input): void {
    this.#model = fold(this.#model, input)
    writeMemory(this.#options.store, toMemory(this.#model))
    this.#options.changed(this.#model)
    if (!this.#socket || input.type === 'sent') return
    // after the page has sent a command, the command is no longer due
    for (let [next] = dueCommands(this.#model); next && this.#socket; [next] = dueCommands(this.#model)) this.send(next)
  }

  #subscribe(): void {
    this.send({ type: 'subscribe' })
    this.#pingLater()
  }

  /** Pings periodically, so that the page detects a broken connection. */
  #pingLater(): void {
    this.#stopPinging?.()
    this.#stopPinging = this.#options.clock.after(PING_EVERY, () => {
      this.send({ type: 'ping' })
      this.#pingLater()
    })
  }

  /** Closes the connection unless a message arrives within some milliseconds. */
  #expectAnswer(silence: number): void {
    this.#stopWatching?.()
    this.#stopWatching = this.#options.clock.after(silence, () => {
      this.#stopWatching = undefined
      this.#socket?.close()
      this.#lose()
    })
  }
}
