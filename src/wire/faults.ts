import { type Clock, wallClock } from './clock.ts'
import { Layer } from './layer.ts'
import { encode } from './text.ts'
import type { Transport } from './transport.ts'

/** Faults are what goes wrong in one direction; what is not named goes right. Datagrams are never cut or glued. */
export interface Faults {
  /** Milliseconds that everything is late; of two numbers, by chance between them. The order stays. */
  delay?: number | readonly [number, number]
  /** Everything comes in pieces of so many bytes, of two numbers by chance between them, each `delay` after the one before. */
  split?: number | readonly [number, number]
  /** What comes within so many milliseconds arrives together. */
  glue?: number
  /** Milliseconds between two bytes: everything comes byte by byte. */
  dribble?: number
  /** Everything comes in pieces of 1 to so many bytes, by chance, a millisecond apart. */
  chop?: number
  /** Places, in bytes from the beginning, at which the stream is cut, for a millisecond. */
  cut?: readonly number[]
  /** After so many bytes the connection is broken off, for both sides. */
  reset?: number
  /** After so many bytes nothing comes any more, not even an end. */
  stop?: number
}

/** FaultPlan is what a network does to one connection. The same seed does the same. */
export interface FaultPlan {
  readonly toPeer?: Faults
  readonly fromPeer?: Faults
  readonly seed?: number
  readonly clock?: Clock
}

/** The transport as it is behind a network that has these faults. */
export function faulty(transport: Transport, plan: FaultPlan): Transport {
  return new FaultyTransport(transport, plan)
}

class FaultyTransport extends Layer {
  readonly #out: Lane
  readonly #in: Lane
  #broken: string | undefined

  constructor(inner: Transport, { toPeer = {}, fromPeer = {}, seed = 1, clock = wallClock }: FaultPlan) {
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
  /** Lets bytes through. */
  pass: (bytes: Uint8Array) => void
  reset: () => void
}

/** What is under way in a lane: bytes, or something to do behind them. */
interface Item {
  readonly due: number
  readonly bytes?: Uint8Array
  readonly act?: () => void
  /** To be done even behind silence. */
  readonly always?: boolean
}

/** Lane is one direction with its faults: a queue of pieces, each with the time at which it is let through. */
class Lane {
  readonly #options: LaneOptions
  readonly #chance: (from: number, to: number) => number
  #glued: Uint8Array[] = []
  #items: Item[] = []
  #lastDue = Number.NEGATIVE_INFINITY
  /** Bytes that have come in, and that were let through. */
  #taken = 0
  #passed = 0
  #stopped = false
  #held = false
  #cancelGlue: (() => void) | undefined
  #cancelWait: (() => void) | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#chance = chances(options.seed)
  }

  /** Bytes that are under way. */
  get waiting(): number {
    return [...this.#glued, ...this.#items.map(({ bytes }) => bytes)].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
  }

  take(bytes: Uint8Array): void {
    const { faults, datagrams, clock } = this.#options
    if (datagrams || faults.glue === undefined) return this.#queue(bytes)
    this.#glued.push(bytes)
    this.#cancelGlue ??= clock.after(faults.glue, () => this.#unglue())
  }

  /** Does something behind all that was taken so far. */
  behind(act: () => void, always = false): void {
    this.#unglue()
    this.#add({ due: this.#due(0), act, always })
    this.#run()
  }

  /** Forgets what is under way. */
  clear(): void {
    this.#cancelGlue?.()
    this.#cancelWait?.()
    this.#cancelGlue = undefined
    this.#cancelWait = undefined
    this.#glued = []
    this.#items = []
  }

  /** Lets nothing through, or again. */
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

  /** How many of the bytes that are there stay together. */
  #piece(there: number): number {
    const { dribble, chop, split, cut = [] } = this.#options.faults
    const size = split === undefined ? there : this.#between(split)
    const most = dribble !== undefined ? 1 : chop !== undefined ? this.#chance(1, chop) : size
    const places = cut.map((place) => place - this.#taken).filter((place) => place > 0)
    return Math.min(there, most, ...places)
  }

  /** Returns the delay of the next piece. */
  #late(): number {
    return this.#between(this.#options.faults.delay ?? 0)
  }

  #between(range: number | readonly [number, number]): number {
    return typeof range === 'number' ? range : this.#chance(...range)
  }

  #due(apart: number, late = this.#late()): number {
    const { clock } = this.#options
    return Math.max(clock.monotonic() + late, this.#lastDue + apart)
  }

  #add(item: Item): void {
    this.#lastDue = item.due
    this.#items.push(item)
  }

  /** Lets through what is due. */
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

/** Whole numbers by chance, the same for the same seed (xorshift). */
function chances(seed: number): (from: number, to: number) => number {
  let state = (seed * 0x9e3779b1) | 1
  return (from, to) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return from + Math.floor(((state >>> 0) / 2 ** 32) * (to - from + 1))
  }
}
