import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { formatError, HEADERS, statusOf } from './answers.ts'
import type { GatewayError, RequestGate } from './request-gate.ts'

/*
 * The HTTP server of Node calls the gate before the router of the application gets a request. A hook of the application would not be
 * enough: if the router cannot read a path, it answers without any hook, and Node answers an unknown `Expect` without the router. A client
 * could send such requests without a limit. A refusal before the router also costs less than a refusal behind the router.
 *
 * Node passes on an upgrade when it has parsed the head of the request, even if an earlier request of the connection has no answer yet. The
 * earlier answer would then follow the handshake, inside the stream of the WebSocket. The body of an upgrade would also become frames. The
 * server ignores these two kinds of upgrades, and upgrades of HTTP/1.0 (RFC 9110, section 7.8): it answers the request as a plain request.
 */

/** Maximum number of bytes in the head of a request. */
const HEAD_LIMIT = 8192
/** Milliseconds for which a browser may reuse an idle connection: no longer than the timeout of the next request. */
const KEEP_ALIVE = 15_000

/**
 * Creates an HTTP server. If the gate admits a request, the server passes the request to a listener; otherwise it answers with an error.
 */
export function createGatedServer(gate: RequestGate, listener: RequestListener): Server {
  /** The last answer of each connection. */
  const answers = new WeakMap<Socket, ServerResponse>()
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response)
    const checked = gate.check(request, request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'change')
    if ('code' in checked) answer(response, checked)
    else listener(request, response)
  }
  const options = {
    maxHeaderSize: HEAD_LIMIT,
    keepAliveTimeout: KEEP_ALIVE,
    // the gate checks the header `Host`
    requireHostHeader: false,
    shouldUpgradeCallback: (request: IncomingMessage) => mayUpgrade(request) && answers.get(request.socket)?.writableFinished !== false,
  }
  // a server may ignore unknown expectations (RFC 9110, section 10.1.1)
  return createServer(options, serve).on('checkExpectation', serve)
}

/** Checks whether a server may upgrade a request to a WebSocket. With any request, a client may offer an upgrade to another protocol. */
function mayUpgrade({ headers, httpVersion }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return headers.upgrade?.toLowerCase() === 'websocket' && httpVersion === '1.1' && !hasBody
}

/** Answers a request that Node cannot parse, and closes its connection. */
export function answerUnreadable(
  { code }: NodeJS.ErrnoException,
  socket: { readonly writable: boolean; end(text: string): unknown },
): void {
  const isLong = code === 'HPE_HEADER_OVERFLOW'
  const message = isLong ? `the head of a request has at most ${HEAD_LIMIT} bytes` : 'this is not an HTTP/1.1 request'
  if (socket.writable) socket.end(formatError(isLong ? 'too-large' : 'bad-request', message, isLong ? 431 : 400))
}

function answer(response: ServerResponse, { code, message }: GatewayError): void {
  const body = JSON.stringify({ code, message })
  const headers = { ...HEADERS, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }
  response.writeHead(statusOf(code), headers).end(body)
}
