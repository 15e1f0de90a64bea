import type { Conversation } from '../protocols/conversation.ts'
import type { Noticed, Witness } from '../protocols/notices.ts'
import type { Clock } from '../wire/clock.ts'
import type { Membership } from '../wire/crowd.ts'
import { Ended } from '../wire/ends.ts'
import type { Address, Transport } from '../wire/transport.ts'
import type { Doorkeeper } from './limits.ts'
import { type Level, type Logs, outcomeOf, type Visit } from './logs.ts'
import type { Tally } from './tally.ts'

/** Hosting is what the guests of one server have in common. */
export interface Hosting {
  readonly server: { readonly stopping: boolean }
  readonly clock: Clock
  readonly doorkeeper: Doorkeeper
  readonly logs: Logs
}

/** Guest is one connection to a server from its coming to its going: it is counted, and told of. */
export class Guest implements Visit, Witness {
  readonly connection: number
  readonly program: string
  readonly #transport: Transport
  readonly #hosting: Hosting
  readonly #tally: Tally
  readonly #next: () => void
  readonly #since: number
  #conversation: Conversation | undefined
  #membership: Membership | undefined
  #isOut = false

  /** `next` is called when another one may be served, where that is one at a time. */
  constructor(connection: number, program: string, transport: Transport, tally: Tally, hosting: Hosting, next: () => void) {
    this.connection = connection
    this.program = program
    this.#transport = transport
    this.#tally = tally
    this.#hosting = hosting
    this.#next = next
    this.#since = hosting.clock.monotonic()
    // who has gone has no address any more
    if (hosting.logs.ended) void transport.remote
    tally.came()
    hosting.logs.came?.(this)
  }

  get client(): Address {
    return this.#transport.remote
  }

  /** Begins to be served; it leaves those who are watched when it has gone. */
  served(conversation: Conversation, membership: Membership): void {
    this.#conversation = conversation
    this.#membership = membership
  }

  noticed(what: Noticed, sentence: string): boolean {
    const { doorkeeper, logs } = this.#hosting
    if (!logs.noticed || !doorkeeper.mayNotice(what, this.client)) return false
    logs.noticed(this, what, sentence)
    return true
  }

  over(reason: Error | undefined): void {
    // who has gone, and to whom nothing is left to be said, may come again before the connection is closed on this side too
    if (reason instanceof Ended && reason.peerHasGone && this.#conversation?.connection.told) this.#letOut()
    try {
      this.#tell(reason)
    } finally {
      this.#next()
    }
  }

  done(): void {
    if (this.#conversation) this.#tally.left(this.#conversation)
    this.#letOut()
    this.#membership?.leave()
  }

  #letOut(): void {
    if (this.#isOut) return
    this.#isOut = true
    this.#hosting.doorkeeper.leave(this.#transport)
  }

  /** Checks whether the client ended the conversation in its only way: silence in datagrams, or closing. */
  #isGoodEnd(reason: Error | undefined): boolean {
    if (!(reason instanceof Ended)) return reason === undefined
    if (this.#transport.datagrams) return reason.how === 'late'
    return reason.peerHasGone && !reason.unfinished && this.#conversation?.isEndless === true
  }

  #tell(reason: Error | undefined): void {
    const trouble = this.#isGoodEnd(reason) ? undefined : reason
    const outcome = outcomeOf(trouble)
    this.#tally.ended(outcome)
    const { server, clock, doorkeeper, logs } = this.#hosting
    if (logs.ended && this.#conversation) {
      const { state, connection } = this.#conversation
      const { received, sent } = connection
      const level: Level = !trouble || server.stopping ? 'info' : outcome === 'mistake' ? 'error' : 'warn'
      if (level !== 'info' && !doorkeeper.mayLogEnd(this.client)) return this.#tellOfMore()
      logs.ended(this, { level, outcome, trouble, state, ms: clock.monotonic() - this.#since, received, sent })
    }
  }

  /** Says once a minute that not all ends are logged. */
  #tellOfMore(): void {
    const { doorkeeper, logs } = this.#hosting
    if (doorkeeper.mayTell('ended', this.client)) {
      logs.tell('warn', `more conversations of ${this.client.host} end in trouble than are logged, which is ten a second`)
    }
  }
}
