import { type Clock, createSystemClock } from '../base/clock.ts'
import { encode } from '../wire/text.ts'
import type { Transport } from '../wire/transport.ts'
import { TransportFilter } from '../wire/transport-filter.ts'

/** Faults are the faults of one direction. Datagrams are never cut or joined. */
export interface Faults {
  /** Delay in milliseconds; two numbers are a random range. The order does not change. */
  delay?: number | readonly [number, number]
  /** Cuts the stream into pieces of so many bytes (two numbers are a random range), each `delay` after the previous one. */
  split?: number | readonly [number, number]
  /** Joins the bytes that arrive within so many milliseconds. */
  glue?: number
  /** Sends single bytes, with so many milliseconds between them. */
  dribble?: number
  /** Cuts the stream into random pieces of 1 to so many bytes, a millisecond apart. */
  chop?: number
  /** Offsets in bytes at which the stream is cut and pauses for a millisecond. */
  cut?: readonly number[]
  /** Resets the connection for both sides after so many bytes. */
  reset?: number
  /** Drops all later bytes, and the end of the stream, after so many bytes. */
  stop?: number
}

/** FaultPlan has the faults of one connection. The same seed gives the same random numbers. */
export interface FaultPlan {
  readonly toPeer?: Faults
  readonly fromPeer?: Faults
  readonly seed?: number
  readonly clock?: Clock
}

/** Returns the transport with the faults of a plan. */
export function addFaults(transport: Transport, plan: FaultPlan): Transport {
  return new FaultyTransport(transport, plan)
}

class FaultyTransport extends TransportFilter {
  readonly #out: Lane
  readonly #in: Lane
  #broken: string | undefined

  constructor(inner: Transport, { toPeer = {}, fromPeer = {}, seed = 1, clock = createSystemClock() }: FaultPlan) {
    super(inner)
    const { datagrams } = inner
    const reset = () => this.#break()
    this.#out = new Lane({ faults: toPeer, datagrams, clock, seed, pass: (bytes) => inner.write(bytes), reset })
    this.#in = new Lane({ faults: fromPeer, datagrams, clock, seed: seed + 1, pass: (bytes) => this.sink?.data(bytes), reset })
  }

  override get unsent() {
    return this.inner.unsent + this.#out.waiting
  }

  override write(data: string | Uint8Array): void {
    this.#out.take(typeof data === 'string' ? encode(data) : data)
  }

  override pause(): void {
    this.#in.hold(true)
    this.inner.pause()
  }

  override resume(): void {
    this.#in.hold(false)
    this.inner.resume()
  }

  override finish(): void {
    this.#out.behind(() => this.inner.finish())
  }

  override destroy(): void {
    this.#clear()
    this.inner.destroy()
  }

  override reset(): void {
    this.#clear()
    this.inner.reset()
  }

  override data(bytes: Uint8Array): void {
    this.#in.take(bytes.slice())
  }

  override finished(): void {
    this.#in.behind(() => this.sink?.finished())
  }

  override closed(broken?: string): void {
    this.#out.clear()
    this.#in.behind(() => this.sink?.closed(this.#broken ?? broken), true)
  }

  #break(): void {
    this.#broken = 'ECONNRESET'
    this.reset()
  }

  #clear(): void {
    this.#out.clear()
    this.#in.clear()
    this.#in.hold(false)
  }
}

interface LaneOptions {
  faults: Faults
  datagrams: boolean
  clock: Clock
  seed: number
  /** Delivers bytes. */
  pass: (bytes: Uint8Array) => void
  reset: () => void
}

/** Item is a piece of a lane: bytes, or an action after them. */
interface Item {
  readonly due: number
  readonly bytes?: Uint8Array
  readonly act?: () => void
  /** The action runs also after `stop`. */
  readonly always?: boolean
}

/** Lane is one direction with its faults: a queue of pieces, each with the time at which it is delivered. */
class Lane {
  readonly #options: LaneOptions
  readonly #random: (from: number, to: number) => number
  #glued: Uint8Array[] = []
  #items: Item[] = []
  #lastDue = Number.NEGATIVE_INFINITY
  /** Number of bytes that have arrived, and that were delivered. */
  #taken = 0
  #passed = 0
  #stopped = false
  #held = false
  #cancelGlue: (() => void) | undefined
  #cancelWait: (() => void) | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#random = randomIntegers(options.seed)
  }

  /** Number of bytes in the lane. */
  get waiting(): number {
    return [...this.#glued, ...this.#items.map(({ bytes }) => bytes)].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
  }

  take(bytes: Uint8Array): void {
    const { faults, datagrams, clock } = this.#options
    if (datagrams || faults.glue === undefined) return this.#queue(bytes)
    this.#glued.push(bytes)
    this.#cancelGlue ??= clock.after(faults.glue, () => this.#unglue())
  }

  /** Runs an action after all bytes that have arrived so far. */
  behind(act: () => void, always = false): void {
    this.#unglue()
    this.#add({ due: this.#due(0), act, always })
    this.#run()
  }

  /** Drops all items in the lane. */
  clear(): void {
    this.#cancelGlue?.()
    this.#cancelWait?.()
    this.#cancelGlue = undefined
    this.#cancelWait = undefined
    this.#glued = []
    this.#items = []
  }

  /** Stops or resumes the delivery. */
  hold(held: boolean): void {
    this.#held = held
    this.#run()
  }

  #unglue(): void {
    this.#cancelGlue?.()
    this.#cancelGlue = undefined
    const together = this.#glued.flatMap((bytes) => [...bytes])
    this.#glued = []
    if (together.length > 0) this.#queue(Uint8Array.from(together))
  }

  #queue(bytes: Uint8Array): void {
    const { faults, datagrams } = this.#options
    let begin = 0
    do {
      const end = datagrams ? bytes.length : begin + this.#piece(bytes.length - begin)
      const cut = faults.chop !== undefined || faults.split !== undefined || faults.cut?.includes(this.#taken)
      const apart = faults.dribble ?? (cut ? 1 : 0)
      const late = this.#late()
      const between = faults.split !== undefined && begin > 0 ? Math.max(apart, late) : apart
      this.#add({ due: this.#due(datagrams ? 0 : between, late), bytes: bytes.subarray(begin, end) })
      this.#taken += end - begin
      begin = end
    } while (begin < bytes.length)
    this.#run()
  }

  /** Returns how many of the available bytes form the next piece. */
  #piece(there: number): number {
    const { dribble, chop, split, cut = [] } = this.#options.faults
    const size = split === undefined ? there : this.#between(split)
    const most = dribble !== undefined ? 1 : chop !== undefined ? this.#random(1, chop) : size
    const places = cut.map((place) => place - this.#taken).filter((place) => place > 0)
    return Math.min(there, most, ...places)
  }

  #late(): number {
    return this.#between(this.#options.faults.delay ?? 0)
  }

  #between(range: number | readonly [number, number]): number {
    return typeof range === 'number' ? range : this.#random(...range)
  }

  #due(apart: number, late = this.#late()): number {
    const { clock } = this.#options
    return Math.max(clock.monotonic() + late, this.#lastDue + apart)
  }

  #add(item: Item): void {
    this.#lastDue = item.due
    this.#items.push(item)
  }

  /** Delivers what is due, and schedules the rest. */
  #run(): void {
    const { clock } = this.#options
    while (!this.#held) {
      const [item] = this.#items
      if (!item) return
      const wait = item.due - clock.monotonic()
      if (wait > 0) {
        this.#cancelWait ??= clock.after(wait, () => {
          this.#cancelWait = undefined
          this.#run()
        })
        return
      }
      this.#items.shift()
      if (item.bytes) this.#pass(item.bytes)
      else if (!this.#stopped || item.always) item.act?.()
    }
  }

  #pass(bytes: Uint8Array): void {
    const { faults, datagrams, pass, reset } = this.#options
    if (this.#stopped) return
    const { reset: resetAt = Number.POSITIVE_INFINITY, stop = Number.POSITIVE_INFINITY } = faults
    const room = Math.min(resetAt, stop) - this.#passed
    const through = bytes.length <= room ? bytes.length : datagrams ? 0 : room
    this.#passed += through
    if (through > 0 || (bytes.length === 0 && room > 0)) pass(bytes.subarray(0, through))
    if (bytes.length < room) return
    this.#stopped = true
    if (resetAt <= stop) reset()
  }
}

/** Returns a generator of random integers in a range, which depend only on the seed (xorshift). */
function randomIntegers(seed: number): (from: number, to: number) => number {
  let state = (seed * 0x9e3779b1) | 1
  return (from, to) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return from + Math.floor(((state >>> 0) / 2 ** 32) * (to - from + 1))
  }
}
