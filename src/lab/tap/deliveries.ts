import { formatCount } from '../../base/counts.ts'
import { isGlued, type MessageObservation } from '../monitor/observation.ts'

/** Write is one write that passed bytes on, with the offsets of these bytes in their direction. */
interface Write {
  readonly start: number
  readonly end: number
  /** Time in milliseconds. */
  readonly at: number
}

/** Limit of messages and of writes that are stored. */
const STORED = 4096
/** Minimum delay, in milliseconds, of a message that a sentence calls late. Without a delay by a fault, a message takes less time. */
const LATE = 2
/** Maximum number of pieces whose lengths a sentence lists. */
const LISTED = 6

/**
 * Deliveries compare the messages of one side with the tap's writes, because a fault cuts, joins or delays messages. The tap may find out
 * that bytes are a message either before or after it writes these bytes.
 */
export class Deliveries {
  #messages: MessageObservation[] = []
  #writes: Write[] = []
  #sent = 0

  /** Number of bytes that were passed on. */
  get sent(): number {
    return this.#sent
  }

  /** Adds a message of the side. Returns sentences on the messages that were passed on with a change. */
  addMessage(message: MessageObservation): readonly string[] {
    if (this.#messages.length < STORED) this.#messages.push(message)
    return this.#describeSent()
  }

  /** Adds a write of `length` bytes. Returns sentences on the messages that were passed on with a change. */
  addWrite(at: number, length: number): readonly string[] {
    const start = this.#sent
    this.#sent += length
    this.#writes.push({ start, end: this.#sent, at })
    if (this.#writes.length > STORED) this.#writes.shift()
    return this.#describeSent()
  }

  #describeSent(): readonly string[] {
    const count = this.#messages.findIndex(({ end }) => end > this.#sent)
    const sent = this.#messages.splice(0, count < 0 ? this.#messages.length : count)
    const sentences = sent.flatMap((message) => this.#describe(message))
    const last = sent.at(-1)?.end ?? 0
    const used = this.#writes.findIndex(({ end }) => end > last)
    if (last > 0) this.#writes.splice(0, used < 0 ? this.#writes.length : used)
    return sentences
  }

  #describe(message: MessageObservation): readonly string[] {
    const { number, start, end, segments, at } = message
    const writes = this.#writes.filter((write) => write.start < end && write.end > start)
    const late = Math.round((writes.at(-1)?.at ?? at) - at)
    const isJoined = writes.some((write) => write.start < start || write.end > end)
    if (writes.length === segments.length && late < LATE && isJoined === isGlued(message)) return []
    const lengths = writes.map((write) => Math.min(write.end, end) - Math.max(write.start, start))
    const how = [describePieces(lengths), ...(isJoined ? ['together with other bytes'] : []), ...(late < LATE ? [] : [`${late} ms later`])]
    return [`message ${number} is sent on ${how.join(', ')}`]
  }
}

function describePieces(lengths: readonly number[]): string {
  const [first = 0] = lengths
  if (lengths.length < 2) return 'in one piece'
  if (lengths.every((length) => length === first)) return `in ${lengths.length} pieces of ${formatCount(first, 'byte')}`
  const listed = lengths.slice(0, LISTED).join(', ')
  return `in pieces of ${listed}${lengths.length > LISTED ? ', …' : ''} bytes`
}
