import type { Clock } from '../../base/clock.ts'
import { Connection } from '../../wire/connection.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { lines } from '../../wire/framing/lines.ts'
import type { Address } from '../../wire/transport.ts'
import type { WebSocketTransport } from '../../wire/transports/websocket.ts'
import { CLOSE } from '../../wire/transports/websocket-frames.ts'
import { onSessionEnd } from './operator-sessions.ts'
import type { GatewayError } from './request-gate.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { CookieScope } from './session-cookie.ts'

/*
 * Pages follow the class console and the wire over WebSockets that are not conversations with a program. All these WebSockets have the same
 * limits: `WebSocketTransport` limits frames, fragments, pings and pongs, `GatewaySockets` pings the pages, and `Connection` disconnects a
 * page that reads too slowly. A view (`SocketView`) only decides which pages it admits, and handles the messages.
 */

/**
 * Maximum number of unsent bytes of a page. Views send less data to a page that reads slowly. The largest message is an export of the wire,
 * with a few MB.
 */
const OUTBOX = 8 * 1024 * 1024

/** ViewRequest is the valid request of a page for the WebSocket of a view. */
export interface ViewRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> & { readonly cookie?: string | undefined }
  readonly origin: RequestOrigin
  readonly scope: CookieScope
  /** The address of the other end of the connection: the page, or a proxy. */
  readonly peer: Address
}

/** ViewSocket is the WebSocket of an admitted page. */
export interface ViewSocket {
  readonly connection: Connection
  /** Closes the WebSocket because of a violated limit. */
  refuse(reason: string): void
}

/** Viewer is an admitted page. The view includes the page in its limits until `leave`. */
export interface Viewer {
  /** The session of the operator, at whose end the server closes the WebSocket; `undefined` for a page without a session. */
  readonly session: AbortSignal | undefined
  /** Sends the view until the page disconnects. The promise may reject with `Disconnected`. */
  serve(socket: ViewSocket): Promise<void>
  /** The server calls this method once, when the WebSocket is closed. */
  leave(): void
}

/** SocketView is a view that pages see over WebSockets. */
export interface SocketView {
  /** The last part of the path. */
  readonly path: string
  /** Maximum number of bytes in a message of a page. */
  readonly messageLimit: number
  /** Admits and counts a page, or returns the error for the page. */
  admit(request: ViewRequest): Viewer | GatewayError
}

export interface ViewSocketsOptions {
  readonly clock: Clock
  /** Called with errors that do not stop the gateway. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** ViewSockets serves the WebSockets of pages that see a view. */
export class ViewSockets {
  readonly #options: ViewSocketsOptions
  /** Functions that close the open WebSockets when the server stops. */
  readonly #open = new Set<() => void>()

  constructor(options: ViewSocketsOptions) {
    this.#options = options
  }

  /** Sends a view to an admitted page, until the page disconnects or the operator's session ends. */
  serve(transport: WebSocketTransport, { path, messageLimit }: SocketView, viewer: Viewer): void {
    const { clock, onError } = this.#options
    const connection = new Connection(transport, { incoming: lines(), outgoing: lines(), clock, messageLimit, outboxLimit: OUTBOX })
    const end = (code: number, reason: string) => {
      transport.closeWith(code, reason)
      connection.fail(new Disconnected('ours', reason))
    }
    const stop = () => end(CLOSE.away, 'the server is stopping')
    this.#open.add(stop)
    const cancel = viewer.session && onSessionEnd(viewer.session, () => end(CLOSE.policy, 'the session of the operator is over'))
    viewer
      .serve({ connection, refuse: (reason) => end(CLOSE.policy, reason) })
      .catch((reason: unknown) => {
        if (!(reason instanceof Disconnected)) return onError(`the server could not send the view "${path}"`, reason)
        if (reason.reason === 'much') transport.closeWith(CLOSE.tooLong, `a message has at most ${messageLimit} bytes`)
      })
      .finally(() => {
        cancel?.()
        return connection.close()
      })
      .finally(() => {
        this.#open.delete(stop)
        viewer.leave()
      })
  }

  /** Closes all WebSockets. */
  close(): void {
    for (const stop of this.#open) stop()
  }
}
