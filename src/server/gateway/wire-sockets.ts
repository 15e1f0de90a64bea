import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import type { OperatorSessions } from './operator-sessions.ts'
import type { GatewayError } from './request-gate.ts'
import type { SocketView, Viewer, ViewRequest, ViewSocket } from './view-sockets.ts'
import { type WireServices, WireSession, type WireViewer } from './wire-session.ts'

/** Maximum number of WebSockets that show the wire: of all addresses together, and of one address. */
const SOCKETS = { all: 64, address: 8 }

export interface WireSocketsOptions {
  readonly clock: Clock
  readonly operators: OperatorSessions
}

/** WireSockets shows the wire to pages over WebSockets. Pages play over other WebSockets. */
export class WireSockets implements SocketView {
  readonly path = 'wire'
  readonly messageLimit = 512
  readonly #services: WireServices
  readonly #clock: Clock
  readonly #operators: OperatorSessions
  /** The networks of the open WebSockets; each WebSocket has a unique key. */
  readonly #open = new Map<object, string>()

  constructor(services: WireServices, { clock, operators }: WireSocketsOptions) {
    this.#services = services
    this.#clock = clock
    this.#operators = operators
  }

  /** Admits a page within the limits, with the right of its session or of its address. */
  admit({ headers, origin, scope, peer }: ViewRequest): Viewer | GatewayError {
    const network = toNetwork(origin.remote.host)
    const message = this.#findRefusal(network)
    if (message !== undefined) return { code: 'too-many', message }
    const session = this.#operators.find(headers.cookie, scope)
    const grant = session ? { right: 'operator' as const } : this.#services.access.grantTo(headers, origin, peer)
    const key = {}
    this.#open.set(key, network)
    return {
      session,
      serve: (socket) => this.#serve(socket, { grant, origin }),
      leave: () => void this.#open.delete(key),
    }
  }

  #findRefusal(network: string): string | undefined {
    const own = [...this.#open.values()].filter((other) => other === network).length
    if (own >= SOCKETS.address) return `your address has ${own} views of the wire open, the maximum: close one first`
    return this.#open.size >= SOCKETS.all ? `${SOCKETS.all} views of the wire are open, the maximum: try again later` : undefined
  }

  async #serve({ connection, refuse }: ViewSocket, viewer: WireViewer): Promise<void> {
    const link = {
      get unsent() {
        return connection.transport.unsent
      },
      send: (text: string) => connection.send(text),
      refuse,
    }
    const session = new WireSession(this.#services, this.#clock, link, viewer)
    try {
      for (;;) session.take(await connection.receive())
    } finally {
      session.close()
    }
  }
}
