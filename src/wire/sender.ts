import { type Clock, createSystemClock } from '../base/clock.ts'
import { Disconnected } from './disconnect.ts'
import type { Framing } from './framing/framing.ts'
import { Outbox, type OutboxOwner } from './outbox.ts'
import type { Transport } from './transport.ts'

export interface SenderOptions {
  /** Framing of messages to the peer. */
  outgoing: Framing
  /** Number of unsent bytes above which the sender resets the connection. Default: 256 KiB. */
  outboxLimit?: number
  /** Milliseconds between two messages to the peer, if the peer sends nothing in between. Default: 0. */
  pace?: number
  clock?: Clock
}

const OUTBOX_LIMIT = 256 * 1024
/** Milliseconds within which the peer has to close after this side has finished. */
const LINGER = 2000
/** Maximum number of milliseconds that this side waits for a peer that still reads unsent bytes. */
export const LINGER_READING = 30_000
/** Milliseconds between the last message and a reset, which may delete data that the peer has not read. */
const BEFORE_RESET = 200
/** Number of characters that cost 1 of the budget, in addition to 1 for the message. */
export const FREE_CHARACTERS = 1024
/** One error that all connections share, because creating an error costs as much as playing a move. */
export const CLOSED = new Disconnected('ours', 'this side has ended the conversation')
const BROKEN_OFF = new Disconnected('ours', 'this side has broken off the conversation')

/**
 * Sender is the sending half of a `Connection`: the sender sends messages, and closes or aborts the connection. Sender is a base class of
 * `Connection`, and not a member, so that a message passes through no further object.
 */
export abstract class Sender implements OutboxOwner {
  readonly transport: Transport
  /** Number of messages sent to the peer. */
  sent = 0
  protected readonly clock: Clock
  protected readonly outbox: Outbox
  /** True if this side sends nothing more. */
  protected isSendClosed = false
  /** True if both sides have closed. */
  protected isClosed = false
  #onClosed: (() => void) | undefined

  constructor(transport: Transport, { outgoing, outboxLimit = OUTBOX_LIMIT, pace = 0, clock = createSystemClock() }: SenderOptions) {
    this.transport = transport
    this.clock = clock
    this.outbox = new Outbox({ transport, framing: outgoing, clock, limit: outboxLimit, pace, owner: this })
  }

  /** The reason why the connection ended; `undefined` while the reader may receive more messages. */
  abstract get end(): Disconnected | undefined
  /** Ends reading for a reason, and notifies the reader. */
  protected abstract setEnd(end: Disconnected): void
  /** Charges the peer's budget for the last read message, in addition to the cost of reading. */
  abstract charge(cost: number): void

  /** Flushes the outbox; true if the system has accepted all sent bytes. */
  get isFlushed(): boolean {
    return this.outbox.tryFlush() && this.transport.unsent === 0
  }

  protected get canSend(): boolean {
    const { end } = this
    return !this.isSendClosed && (end === undefined || end.reason === 'finished' || end.reason === 'much')
  }

  /** Sends a message, in one write with the other messages of this tick. Does nothing after this side has closed. */
  send(message: string): void {
    if (!this.canSend) return
    this.sent++
    if (message.length >= FREE_CHARACTERS) this.charge(Math.trunc(message.length / FREE_CHARACTERS))
    this.outbox.send(message)
  }

  /** Writes immediately, in a separate write and without framing. */
  sendNow(data: string | Uint8Array): void {
    if (this.canSend) this.outbox.sendNow(data)
  }

  /**
   * Ends the conversation for a reason of this side. This side then reads and sends nothing more, and the caller must call `close` or
   * `abort`.
   */
  fail(end: Disconnected): void {
    if (!this.end || this.canSend) this.setEnd(end)
    this.isSendClosed = true
  }

  /**
   * Sends the remaining messages, finishes, and waits until the peer closes, too. Resolves when both sides have closed. If the peer reads
   * nothing for `linger` milliseconds, or after 30 s, destroys the transport and resolves.
   */
  close(linger = LINGER): Promise<void> {
    return this.outbox.tryFlush() ? this.#finish(linger) : this.outbox.whenDrained().then(() => this.#finish(linger))
  }

  /** Resets the connection, 200 ms after the last message. */
  async abort(): Promise<void> {
    if (!this.outbox.tryFlush()) await this.outbox.whenDrained()
    this.#endLocally(BROKEN_OFF)
    if (this.isClosed) return
    await this.#untilClosed(BEFORE_RESET)
    this.transport.reset()
  }

  onOverflow(waiting: number, limit: number): void {
    this.fail(new Disconnected('much', `the other side reads too slowly: ${waiting} unread bytes wait, and the limit is ${limit} bytes`))
    this.transport.reset()
  }

  /** Marks both sides as closed, and drops unsent bytes. */
  protected setClosed(): void {
    this.isClosed = true
    this.isSendClosed = true
    this.outbox.clear()
  }

  /** Calls the callbacks that wait until both sides are closed. */
  protected notifyClosed(): void {
    this.#onClosed?.()
  }

  /** Stops sending and reading. If the connection has already ended, the earlier reason remains. */
  #endLocally(end: Disconnected): void {
    this.isSendClosed = true
    if (!this.end) this.setEnd(end)
  }

  #finish(linger: number): Promise<void> {
    this.#endLocally(CLOSED)
    if (this.isClosed) return Promise.resolve()
    this.transport.resume()
    this.transport.finish()
    return new Promise((resolve) => this.#linger(linger, this.clock.monotonic() + LINGER_READING, resolve))
  }

  /**
   * Waits `linger` milliseconds until the peer closes. Waits again if the peer has read some of the unsent bytes meanwhile, but not
   * after the time `limit`.
   */
  #linger(linger: number, limit: number, then: () => void): void {
    const { unsent } = this.transport
    const over = () => {
      if (this.transport.unsent < unsent && this.clock.monotonic() < limit) return this.#linger(linger, limit, then)
      this.transport.destroy()
      then()
    }
    const cancel = this.clock.about ? this.clock.about(linger, over) : this.clock.after(linger, over)
    this.#whenClosed(() => {
      cancel()
      then()
    })
  }

  #whenClosed(then: () => void): void {
    const before = this.#onClosed
    // if code that V8 has not optimized yet assigns a new function to a property, V8 allocates the function among the old objects; the
    // function and the connection would then stay in memory until the next full garbage collection
    const both = () => {
      before?.()
      then()
    }
    this.#onClosed = both
  }

  #untilClosed(limit: number): Promise<void> {
    if (this.isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.clock.after(limit, resolve)
      this.#whenClosed(() => {
        cancel()
        resolve()
      })
    })
  }
}
