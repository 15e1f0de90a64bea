import type { Side } from '../../protocol/message-spec.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import type { SecretSpan } from '../../wire/secret-masking.ts'
import type { Raw } from '../../wire/text.ts'

/*
 * The events that the monitor takes, and the observations that it returns. Both are plain data: live diagrams, recordings, checks
 * and the browser draw from the same observations, and a recording of the events gives the same observations again.
 */

/** WireEvent is one event at the place from which a conversation is watched. Times are milliseconds from any origin, ascending. */
export type WireEvent = WireBytes | WireEnd | WireTime | WireGap

/**
 * WireBytes are the bytes of one read, or one datagram. The boundaries of the reads can differ from the boundaries of the sender's writes.
 */
export interface WireBytes {
  readonly kind: 'bytes'
  readonly at: number
  readonly from: Side
  readonly bytes: Uint8Array
}

/** WireEnd is the end of one direction: a side has closed its output (FIN), or has reset the connection (RST). */
export interface WireEnd {
  readonly kind: 'end'
  readonly at: number
  readonly from: Side
  readonly how: 'finished' | 'reset'
}

/**
 * WireTime reports that no other event has happened until the time `at`. If a pause ends a message without framing, or a message
 * stays unfinished, the monitor can detect it only with a WireTime.
 */
export interface WireTime {
  readonly kind: 'time'
  readonly at: number
}

/** WireGap is a loss: the observer lacks the bytes between the previous event and the next event. */
export interface WireGap {
  readonly kind: 'gap'
  readonly at: number
  readonly from: Side
  /** Number of bytes of this side that are missing; `undefined` if the observer has missed the beginning of the conversation. */
  readonly missing: number | undefined
}

/** Segment is the position of one read in its direction. Segments of both directions are numbered together, from 1. */
export interface Segment extends ByteSpan {
  readonly number: number
  readonly at: number
}

/** Turn is the side that may send a message other than a goodbye. */
export type Turn = Side | 'either' | 'none'

/**
 * MessageLegality is the verdict of the automaton on a message at its place.
 * - `legal`: legal after everything that had passed before it.
 * - `crossed`: legal, but it was sent before its sender had received all earlier messages of the other side.
 * - `late`: it crossed an earlier message of the other side, and is not legal after that message. The sender could not know the earlier
 *   message, and the receiver refuses the late message.
 * - `early`: not legal in any state that the sender could know; but the sender does not have the turn, and the receiver may read the
 *   message later. A later `JudgedObservation` has the final verdict.
 * - `illegal`: a violation.
 */
export type MessageLegality = 'legal' | 'crossed' | 'late' | 'early' | 'illegal'

/** MessageVerdict is the judgment of one message. */
export interface MessageVerdict {
  readonly standing: MessageLegality
  /** Name of the message in the automaton; `undefined` for an early or illegal message. */
  readonly name: string | undefined
  /** State in which the message was judged, and the state of the conversation after it. */
  readonly before: string
  readonly after: string
  /** The side whose turn it is after the message. */
  readonly turn: Turn
  readonly violation?: Violation
  /** Number of the message that this message refuses, if it is the protocol's refusal. */
  readonly refuses?: number
  /** A sentence on an oddity of a legal message, such as bytes that are not text. */
  readonly oddity?: string
}

/** Violation describes a mistake in words that name no secret. */
export interface Violation {
  /** The whole sentence, as the engine reports it. */
  readonly sentence: string
  /** The sentence in words for the side that sent the message. */
  readonly toSender: string
  /**
   * A clause on the messages that the receiver expected, or the reason why it expected no message, such as `expected "LOW", "HIGH" or
   * "WIN"`.
   */
  readonly expected: string
  /** The message, quoted. */
  readonly received: string
  /** Offset of the first wrong byte in its direction. */
  readonly wrongAt: number
}

/** SegmentObservation is a read that has passed. */
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
  /** The bytes of the text, if they are not the UTF-8 form of the text. */
  readonly raw: Raw | undefined
  /** The bytes of its span, at most the first 4,096. */
  readonly bytes: Uint8Array
  /** The reads that have brought the message; empty only for an empty datagram. */
  readonly segments: readonly Segment[]
  /** Parts of the text that are secrets, which no output may show. */
  readonly secrets: readonly SecretSpan[]
}

/** JudgedObservation is the final verdict on an early message. */
export interface JudgedObservation extends MessageVerdict {
  readonly kind: 'judged'
  readonly at: number
  readonly from: Side
  /** The number of the early message. */
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
  /** A sentence on the bytes that were sent, their missing part, and their likely meaning. */
  readonly sentence: string
  /** True if the direction has ended, so that the missing bytes cannot come. */
  readonly final: boolean
}

/** UnreadableObservation is the end of decoding in one direction, because no message of at most `limit` bytes begins at `start`. */
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
  /** Name of the closing in the automaton; missing if the closing is not a transition of this state. */
  readonly name: string | undefined
  readonly before: string
  readonly after: string
  /** True if the conversation may be over in the state after this end. */
  readonly over: boolean
  /** A clause on the messages that the side should have sent instead; missing if the conversation is over. */
  readonly expected: string | undefined
}

/**
 * GapObservation reports missing bytes. Either the monitor does not know the state any more, or it has received the rest of a message whose
 * beginning is missing.
 */
export interface GapObservation {
  readonly kind: 'gap'
  readonly at: number
  readonly from: Side
  readonly sentence: string
}

/** Observation is a result of the monitor. */
export type Observation =
  | SegmentObservation
  | MessageObservation
  | JudgedObservation
  | UnfinishedObservation
  | UnreadableObservation
  | GapObservation
  | EndObservation

/** Checks whether a message arrived in several reads. */
export function isCut({ segments }: MessageObservation): boolean {
  return segments.length > 1
}

/** Checks whether a read brought this message together with bytes of another message. */
export function isGlued({ start, end, segments }: MessageObservation): boolean {
  return segments.some((segment) => segment.start < start || segment.end > end)
}
