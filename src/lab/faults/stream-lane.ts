import type { FaultDecision } from './decisions.ts'
import { EffectTable, type FaultEffects } from './effects.ts'
import type { Lane, LaneOptions } from './lane.ts'
import { joinBytes, type MessagePart } from './message-finder.ts'
import { FaultPoints, formatPoint } from './points.ts'
import { MessageWatch } from './resolve.ts'
import type { FaultValue } from './rule.ts'

/*
 * A lane delivers the bytes of one direction. It cuts, joins and delays them by its rules, and executes faults at points of the stream.
 *
 * The problem: TCP delivers the same bytes in pieces of any size, at any time, but the same seed must have the same effects on them. So no
 * decision of the lane may depend on a read. Every decision belongs to an offset or to a message. The decisions are the offsets at which
 * the lane cuts the stream, the delay of each piece or message, and the offset at which a fault happens. A read only makes bytes available.
 *
 * The idea: the finder divides the bytes that have arrived into parts; each part is within one message. `take` looks up the effects on each
 * part, and queues the part. `#next` then plans the next step from the head of the queue: a point that is reached, or the delivery of the
 * bytes up to the next cut. The bytes are due when their delay has passed since their arrival. If there is a cut before them, the gap of
 * the cut must also have passed since the last delivery. The lane plans only this one step, so the queue holds bytes, and not a timer or an
 * object for each piece.
 *
 * Invariants: the order of bytes never changes. Bytes that arrived together leave together unless a cut, a point or a different delay
 * divides them. Without `stop`, `half-close` and `reset` the lane delivers every byte, and then the end. During a stall, the queue delivers
 * nothing; it does not grow without a limit, because the transport stops reading when the queue is full.
 */

/** Segment has bytes of one message, with their effects. */
interface Segment extends FaultEffects {
  readonly bytes: Uint8Array
  readonly start: number
  readonly arrivedAt: number
  /** Number of the message for which the lane decides the delay. */
  readonly message: number
  /** True if the bytes arrived together with the bytes before them. */
  readonly isJoined: boolean
}

/** Action is a callback between bytes. */
interface Action {
  readonly act: () => void
  readonly always: boolean
  readonly arrivedAt: number
}

interface Step {
  readonly due: number
  readonly run: () => void
}

/** Milliseconds between the last bytes and a reset, because a reset may delete bytes that are still in the network. */
const BEFORE_RESET = 1
/** Milliseconds after which the lane reports to the user that it holds the bytes of an unfinished message. */
const LONG_HELD = 2000
/** Maximum number of pieces in a queue; at that number, the transport stops reading. */
const MANY = 1024
/**
 * Maximum number of bytes in a queue. It is more than the longest message, because a message may have to wait until all its bytes are
 * there.
 */
const FULL = 128 * 1024

/** StreamLane is the lane of one direction of a stream. */
export class StreamLane implements Lane {
  readonly #options: LaneOptions
  readonly #effects: EffectTable
  readonly #points: FaultPoints
  readonly #watch: MessageWatch
  #queue: (Segment | Action)[] = []
  /** Segments that arrived in the open window of `glue`. */
  #glued: Segment[] = []
  #arrived = 0
  /** Offset of the next byte to deliver, and of the next byte to queue. */
  #position = 0
  #queued = 0
  #lastByte: number | undefined
  /** Time of the last delivery, or of the end of a stall. */
  #last = Number.NEGATIVE_INFINITY
  #state: 'open' | 'stalled' | 'stopped' = 'open'
  #held = false
  #cancelGlue: (() => void) | undefined
  #cancelWait: (() => void) | undefined
  #cancelSettle: (() => void) | undefined

  constructor(options: LaneOptions) {
    const { rules, decisions } = options
    this.#options = options
    this.#effects = new EffectTable(rules, decisions)
    this.#points = new FaultPoints(rules, decisions)
    this.#watch = new MessageWatch(rules)
  }

  get waiting(): number {
    return this.#arrived - this.#position
  }

  take(bytes: Uint8Array): void {
    if (this.#state === 'stopped') return
    const { finder } = this.#options
    this.#arrived += bytes.length
    this.#add(finder ? finder.push(bytes) : [{ bytes, message: this.#queued, names: undefined }])
    this.#awaitPause()
    this.#run()
  }

  behind(act: () => void, always = false): void {
    if (this.#state !== 'open') return always ? this.#actNow(act) : undefined
    this.#endMessage()
    this.#unglue()
    this.#queue.push({ act, always, arrivedAt: this.#now })
    this.#run()
  }

  hold(held: boolean): void {
    this.#held = held
    this.#run()
  }

  stop(): void {
    const always = this.#queue.filter((item) => 'act' in item && item.always)
    this.#clear()
    this.#state = 'stopped'
    this.#queue = always
    this.#options.drained()
    this.#run()
  }

  get isFull(): boolean {
    return this.waiting > FULL || this.#queue.length + this.#glued.length > MANY
  }

  get #now(): number {
    return this.#options.clock.monotonic()
  }

  #clear(): void {
    for (const cancel of [this.#cancelGlue, this.#cancelWait, this.#cancelSettle]) cancel?.()
    this.#cancelGlue = undefined
    this.#cancelWait = undefined
    this.#cancelSettle = undefined
    this.#glued = []
    this.#queue = []
    this.#position = this.#arrived
  }

  #actNow(act: () => void): void {
    this.#clear()
    act()
  }

  /** Queues parts that have arrived together. */
  #add(parts: readonly MessagePart[]): void {
    for (const [at, { bytes, message, names }] of parts.entries()) {
      if (bytes.length === 0) continue
      const start = this.#queued
      const own = names ? this.#watch.apply(names) : []
      this.#points.add(own, { message, start, end: start + bytes.length })
      const stretch = { bytes, start, before: this.#lastByte, message, isWhole: names !== undefined }
      const effects = this.#effects.effectsOn(stretch, own)
      this.#queued += bytes.length
      this.#lastByte = bytes.at(-1)
      this.#push({ ...effects, bytes, start, message, arrivedAt: this.#now, isJoined: at > 0 })
    }
  }

  #push(segment: Segment): void {
    const { glue } = segment
    if (this.#glued.length === 0 && glue === undefined) this.#queue.push(segment)
    else this.#glued.push(segment)
    if (glue !== undefined) this.#cancelGlue ??= this.#options.clock.after(glue, () => this.#endGlue())
  }

  #endGlue(): void {
    this.#unglue()
    this.#run()
  }

  /** Ends the window of `glue`: the bytes that arrived in it are one piece, with one delay. */
  #unglue(): void {
    this.#cancelGlue?.()
    this.#cancelGlue = undefined
    const [first] = this.#glued
    const arrivedAt = this.#now
    for (const segment of this.#glued) {
      const { message = 1, delay } = first ?? segment
      this.#queue.push({ ...segment, message, delay, arrivedAt, isJoined: segment !== first })
    }
    this.#glued = []
  }

  /** Waits for the pause that ends the held message, or for a pause after which the lane reports the held message to the user. */
  #awaitPause(): void {
    const { finder, clock } = this.#options
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
    if (!finder?.isHolding) return
    const { settle } = finder
    this.#cancelSettle = clock.after(settle ?? LONG_HELD, () => (settle === undefined ? this.#reportHeld() : this.#endPause()))
  }

  #endPause(): void {
    this.#endMessage()
    this.#run()
  }

  #reportHeld(): void {
    const { finder, notify, sender } = this.#options
    this.#cancelSettle = undefined
    if (finder)
      notify(`a rule at a message holds the bytes of the ${sender}, because they are not a whole message: ${finder.describeHeld()}`, false)
  }

  #endMessage(): void {
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
    this.#add(this.#options.finder?.rest() ?? [])
  }

  /** Delivers the bytes that are due, and sets a timer for the other bytes. */
  #run(): void {
    this.#cancelWait?.()
    this.#cancelWait = undefined
    while (!this.#held) {
      const step = this.#next()
      if (!step) return
      const wait = step.due - this.#now
      if (wait > 0) {
        this.#cancelWait = this.#options.clock.after(Math.ceil(wait), () => this.#run())
        return
      }
      this.#last = Math.max(this.#last, this.#now)
      step.run()
    }
  }

  #next(): Step | undefined {
    const point = this.#state === 'open' ? this.#points.first : undefined
    const [head] = this.#queue
    // a point at the beginning waits for the first bytes
    if (point && point.offset <= this.#position && (head || this.#position > 0)) {
      return { due: this.#last + (point.verb === 'reset' ? BEFORE_RESET : 0), run: () => this.#execute() }
    }
    if (!head || this.#state === 'stalled') return undefined
    return 'act' in head ? this.#planAction(head) : this.#planPiece(head, point?.offset ?? Number.POSITIVE_INFINITY)
  }

  /** Plans the delivery of the bytes up to the next cut, but not beyond `most`, the offset of the next point. */
  #planPiece(head: Segment, most: number): Step {
    const from = this.#position
    const late = this.#delayOf(head, from)
    const pieces: Uint8Array[] = []
    let end = from
    for (const segment of this.#queue) {
      if ('act' in segment || (end > from && (end >= most || !this.#isTogether(segment, late)))) break
      const { bytes, start, cutters } = segment
      const until = Math.min(start + bytes.length, most, ...cutters.map((cutter) => cutter.next(end)))
      pieces.push(bytes.subarray(end - start, until - start))
      end = until
      if (end < start + bytes.length) break
    }
    const gaps = head.cutters.filter((cutter) => cutter.isCut(from)).map(({ gap, isSplit }) => (isSplit ? Math.max(gap, late) : gap))
    const due = Math.max(head.arrivedAt + late, this.#last + Math.max(0, ...gaps))
    return { due, run: () => this.#deliver(pieces, end) }
  }

  /** Checks whether a segment leaves together with the segment before it; `late` is the delay of that earlier segment in milliseconds. */
  #isTogether(segment: Segment, late: number): boolean {
    const { isJoined, cutters, start } = segment
    return isJoined && !cutters.some((cutter) => cutter.isCut(start)) && this.#delayOf(segment, start) <= late
  }

  #planAction({ act, arrivedAt }: Action): Step {
    const run = () => {
      this.#queue.shift()
      act()
    }
    const late = this.#state === 'open' ? this.#draw(this.#effects.delay, 'piece delay', this.#position) : 0
    return { due: Math.max(arrivedAt + late, this.#last), run }
  }

  /** Returns the delay of a byte in milliseconds: the delay of its piece if `split` cuts the stream, otherwise the delay of its message. */
  #delayOf({ delay, cutters, message }: Segment, offset: number): number {
    const piece = cutters.find(({ isSplit, pieceOf }) => isSplit && pieceOf)?.pieceOf?.(offset)
    return piece === undefined ? this.#draw(delay, 'message delay', message) : this.#draw(delay, 'piece delay', piece)
  }

  #draw(delay: FaultValue | undefined, what: FaultDecision, place: number): number {
    if (typeof delay === 'object') return this.#options.decisions.between(what, place, ...delay)
    return typeof delay === 'number' ? delay : 0
  }

  #deliver(pieces: readonly Uint8Array[], end: number): void {
    this.#position = end
    const left = this.#queue.findIndex((item) => 'act' in item || item.start + item.bytes.length > end)
    this.#queue.splice(0, left < 0 ? this.#queue.length : left)
    this.#effects.advance(end)
    this.#options.pass(joinBytes(pieces))
    this.#options.drained()
  }

  /** Executes a point that the delivery has reached. */
  #execute(): void {
    const point = this.#points.shift()
    if (!point) return
    const { verb, time } = point
    this.#options.notify(formatPoint(point, this.#options.sender), verb !== 'stall' || time === undefined)
    if (verb === 'stall' && time !== undefined) {
      this.#last = this.#now + time
    } else if (verb === 'stall') {
      this.#state = 'stalled'
      // the connection is closed already
      const closing = this.#queue.find((item) => 'act' in item && item.always)
      if (closing && 'act' in closing) this.#actNow(closing.act)
    } else {
      this.stop()
      if (verb === 'half-close') this.#options.finish()
      if (verb === 'reset') this.#options.reset()
    }
  }
}
