import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** The headers of a handshake of WebSocket version 13. */
export const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** RawAnswer is an answer of HTTP/1.1 as its text. */
export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Opens a connection; `received` resolves to all its input, each byte a character, after it is closed. The end of the test closes it. */
export function dial(port: number): { readonly socket: Socket; readonly received: Promise<string> } {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.setEncoding('latin1').on('data', (data) => (received += data))
  return { socket, received: new Promise((resolve) => socket.on('close', () => resolve(received))) }
}

/** Sends bytes of a request as they are, and resolves to the answer when the server has closed the connection. */
export async function sendRaw(port: number, request: string): Promise<RawAnswer> {
  const { socket, received } = dial(port)
  socket.write(request, 'latin1')
  const [head = '', ...body] = (await received).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n') }
}
