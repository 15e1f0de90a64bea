import type { FaultDecisions } from './decisions.ts'

/*
 * A fault that cuts a stream decides where to cut, and a lane asks: is there a cut at this offset, and at which offset is the next
 * cut? The answers depend on offsets alone, never on the bytes that have arrived. A lane asks for ascending offsets, but may ask for a
 * later offset and then for an earlier offset. So no answer changes a cutter, and only `advance` makes a cutter forget its state for
 * earlier offsets.
 */

/** Cutter decides at which offsets a fault cuts. */
export interface Cutter {
  /** Milliseconds between the pieces before and after a cut. */
  readonly gap: number
  /** True if a longer delay of the piece replaces the gap. */
  readonly isSplit: boolean
  isCut(offset: number): boolean
  /** Returns the first cut after an offset. */
  next(offset: number): number
  /** Returns the offset at which the piece with the byte at `offset` begins. Missing if such an offset does not identify a piece. */
  pieceOf?(offset: number): number
  /** Forgets its state for bytes before an offset. */
  advance?(offset: number): void
}

/** Milliseconds between two pieces of a split stream. */
const APART = 1

/** Cuts after every `size` bytes, beginning at `origin`. */
export function cutEvery(size: number, origin = 0, gap = APART, isSplit = true): Cutter {
  const pieceOf = (offset: number) => offset - ((offset - origin) % size)
  return {
    gap,
    isSplit,
    isCut: (offset) => offset > origin && (offset - origin) % size === 0,
    next: (offset) => pieceOf(offset) + size,
    pieceOf,
  }
}

/** Cuts into pieces of random sizes, beginning at `origin`. */
export class RandomCutter implements Cutter {
  readonly gap = APART
  readonly isSplit = true
  readonly #sizes: readonly [number, number]
  readonly #origin: number
  readonly #decisions: FaultDecisions
  /** The offset at which a piece begins; no later call has a lower offset. */
  #begin: number

  constructor(sizes: readonly [number, number], decisions: FaultDecisions, origin = 0) {
    this.#sizes = sizes
    this.#decisions = decisions
    this.#origin = origin
    this.#begin = origin
  }

  isCut(offset: number): boolean {
    return offset > this.#origin && this.pieceOf(offset) === offset
  }

  next(offset: number): number {
    return this.#end(this.pieceOf(offset))
  }

  pieceOf(offset: number): number {
    let begin = this.#begin
    for (let end = this.#end(begin); end <= offset; end = this.#end(begin)) begin = end
    return begin
  }

  advance(offset: number): void {
    this.#begin = this.pieceOf(offset)
  }

  #end(begin: number): number {
    return begin + this.#decisions.between('piece', begin, ...this.#sizes)
  }
}

/** Cuts once, at an offset. */
export function cutOnce(at: number): Cutter {
  return {
    gap: APART,
    isSplit: true,
    isCut: (offset) => offset === at,
    next: (offset) => (offset < at ? at : Number.POSITIVE_INFINITY),
  }
}

/** Cuts inside each character of several bytes, behind its first byte. `before` is the byte before the first of `bytes`. */
export function cutCharacters(bytes: Uint8Array, start: number, before: number | undefined): Cutter {
  const byteAt = (offset: number) => (offset === start - 1 ? before : bytes[offset - start])
  const isCut = (offset: number) => isContinuation(byteAt(offset)) && (byteAt(offset - 1) ?? 0) >= 0xc0
  return {
    gap: APART,
    isSplit: true,
    isCut,
    next(offset) {
      for (let at = offset + 1; at < start + bytes.length; at++) if (isCut(at)) return at
      return Number.POSITIVE_INFINITY
    },
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** A limited bandwidth delivers this many pieces a second. */
const PIECES = 50

/** Cuts so that a stream is delivered with `rate` bytes a second. */
export function cutByRate(rate: number, origin = 0): Cutter {
  const size = Math.max(1, Math.round(rate / PIECES))
  return cutEvery(size, origin, (1000 * size) / rate, false)
}

/** Cuts after each byte, `gap` milliseconds apart. */
export function dribble(gap: number, origin = 0): Cutter {
  return cutEvery(1, origin, gap, false)
}

/** Returns a random offset inside a message, after its first byte and before its last byte. */
export function placeInside(decisions: FaultDecisions, message: number, start: number, end: number): number {
  return end - start < 2 ? end : decisions.between('inside', message, start + 1, end - 1)
}
