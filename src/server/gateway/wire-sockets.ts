import type { IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { TokenBucket } from '../../base/rate-limit.ts'
import type { TransportStream } from '../../wire/transports/transport-stream.ts'
import { type OperatorSessions, onSessionEnd } from './operator-sessions.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { WireGrant } from './wire-access.ts'
import { type WireServices, WireSession } from './wire-session.ts'

/** Maximum number of WebSockets that show the wire: of all addresses together, and of one address. */
const SOCKETS = { all: 64, address: 8 }
/** Maximum number of bytes of a message of the page. */
const MESSAGE = 512
/** Milliseconds between two pings; the server disconnects a page that has not answered the last ping. */
const PING = 30_000
const POLICY = 1008
/** Rate of pings and pongs of the page: a burst of 20, then one a second. */
const CONTROL = { burst: 20, refill: 1000 }
/** Maximum number of fragments of a message. */
const FRAGMENTS = 128

const OPTIONS = {
  ...{ noServer: true, clientTracking: false, perMessageDeflate: false, closeTimeout: 2000 },
  ...{ maxPayload: MESSAGE, maxFragments: FRAGMENTS },
  // the library queues its pongs without a limit for a client that does not read
  autoPong: false,
}

export interface WireSocketsOptions {
  readonly clock: Clock
  readonly operators: OperatorSessions
  /** Path under which the gateway serves, without a slash at its end. */
  readonly prefix: string
}

/** WireSockets accepts the WebSockets on which pages show the wire. Pages play on other WebSockets. */
export class WireSockets {
  readonly #services: WireServices
  readonly #clock: Clock
  readonly #operators: OperatorSessions
  readonly #prefix: string
  readonly #library = new WebSocketServer(OPTIONS)
  readonly #open = new Map<WebSocket, string>()
  #isClosed = false

  constructor(services: WireServices, { clock, operators, prefix }: WireSocketsOptions) {
    this.#services = services
    this.#clock = clock
    this.#operators = operators
    this.#prefix = prefix
    this.#library.on('wsClientError', () => {})
  }

  /** Returns a sentence for a page that the limits do not admit. */
  findRefusal({ remote }: RequestOrigin): string | undefined {
    const network = toNetwork(remote.host)
    const own = [...this.#open.values()].filter((other) => other === network).length
    if (this.#isClosed) return 'the server is stopping'
    if (own >= SOCKETS.address) return `your address has ${own} views of the wire open, the maximum: close one first`
    return this.#open.size >= SOCKETS.all ? `${SOCKETS.all} views of the wire are open, the maximum: try again later` : undefined
  }

  /** Accepts an upgrade. Returns false for a request that is not a valid handshake. */
  upgrade(request: IncomingMessage, stream: TransportStream, head: Buffer, origin: RequestOrigin): boolean {
    let accepted: WebSocket | undefined
    this.#library.handleUpgrade(request, stream, head, (socket) => {
      accepted = socket
    })
    if (!accepted) return false
    const session = this.#operators.find(request.headers.cookie, { prefix: this.#prefix, isSecure: origin.isSecure })
    const grant: WireGrant = session ? { right: 'operator' } : this.#services.access.grantTo(request, origin, stream.transport.remote)
    this.#serve(accepted, stream, origin, grant)
    if (session) closeWith(session, accepted)
    return true
  }

  /** Closes all WebSockets. */
  close(): void {
    this.#isClosed = true
    for (const socket of this.#open.keys()) socket.terminate()
  }

  #serve(socket: WebSocket, stream: TransportStream, origin: RequestOrigin, grant: WireGrant): void {
    stream.upgrade()
    this.#open.set(socket, toNetwork(origin.remote.host))
    const link = {
      get unsent() {
        return stream.transport.unsent
      },
      send: (text: string) => {
        if (socket.readyState === socket.OPEN) socket.send(text)
      },
      refuse: (reason: string) => socket.close(POLICY, reason),
    }
    const session = new WireSession(this.#services, this.#clock, link, { grant, origin })
    const control = new TokenBucket(CONTROL)
    const hasControl = () => control.take(this.#clock.monotonic()) === 0
    let isAlive = true
    let cancel: () => void
    const ping = () => {
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
      cancel = this.#clock.after(PING, ping)
    }
    cancel = this.#clock.after(PING, ping)
    socket
      .on('error', () => socket.terminate())
      .on('ping', (payload) => {
        if (!hasControl()) link.refuse('too many pings')
        else if (link.unsent === 0) socket.pong(payload)
      })
      .on('pong', () => {
        isAlive = true
        if (!hasControl()) link.refuse('too many pongs')
      })
      .on('message', (data, isBinary) => {
        if (isBinary) link.refuse('send text messages')
        else session.take(String(data))
      })
      .on('close', () => {
        cancel()
        session.close()
        this.#open.delete(socket)
      })
  }
}

/** Closes the WebSocket of an operator at the end of the operator's session. */
function closeWith(session: AbortSignal, socket: WebSocket): void {
  socket.once(
    'close',
    onSessionEnd(session, () => socket.close(POLICY, 'the session of the operator is over')),
  )
}
