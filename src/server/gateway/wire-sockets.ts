import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { Connection } from '../../wire/connection.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { lines } from '../../wire/framing/lines.ts'
import type { Address, Transport } from '../../wire/transport.ts'
import { type OperatorSessions, onSessionEnd } from './operator-sessions.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { WireGrant } from './wire-access.ts'
import { type WireServices, WireSession } from './wire-session.ts'

/** Maximum number of WebSockets that show the wire: of all addresses together, and of one address. */
const SOCKETS = { all: 64, address: 8 }
/** Maximum number of bytes of a message of the page. */
const MESSAGE = 512
/** Maximum number of unsent bytes. A session sends a file only to a page that reads, and no file is as large. */
const OUTBOX = 4 * 1024 * 1024

export interface WireSocketsOptions {
  readonly clock: Clock
  readonly operators: OperatorSessions
  /** Path under which the gateway serves, without a slash at its end. */
  readonly prefix: string
  /** Called with errors that do not stop the gateway. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** WirePage is a page that shows the wire: its right, its address, and the session if the page belongs to an operator. */
export interface WirePage {
  readonly grant: WireGrant
  readonly origin: RequestOrigin
  readonly session: AbortSignal | undefined
}

/** WireSockets serves the WebSockets on which pages show the wire. Pages play on other WebSockets. */
export class WireSockets {
  readonly #services: WireServices
  readonly #options: WireSocketsOptions
  /** The network of each page, by its connection. */
  readonly #open = new Map<Connection, string>()
  #isClosed = false

  constructor(services: WireServices, options: WireSocketsOptions) {
    this.#services = services
    this.#options = options
  }

  /** Returns a sentence for a page that the limits do not admit. */
  findRefusal({ remote }: RequestOrigin): string | undefined {
    const network = toNetwork(remote.host)
    const own = [...this.#open.values()].filter((other) => other === network).length
    if (this.#isClosed) return 'the server is stopping'
    if (own >= SOCKETS.address) return `your address has ${own} views of the wire open, the maximum: close one first`
    return this.#open.size >= SOCKETS.all ? `${SOCKETS.all} views of the wire are open, the maximum: try again later` : undefined
  }

  /** Finds the right of a page by its handshake. `sender` is the address that has sent the handshake: the page's, or a proxy's. */
  toPage(request: IncomingMessage, origin: RequestOrigin, sender: Address): WirePage {
    const { operators, prefix } = this.#options
    const session = operators.find(request.headers.cookie, { prefix, isSecure: origin.isSecure })
    const grant: WireGrant = session ? { right: 'operator' } : this.#services.access.grantTo(request, origin, sender)
    return { grant, origin, session }
  }

  /** Shows a page the wire, until the page disconnects, the session of its operator ends, or the page violates a limit. */
  serve(transport: Transport, { grant, origin, session }: WirePage): void {
    const { clock, onError } = this.#options
    const framing = { incoming: lines(), outgoing: lines() }
    const page = new Connection(transport, { ...framing, messageLimit: MESSAGE, outboxLimit: OUTBOX, clock })
    this.#open.set(page, toNetwork(origin.remote.host))
    const link = {
      get unsent() {
        return transport.unsent
      },
      send: (text: string) => page.send(text),
      refuse: (reason: string) => page.fail(new Disconnected('much', reason)),
    }
    const wire = new WireSession(this.#services, clock, link, { grant, origin })
    const cancel = session && onSessionEnd(session, () => page.fail(new Disconnected('ours', 'the session of the operator is over')))
    takeMessages(page, wire)
      .catch((reason: unknown) => {
        if (!(reason instanceof Disconnected)) onError('the server could not show the wire', reason)
      })
      .finally(() => {
        cancel?.()
        wire.close()
        return page.end?.reason === 'finished' ? page.close() : page.abort()
      })
      .finally(() => this.#open.delete(page))
  }

  /** Closes all WebSockets. */
  close(): void {
    this.#isClosed = true
    for (const page of this.#open.keys()) {
      page.fail(new Disconnected('ours', 'the server is stopping'))
      page.transport.destroy()
    }
  }
}

/** Handles the messages of a page. Rejects with `Disconnected` when the connection has ended. */
async function takeMessages(page: Connection, wire: WireSession): Promise<never> {
  for (;;) wire.take(await page.receive())
}
