import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/*
 * The handshake of WebSocket version 13 (RFC 6455, section 4.2). The server selects no subprotocol and no extension: the native protocol is not
 * a subprotocol, and compression costs memory and time for each client, although messages are short.
 */

/** The sentence for an upgrade that is not a valid handshake. */
export const NO_HANDSHAKE = 'this is not a handshake of WebSocket version 13 (RFC 6455)'

/** A key is 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/
/** The text that a server appends to the key (RFC 6455, section 1.3). */
const SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Returns the key of an upgrade that is a valid handshake; otherwise `undefined`. The caller has checked the version. */
export function findKey({ method, headers }: IncomingMessage): string | undefined {
  const key = headers['sec-websocket-key']
  const isValid = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
  return isValid && key !== undefined && KEY.test(key) ? key : undefined
}

/** Formats the answer that accepts a handshake. */
export function formatAccept(key: string): string {
  const accept = createHash('sha1')
    .update(key + SUFFIX)
    .digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
  return `${lines.join('\r\n')}\r\n\r\n`
}
