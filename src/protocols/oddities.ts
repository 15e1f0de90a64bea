import type { Unfinished } from '../wire/ends.ts'
import type { Raw } from '../wire/raw.ts'

/** PeerObserver is notified of what is wrong with the messages of a peer while its conversation goes on, in sentences. */
export interface PeerObserver {
  /**
   * Called when this side has refused a message of the peer in words of the protocol. `usual`: a person at the peer could
   * have typed it, so it matters only if the conversation does not end well.
   */
  refused(sentence: string, usual: boolean): void
  /** The bytes of a text for people are no text. */
  garbled(sentence: string): void
  /** A message is read that had come before it was the peer's turn. */
  early(sentence: string): void
}

/** Oddities are what is remembered of messages that are not as they should be. */
export interface Oddities {
  /** True if the next message has come before the peer's turn, and if the last one had. */
  nextEarly: boolean
  lastEarly: boolean
  /** Last clue, and length of the unfinished message that was reported: neither is reported twice. */
  clue: string
  unfinished: number
  /** True if the last message was reported as one whose bytes are no text. */
  lastGarbled: boolean
  /** The bytes of the last message, where its text does not tell them. */
  lastRaw: Raw | undefined
  /** True if an HTTP request was rejected whose head may go on. */
  inHead: boolean
  /** The last message, if it was rejected and the protocol has passwords; else `''`. */
  rejected: string
}

/** The oddities of a peer that had none so far. */
export function noOddities(): Oddities {
  return {
    nextEarly: false,
    lastEarly: false,
    clue: '',
    unfinished: 0,
    lastGarbled: false,
    lastRaw: undefined,
    inHead: false,
    rejected: '',
  }
}

/** Checks whether unfinished bytes remain of a message in UTF-16 behind its line end: they are the same fault as the message. */
export function isRemainder(oddities: Oddities | undefined, { bytes }: Unfinished): boolean {
  if (oddities === undefined || oddities.clue === '') return false
  // a pickle ends with a full stop
  return bytes.every((byte) => byte === 0) || (oddities.clue.includes('pickle') && bytes.at(-1) === 0x2e)
}
