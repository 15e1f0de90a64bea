import type { Membership } from '../base/churn-set.ts'
import type { Clock } from '../base/clock.ts'
import type { SeatingObserver } from '../lobby/context.ts'
import type { Conversation } from '../protocol/conversation.ts'
import type { ConversationNote, ConversationObserver } from '../protocol/conversation-notes.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { Address, Transport } from '../wire/transport.ts'
import type { AdmissionControl } from './admission.ts'
import { type ConnectionInfo, type Level, type Logs, toOutcome } from './observe/logs.ts'
import type { ProgramStats } from './program-stats.ts'

/** ClientConnectionOptions has the options that are the same for all connections of one server. */
export interface ClientConnectionOptions {
  readonly server: { readonly stopping: boolean }
  readonly clock: Clock
  readonly admission: AdmissionControl
  readonly logs: Logs
}

/** ClientConnection is one connection to a server, from accept to close. It counts the connection, and logs the beginning and the end. */
export class ClientConnection implements ConnectionInfo, ConversationObserver, SeatingObserver {
  readonly connection: number
  readonly program: string
  readonly #transport: Transport
  readonly #hosting: ClientConnectionOptions
  readonly #stats: ProgramStats
  readonly #next: () => void
  readonly #since: number
  #conversation: Conversation | undefined
  #membership: Membership | undefined
  #isOut = false

  /** The connection calls `next` when the conversation has ended. An iterative program then serves its next client. */
  constructor(
    connection: number,
    program: string,
    transport: Transport,
    stats: ProgramStats,
    hosting: ClientConnectionOptions,
    next: () => void,
  ) {
    this.connection = connection
    this.program = program
    this.#transport = transport
    this.#stats = stats
    this.#hosting = hosting
    this.#next = next
    this.#since = hosting.clock.monotonic()
    // a closed transport has no address, so the constructor reads the address
    if (hosting.logs.ended) void transport.remote
    stats.countAccepted()
    hosting.logs.connected?.(this)
  }

  get client(): Address {
    return this.#transport.remote
  }

  /** Sets the conversation, and adds it to the watched conversations until the conversation closes. */
  setConversation(conversation: Conversation, membership: Membership): void {
    this.#conversation = conversation
    this.#membership = membership
  }

  onNote(what: ConversationNote, sentence: string): boolean {
    const { admission, logs } = this.#hosting
    if (!logs.noticed || !admission.mayLogNotice(what, this.client)) return false
    logs.noticed(this, what, sentence)
    return true
  }

  onSeated(table: number, seat: number): void {
    this.#hosting.logs.seated?.(this, table, seat)
  }

  onEnd(reason: Error | undefined): void {
    // a client that has disconnected and received all bytes no longer counts for the limit, so it may connect again before this side has
    // closed
    if (reason instanceof Disconnected && reason.isPeerClosed && this.#conversation?.connection.isFlushed) this.#release()
    try {
      this.#logEnd(reason)
    } finally {
      this.#next()
    }
  }

  onClose(): void {
    if (this.#conversation) this.#stats.countClosed(this.#conversation)
    this.#release()
    this.#membership?.leave()
  }

  #release(): void {
    if (this.#isOut) return
    this.#isOut = true
    this.#hosting.admission.leave(this.#transport)
  }

  /**
   * Checks whether the conversation ended normally. A conversation of a protocol without an end message ends by silence over
   * datagrams, and by a close over streams.
   */
  #isGoodEnd(reason: Error | undefined): boolean {
    if (!(reason instanceof Disconnected)) return reason === undefined
    if (this.#transport.datagrams) return reason.reason === 'late'
    return reason.isPeerClosed && !reason.unfinished && this.#conversation?.isEndless === true
  }

  #logEnd(reason: Error | undefined): void {
    const trouble = this.#isGoodEnd(reason) ? undefined : reason
    const outcome = toOutcome(trouble)
    this.#stats.countOutcome(outcome)
    const { server, clock, admission, logs } = this.#hosting
    if (logs.ended && this.#conversation) {
      const { state, connection } = this.#conversation
      const { received, sent } = connection
      const level: Level = !trouble || server.stopping ? 'info' : outcome === 'mistake' ? 'error' : 'warn'
      if (level !== 'info' && !admission.mayLogEnd(this.client)) return this.#logSuppression()
      logs.ended(this, { level, outcome, trouble, state, ms: clock.monotonic() - this.#since, received, sent })
    }
  }

  /** Logs that the server does not log all ends, at most once a minute for each network. */
  #logSuppression(): void {
    const { admission, logs } = this.#hosting
    if (admission.mayLogLimit('ended', this.client)) {
      logs.log('warn', `more than ten conversations of ${this.client.host} a second end with an error: the server does not log all of them`)
    }
  }
}
