import { Buffer } from 'node:buffer'
import type { Clock } from '../../base/clock.ts'
import { TokenBucket } from '../../base/rate-limit.ts'
import { ConversationMonitor, type WatchedProtocol } from '../../lab/monitor/monitor.ts'
import type { Observation, WireEvent } from '../../lab/monitor/observation.ts'
import { decode } from '../../wire/text.ts'
import type { Sink, Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { TrialCommand, type TrialEvent } from './protocol-schemas.ts'

/*
 * A trial is a conversation between a program of this server and a user who chooses each byte of the client. The program sees the same
 * transport as at its port: bytes, a close and a reset. The page sees each event as a line of JSON, with the verdict of the laboratory's
 * monitor, so the page shows the same sentences as `parlor tap`. The transport of the WebSocket, `inner`, makes each line one message, and
 * pings the browser.
 *
 * A browser cannot close one direction of a WebSocket, so the command `finish` closes the client's direction. If the server closes its
 * direction or resets the connection, the trial is over: the page gets the event, and then the WebSocket closes. The transport aborts the
 * connection if the browser does not read.
 *
 * The limits of the server apply to the bytes of the conversation. Even if the program sends nothing, a command with one byte causes a much
 * longer event. Therefore this transport limits the rate of the commands, and the size of the events that the browser has not read.
 */

/** Rate of commands of one trial: a burst of 200, then 40 a second. */
const RATE = { burst: 200, refill: 25 }
const TOO_FAST = 'you send more than 40 commands a second: connect again and send more slowly'
const LF = 10
const NO_COMMAND = 'this is not a command of a trial: send at most 1024 bytes in hexadecimal, or the end'
/** Maximum number of bytes of events that the browser has not read. */
const UNREAD = 256 * 1024
/**
 * Milliseconds after the last byte: after the first time, a pause can end a message; after the second time, the monitor reports an
 * unfinished message.
 */
const PAUSES: readonly number[] = [300, 2100]

/** TrialTransport is the transport of a program whose client is a browser; `inner` transmits lines of JSON. */
export class TrialTransport extends TransportFilter {
  readonly #monitor: ConversationMonitor
  readonly #clock: Clock
  readonly #bucket = new TokenBucket(RATE)
  #isFinished = false
  #isOver = false
  #cancel: (() => void) | undefined

  constructor(inner: Transport, watched: WatchedProtocol, clock: Clock) {
    super(inner)
    this.#monitor = new ConversationMonitor(watched)
    this.#clock = clock
  }

  override open(sink: Sink): void {
    super.open(sink)
    this.#report({ type: 'begun', state: this.#monitor.state })
  }

  /** Executes commands of the page, one on each line. */
  override data(lines: Uint8Array): void {
    for (let from = 0, end = lines.indexOf(LF); end >= 0; from = end + 1, end = lines.indexOf(LF, from))
      this.#take(lines.subarray(from, end))
  }

  #take(line: Uint8Array): void {
    if (this.#isOver) return
    if (this.inner.unsent > UNREAD) return super.reset()
    if (this.#bucket.take(this.#clock.monotonic()) > 0) return this.#refuse(TOO_FAST)
    const command = parseCommand(decode(line))
    if (!command) return this.#refuse(NO_COMMAND)
    if (this.#isFinished) return
    if (command.type === 'finish') {
      this.#isFinished = true
      this.#observe({ kind: 'end', at: this.#clock.monotonic(), from: 'client', how: 'finished' })
      return super.finished()
    }
    this.#pass('client', Buffer.from(command.bytes, 'hex'))
    // the conversation may retain the array, so this function makes another array
    super.data(Buffer.from(command.bytes, 'hex'))
  }

  /** Reports the bytes of the program. */
  override write(data: string | Uint8Array): void {
    if (!this.#isOver) this.#pass('server', Buffer.from(data))
  }

  override finish(): void {
    this.#end('finished')
    super.finish()
  }

  override destroy(): void {
    this.#end('reset')
    super.finish()
  }

  override reset(): void {
    if (this.inner.unsent > 0) return super.reset()
    this.destroy()
  }

  override closed(broken?: string): void {
    this.#isOver = true
    this.#cancel?.()
    super.closed(broken)
  }

  #pass(from: 'client' | 'server', bytes: Buffer): void {
    this.#report({ type: 'bytes', from, bytes: bytes.toString('hex') })
    this.#observe({ kind: 'bytes', at: this.#clock.monotonic(), from, bytes })
    this.#watchPauses(PAUSES)
  }

  /** Sends the monitor the time after each pause, because a pause ends a message whose framing has no end. */
  #watchPauses([pause, ...later]: readonly number[], before = 0): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (pause === undefined) return
    this.#cancel = this.#clock.after(pause - before, () => {
      this.#observe({ kind: 'time', at: this.#clock.monotonic() })
      this.#watchPauses(later, pause)
    })
  }

  #end(how: 'finished' | 'reset'): void {
    if (this.#isOver) return
    this.#observe({ kind: 'end', at: this.#clock.monotonic(), from: 'server', how })
    this.#isOver = true
    this.#cancel?.()
  }

  #refuse(sentence: string): void {
    this.#report({ type: 'refused', sentence })
    this.#isOver = true
    this.#cancel?.()
    super.finish()
  }

  #observe(event: WireEvent): void {
    for (const seen of this.#monitor.observe(event)) {
      const reported = toTrialEvent(seen)
      if (reported) this.#report(reported)
    }
  }

  #report(event: TrialEvent): void {
    super.write(`${JSON.stringify(event)}\n`)
  }
}

/** Parses a line as a command; `undefined` for any other text. */
function parseCommand(line: string): TrialCommand | undefined {
  try {
    return TrialCommand.safeParse(JSON.parse(line)).data
  } catch (reason) {
    if (reason instanceof SyntaxError) return undefined
    throw reason
  }
}

/** Converts an observation of the monitor to an event for the page; `undefined` for an observation that the page does not show. */
function toTrialEvent(seen: Observation): TrialEvent | undefined {
  switch (seen.kind) {
    case 'message':
    case 'judged': {
      const { from, number, name, after: state, standing, violation, oddity } = seen
      const judged = {
        ...{ number, from, state, standing },
        ...(name === undefined ? {} : { name }),
        ...(violation ? { violation: violation.sentence } : {}),
        ...(oddity === undefined ? {} : { oddity }),
      }
      if (seen.kind === 'judged') return { type: 'judged', ...judged }
      const { start, end } = seen
      return { type: 'message', size: end - start, ...judged, ...(violation ? { wrongAt: Math.max(0, violation.wrongAt - start) } : {}) }
    }
    case 'unfinished':
    case 'unreadable':
    case 'gap':
      return { type: 'note', from: seen.from, sentence: seen.sentence }
    case 'end': {
      const { from, how, after: state, over: isOver, expected } = seen
      return { type: 'ended', from, how, state, isOver, ...(expected === undefined ? {} : { expected }) }
    }
    case 'segment':
      return undefined
  }
}
