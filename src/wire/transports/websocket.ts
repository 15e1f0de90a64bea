import { Buffer } from 'node:buffer'
import type { ChurnSet, Membership } from '../../base/churn-set.ts'
import type { Clock } from '../../base/clock.ts'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'
import type { TransportStream } from './transport-stream.ts'
import { CLOSE, encodeClose, encodeLines, encodePing, FrameDecoder, type FrameReceiver } from './websocket-frames.ts'

/*
 * A WebSocket transmits messages, and a transport transmits a stream of bytes. This transport converts each text message of the peer to one
 * line, and each sent line to one text message. Therefore a protocol of lines runs over TCP and over a WebSocket, with the same limits and
 * the same framing. A line end inside a message would split the message into two lines, so the transport replaces the line end by a blank,
 * which JSON treats in the same way.
 *
 * The transport replaces the stream that the HTTP server has read, so a browser needs only one socket of Node. `WebSocket` of the library
 * `ws` is an event emitter with two more streams, and used 2,400 bytes more for each browser.
 *
 * The decoder (`websocket-frames.ts`) checks frames, UTF-8 and the size of messages, and the transport closes with the matching code of RFC
 * 6455. The decoder refuses a binary message (1003). The transport charges the peer's budget for pings and pongs, like all bytes outside of
 * messages, and too many pings or pongs end the connection (1008). One pong answers all pings of a turn of the event loop (section 5.5.3).
 * The transport resets a peer that no longer answers pings (`probe`).
 *
 * Closing (RFC 6455, section 7). Each side sends one close frame; the server then closes its direction first, and drops all further bytes
 * of the peer. If the peer has not closed two seconds after the close frame of this side, the server disconnects the peer.
 */

/** Number of bytes of a ping or pong frame without the payload. */
const FRAME = 6
/** Maximum number of bytes of pings and pongs between two messages: 10 hours of answers to the pings of the server. */
const CONTROL_LIMIT = 8192
/** Milliseconds within which the peer has to close after the close frame of this side. */
const CLOSE_TIMEOUT = 2000

/** WebSocketHost is the server of many WebSockets. */
export interface WebSocketHost {
  readonly clock: Pick<Clock, 'after'>
  /** The open WebSockets. */
  readonly open: ChurnSet<WebSocketTransport>
}

/** WebSocketTransport is the transport of a WebSocket that a server has accepted. */
export class WebSocketTransport implements Transport, Sink, FrameReceiver {
  readonly datagrams = false
  readonly remote: Address
  readonly loopback: boolean
  /** The transport that carries the frames. */
  readonly #below: Transport
  readonly #clock: WebSocketHost['clock']
  readonly #membership: Membership
  readonly #decoder = new FrameDecoder(this)
  #sink: Sink | undefined
  /** The stream and its first bytes, until `open`. */
  #unopened: { readonly stream: TransportStream; readonly head: Uint8Array } | undefined
  /** The beginning of a line whose end the owner has not written yet. */
  #unended = ''
  /** Payload of the last unanswered ping. */
  #ping: Uint8Array | undefined
  /** True if the peer has not sent anything since the last probe. */
  #isSilent = false
  /** True while the sink does not read. The peer's answers to pings then wait after the other input. */
  #isPaused = false
  /** Number of bytes of pings and pongs since the last message. */
  #control = 0
  /** True after the close frame of this side. */
  #isClosing = false
  /** True after the close frame of the peer, or after the peer has violated the protocol. */
  #isDeaf = false
  #broken: string | undefined
  /** Cancels the timeout within which the peer has to close. */
  #cancel: (() => void) | undefined

  /**
   * `head` has the bytes that follow the handshake in `stream`. `peer` is the address of the client; the stream has another address if a
   * proxy forwards the connection.
   */
  constructor(stream: TransportStream, head: Uint8Array, peer: Pick<Transport, 'remote' | 'loopback'>, { clock, open }: WebSocketHost) {
    this.#below = stream.transport
    this.#unopened = { stream, head }
    this.#clock = clock
    this.#membership = open.add(this)
    this.remote = peer.remote
    this.loopback = peer.loopback
  }

  get unsent(): number {
    return this.#below.unsent
  }

  open(sink: Sink): void {
    this.#sink = sink
    this.#unopened?.stream.handOver(this, this.#unopened.head)
    this.#unopened = undefined
  }

  data(bytes: Uint8Array): void {
    if (!this.#isDeaf) this.#decoder.push(bytes)
  }

  finished(): void {
    // without a close frame, the connection is broken
    if (!this.#isDeaf) this.#broken ??= 'ECONNRESET'
    this.#isClosing = true
    this.#below.finish()
  }

  closed(broken?: string): void {
    this.#cancel?.()
    this.#membership.leave()
    this.#isClosing = true
    this.#sink?.closed(this.#broken ?? (this.#isDeaf ? undefined : (broken ?? 'ECONNRESET')))
  }

  messages(lines: Uint8Array): void {
    this.#isSilent = false
    this.#control = 0
    this.#sink?.data(lines)
  }

  /** Answers the last ping of this turn of the event loop. */
  ping(payload: Uint8Array): void {
    if (!this.#ping) setImmediate(() => this.#pong())
    this.#ping = new Uint8Array(payload)
    this.pong(payload.length)
  }

  pong(length: number): void {
    this.#isSilent = false
    this.#control += FRAME + length
    if (this.#control <= CONTROL_LIMIT) return this.#sink?.skipped?.(FRAME + length)
    this.violation(CLOSE.policy, 'too many pings')
  }

  closing(code: number): void {
    const isProper = code === CLOSE.normal || code === CLOSE.away || code === CLOSE.noCode
    if (!isProper) this.#broken ??= 'ECONNRESET'
    this.#isDeaf = true
    this.#close(code)
    // the peer sends nothing more; this call notifies the sink now, so that the sink does not have to wait for the end of the connection
    if (isProper) this.#sink?.finished()
  }

  violation(code: number, reason: string): void {
    this.closeWith(code, reason)
  }

  /** Closes with a code and a reason for the peer, and drops all further bytes of the peer. */
  closeWith(code: number, reason: string): void {
    this.#broken ??= `WebSocket close code ${code}`
    this.#isDeaf = true
    this.#close(code, reason)
  }

  /**
   * Sends a ping, which every live peer answers. Resets a peer that has sent nothing since the last call. Does nothing while the sink has
   * paused the input.
   */
  probe(): void {
    if (this.#isPaused && !this.#isClosing) return
    if (this.#isSilent) {
      this.#broken ??= 'ETIMEDOUT'
      return this.#breakOff()
    }
    this.#isSilent = true
    if (!this.#isClosing) this.#below.write(encodePing())
  }

  scheduleFlush(what: Flushable): void {
    this.#below.scheduleFlush(what)
  }

  write(data: string | Uint8Array): void {
    const added = typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
    const text = this.#unended === '' ? added : this.#unended + added
    const end = text.lastIndexOf('\n') + 1
    this.#unended = text.slice(end)
    if (end > 0 && !this.#isClosing) this.#below.write(encodeLines(end === text.length ? text : text.slice(0, end)))
  }

  whenSent(then: () => void): void {
    this.#below.whenSent(then)
  }

  pause(): void {
    // this side drops the remaining input, but has to read this input, because the close of the peer follows
    if (this.#isDeaf) return
    this.#isPaused = true
    this.#below.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#isSilent = false
    this.#below.resume()
  }

  finish(): void {
    this.#close(CLOSE.normal)
  }

  destroy(): void {
    this.#below.destroy()
  }

  /** If the peer reads, closes with the code for a violated policy; otherwise aborts the connection. */
  reset(): void {
    if (this.unsent === 0 && !this.#isClosing) return this.#close(CLOSE.policy)
    this.#breakOff()
  }

  #breakOff(): void {
    this.#isClosing = true
    this.#below.reset()
  }

  /** Sends a close frame, if this side has not sent a close frame yet. Closes this direction if the peer sends nothing more. */
  #close(code: number, reason?: string): void {
    if (!this.#isClosing) {
      this.#isClosing = true
      this.#below.write(encodeClose(code, reason))
      this.#cancel = this.#clock.after(CLOSE_TIMEOUT, () => this.#below.destroy())
    }
    if (!this.#isDeaf) return
    this.#below.resume()
    this.#below.finish()
  }

  #pong(): void {
    const ping = this.#ping
    this.#ping = undefined
    // this side sends no pongs to a peer that does not read, because the pongs would only fill the memory
    if (ping && this.unsent === 0 && !this.#isClosing) this.#below.write(encodePing(ping))
  }
}
