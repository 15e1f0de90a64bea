import { TokenBucket } from '../../base/rate-limit.ts'
import type { Listener, Transport } from '../../wire/transport.ts'
import type { GatewayApp } from './app.ts'
import { FairConnections, type FairEntry } from './fair-connections.ts'
import type { GatewayOptions, GatewayServices } from './options.ts'

/*
 * The gateway is the HTTP port for browsers: WebSockets with the native protocol, a read API, sessions, and the files of the page. It
 * listens when the server starts, so that it reports a busy port immediately. The code behind the port takes 90 ms and 8 MB to load. The
 * gateway therefore loads this code at the first connection, so a server without browsers never loads it.
 */

/** Rate of connections that the gateway begins to serve: a burst of 200, then 1,000 a second. */
const RATE = { burst: 200, refill: 1 }
/**
 * Maximum number of open connections without a WebSocket. If there is one more connection, the gateway closes the oldest connection of the
 * network with the most connections.
 */
const CONNECTIONS = 512

/** Gateway accepts the connections of the HTTP port. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #bucket = new TokenBucket(RATE)
  /** Connections that wait for the services, for the code, or for their turn. */
  readonly #waiting = new FairConnections<Transport>(CONNECTIONS)
  #listener: Listener | undefined
  #services: GatewayServices | undefined
  #app: GatewayApp | undefined
  #isLoading = false
  #isClosed = false
  #cancel: (() => void) | undefined

  constructor(options: GatewayOptions) {
    this.#options = options
  }

  /** Listens; connections wait until `open`. Rejects with the system's error, such as EADDRINUSE. */
  async listen(): Promise<Listener> {
    const { at, listen, batcher } = this.#options
    this.#listener = await listen(
      at,
      (transport) => this.#accept(transport),
      () => {},
      batcher,
    )
    return this.#listener
  }

  /** Serves the connections that wait, and later connections. */
  open(services: GatewayServices): void {
    this.#services = services
    this.#serveWaiting()
  }

  /** Accepts no more connections, and closes all open connections except the WebSockets, which belong to the server. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#listener?.close()
    this.#resetWaiting()
    await this.#app?.close()
  }

  #accept(transport: Transport): void {
    if (this.#isClosed) return transport.reset()
    this.#waiting.add(transport, transport.remote.host)
    const { excess } = this.#waiting
    if (excess) this.#reset(excess)
    if (!this.#cancel) this.#serveWaiting()
  }

  #serveWaiting(): void {
    this.#cancel = undefined
    if (this.#isClosed || this.#waiting.size === 0 || !this.#services) return
    const app = this.#app
    if (!app) return this.#load(this.#services)
    for (const entry of this.#waiting.values()) {
      const wait = this.#bucket.take(this.#options.clock.monotonic())
      if (wait > 0) {
        this.#cancel = this.#options.clock.after(wait, () => this.#serveWaiting())
        return
      }
      this.#waiting.delete(entry)
      app.serve(entry.connection)
    }
  }

  #reset(entry: FairEntry<Transport>): void {
    this.#waiting.delete(entry)
    entry.connection.reset()
  }

  #resetWaiting(): void {
    for (const entry of [...this.#waiting.values()]) this.#reset(entry)
  }

  /** Loads the code that serves connections, unless this code is already loading. If loading fails, the next connection tries again. */
  #load(services: GatewayServices): void {
    if (this.#isLoading) return
    this.#isLoading = true
    const loaded = import('./app.ts').then(({ openApp }) => openApp({ ...this.#options, connections: CONNECTIONS }, services))
    loaded.then(
      (app) => {
        this.#isLoading = false
        this.#app = app
        if (this.#isClosed) void app.close()
        else this.#serveWaiting()
      },
      (reason) => {
        this.#isLoading = false
        this.#resetWaiting()
        this.#options.onError('the gateway could not be loaded', reason)
      },
    )
  }
}
