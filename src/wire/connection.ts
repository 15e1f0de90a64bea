import { Allowance, type Budget, Ignored } from './allowance.ts'
import { type Clock, wallClock } from './clock.ts'
import { Ended, gone, type Unfinished } from './ends.ts'
import { type Framing, MESSAGE_LIMIT, TooLong } from './framing.ts'
import { Inbox } from './inbox.ts'
import { Outbox, type OutboxOwner } from './outbox.ts'
import type { RunQueue } from './run-queue.ts'
import type { Raw } from './text.ts'
import type { Sink, Transport } from './transport.ts'

/** ConnectionOptions is how one connection is run. */
export interface ConnectionOptions {
  /** How messages from the peer stand in the stream. */
  incoming: Framing
  /** How messages to the peer stand in the stream. */
  outgoing: Framing
  /** The cap on one message from the peer in bytes: the framing's own, or else 4,096. */
  messageLimit?: number
  /** Unread bytes above which the peer has to wait: 32 KiB. */
  inboxLimit?: number
  /** Bytes the peer has not taken above which it is ended: 256 KiB. */
  outboxLimit?: number
  /** Milliseconds between two messages to the peer that it did not answer in between: 0. */
  pace?: number
  /** Budget of the peer; no limit by default. */
  budget?: Budget | undefined
  /** Queue in which the connection takes turns with others; without one, it reads all that it has. */
  runQueue?: RunQueue | undefined
  clock?: Clock
}

const INBOX_LIMIT = 32 * 1024
const OUTBOX_LIMIT = 256 * 1024
/** Bytes around a message that framings have at most, and one. */
const OVERHEAD = 16
/** How long a peer that was told everything may take to close its side too, in milliseconds. */
const LINGER = 2000
/** How long it may take altogether while it still reads, in milliseconds. */
const LINGER_READING = 30_000
/** How long the last data has to arrive before a reset, in milliseconds (PROTOCOLS Q4). */
const BEFORE_RESET = 200

/** Bytes that the peer has not taken above which `ready` waits for it. */
const HIGH = 64 * 1024
/** Characters of a message that cost no more than an empty one; so many more cost as much as another message. */
const FREE = 1024
/** Messages that are read after the connection is closed both ways: a peer's last words may count, answers reach no peer. */
const LAST = 32
/** First bytes of a conversation in TLS: a handshake record, or an alert of a server that got something else. */
const TLS_RECORDS = [0x15, 0x16]
const TLS_VERSION = 0x03
/** Our own ends of conversations. Each good end needs one, and to make an error costs as much as to play a move. */
const CLOSED = new Ended('ours', 'this side has ended the conversation')
const BROKEN_OFF = new Ended('ours', 'this side has broken the conversation off')

/** Reader is who waits for one message; one of the two is called, once. */
export interface Reader {
  message(text: string): void
  end(end: Ended): void
}

/**
 * Connection speaks messages with one peer, whatever carries them. What the peer said before it went is read before
 * its end is; what is unread above a limit makes it wait; what it does not read above a limit ends it.
 */
export class Connection implements Sink, OutboxOwner {
  readonly transport: Transport
  /** Since when somebody waits for the peer's next message; `undefined` while nobody does. */
  waitingSince: number | undefined
  /** Messages of the peer that were read; a part of one is none. */
  received = 0
  /** Messages that were sent to it. */
  sent = 0

  /** Time at which the peer has last sent bytes that did not make its message whole, by the monotonic clock. */
  quietSince = 0

  readonly #clock: Clock
  readonly #inbox: Inbox
  readonly #inboxLimit: number
  readonly #messageLimit: number
  readonly #outbox: Outbox
  readonly #budget: Budget | undefined
  readonly #runQueue: RunQueue | undefined
  /** Only a peer that has spent a step of its budget, or says more at once, needs one: most never do. */
  #allowance: Allowance | undefined
  /** Cost that the peer has spent while it had no allowance. */
  #spent = 0
  /** The next message may be read without a slice of time: the one before was answered, and cheap. Of datagrams many come at once. */
  #isDirect: boolean
  #reader: Reader | undefined
  #onGone: ((end: Ended) => void) | undefined
  #onReady: (() => void) | undefined
  #end: Ended | undefined
  /** The peer will say nothing more: it has finished, or, where `#broken` says why, broken the connection off. */
  #peerGone = false
  #broken: string | undefined
  #paused = false
  /** Bytes of the peer outside of messages; most peers send none. */
  #ignored: Ignored | undefined
  /** This side says nothing more. */
  #mute = false
  #closed = false
  /** Messages that were read since then. */
  #readSince = 0
  #onClosed: (() => void) | undefined
  /** A message is being given to its reader; if that reads on at once, the next follows and is not called from within. */
  #giving = false

  constructor(transport: Transport, options: ConnectionOptions) {
    const {
      incoming,
      outgoing,
      messageLimit = incoming.limit ?? MESSAGE_LIMIT,
      outboxLimit = OUTBOX_LIMIT,
      pace = 0,
      clock = wallClock,
    } = options
    this.transport = transport
    this.#clock = clock
    // a peer that has to wait must have been able to say one message
    this.#inboxLimit = Math.max(options.inboxLimit ?? INBOX_LIMIT, messageLimit + OVERHEAD)
    this.#messageLimit = messageLimit
    this.#budget = options.budget
    this.#runQueue = options.runQueue
    const { datagrams } = transport
    this.#isDirect = !datagrams
    const onSettled = incoming.settle === undefined ? undefined : () => this.#offer()
    this.#inbox = new Inbox({ framing: incoming, clock, messageLimit, datagrams, onSettled })
    this.#outbox = new Outbox({ transport, framing: outgoing, clock, limit: outboxLimit, pace, owner: this })
    transport.open(this)
  }

  /** Whether a message of the peer was read yet. */
  get heard(): boolean {
    return this.received > 0
  }

  /** Whether the system has taken everything that was said to the peer. */
  get told(): boolean {
    return this.#outbox.flushed() && this.transport.unsent === 0
  }

  /** What ended this conversation; `undefined` while there may be more to read. */
  get end(): Ended | undefined {
    return this.#end
  }

  /** Bytes of the peer that are unread. */
  get unread(): number {
    return this.#inbox.pending
  }

  /** The bytes of the message that is being given to its reader, or that `ahead` has answered with, where its text does not tell them. */
  get raw(): Raw | undefined {
    return this.#inbox.raw
  }

  /** The next message, if it has come; it stays to be read. */
  get ahead(): string | undefined {
    const message = this.#end ? undefined : this.#inbox.next()
    if (message !== undefined) this.#inbox.putBack(message)
    return typeof message === 'string' ? message : undefined
  }

  /** Unfinished message of the peer, if no message before it is still to be read. */
  get unfinished(): Unfinished | undefined {
    return this.#end ? undefined : this.#inbox.unfinished
  }

  /** The next message. Rejects with `Ended` when none will come. One reader at a time. */
  receive(): Promise<string> {
    return new Promise((message, end) => this.read({ message, end }))
  }

  /** As `receive`, without a promise; answers at once where it can. */
  read(reader: Reader): void {
    if (this.#reader) throw new Error('a connection has one reader at a time')
    this.#reader = reader
    this.readOn()
  }

  /** Reads on for the present reader, if it may. */
  readOn(): void {
    const ready = this.#onReady
    this.#onReady = undefined
    ready?.()
    this.#offer()
    if (this.#reader && !this.#isResting) this.waitingSince = this.#clock.monotonic()
  }

  /**
   * Resolves when the peer has taken most of what was sent, and may ask for more: for a handler that sends much. One that
   * waits so at a time. After the end, at once.
   */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReady = resolve
      const sent = () => (this.#closed || this.#end ? this.readOn() : this.#allow().queue())
      const { unsent } = this.transport
      if (unsent <= HIGH) return sent()
      const cancel = this.#clock.after(LINGER_READING, () => this.full(unsent, HIGH))
      this.transport.whenSent(() => {
        cancel()
        sent()
      })
    })
  }

  /** Takes the wish to read back; what comes is for the next reader. */
  stopReading(): void {
    this.#reader = undefined
    this.waitingSince = undefined
  }

  /** Calls `then` once, when the peer has gone and all it said was read; `undefined` takes the wish back. */
  whenGone(then: ((end: Ended) => void) | undefined): void {
    this.#onGone = then
    if (then) this.#offer()
  }

  /** Sends a message, with all else that is said while what runs now runs. After the end, nothing. */
  send(message: string): void {
    if (!this.#canSend()) return
    this.sent++
    if (message.length >= FREE) this.charge(Math.trunc(message.length / FREE))
    this.#outbox.send(message)
  }

  /** Counts more of the peer's budget for its last message than that a message has come. */
  charge(cost: number): void {
    if (cost > 0 && !this.#end) this.#allow().spend(cost)
  }

  /** Writes at once, in a write of its own, whatever the framing. */
  sendNow(data: string | Uint8Array): void {
    if (this.#canSend()) this.#outbox.sendNow(data)
  }

  /** Ends the conversation for a reason of ours: nothing more is read or sent. The transport is still to be closed. */
  fail(end: Ended): void {
    if (!this.#end || this.#canSend()) this.#ended(end)
    this.#mute = true
  }

  /**
   * Closes in good order: sends what is left, and gives the peer a moment to close too. Resolves when the connection
   * is closed both ways, or that moment is over.
   */
  close(linger = LINGER): Promise<void> {
    return this.#outbox.flushed() ? this.#finish(linger) : this.#outbox.drained().then(() => this.#finish(linger))
  }

  /** Breaks off, so that the peer sees a reset; what was said last gets 200 ms to arrive first. */
  async abort(): Promise<void> {
    if (!this.#outbox.flushed()) await this.#outbox.drained()
    this.#hangUp(BROKEN_OFF)
    if (this.#closed) return
    await this.#untilClosed(BEFORE_RESET)
    this.transport.reset()
  }

  data(bytes: Uint8Array): void {
    this.#outbox.answered()
    const first = !this.heard && this.#inbox.pending === 0 && !(this.#end && this.#ignored)
    if (first && TLS_RECORDS.includes(bytes[0] ?? 0) && bytes[1] === TLS_VERSION) {
      const end = new Ended('violation', 'the other side speaks TLS, and this side does not: both must, or neither')
      // a side that has said all and closed did not find out before
      if (this.#end !== CLOSED) return this.fail(end)
      this.#end = end
    }
    if (this.#end) return this.#discard(bytes.length)
    this.#inbox.push(bytes)
    this.#offer()
    if (this.#inbox.pending === 0) return
    this.#inbox.hold()
    this.quietSince = this.#clock.monotonic()
    if (this.#inbox.pending > this.#inboxLimit) this.#pause()
  }

  /** Counts what is no part of a message as if it were one: it is paid for, and a peer that sends nothing else is ended. */
  skipped(count: number): void {
    if (this.#end) return this.#discard(count)
    this.#ignored ??= new Ignored()
    this.charge(this.#ignored.skip(count))
    if (this.#ignored.excess !== undefined) this.fail(new Ended('much', this.#ignored.excess))
    else if (this.#isResting) this.#pause()
  }

  finished(): void {
    this.#peerGone = true
    this.#offer()
  }

  closed(broken?: string): void {
    this.#closed = true
    this.#mute = true
    this.#outbox.clear()
    if (!this.#peerGone) this.#broken = broken
    this.finished()
    this.#onClosed?.()
  }

  full(waiting: number, limit: number): void {
    this.fail(new Ended('much', `the other side does not read as fast as it asks: ${waiting} bytes are waiting for it, and ${limit} may`))
    this.transport.reset()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.transport.pause()
  }

  /** Drops bytes behind the end, up to a limit, so that the peer can read its last messages. */
  #discard(count: number): void {
    this.#ignored ??= new Ignored()
    if (!this.#ignored.mayDiscard(count)) this.transport.pause()
  }

  /** A peer that has finished may still listen, and so may one that has said too much at once. */
  #canSend(): boolean {
    return !this.#mute && (this.#end === undefined || this.#end.how === 'finished' || this.#end.how === 'much')
  }

  /** Gives whoever waits what there is: messages, or the end. */
  #offer(): void {
    if (this.#giving) return
    this.#giving = true
    try {
      while (this.#give()) {}
    } finally {
      this.#giving = false
    }
    // at last, for it may bring the next message at once
    if (this.#paused && this.#inbox.pending <= this.#messageLimit + OVERHEAD && !(this.#isResting && this.#ignored?.any)) {
      this.#paused = false
      this.transport.resume()
    }
  }

  /** Gives the next message, or the end; answers whether somebody has asked for more meanwhile. */
  #give(): boolean {
    const reader = this.#reader
    const onGone = this.#onGone
    if ((!reader && !onGone) || this.#isResting) return false
    if (this.#inbox.pending === 0) {
      // the shortest way, for it is gone after each message
      if (!this.#peerGone && !this.#end) {
        this.#inbox.compact()
        return this.#ranDry()
      }
    } else if (reader && !this.#mayReadAtOnce && !this.#allow().mayRead()) return false
    const message = this.#next()
    if (message === undefined) {
      if (!this.#end) return this.#ranDry()
      this.#ended(this.#end)
      return false
    }
    if (!reader) {
      this.#inbox.putBack(message)
      return false
    }
    if (this.#closed && ++this.#readSince > LAST) {
      this.#ended(gone(this.#broken, 0, undefined))
      return false
    }
    this.#reader = undefined
    this.waitingSince = undefined
    this.received++
    this.#ignored?.clear()
    this.#pay(message.length < FREE ? 1 : 1 + Math.trunc(message.length / FREE))
    reader.message(message)
    return this.#reader !== undefined || this.#onGone !== onGone
  }

  get #isResting(): boolean {
    return this.#allowance?.resting === true
  }

  /** True if a message may be read without a slice of time. */
  get #mayReadAtOnce(): boolean {
    return this.#isDirect && this.#runQueue?.letsPass() !== false
  }

  /** Nothing is left to be read: the next message may be read as soon as it comes, unless the last one was a heavy one. */
  #ranDry(): false {
    this.#isDirect = !this.transport.datagrams && this.#allowance?.isHeavy !== true
    return false
  }

  /** A message is read, at its cost. */
  #pay(cost: number): void {
    this.#isDirect = false
    if (this.#allowance) return this.#allowance.read(cost)
    this.#spent += cost
    if (cost > 1 || (this.#budget && this.#spent >= this.#budget.step)) this.#allow()
  }

  /** The peer's allowance, with what was spent before there was one. */
  #allow(): Allowance {
    if (this.#allowance) return this.#allowance
    const allowance = new Allowance({
      clock: this.#clock,
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
    if (message === undefined && this.#peerGone) {
      const { cut, unfinished } = this.#inbox
      message = this.#inbox.rest(this.#broken !== undefined)
      if (message === undefined) this.#end = gone(this.#broken, cut, unfinished)
    }
    if (message === TooLong) {
      const { excess } = this.#inbox
      const much = `the other side sent more than one message may have, which is ${this.#messageLimit} bytes`
      const wrong = `the other side sent no message of at most ${this.#messageLimit} bytes: ${excess}`
      this.#end = new Ended('much', excess === undefined ? much : wrong)
      return undefined
    }
    return message
  }

  /** Says and reads nothing more, whatever else has ended this conversation before. */
  #hangUp(end: Ended): void {
    this.#mute = true
    if (!this.#end) this.#ended(end)
  }

  #ended(end: Ended): void {
    this.#end = end
    this.#inbox.clear()
    this.#allowance?.close()
    const reader = this.#reader
    const onGone = this.#onGone
    this.#reader = undefined
    this.waitingSince = undefined
    this.#onGone = undefined
    this.#onReady?.()
    reader?.end(end)
    onGone?.(end)
  }

  #finish(linger: number): Promise<void> {
    this.#hangUp(CLOSED)
    if (this.#closed) return Promise.resolve()
    this.transport.resume()
    this.transport.finish()
    return new Promise((resolve) => this.#linger(linger, this.#clock.monotonic() + LINGER_READING, resolve))
  }

  /** Waits until the peer has closed its side too, as long as it reads and at most until `limit`. */
  #linger(linger: number, limit: number, then: () => void): void {
    const { unsent } = this.transport
    const over = () => {
      if (this.transport.unsent < unsent && this.#clock.monotonic() < limit) return this.#linger(linger, limit, then)
      this.transport.destroy()
      then()
    }
    const cancel = this.#clock.about ? this.#clock.about(linger, over) : this.#clock.after(linger, over)
    this.#whenClosed(() => {
      cancel()
      then()
    })
  }

  #whenClosed(then: () => void): void {
    const before = this.#onClosed
    this.#onClosed = () => {
      before?.()
      then()
    }
  }

  #untilClosed(limit: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#clock.after(limit, resolve)
      this.#whenClosed(() => {
        cancel()
        resolve()
      })
    })
  }
}
