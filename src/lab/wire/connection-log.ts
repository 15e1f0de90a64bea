import type { Side } from '../../protocol/message-spec.ts'
import type { WireEvent } from '../monitor/observation.ts'

/*
 * A user who opens the wire view of a program usually does so after the program has made its mistake, so the server must store the bytes
 * before a user requests them. It stores them for every connection, therefore the storage of a message may cost no object, no
 * closure and no promise.
 *
 * The idea: a log is one array of bytes, in which each record follows the record before it. A record has a header (its kind, its length and
 * its time) and then the bytes of a read or a write. The array begins small and doubles. At its maximum, the log drops the older half of
 * its records and counts the dropped bytes of each side. The server does not judge the bytes before a view reads the log. A view has a
 * position in the log. It reads the records after this position, and continues later at the end of these records. So a view that reads too
 * slowly misses records, and the memory does not grow.
 */

/** Length of a log in bytes, with the headers: the maximum, and the length of the first array. */
const SIZE = { most: 32 * 1024, first: 256 }
/** Bytes of a header: the kind, three bytes of length, and four bytes of time. */
const HEADER = 8
/** Maximum number of bytes of one record; the log counts the rest of a longer read as dropped. */
const LONGEST = 8 * 1024
/** Maximum time in a header, in milliseconds. */
const LATEST = 0xffff_ffff
/** Length of a text that is copied character by character, which is faster for short texts. */
const SHORT = 64

/** The kinds of records of each side: bytes, a loss of bytes (the length is the number of lost bytes), and the two kinds of ends. */
const KIND = { bytes: 0, lost: 2, finished: 4, reset: 6 }
const SERVER = 1

/** Position is the position of a reader in a log. */
export interface LogPosition {
  /** Number of bytes of earlier records in the log. */
  readonly at: number
  /** Number of bytes of each side before the position. */
  readonly client: number
  readonly server: number
}

/** The position before the first record. */
export const LOG_START: LogPosition = { at: 0, client: 0, server: 0 }

/** ConnectionLog stores the last bytes of one connection, with the boundaries of the reads and writes and their times. */
export class ConnectionLog {
  #bytes = new Uint8Array(0)
  #used = 0
  /** Number of bytes of the records that the log has dropped, and number of bytes of each side in these records. */
  #dropped = 0
  #lostOfClient = 0
  #lostOfServer = 0

  /** The position behind the last record. */
  get end(): number {
    return this.#dropped + this.#used
  }

  /** Bytes of memory. */
  get size(): number {
    return this.#bytes.length
  }

  /** Adds the bytes of a read or a write. `at` is the time since the opening, in milliseconds. */
  addBytes(from: Side, bytes: Uint8Array, at: number): void {
    const { length } = bytes
    if (length > LONGEST) {
      this.addBytes(from, bytes.subarray(0, LONGEST), at)
      this.#begin(KIND.lost, from, 0, at, length - LONGEST)
      return
    }
    const start = this.#begin(KIND.bytes, from, length, at)
    this.#bytes.set(bytes, start)
  }

  /** Adds the bytes of a text in UTF-8. */
  addText(from: Side, text: string, at: number): void {
    const { length } = text
    if (length > SHORT) return this.addBytes(from, UTF8.encode(text), at)
    for (let index = 0; index < length; index++) if (text.charCodeAt(index) > 0x7f) return this.addBytes(from, UTF8.encode(text), at)
    const start = this.#begin(KIND.bytes, from, length, at)
    for (let index = 0; index < length; index++) this.#bytes[start + index] = text.charCodeAt(index)
  }

  /** Adds the end of a side. */
  addEnd(from: Side, how: 'finished' | 'reset', at: number): void {
    this.#begin(KIND[how], from, 0, at)
  }

  /**
   * Reads at most `count` records, which begin at a position. The reading stops at `until`, which is the present or an earlier value of
   * `end`. Returns the events of the records, and the position after the records. If the log has already dropped some of the records, the
   * first events are gaps. If a reader at the beginning has missed records, the gap has no number of bytes.
   */
  read(from: LogPosition, count: number, until = this.end): { readonly events: readonly WireEvent[]; readonly next: LogPosition } {
    const events: WireEvent[] = []
    const isCut = from.at < this.#dropped
    let at = isCut ? this.#dropped : from.at
    let client = isCut ? this.#lostOfClient : from.client
    let server = isCut ? this.#lostOfServer : from.server
    if (isCut) {
      const time = this.#used === 0 ? 0 : this.#timeAt(0)
      if (from.at === 0) events.push({ kind: 'gap', at: time, from: 'client', missing: undefined })
      else {
        if (client > from.client) events.push({ kind: 'gap', at: time, from: 'client', missing: client - from.client })
        if (server > from.server) events.push({ kind: 'gap', at: time, from: 'server', missing: server - from.server })
      }
    }
    for (let read = 0; read < count && at < until; read++) {
      const place = at - this.#dropped
      const kind = this.#bytes[place] ?? 0
      const side: Side = (kind & SERVER) === 0 ? 'client' : 'server'
      const length = this.#lengthAt(place)
      const time = this.#timeAt(place)
      const own = ownLength(kind, length)
      at += HEADER + own
      if (side === 'client') client += length
      else server += length
      events.push(toEvent(kind & ~SERVER, side, time, length, this.#bytes.slice(place + HEADER, place + HEADER + own)))
    }
    return { events, next: { at, client, server } }
  }

  /** Writes a header, and makes room for the bytes behind it. Returns the index of these bytes. */
  #begin(kind: number, from: Side, own: number, at: number, length = own): number {
    const needed = HEADER + own
    if (this.#used + needed > this.#bytes.length) this.#makeRoom(needed)
    const bytes = this.#bytes
    const place = this.#used
    const time = Math.min(at, LATEST)
    bytes[place] = from === 'server' ? kind | SERVER : kind
    bytes[place + 1] = length >>> 16
    bytes[place + 2] = length >>> 8
    bytes[place + 3] = length
    bytes[place + 4] = time >>> 24
    bytes[place + 5] = time >>> 16
    bytes[place + 6] = time >>> 8
    bytes[place + 7] = time
    this.#used = place + needed
    return place + HEADER
  }

  #makeRoom(needed: number): void {
    while (this.#used + needed > SIZE.most) this.#dropHalf()
    let size = Math.max(SIZE.first, this.#bytes.length)
    while (size < this.#used + needed) size *= 2
    if (size === this.#bytes.length) return
    const larger = new Uint8Array(size)
    larger.set(this.#bytes.subarray(0, this.#used))
    this.#bytes = larger
  }

  /** Drops the first half of the records, and at least one. */
  #dropHalf(): void {
    let place = 0
    do {
      const kind = this.#bytes[place] ?? 0
      const length = this.#lengthAt(place)
      if ((kind & SERVER) === 0) this.#lostOfClient += length
      else this.#lostOfServer += length
      place += HEADER + ownLength(kind, length)
    } while (place < this.#used / 2)
    this.#bytes.copyWithin(0, place, this.#used)
    this.#used -= place
    this.#dropped += place
  }

  #lengthAt(place: number): number {
    const bytes = this.#bytes
    return ((bytes[place + 1] ?? 0) << 16) | ((bytes[place + 2] ?? 0) << 8) | (bytes[place + 3] ?? 0)
  }

  #timeAt(place: number): number {
    const bytes = this.#bytes
    const high = ((bytes[place + 4] ?? 0) << 8) | (bytes[place + 5] ?? 0)
    return high * 0x1_0000 + (((bytes[place + 6] ?? 0) << 8) | (bytes[place + 7] ?? 0))
  }
}

const UTF8 = new TextEncoder()

/** Returns the number of bytes behind a header; it is 0 for a loss, because the log does not store lost bytes. */
function ownLength(kind: number, length: number): number {
  return (kind & ~SERVER) === KIND.bytes ? length : 0
}

function toEvent(kind: number, from: Side, at: number, length: number, bytes: Uint8Array): WireEvent {
  if (kind === KIND.bytes) return { kind: 'bytes', at, from, bytes }
  if (kind === KIND.lost) return { kind: 'gap', at, from, missing: length }
  return { kind: 'end', at, from, how: kind === KIND.finished ? 'finished' : 'reset' }
}
