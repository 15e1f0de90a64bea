import { counted } from '../base/counts.ts'
/**
 * What ended a connection.
 *
 * `finished` the peer closed its side (FIN); `reset` the peer or the network broke the connection (RST); `ours` this
 * side ended it; `violation` the peer said what the protocol does not allow; `late` the peer was silent for too long;
 * `much` the peer sent a message over the cap, or does not read what is sent to it; `full` there is no room for it.
 */
export type How = 'finished' | 'reset' | 'ours' | 'violation' | 'late' | 'much' | 'full'

/** Unfinished is what a peer has sent of a message, and what the message needs to be whole. */
export interface Unfinished {
  readonly bytes: Uint8Array
  /** A noun, as "no line end (\\n)". */
  readonly lacks: string
}

/**
 * Ended is thrown to whoever waits on a connection that will bring nothing more; its message is a sentence for people. It has
 * no stack, for no code is at fault, and to capture one takes a fifth of all that a client costs which connects and is gone.
 */
export class Ended extends Error {
  override readonly name = 'Ended'
  readonly how: How
  /** Message that the peer did not finish. */
  readonly unfinished: Unfinished | undefined

  constructor(how: How, sentence: string, unfinished?: Unfinished) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(sentence)
    Error.stackTraceLimit = stackTraceLimit
    this.how = how
    this.unfinished = unfinished
  }

  /** Whether it was the peer that went. */
  get peerHasGone(): boolean {
    return this.how === 'finished' || this.how === 'reset'
  }
}

/**
 * NoTransport is why a place could not be opened or a peer not be reached, where the system has no word for that. Its
 * message is a clause for people, to stand behind "cannot connect to …:".
 */
export class NoTransport extends Error {
  override readonly name = 'NoTransport'
  readonly code: string

  constructor(code: string, clause: string, cause?: unknown) {
    super(clause, { cause })
    this.code = code
  }
}

/** Sentences for what systems call broken connections, where more can be said than that. */
const BROKEN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the port of the other side (ECONNREFUSED)',
  ETIMEDOUT: 'the other side can no longer be reached (ETIMEDOUT)',
  // ours
  EANSWER: 'the answer was longer than datagrams may be for what the client has sent (128 bytes, or three times as much)',
  EMSGSIZE: 'a message was too long for one datagram (EMSGSIZE)',
}

/** Describes the end of a peer: broken off, with the system's code, or finished, perhaps so many bytes into a message. */
export function gone(broken: string | undefined, cut: number, unfinished: Unfinished | undefined): Ended {
  if (broken !== undefined) return new Ended('reset', BROKEN[broken] ?? `the other side broke the connection off (${broken})`, unfinished)
  return new Ended(
    'finished',
    cut > 0
      ? `the other side closed the connection in the middle of a message, ${counted(cut, 'byte')} into it`
      : 'the other side closed the connection',
    unfinished,
  )
}
