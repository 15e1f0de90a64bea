import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { sweepSome } from '../../base/sweep.ts'
import { MESSAGE_LIMIT } from '../../wire/framing/framing.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'
import { WebSocketTransport } from '../../wire/transports/websocket.ts'
import type { AdmittedPeer } from '../admission.ts'
import { formatError, type GatewayCode } from './answers.ts'
import type { ConnectionTimeouts } from './connection-timeouts.ts'
import type { GatewayOptions, GatewayServices } from './options.ts'
import type { RequestGate } from './request-gate.ts'
import { readSessionCookie } from './session-cookie.ts'

/*
 * `ws` runs without a server of its own (`noServer`), and not through `@fastify/websocket`: a refused upgrade must cost little and have
 * a status and a code. So the gateway checks the rate, the origin and the limits of the address before the handshake, with no route, no
 * hook and no WebSocket. After the handshake, the socket is a transport like every other, and the server runs the same conversation over it
 * as over a TCP connection, with the same limits.
 */

/** Milliseconds between two pings to each client. A client whose machine no longer answers holds its seat for at most twice this time. */
const PING = 30_000
/** Milliseconds that a client has to answer the close of the server. */
const CLOSE_TIMEOUT = 2000

/** The options of the library; the types do not have all of them yet. */
const OPTIONS = {
  noServer: true,
  clientTracking: false,
  // compression costs memory and time for each client, and messages are short
  perMessageDeflate: false,
  maxPayload: MESSAGE_LIMIT,
  autoPong: false,
  closeTimeout: CLOSE_TIMEOUT,
}

/** SocketGuards has the limits of the HTTP connections; some connections become WebSockets. */
export interface SocketGuards {
  readonly gate: RequestGate
  readonly timeouts: ConnectionTimeouts
}

/** GatewaySockets accepts the WebSockets of an HTTP server, and pings their clients. */
export class GatewaySockets {
  readonly #options: Pick<GatewayOptions, 'clock' | 'prefix'>
  readonly #services: GatewayServices
  readonly #guards: SocketGuards
  readonly #library = new WebSocketServer(OPTIONS)
  readonly #open = new Set<WebSocketTransport>()
  #cancel: (() => void) | undefined

  constructor(server: HttpServer, options: Pick<GatewayOptions, 'clock' | 'prefix'>, services: GatewayServices, guards: SocketGuards) {
    this.#options = options
    this.#services = services
    this.#guards = guards
    // with this listener, the caller answers a request that is not a valid handshake
    this.#library.on('wsClientError', () => {})
    server.on('upgrade', (request: IncomingMessage, stream: unknown, head: Buffer) => {
      if (stream instanceof TransportStream) this.#upgrade(request, stream, head)
    })
  }

  /** Stops the pings. Open WebSockets stay open. */
  close(): void {
    this.#cancel?.()
  }

  #upgrade(request: IncomingMessage, stream: TransportStream, head: Buffer): void {
    stream.on('error', ignoreError)
    const checked = this.#guards.gate.check(request, 'change')
    if ('code' in checked) return refuse(stream, checked.code, checked.message)
    const path = `${this.#options.prefix}/ws`
    if (request.url !== path) return refuse(stream, 'not-found', `WebSockets are at ${path}, without a query`)
    const refusal = this.#services.entrance.admit(checked)
    if (refusal !== undefined) return refuse(stream, 'too-many', refusal)
    let accepted: WebSocket | undefined
    this.#library.handleUpgrade(request, stream, head, (socket) => {
      accepted = socket
    })
    if (accepted) return this.#serve(accepted, stream, checked, readSessionCookie(request.headers.cookie))
    this.#services.entrance.leave(checked)
    refuse(stream, 'bad-request', 'this is not a handshake of WebSocket version 13 (RFC 6455)')
  }

  /** Serves a WebSocket. Its listeners are created here, because in `#upgrade` they would hold the whole request in memory. */
  #serve(socket: WebSocket, stream: TransportStream, client: AdmittedPeer, token: string | undefined): void {
    this.#guards.timeouts.remove(stream)
    stream.upgrade()
    const transport = new WebSocketTransport(socket, stream, client)
    this.#ping(transport)
    socket.once('close', () => this.#open.delete(transport))
    this.#services.entrance.serve(transport, token === undefined ? undefined : { sessionToken: token })
  }

  #ping(transport: WebSocketTransport): void {
    this.#open.add(transport)
    this.#cancel ??= this.#options.clock.after(PING, () => this.#pingSome(this.#open.values()))
  }

  /** Pings some clients, and the others in later turns of the event loop. */
  #pingSome(transports: Iterator<WebSocketTransport>): void {
    const { clock } = this.#options
    const hasMore = sweepSome(transports, (transport) => transport.probe())
    if (hasMore) this.#cancel = clock.after(0, () => this.#pingSome(transports))
    else this.#cancel = this.#open.size === 0 ? undefined : clock.after(PING, () => this.#pingSome(this.#open.values()))
  }
}

function ignoreError(): void {}

/** Answers an upgrade with an error, and closes the connection. */
function refuse(stream: TransportStream, code: GatewayCode, sentence: string): void {
  stream.end(formatError(code, sentence))
}
