import type { Side } from '../../protocol/automaton.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import type { SecretSpan } from '../../wire/secret-masking.ts'
import type { Raw } from '../../wire/text.ts'

/*
 * What goes into the monitor and what comes out of it. Both are plain data: live diagrams, recordings, checks and the browser draw
 * from the same observations, and a recording of the events gives the same observations again.
 */

/** WireEvent is one event at the place from which a conversation is watched. Times are milliseconds from any origin, ascending. */
export type WireEvent = WireBytes | WireEnd | WireTime

/** WireBytes are the bytes of one read, or one datagram. A boundary is that of the read; the sender may have written otherwise. */
export interface WireBytes {
  readonly kind: 'bytes'
  readonly at: number
  readonly from: Side
  readonly bytes: Uint8Array
}

/** WireEnd is the end of one direction: a side has closed its output (FIN), or has broken the connection (RST). */
export interface WireEnd {
  readonly kind: 'end'
  readonly at: number
  readonly from: Side
  readonly how: 'finished' | 'reset'
}

/** WireTime says that nothing else has happened until then. Pauses end messages without framing, and unfinished ones are reported. */
export interface WireTime {
  readonly kind: 'time'
  readonly at: number
}

/** Segment is the place of one read in its direction. Segments of both directions are numbered together, from 1. */
export interface Segment extends ByteSpan {
  readonly number: number
  readonly at: number
}

/** Turn is who may send a message other than a goodbye. */
export type Turn = Side | 'either' | 'none'

/**
 * MessageStanding is how a message stands with the automaton.
 * - `legal`: legal after everything that had passed before it.
 * - `crossed`: legal, but its sender had not received all messages of the other side that had passed.
 * - `late`: it crossed a message after which it is not legal. The sender could not know that, and the receiver rejects it.
 * - `early`: not legal in any state that the sender could know; but it is not that side's turn, and the receiver may read the
 *   message later. A `JudgedObservation` follows then.
 * - `illegal`: a violation.
 */
export type MessageStanding = 'legal' | 'crossed' | 'late' | 'early' | 'illegal'

/** MessageVerdict is the judgement of one message. */
export interface MessageVerdict {
  readonly standing: MessageStanding
  /** Name of the message in the automaton; `undefined` while it is early, and if it is illegal. */
  readonly name: string | undefined
  /** State in which it was judged, and the state of the conversation afterwards. */
  readonly before: string
  readonly after: string
  /** Whose turn it is afterwards. */
  readonly turn: Turn
  readonly violation?: Violation
  /** Number of the message that this one refuses, if it is the protocol's refusal. */
  readonly refuses?: number
  /** What is odd about a legal message, such as bytes that are not text; a sentence. */
  readonly oddity?: string
}

/** Violation is what was wrong, in words that name no secret. */
export interface Violation {
  /** The whole sentence, as the engine reports it. */
  readonly sentence: string
  /** The same sentence, for the side that sent the message. */
  readonly toSender: string
  /** What was expected, or why nothing was: a clause such as `expected "LOW", "HIGH" or "WIN"`. */
  readonly expected: string
  /** The message, quoted. */
  readonly received: string
  /** Offset of the first wrong byte in its direction. */
  readonly wrongAt: number
}

/** SegmentObservation is a read. */
export interface SegmentObservation extends Segment {
  readonly kind: 'segment'
  readonly from: Side
}

/** MessageObservation is a whole message; `at` is the time of its last byte. */
export interface MessageObservation extends MessageVerdict, ByteSpan {
  readonly kind: 'message'
  readonly at: number
  readonly from: Side
  /** Messages of both directions are numbered together, from 1. */
  readonly number: number
  readonly text: string
  /** Bytes of the text, if they differ from the text in UTF-8. */
  readonly raw: Raw | undefined
  /** The bytes of its span, at most the first 4,096. */
  readonly bytes: Uint8Array
  /** The reads that have brought it, at least one unless it is an empty datagram. */
  readonly segments: readonly Segment[]
  /** Parts of the text that must not be shown. */
  readonly secrets: readonly SecretSpan[]
}

/** JudgedObservation is the verdict on an early message, when the conversation has come so far. */
export interface JudgedObservation extends MessageVerdict {
  readonly kind: 'judged'
  readonly at: number
  readonly from: Side
  /** The number of the message. */
  readonly number: number
}

/** UnfinishedObservation is the beginning of a message that lacks its end. */
export interface UnfinishedObservation extends ByteSpan {
  readonly kind: 'unfinished'
  readonly at: number
  readonly from: Side
  readonly bytes: Uint8Array
  /** A noun, such as "no line end (\\n)". */
  readonly lacks: string
  /** What was sent and what it lacks, and what the bytes look like. */
  readonly sentence: string
  /** True if the direction has ended, so that the rest cannot come. */
  readonly final: boolean
}

/** UnreadableObservation is the end of decoding in one direction: no message of at most `limit` bytes is there. */
export interface UnreadableObservation {
  readonly kind: 'unreadable'
  readonly at: number
  readonly from: Side
  /** Offset at which the message would begin. */
  readonly start: number
  readonly sentence: string
}

/** EndObservation is the end of one direction. */
export interface EndObservation {
  readonly kind: 'end'
  readonly at: number
  readonly from: Side
  readonly how: WireEnd['how']
  /** Name of the closing in the automaton, if it has one in this state. */
  readonly name: string | undefined
  readonly before: string
  readonly after: string
  /** True if the conversation may be over in the state afterwards. */
  readonly over: boolean
  /** What was expected from that side instead, if the conversation is not over: a clause. */
  readonly expected: string | undefined
}

/** Observation is what the monitor has seen. */
export type Observation =
  | SegmentObservation
  | MessageObservation
  | JudgedObservation
  | UnfinishedObservation
  | UnreadableObservation
  | EndObservation

/** Checks whether a message arrived in several reads. */
export function isCut({ segments }: MessageObservation): boolean {
  return segments.length > 1
}

/** Checks whether a read brought this message together with bytes of another. */
export function isGlued({ start, end, segments }: MessageObservation): boolean {
  return segments.some((segment) => segment.start < start || segment.end > end)
}
