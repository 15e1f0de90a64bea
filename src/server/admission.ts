import type { Clock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import { toNetwork } from '../base/network-address.ts'
import { RateLimiter, TokenBucket } from '../base/rate-limit.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { formatMessage } from '../protocol/message-spec.ts'
import type { Budget } from '../wire/allowance.ts'
import { Ignored } from '../wire/allowance.ts'
import type { Address, Transport } from '../wire/transport.ts'

/** AdmissionLimits has the limits of one client; `Infinity` means no limit. */
export interface AdmissionLimits {
  /** Maximum number of connections of one address at a time; the addresses of this machine have no such limit. */
  readonly connections: number
  /** Maximum number of messages of one connection: in a burst, and then per second. */
  readonly burst: number
  readonly messages: number
}

/** AdmittedPeer has the properties of a peer that determine the limits of this peer. */
export type AdmittedPeer = Pick<Transport, 'remote' | 'loopback'>

export const unlimited: AdmissionLimits = {
  connections: Number.POSITIVE_INFINITY,
  burst: Number.POSITIVE_INFINITY,
  messages: Number.POSITIVE_INFINITY,
}

/**
 * Maximum number of messages between two checks of a budget. The connection does not check the budget at each message, because a check
 * costs more than a message.
 */
const STEP = 100
/** Rate of log rows about a limit that one address has reached: one per minute. */
const LIMITED = { burst: 1, refill: 60_000 }
/** Rate of log rows about the conversations of one address. */
const NOTICED = { burst: 20, refill: 3000 }
/** Rate of log rows about conversations of one address that ended with an error. */
const ENDS = { burst: 500, refill: 100 }
/** Milliseconds that the peer has to read the reason before the server closes its connection. */
const LINGER = 1000

/**
 * AdmissionControl limits the connections of each address, the messages of each connection, and the log rows about connections and
 * messages.
 */
export class AdmissionControl {
  readonly #limits: AdmissionLimits
  readonly #clock: Clock
  readonly #connections = new Map<string, number>()
  readonly #limited = new RateLimiter(LIMITED)
  readonly #noticed = new RateLimiter(NOTICED)
  readonly #ends = new RateLimiter(ENDS)
  /** Budget of conversations over datagrams, for all peers together; `undefined` means no limit. */
  readonly #begins: TokenBucket | undefined

  constructor(limits: AdmissionLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    const { burst, messages } = limits
    if (burst === Number.POSITIVE_INFINITY || messages === Number.POSITIVE_INFINITY) return
    this.#begins = new TokenBucket({ burst, refill: Math.max(1, Math.round(1000 / messages)) })
  }

  /**
   * Counts a peer's connection until `leave`. If its address has too many connections, returns a sentence and does not count the
   * connection.
   */
  admit(peer: AdmittedPeer): string | undefined {
    if (!this.#counts(peer)) return undefined
    const network = toNetwork(peer.remote.host)
    const open = this.#connections.get(network) ?? 0
    if (open >= this.#limits.connections)
      return `no more than ${formatCount(open, 'connection')} from one address may be open: close one first`
    this.#connections.set(network, open + 1)
    return undefined
  }

  /** Stops counting a connection that `admit` has counted. */
  leave(peer: AdmittedPeer): void {
    if (!this.#counts(peer)) return
    const network = toNetwork(peer.remote.host)
    const left = (this.#connections.get(network) ?? 1) - 1
    if (left > 0) this.#connections.set(network, left)
    else this.#connections.delete(network)
  }

  /**
   * Checks whether a conversation over datagrams may begin now. A single datagram begins a conversation, and the sender may have forged its
   * address, so all senders of datagrams share the rate of one connection.
   */
  mayBegin(): boolean {
    return this.#begins === undefined || this.#begins.take(this.#clock.monotonic()) === 0
  }

  /** Creates the message budget for the peers of a program. The budget calls `onSlowed` once for each peer that exceeds the rate. */
  createBudget(onSlowed: (peer: Address, sentence: string) => void): Budget | undefined {
    const { burst, messages } = this.#limits
    if (burst === Number.POSITIVE_INFINITY || messages === Number.POSITIVE_INFINITY) return undefined
    const step = Math.min(STEP, Math.max(1, Math.floor(burst / 10)))
    // the first step is free, because the connection does not check the budget before the first step
    const rate = { burst: Math.max(1, Math.floor(burst / step) - 1), refill: Math.max(1, Math.round((1000 * step) / messages)) }
    const sentence = `the client sends more than ${formatCount(messages, 'message')} a second: the server reads its messages more slowly`
    return { step, open: (peer) => this.#account(rate, () => onSlowed(peer, sentence)) }
  }

  /** Returns true if the server may log now that an address has reached a limit: once a minute. */
  mayLogLimit(what: string, { host }: Address): boolean {
    return this.#limited.take(`${what} ${toNetwork(host)}`, this.#clock.monotonic()) === 0
  }

  /** Returns true if the server may log a notice about a conversation now: per address, a burst of 20, then one notice in three seconds. */
  mayLogNotice(what: string, { host }: Address): boolean {
    return this.#noticed.take(`${what} ${toNetwork(host)}`, this.#clock.monotonic()) === 0
  }

  /** Returns true if the server may log now that a conversation ended with an error: per address, a burst of 500, then ten a second. */
  mayLogEnd({ host }: Address): boolean {
    return this.#ends.take(toNetwork(host), this.#clock.monotonic()) === 0
  }

  #account(rate: ConstructorParameters<typeof TokenBucket>[0], onSlowed: () => void): () => number {
    const bucket = new TokenBucket(rate)
    let slowed = false
    return () => {
      const wait = bucket.take(this.#clock.monotonic())
      if (wait > 0 && !slowed) onSlowed()
      slowed ||= wait > 0
      return wait
    }
  }

  /**
   * Checks whether the limits count a peer's address. They do not count this machine's addresses, because a tunnel may give all users the
   * same address of this machine.
   */
  #counts(peer: AdmittedPeer): boolean {
    return this.#limits.connections < Number.POSITIVE_INFINITY && !peer.loopback
  }
}

/** Rejects a peer. Sends the sentence if the protocol has a message for sentences; otherwise resets the connection. */
export function reject(transport: Transport, { protocol }: Program, options: Options, sentence: string, clock: Clock): void {
  const { messages, refusal } = protocol.automaton
  const form = refusal === undefined ? undefined : messages[refusal]
  if (!form || transport.datagrams) return transport.reset()
  const cancel = clock.after(LINGER, () => transport.destroy())
  const ignored = new Ignored()
  const data = ({ length }: Uint8Array) => {
    if (!ignored.mayDiscard(length)) transport.pause()
  }
  transport.open({ data, finished: () => {}, closed: cancel })
  transport.write(protocol.framing(options).toClient.encode(formatMessage(form, [sentence])))
  transport.finish()
}
