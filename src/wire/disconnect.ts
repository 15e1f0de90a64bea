import { formatCount } from '../base/counts.ts'

/**
 * DisconnectReason is the reason why a connection ended.
 *
 * - `finished`: the peer closed its side (FIN).
 * - `reset`: the peer or the network broke the connection (RST).
 * - `ours`: this side ended the connection.
 * - `violation`: the peer violated the protocol.
 * - `late`: the peer reached a timeout.
 * - `much`: the peer exceeded a limit: a message was too long, or the peer left too many bytes unread.
 * - `full`: the server is at capacity.
 */
export type DisconnectReason = 'finished' | 'reset' | 'ours' | 'violation' | 'late' | 'much' | 'full'

/** UnfinishedMessage is the beginning of a message, and the name of the part that the message lacks. */
export interface UnfinishedMessage {
  readonly bytes: Uint8Array
  /** A noun, such as "no line end (\\n)". */
  readonly lacks: string
}

/**
 * Disconnected is the error for a reader of a connection on which no more bytes can arrive. The message of the error is a sentence for
 * people. The error has no stack, because the cause is not in the code, and capturing a stack is a fifth of the cost of a client that
 * connects and disconnects.
 */
export class Disconnected extends Error {
  override readonly name = 'Disconnected'
  readonly reason: DisconnectReason
  /** The message that the peer did not finish. */
  readonly unfinished: UnfinishedMessage | undefined

  constructor(how: DisconnectReason, sentence: string, unfinished?: UnfinishedMessage) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(sentence)
    Error.stackTraceLimit = stackTraceLimit
    this.reason = how
    this.unfinished = unfinished
  }

  /** True if the peer or the network closed the connection. */
  get isPeerClosed(): boolean {
    return this.reason === 'finished' || this.reason === 'reset'
  }
}

/**
 * TransportError reports that this side cannot listen at an address or connect to an address, although the system has reported no error.
 * The message of the error is a clause for people, which follows "cannot connect to …:".
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: string

  constructor(code: string, clause: string, cause?: unknown) {
    super(clause, { cause })
    this.code = code
  }
}

/** Sentences for codes of broken connections. For any other code, `peerDisconnected` formats a general sentence. */
const BROKEN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the port of the other side (ECONNREFUSED)',
  ETIMEDOUT: 'the other side can no longer be reached (ETIMEDOUT)',
  // EANSWER is not a code of the system: `UdpAnswers` sets this code
  EANSWER: 'the answer was longer than the limit over UDP (128 bytes, or three times the bytes that the client has sent)',
  EMSGSIZE: 'a message was too long for one datagram (EMSGSIZE)',
}

/**
 * Creates the error for a peer that aborted the connection (`broken` is the code) or finished. `cut` is the number of bytes of an
 * unfinished message.
 */
export function peerDisconnected(broken: string | undefined, cut: number, unfinished: UnfinishedMessage | undefined): Disconnected {
  if (broken !== undefined)
    return new Disconnected('reset', BROKEN[broken] ?? `the other side broke the connection off (${broken})`, unfinished)
  return new Disconnected(
    'finished',
    cut > 0
      ? `the other side closed the connection in the middle of a message, ${formatCount(cut, 'byte')} into it`
      : 'the other side closed the connection',
    unfinished,
  )
}
