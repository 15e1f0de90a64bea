import type { Clock } from '../../base/clock.ts'
import { decode, encode } from '../../wire/text.ts'
import type { TapEvent, TapSegment } from './tap-event.ts'

/*
 * A tap relays bytes in one thread and judges them in another thread, which receives the events in batches. A batch is a sequence of
 * records:
 *
 * - a segment: its side (1 byte), connection (4 bytes), time (8 bytes, a double), number of bytes (4 bytes), and its bytes;
 * - any other event: `OTHER` (1 byte), the length of its JSON (4 bytes), and the JSON.
 *
 * Almost all events are segments. A batch is one array of bytes, so the threads copy no objects.
 */

/** Values of the first byte of a record. */
const FROM_CLIENT = 0
const FROM_SERVER = 1
const OTHER = 2
/** Length of a segment's record without the bytes of the segment. */
const SEGMENT_HEADER = 17
/** Length of another record without its JSON. */
const OTHER_HEADER = 5

/** Length of a batch in bytes; an event that is longer is in a batch of its own. */
const BATCH = 64 * 1024
/**
 * Milliseconds for which a batch gathers events. A person does not notice this delay, and the judge needs less time for a batch than for
 * single events.
 */
const GATHERED = 10

/** EventBatcher encodes the events of a tap, in their order, and sends them in batches. */
export class EventBatcher {
  readonly #clock: Clock
  readonly #send: (batch: Uint8Array<ArrayBuffer>) => void
  #bytes = new Uint8Array(BATCH)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  #cancel: (() => void) | undefined

  /** `send` is called with each batch, whose memory no other batch shares. */
  constructor(clock: Clock, send: (batch: Uint8Array<ArrayBuffer>) => void) {
    this.#clock = clock
    this.#send = send
  }

  /** Adds an event to the present batch, which the batcher sends a few milliseconds later, or earlier if the batch is full. */
  push(event: TapEvent): void {
    if (event.type === 'segment') this.#addSegment(event)
    else this.#addOther(event)
    this.#cancel ??= this.#clock.after(GATHERED, this.#sendLater)
  }

  /** Sends the present batch now. */
  flush(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#sendBatch()
  }

  readonly #sendLater = (): void => {
    this.#cancel = undefined
    this.#sendBatch()
  }

  #sendBatch(): void {
    if (this.#length === 0) return
    const batch = this.#bytes.slice(0, this.#length)
    this.#length = 0
    this.#send(batch)
  }

  #addSegment({ connection, at, from, bytes }: TapSegment): void {
    const place = this.#reserve(SEGMENT_HEADER + bytes.length)
    const view = this.#view
    view.setUint8(place, from === 'client' ? FROM_CLIENT : FROM_SERVER)
    view.setUint32(place + 1, connection)
    view.setFloat64(place + 5, at)
    view.setUint32(place + 13, bytes.length)
    this.#bytes.set(bytes, place + SEGMENT_HEADER)
  }

  #addOther(event: Exclude<TapEvent, TapSegment>): void {
    const json = encode(JSON.stringify(event))
    const place = this.#reserve(OTHER_HEADER + json.length)
    this.#view.setUint8(place, OTHER)
    this.#view.setUint32(place + 1, json.length)
    this.#bytes.set(json, place + OTHER_HEADER)
  }

  /** Reserves bytes in the present batch, or in a new batch if the present batch has no room. Returns their place. */
  #reserve(count: number): number {
    if (this.#length + count > this.#bytes.length) this.#sendBatch()
    if (count > this.#bytes.length) {
      this.#bytes = new Uint8Array(count)
      this.#view = new DataView(this.#bytes.buffer)
    }
    const place = this.#length
    this.#length += count
    return place
  }
}

/** Calls `take` with each event of a batch, in their order. The bytes of segments are parts of the batch. */
export function readBatch(batch: Uint8Array, take: (event: TapEvent) => void): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length)
  for (let place = 0; place < batch.length; ) {
    const kind = view.getUint8(place)
    if (kind === OTHER) {
      const end = place + OTHER_HEADER + view.getUint32(place + 1)
      take(JSON.parse(decode(batch.subarray(place + OTHER_HEADER, end))))
      place = end
      continue
    }
    const connection = view.getUint32(place + 1)
    const at = view.getFloat64(place + 5)
    const end = place + SEGMENT_HEADER + view.getUint32(place + 13)
    const bytes = batch.subarray(place + SEGMENT_HEADER, end)
    take({ type: 'segment', connection, at, from: kind === FROM_CLIENT ? 'client' : 'server', bytes })
    place = end
  }
}
