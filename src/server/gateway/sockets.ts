import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { ChurnSet } from '../../base/churn-set.ts'
import { sweepSome } from '../../base/sweep.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'
import { type WebSocketHost, WebSocketTransport } from '../../wire/transports/websocket.ts'
import type { AdmittedPeer } from '../admission.ts'
import type { Entrance } from '../server.ts'
import { formatError, type GatewayCode } from './answers.ts'
import type { ConnectionTimeouts } from './connection-timeouts.ts'
import { findKey, formatAccept, NO_HANDSHAKE } from './handshake.ts'
import type { GatewayOptions } from './options.ts'
import type { RequestGate } from './request-gate.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { ServedProtocols } from './served-protocols.ts'
import { readSessionCookie } from './session-cookie.ts'
import { type SocketView, ViewSockets } from './view-sockets.ts'

/*
 * The refusal of an upgrade must cost little and must have a status and a code. Therefore the gateway checks the rate, the origin and the
 * limits of the address before the handshake; these checks use no route, no hook and no WebSocket. After the handshake, the WebSocket is a
 * transport, and the server runs the same conversation over the WebSocket as over a TCP connection, with the same limits. Views of the
 * server, such as the wire, have a common base (`view-sockets.ts`).
 */

/**
 * Milliseconds between two pings to each client. If a client's machine no longer answers, the server disconnects the client after at most
 * twice this time.
 */
const PING = 30_000
/**
 * SocketTarget is the kind of conversation at a path: a conversation in the native protocol, or a conversation with a program that a
 * browser tries.
 */
interface SocketTarget {
  readonly entrance: Entrance
  /** Wraps the transport of a trial; missing for the native protocol. */
  readonly wrap?: (transport: Transport) => Transport
}

/** SocketServices has the conversations and views that WebSockets can open. */
export interface SocketServices {
  /** Admits clients of the native protocol, and starts the conversations with these clients. */
  readonly entrance: Entrance
  readonly protocols: ServedProtocols
  /** The views that pages see over WebSockets. */
  readonly views: readonly SocketView[]
}

/** SocketGuards has the limits of the HTTP connections; some of these connections become WebSockets. */
export interface SocketGuards {
  readonly gate: RequestGate
  readonly timeouts: ConnectionTimeouts
}

/** GatewaySockets accepts the WebSockets of an HTTP server, and pings the clients of these WebSockets. */
export class GatewaySockets {
  readonly #options: Pick<GatewayOptions, 'clock' | 'prefix' | 'onError'>
  readonly #services: SocketServices
  readonly #guards: SocketGuards
  readonly #host: WebSocketHost
  readonly #views: ViewSockets
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(
    server: HttpServer,
    options: Pick<GatewayOptions, 'clock' | 'prefix' | 'onError'>,
    services: SocketServices,
    guards: SocketGuards,
  ) {
    this.#options = options
    this.#services = services
    this.#guards = guards
    this.#views = new ViewSockets(options)
    this.#host = { clock: options.clock, open: new ChurnSet() }
    server.on('upgrade', (request: IncomingMessage, stream: unknown, head: Buffer) => {
      if (stream instanceof TransportStream) this.#upgrade(request, stream, head)
    })
  }

  /** Stops the pings. Open WebSockets stay open, except the WebSockets of views. */
  close(): void {
    this.#cancel?.()
    this.#isClosed = true
    this.#views.close()
  }

  #upgrade(request: IncomingMessage, stream: TransportStream, head: Buffer): void {
    stream.on('error', ignoreError)
    const checked = this.#guards.gate.check(request, 'change')
    if ('code' in checked) return refuse(stream, checked.code, checked.message)
    // the library also accepts version 8, but version 8 sends the origin in another header
    if (request.headers['sec-websocket-version'] !== '13') return refuse(stream, 'bad-request', NO_HANDSHAKE)
    const path = `${this.#options.prefix}/ws`
    const view = this.#services.views.find((one) => request.url === `${path}/${one.path}`)
    if (view && this.#isClosed) return refuse(stream, 'too-many', 'the server is stopping')
    if (view) return this.#upgradeView(view, request, stream, head, checked)
    const target = this.#findTarget(request.url ?? '')
    if (!target) return refuse(stream, 'not-found', `WebSockets are at ${path}, without a query`)
    const transport = this.#accept(request, stream, head, target.entrance, checked)
    if (!transport) return
    if (target.wrap) return target.entrance.serve(target.wrap(transport))
    const token = readSessionCookie(request.headers.cookie, { prefix: this.#options.prefix, isSecure: checked.isSecure })
    target.entrance.serve(transport, token === undefined ? undefined : { sessionToken: token })
  }

  /** Accepts a page that a view admits; answers any other page with an error. */
  #upgradeView(view: SocketView, request: IncomingMessage, stream: TransportStream, head: Buffer, origin: RequestOrigin): void {
    const key = findKey(request)
    if (key === undefined) return refuse(stream, 'bad-request', NO_HANDSHAKE)
    const scope = { prefix: this.#options.prefix, isSecure: origin.isSecure }
    const viewer = view.admit({ headers: request.headers, origin, scope, peer: stream.transport.remote })
    if ('code' in viewer) return refuse(stream, viewer.code, viewer.message)
    this.#views.serve(this.#open(formatAccept(key), stream, head, origin), view, viewer)
  }

  /** Accepts a WebSocket within the limits of its address; answers any other request with an error. */
  #accept(
    request: IncomingMessage,
    stream: TransportStream,
    head: Buffer,
    entrance: Entrance,
    client: AdmittedPeer,
  ): WebSocketTransport | undefined {
    const key = findKey(request)
    const refusal = key === undefined ? undefined : entrance.admit(client)
    if (key !== undefined && refusal === undefined) return this.#open(formatAccept(key), stream, head, client)
    if (refusal === undefined) refuse(stream, 'bad-request', NO_HANDSHAKE)
    else refuse(stream, 'too-many', refusal)
    return undefined
  }

  /** Finds the conversation at a path; `undefined` for a path without a conversation. */
  #findTarget(url: string): SocketTarget | undefined {
    const { prefix } = this.#options
    const { entrance, protocols } = this.#services
    if (url === `${prefix}/ws`) return { entrance }
    return url.startsWith(`${prefix}/`) ? protocols.findTrial(url.slice(prefix.length + 1)) : undefined
  }

  /**
   * Answers a handshake, and returns the transport of the WebSocket. From now on, the server pings the WebSocket. This function, and not
   * `#upgrade`, creates the timer of the pings, because a timer of `#upgrade` would retain the whole request in memory.
   */
  #open(accept: string, stream: TransportStream, head: Buffer, client: AdmittedPeer): WebSocketTransport {
    this.#guards.timeouts.remove(stream)
    stream.transport.write(accept)
    const transport = new WebSocketTransport(stream, head, client, this.#host)
    this.#cancel ??= this.#options.clock.after(PING, () => this.#pingAll())
    return transport
  }

  #pingAll(): void {
    this.#pingSome(this.#host.open[Symbol.iterator]())
  }

  /** Pings some clients, and pings the other clients in later turns of the event loop. */
  #pingSome(transports: Iterator<WebSocketTransport>): void {
    const { clock } = this.#options
    const hasMore = sweepSome(transports, (transport) => transport.probe())
    if (hasMore) this.#cancel = clock.after(0, () => this.#pingSome(transports))
    else this.#cancel = this.#host.open.size === 0 ? undefined : clock.after(PING, () => this.#pingAll())
  }
}

function ignoreError(): void {}

/** Answers an upgrade with an error, and closes the connection. */
function refuse(stream: TransportStream, code: GatewayCode, sentence: string): void {
  // the server has written nothing else, so the answer needs no buffer in the stream
  stream.transport.write(formatError(code, sentence))
  stream.end()
}
