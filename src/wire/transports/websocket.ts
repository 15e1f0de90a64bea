import { Buffer } from 'node:buffer'
import type { WebSocket } from 'ws'
import type { ChurnSet, Membership } from '../../base/churn-set.ts'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'
import type { TransportStream } from './transport-stream.ts'

/*
 * A WebSocket has messages, and a transport has a stream of bytes. This transport makes each text message of the peer one line, and makes
 * each line to the peer one text message. So a protocol of lines runs over both kinds of connection, with its limits and its framing. A
 * line end inside a message would split the message into two lines, so the transport replaces the line end by a blank, which JSON treats in
 * the same way.
 *
 * The listeners are the same functions for all WebSockets and find the transport by the property `CARRIER`, as in `socket.ts`: closures
 * would cost 600 bytes for each client.
 *
 * The library `ws` checks frames, UTF-8 and the size of messages, and closes with the fitting code of RFC 6455. This transport
 * refuses a binary message (1003). It charges pings and pongs to the peer's budget like all bytes outside of messages, and too many pings
 * or pongs end the connection (1008). One pong answers all pings of a turn of the event loop (section 5.5.3). The transport
 * resets a peer that no longer answers pings (`probe`).
 */

/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE = { normal: 1000, away: 1001, unsupported: 1003, noCode: 1005, policy: 1008 }
const LF = 10
const BLANK = 32
/** Number of bytes of a ping or pong frame without its payload. */
const FRAME = 6
/** Maximum number of bytes of pings and pongs between two messages: 10 hours of answers to the pings of the server. */
const CONTROL_LIMIT = 8192

const CARRIER = Symbol('the transport of a WebSocket')

interface Carried extends WebSocket {
  [CARRIER]?: WebSocketTransport
}

/** WebSocketTransport is the transport of a WebSocket that a server has accepted. */
export class WebSocketTransport implements Transport {
  readonly datagrams = false
  readonly remote: Address
  readonly loopback: boolean
  readonly #socket: WebSocket
  readonly #stream: TransportStream
  #sink: Sink | undefined
  /** The beginning of a line whose end the owner has not written yet. */
  #unended = ''
  /** Payload of the last unanswered ping. */
  #ping: Buffer | undefined
  /** True if the peer has not sent anything since the last probe. */
  #isSilent = false
  /** Number of bytes of pings and pongs since the last message. */
  #control = 0
  #broken: string | undefined

  readonly #membership: Membership | undefined

  /**
   * `peer` is the address of the client; the stream has another address if a proxy forwards the connection. The
   * transport is a member of `open` until it is closed.
   */
  constructor(socket: Carried, stream: TransportStream, peer: Pick<Transport, 'remote' | 'loopback'>, open?: ChurnSet<WebSocketTransport>) {
    this.#socket = socket
    this.#membership = open?.add(this)
    socket[CARRIER] = this
    this.#stream = stream
    this.remote = peer.remote
    this.loopback = peer.loopback
    // the library emits messages only while the socket flows, which begins with `open`
    socket.pause()
    socket.on('error', onError).on('close', onClose)
  }

  /** Number of bytes that the peer has not read. The library does not buffer, because it does not compress. */
  get unsent(): number {
    return this.#stream.transport.unsent
  }

  open(sink: Sink): void {
    this.#sink = sink
    this.#socket.on('message', onMessage).on('ping', onPing).on('pong', onPong)
    this.#socket.resume()
  }

  /** Called with each message. */
  message(data: Buffer, isBinary: boolean): void {
    this.#isSilent = false
    this.#control = 0
    if (isBinary) this.#refuseBinary()
    else this.#sink?.data(toLine(data))
  }

  /** Called with the payload of each ping. Answers the last ping of this turn of the event loop. */
  pinged(ping: Buffer): void {
    if (!this.#ping) setImmediate(() => this.#pong())
    this.#ping = Buffer.from(ping)
    this.skip(ping.length)
  }

  /** Called with the length of the payload of each ping and pong. */
  skip(length: number): void {
    this.#isSilent = false
    this.#control += FRAME + length
    if (this.#control <= CONTROL_LIMIT) return this.#sink?.skipped?.(FRAME + length)
    this.#broken ??= 'EPINGS'
    this.#socket.close(CLOSE.policy, 'too many pings')
  }

  /** Called when the WebSocket has failed; `closed` follows. */
  failed({ code, message }: NodeJS.ErrnoException): void {
    this.#broken ??= code ?? message
  }

  /** Called with the close code when the WebSocket is closed. */
  closed(code: number): void {
    this.#membership?.leave()
    const isProper = code === CLOSE.normal || code === CLOSE.away || code === CLOSE.noCode
    this.#sink?.closed(this.#broken ?? (isProper ? undefined : 'ECONNRESET'))
  }

  /** Sends a ping, to which every live peer answers. Resets a peer that has sent nothing since the last call. */
  probe(): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return
    if (this.#isSilent) {
      this.#broken ??= 'ETIMEDOUT'
      return this.#breakOff()
    }
    this.#isSilent = true
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  scheduleFlush(what: Flushable): void {
    this.#stream.transport.scheduleFlush(what)
  }

  write(data: string | Uint8Array): void {
    const text = this.#unended + (typeof data === 'string' ? data : Buffer.from(data).toString('utf8'))
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#send(text.slice(from, end))
      from = end + 1
    }
    this.#unended = text.slice(from)
  }

  whenSent(then: () => void): void {
    this.#stream.transport.whenSent(then)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  finish(): void {
    this.#socket.close(CLOSE.normal)
  }

  destroy(): void {
    this.#socket.terminate()
  }

  /** If the peer reads, closes with the code for a violated policy; otherwise aborts the connection. */
  reset(): void {
    if (this.unsent === 0 && this.#socket.readyState === this.#socket.OPEN) return this.#socket.close(CLOSE.policy)
    this.#breakOff()
  }

  #breakOff(): void {
    this.#stream.transport.reset()
    this.#socket.terminate()
  }

  #send(line: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(line, { binary: false, compress: false })
  }

  #refuseBinary(): void {
    this.#broken ??= 'EBINARY'
    this.#socket.close(CLOSE.unsupported, 'send text messages')
  }

  #pong(): void {
    const ping = this.#ping
    this.#ping = undefined
    // a peer that does not read gets no pongs, because the pongs would only fill the memory
    if (ping && this.unsent === 0 && this.#socket.readyState === this.#socket.OPEN) this.#socket.pong(ping)
  }
}

function onMessage(this: Carried, data: Buffer, isBinary: boolean): void {
  this[CARRIER]?.message(data, isBinary)
}

function onPing(this: Carried, payload: Buffer): void {
  this[CARRIER]?.pinged(payload)
}

function onPong(this: Carried, { length }: Buffer): void {
  this[CARRIER]?.skip(length)
}

function onError(this: Carried, error: NodeJS.ErrnoException): void {
  this[CARRIER]?.failed(error)
}

function onClose(this: Carried, code: number): void {
  this[CARRIER]?.closed(code)
}

/** Returns a message as a line. */
function toLine(message: Uint8Array): Uint8Array {
  const line = new Uint8Array(message.length + 1)
  line.set(message)
  for (let at = line.indexOf(LF); at >= 0; at = line.indexOf(LF, at + 1)) line[at] = BLANK
  line[message.length] = LF
  return line
}
