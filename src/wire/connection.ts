import { Allowance, type Budget, Ignored } from './allowance.ts'
import { Disconnected, peerDisconnected, type UnfinishedMessage } from './disconnect.ts'
import { type ByteSpan, type Framing, MESSAGE_LIMIT, TooLong } from './framing/framing.ts'
import { Inbox } from './inbox.ts'
import type { RunQueue } from './run-queue.ts'
import { CLOSED, FREE_CHARACTERS, LINGER_READING, Sender, type SenderOptions } from './sender.ts'
import type { Raw } from './text.ts'
import type { Sink, Transport } from './transport.ts'

/*
 * A connection converts the bytes of one peer into messages and messages into bytes, for both sides of every protocol and over any
 * transport. The network may cut and join the bytes anywhere. The peer may send a thousand messages together, read nothing, or disconnect
 * in the middle of a message. In all these cases, the following rules apply:
 *
 * 1. At most one reader waits. The reader receives either one message or the end. If a reader reads again while it handles a message, the
 *    loop in `#deliver` delivers the next message, so calls do not nest, even for many messages.
 * 2. The reader receives every message that the peer sent before the peer's end, and then the end. Therefore `#isPeerClosed` (no more
 *    bytes can arrive) differs from `#end` (the connection reads no more messages). When `#end` is set, the connection drops the unread
 *    bytes.
 * 3. Memory has limits. Above `inboxLimit` unread bytes, the connection pauses the transport, so that TCP makes the peer wait. When at
 *    most one message is unread, the connection resumes the transport. Above `outboxLimit` unsent bytes, this side resets the connection.
 * 4. Reading is fair. Each message costs part of the peer's budget, and a connection with several unread messages reads these messages in
 *    its slices of the run queue. Usually a connection has only one unread message, and reads this message directly (`#isDirect`). A
 *    connection creates an `Allowance` or an `Ignored` only if it needs that object.
 * 5. The last message must arrive (`sender.ts`). If a system closes a TCP socket that has unread bytes, the system sends a reset, and a
 *    reset may delete bytes that the peer has not read yet. Therefore `close` sends the remaining bytes, finishes, and drops further bytes
 *    until the peer also closes or a timeout ends the wait; `abort` waits a moment before it resets. `fail` only records why this side ends
 *    the conversation; the caller must then call `close` or `abort`.
 * 6. The peer's FIN ends reading, but not sending, because a client that shuts down its side may still wait for an answer. A message over
 *    the limit also ends only reading, so that this side can send the reason to the peer.
 */

export interface ConnectionOptions extends SenderOptions {
  /** Framing of messages from the peer. */
  incoming: Framing
  /** Maximum number of bytes in one message from the peer. Default: the limit of the framing, or 4,096. */
  messageLimit?: number
  /** Unread bytes above which the connection stops reading from the peer. Default: 32 KiB. */
  inboxLimit?: number
  /** Budget of the peer. Default: unlimited. */
  budget?: Budget | undefined
  /** Queue in which connections take turns. Without a queue, the connection reads each message when it arrives. */
  runQueue?: RunQueue | undefined
}

const INBOX_LIMIT = 32 * 1024
/** Maximum number of bytes that a framing adds to one message. */
const OVERHEAD = 16
/** Unsent bytes above which `ready` waits. */
const READY_LIMIT = 64 * 1024
/**
 * Maximum number of messages that the connection reads after both sides have closed. The last messages may still have an effect, although
 * no answer reaches the peer.
 */
const LAST_MESSAGES = 32
/** First byte of a TLS stream: a handshake record, or an alert of a server that has received bytes of another protocol. */
const TLS_RECORDS = [0x15, 0x16]
const TLS_VERSION = 0x03

/** MessageReader waits for one message. The connection calls only one of the two methods, and calls this method only once. */
export interface MessageReader {
  message(text: string): void
  end(end: Disconnected): void
}

/** Connection exchanges messages with one peer. */
export class Connection extends Sender implements Sink {
  /** Monotonic time since which a reader waits for the next message; `undefined` if no reader waits. */
  waitingSince: number | undefined
  /** Number of whole messages of the peer that the connection has read. */
  received = 0
  /** Monotonic time of the last bytes after which a message of the peer was unfinished. */
  quietSince = 0

  readonly #inbox: Inbox
  readonly #inboxLimit: number
  readonly #messageLimit: number
  readonly #budget: Budget | undefined
  readonly #runQueue: RunQueue | undefined
  /** Created when the peer has spent a step of its budget or has several unread messages. Most peers need no allowance. */
  #allowance: Allowance | undefined
  /** Cost of the peer's messages before the creation of the peer's allowance. */
  #spent = 0
  /**
   * True if the connection may read the next message without a slice: the connection has read all earlier messages, and the last message
   * was cheap. Always false for datagrams.
   */
  #isDirect: boolean
  #reader: MessageReader | undefined
  #onPeerClosed: ((end: Disconnected) => void) | undefined
  #onReady: (() => void) | undefined
  #end: Disconnected | undefined
  /**
   * True if the peer sends no more bytes. If `#broken` has a code, the peer has aborted the connection; otherwise the peer has finished.
   */
  #isPeerClosed = false
  #broken: string | undefined
  #paused = false
  /** Counts bytes outside of messages. Created at the first such byte, because most peers send only messages. */
  #ignored: Ignored | undefined
  /** Number of messages that the connection has read since both sides closed. */
  #readAfterClose = 0
  #isDelivering = false

  constructor(transport: Transport, options: ConnectionOptions) {
    super(transport, options)
    const { incoming, messageLimit = incoming.limit ?? MESSAGE_LIMIT } = options
    const { clock } = this
    // with a lower limit, the connection could pause before a whole message has arrived
    this.#inboxLimit = Math.max(options.inboxLimit ?? INBOX_LIMIT, messageLimit + OVERHEAD)
    this.#messageLimit = messageLimit
    this.#budget = options.budget
    this.#runQueue = options.runQueue
    const { datagrams } = transport
    this.#isDirect = !datagrams
    const onSettled = incoming.settle === undefined ? undefined : () => this.#deliver()
    this.#inbox = new Inbox({ framing: incoming, clock, messageLimit, datagrams, onSettled })
    transport.open(this)
  }

  /** True if the connection has read a message of the peer. */
  get hasReceived(): boolean {
    return this.received > 0
  }

  /** The reason why the connection ended; `undefined` while the reader may receive more messages. */
  get end(): Disconnected | undefined {
    return this.#end
  }

  /** Number of unread bytes. */
  get unread(): number {
    return this.#inbox.pending
  }

  /**
   * Bytes of the message that the reader is handling, or that `nextMessage` returned; `undefined` if these bytes are the UTF-8 form
   * of the message's text.
   */
  get raw(): Raw | undefined {
    return this.#inbox.raw
  }

  /** Place of the message that the reader is handling, in the stream of bytes that the transport has delivered. */
  get span(): ByteSpan {
    return this.#inbox.span
  }

  /** The next message, if it has arrived. The message stays unread. */
  get nextMessage(): string | undefined {
    const message = this.#end ? undefined : this.#inbox.next()
    if (message !== undefined) this.#inbox.putBack(message)
    return typeof message === 'string' ? message : undefined
  }

  /** Unfinished message of the peer, if no whole message is unread. */
  get unfinished(): UnfinishedMessage | undefined {
    return this.#end ? undefined : this.#inbox.unfinished
  }

  /** Resolves to the next message. Rejects with `Disconnected` if no more messages can arrive. Only one reader may wait at a time. */
  receive(): Promise<string> {
    return new Promise((message, end) => this.read({ message, end }))
  }

  /** Delivers the next message to a reader, without a promise. Calls the reader immediately if a message has arrived. */
  read(reader: MessageReader): void {
    if (this.#reader) throw new Error('a connection has one reader at a time')
    this.#reader = reader
    this.readOn()
  }

  /** Delivers the received messages to the current reader, until the allowance permits no further message. */
  readOn(): void {
    const ready = this.#onReady
    this.#onReady = undefined
    ready?.()
    this.#deliver()
    if (this.#reader && !this.#isResting) this.waitingSince = this.clock.monotonic()
  }

  /**
   * Resolves when at most 64 KiB are unsent and the run queue has granted a slice. After the end, resolves immediately. A handler that
   * sends many messages awaits this promise. Only one handler may wait at a time.
   */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReady = resolve
      const sent = () => (this.isClosed || this.#end ? this.readOn() : this.#allow().queue())
      const { unsent } = this.transport
      if (unsent <= READY_LIMIT) return sent()
      const cancel = this.clock.after(LINGER_READING, () => this.onOverflow(unsent, READY_LIMIT))
      this.transport.whenSent(() => {
        cancel()
        sent()
      })
    })
  }

  /** Removes the reader. Messages that arrive afterwards wait for the next reader. */
  stopReading(): void {
    this.#reader = undefined
    this.waitingSince = undefined
  }

  /**
   * Calls `then` once, when the peer has disconnected and the reader has read all messages of the peer. `undefined` removes the callback.
   */
  whenPeerClosed(then: ((end: Disconnected) => void) | undefined): void {
    this.#onPeerClosed = then
    if (then) this.#deliver()
  }

  /** Charges the peer's budget for the last read message, in addition to the cost of reading. */
  charge(cost: number): void {
    if (cost > 0 && !this.#end) this.#allow().spend(cost)
  }

  data(bytes: Uint8Array): void {
    this.outbox.onPeerData()
    const first = !this.hasReceived && this.#inbox.pending === 0 && !(this.#end && this.#ignored)
    if (first && TLS_RECORDS.includes(bytes[0] ?? 0) && bytes[1] === TLS_VERSION) {
      const end = new Disconnected('violation', 'the other side speaks TLS, and this side does not: both sides must speak TLS, or neither')
      // if this side has already sent its messages and closed, this side detects only now that the peer could not read the messages
      if (this.#end !== CLOSED) return this.fail(end)
      this.#end = end
    }
    if (this.#end) return this.#discard(bytes.length)
    this.#inbox.push(bytes)
    this.#deliver()
    if (this.#inbox.pending === 0) return
    this.#inbox.hold()
    this.quietSince = this.clock.monotonic()
    if (this.#inbox.pending > this.#inboxLimit) this.#pause()
  }

  /** Charges the budget for bytes outside of messages. Too many such bytes in a row end the connection. */
  skipped(count: number): void {
    if (this.#end) return this.#discard(count)
    this.#ignored ??= new Ignored()
    this.charge(this.#ignored.skip(count))
    if (this.#ignored.excess !== undefined) this.fail(new Disconnected('much', this.#ignored.excess))
    else if (this.#isResting) this.#pause()
  }

  finished(): void {
    this.#isPeerClosed = true
    this.#deliver()
  }

  closed(broken?: string): void {
    this.setClosed()
    if (!this.#isPeerClosed) this.#broken = broken
    this.finished()
    this.notifyClosed()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.transport.pause()
  }

  /**
   * Drops bytes that arrive after the end, and continues reading up to a limit. The connection reads these bytes because a close with
   * unread bytes would become a reset.
   */
  #discard(count: number): void {
    this.#ignored ??= new Ignored()
    if (!this.#ignored.mayDiscard(count)) this.transport.pause()
  }

  /** Delivers the received messages, or the end, to the reader. */
  #deliver(): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      while (this.#deliverNext()) {}
    } finally {
      this.#isDelivering = false
    }
    // this call is last, because it may deliver the next bytes synchronously
    if (this.#paused && this.#inbox.pending <= this.#messageLimit + OVERHEAD && !(this.#isResting && this.#ignored?.hasSkipped)) {
      this.#paused = false
      this.transport.resume()
    }
  }

  /** Delivers one message, or the end, to the reader. Returns true if the reader has requested another message during this call. */
  #deliverNext(): boolean {
    const reader = this.#reader
    const onPeerClosed = this.#onPeerClosed
    if ((!reader && !onPeerClosed) || this.#isResting) return false
    if (this.#inbox.pending === 0) {
      // this return is the fast path after each message
      if (!this.#isPeerClosed && !this.#end) {
        this.#inbox.compact()
        return this.#becomeIdle()
      }
    } else if (reader && !this.#mayReadAtOnce && !this.#allow().mayRead()) return false
    const message = this.#next()
    if (message === undefined) {
      if (!this.#end) return this.#becomeIdle()
      this.setEnd(this.#end)
      return false
    }
    if (!reader) {
      this.#inbox.putBack(message)
      return false
    }
    if (this.isClosed && ++this.#readAfterClose > LAST_MESSAGES) {
      this.setEnd(peerDisconnected(this.#broken, 0, undefined))
      return false
    }
    this.#reader = undefined
    this.waitingSince = undefined
    this.received++
    this.#ignored?.clear()
    this.#pay(message.length < FREE_CHARACTERS ? 1 : 1 + Math.trunc(message.length / FREE_CHARACTERS))
    reader.message(message)
    return this.#reader !== undefined || this.#onPeerClosed !== onPeerClosed
  }

  get #isResting(): boolean {
    return this.#allowance?.isResting === true
  }

  get #mayReadAtOnce(): boolean {
    return this.#isDirect && this.#runQueue?.mayReadDirectly() !== false
  }

  /** Records that no message is unread. The connection may then read the next message directly, unless the last message was expensive. */
  #becomeIdle(): false {
    this.#isDirect = !this.transport.datagrams && this.#allowance?.isHeavy !== true
    return false
  }

  #pay(cost: number): void {
    this.#isDirect = false
    if (this.#allowance) return this.#allowance.read(cost)
    this.#spent += cost
    if (cost > 1 || (this.#budget && this.#spent >= this.#budget.step)) this.#allow()
  }

  /** Returns the peer's allowance. The first call creates the allowance, and charges the cost so far to the allowance. */
  #allow(): Allowance {
    if (this.#allowance) return this.#allowance
    const allowance = new Allowance({
      clock: this.clock,
      budget: this.#budget,
      runQueue: this.#runQueue,
      peer: this.transport,
      reader: this,
    })
    this.#allowance = allowance
    allowance.spend(this.#spent)
    return allowance
  }

  #next(): string | undefined {
    if (this.#end) return undefined
    let message = this.#inbox.next()
    if (message === undefined && this.#isPeerClosed) {
      const { cut, unfinished } = this.#inbox
      message = this.#inbox.rest(this.#broken !== undefined)
      if (message === undefined) this.#end = peerDisconnected(this.#broken, cut, unfinished)
    }
    if (message === TooLong) {
      const { excess } = this.#inbox
      const much = `the other side sent a message of more than ${this.#messageLimit} bytes, the limit`
      const wrong = `the other side sent no message of at most ${this.#messageLimit} bytes: ${excess}`
      this.#end = new Disconnected('much', excess === undefined ? much : wrong)
      return undefined
    }
    return message
  }

  protected setEnd(end: Disconnected): void {
    this.#end = end
    this.#inbox.clear()
    this.#allowance?.close()
    const reader = this.#reader
    const onPeerClosed = this.#onPeerClosed
    this.#reader = undefined
    this.waitingSince = undefined
    this.#onPeerClosed = undefined
    this.#onReady?.()
    reader?.end(end)
    onPeerClosed?.(end)
  }
}
