import type { Clock } from '../../base/clock.ts'
import type { Address, Flushable, Sink, Transport } from '../../wire/transport.ts'
import type { RunningProgram } from './sandbox.ts'

/** Milliseconds for which the judge waits for the last datagram of a client that has ended. */
const LAST = 50

/**
 * DatagramClient is the transport to a client under test over UDP. UDP has no connection, so this class makes the beginning and the end of a
 * connection. The client may send its first datagram late, because its person may have to type a line, and it sends no datagram after it has ended.
 */
export class DatagramClient implements Transport {
  readonly datagrams = true
  readonly loopback = true
  readonly #server: Address
  #inner: Transport | undefined
  #sink: Sink | undefined
  #isClosed = false

  /** `server` is the address of the judge. `over` is called when no more datagrams can arrive. */
  constructor(running: RunningProgram, server: Address, clock: Clock, over: () => void) {
    this.#server = server
    const end = () => {
      this.#sink?.finished()
      over()
      this.destroy()
    }
    // its last datagram may still wait to be read
    void running.ended.then(({ stopped }) => (stopped === 'judge' ? end() : clock.after(LAST, end)))
  }

  /** Attaches the transport of the client's first datagram. */
  attach(inner: Transport): void {
    if (this.#isClosed) return inner.destroy()
    this.#inner = inner
    if (this.#sink) inner.open(this.#sink)
  }

  /** The client's address; before its first datagram, the address of the judge. */
  get remote(): Address {
    return this.#inner?.remote ?? this.#server
  }

  get unsent(): number {
    return this.#inner?.unsent ?? 0
  }

  open(sink: Sink): void {
    this.#sink = sink
    this.#inner?.open(sink)
  }

  scheduleFlush(what: Flushable): void {
    queueMicrotask(() => what.flush())
  }

  /** Drops data for a client that has sent nothing yet, because its address is unknown. */
  write(data: string | Uint8Array): void {
    this.#inner?.write(data)
  }

  whenSent(then: () => void): void {
    then()
  }

  pause(): void {}
  resume(): void {}

  finish(): void {
    if (this.#inner) this.#inner.finish()
    else this.#close()
  }

  destroy(): void {
    if (this.#inner) this.#inner.destroy()
    else this.#close()
  }

  reset(): void {
    this.destroy()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    queueMicrotask(() => this.#sink?.closed())
  }
}
