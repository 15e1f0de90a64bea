import { Buffer } from 'node:buffer'
import { Duplex } from 'node:stream'
import type { Sink, Transport } from '../transport.ts'

/*
 * Node's HTTP server parses all bytes that a socket has, and handles each request and each frame in these bytes before any other code runs:
 * 16 KB contain 600 to 2,600 pipelined requests or empty frames. A TransportStream therefore forwards the bytes of a peer in small pieces,
 * at most one piece in each turn of the event loop, and no piece between `hold` and `release`. At most one read of the transport waits,
 * because the stream pauses the transport until it has forwarded all bytes of the read.
 */

/** Number of bytes in a piece. */
const PIECE = 512
/** Number of waiting bytes at which the stream of Node requests no more bytes (its `highWaterMark`). */
const BUFFER = 4096
const NOTHING = Buffer.alloc(0)

/** TransportStream adapts a transport to a stream of Node, for a library that implements a protocol over streams, such as HTTP. */
export class TransportStream extends Duplex {
  readonly transport: Transport
  readonly #sink: StreamSink
  /** Bytes that the transport has delivered, but that the stream has not forwarded yet. */
  #waiting: Buffer = NOTHING
  /** True if the reader of the stream has requested bytes. */
  #wanted = false
  /** Number of calls of `hold` without a call of `release`. If this number is greater than 0, the stream forwards no bytes. */
  #holds = 0
  #isPaused = false
  /** True until the next turn of the event loop, if the stream has forwarded a piece in this turn. */
  #isResting = false
  #isFinished = false

  constructor(transport: Transport) {
    super({ allowHalfOpen: true, highWaterMark: BUFFER })
    this.transport = transport
    this.#sink = new StreamSink(this)
    transport.open(this.#sink)
  }

  /** Called with bytes of the transport, which are valid until this method returns. */
  accept(bytes: Uint8Array): void {
    this.#waiting = this.#waiting.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#waiting, bytes])
    this.#passOn()
    if (this.#waiting.length === 0 || this.#isPaused || this.destroyed) return
    this.#isPaused = true
    this.transport.pause()
  }

  /** Called when the peer sends nothing more. */
  finish(): void {
    this.#isFinished = true
    this.#passOn()
  }

  /** Forwards no more bytes until `release`, because the reader handles a request. */
  hold(): void {
    this.#holds++
  }

  /** Ends one call of `hold`. */
  release(): void {
    this.#holds--
    this.#passOn()
  }

  /**
   * Passes `head`, all waiting bytes, and all later events of the transport to a sink, from the next turn of the event loop. After this
   * call, the reader receives nothing more, and the stream stays in memory no longer than the reader.
   */
  handOver(sink: Sink, head: Uint8Array): void {
    this.hold()
    setImmediate(() => {
      const read: Buffer | null = this.readableLength > 0 ? this.read() : null
      const bytes = Buffer.concat([head, read ?? NOTHING, this.#waiting])
      this.#waiting = NOTHING
      this.#sink.next = sink
      if (this.#isPaused) this.transport.resume()
      if (bytes.length > 0) sink.data(bytes)
      if (this.destroyed) sink.closed()
      else if (this.#isFinished) sink.finished()
    })
  }

  override _read(): void {
    this.#wanted = true
    this.#passOn()
  }

  override _write(data: Uint8Array, _: BufferEncoding, done: () => void): void {
    this.transport.write(data)
    this.transport.whenSent(done)
  }

  override _writev(all: { readonly chunk: Uint8Array }[], done: () => void): void {
    this._write(Buffer.concat(all.map(({ chunk }) => chunk)), 'utf8', done)
  }

  override _final(done: () => void): void {
    this.transport.finish()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#waiting = NOTHING
    this.transport.destroy()
    done(error)
  }

  /** Forwards the next piece, if the reader has requested bytes and the stream has forwarded no piece in this turn of the event loop. */
  #passOn(): void {
    if (!this.#wanted || this.#holds > 0 || this.#isResting || this.destroyed) return
    if (this.#waiting.length === 0) return this.#readMore()
    const piece = this.#waiting.subarray(0, PIECE)
    // an empty subarray would retain the whole array in memory
    this.#waiting = piece.length < this.#waiting.length ? this.#waiting.subarray(piece.length) : NOTHING
    this.#wanted = false
    this.#isResting = true
    setImmediate(() => {
      this.#isResting = false
      this.#passOn()
    })
    if (this.push(piece)) this.#wanted = true
  }

  #readMore(): void {
    if (this.#isFinished) {
      this.#wanted = false
      this.push(null)
    } else if (this.#isPaused) {
      this.#isPaused = false
      this.transport.resume()
    }
  }
}

/**
 * StreamSink is the sink of a stream, until `handOver` replaces the stream by the next sink. A stream cannot be the sink itself, because a
 * stream of Node already has a member `closed` that has another meaning.
 */
class StreamSink implements Sink {
  #stream: TransportStream | undefined
  #next: Sink | undefined

  constructor(stream: TransportStream) {
    this.#stream = stream
  }

  /** Sets the sink that replaces the stream. */
  set next(sink: Sink) {
    this.#next = sink
    this.#stream = undefined
  }

  data(bytes: Uint8Array): void {
    if (this.#next) this.#next.data(bytes)
    else this.#stream?.accept(bytes)
  }

  finished(): void {
    if (this.#next) this.#next.finished()
    else this.#stream?.finish()
  }

  closed(broken?: string): void {
    if (this.#next) this.#next.closed(broken)
    else this.#stream?.destroy()
  }
}
