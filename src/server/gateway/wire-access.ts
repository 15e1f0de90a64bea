import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { RateLimiter } from '../../base/rate-limit.ts'
import type { Refusal } from '../../games/game.ts'
import { makeToken, parseToken, type RandomBytes } from '../../hall/accounts/tokens.ts'
import type { ConnectionLogs, LoggedConnection } from '../../lab/wire/connection-logs.ts'
import type { Address } from '../../wire/transport.ts'
import { isLoopbackHost } from '../../wire/transports/socket.ts'
import type { RequestOrigin } from './request-origin.ts'

/*
 * A student opens the wire view without an account. The address of the browser then is the only sign that the browser belongs to the
 * program, so these rules say when an address is such a sign:
 *
 * - The header `Host` must name this server, which `RequestGate` checks. A page of an attacker can let its own name resolve to this server (DNS
 *   rebinding). The requests of that page come from the student's address.
 * - A request that a proxy has forwarded must come from a trusted proxy that names the client. Otherwise all users of the proxy have its
 *   address, and with a proxy on this machine that address is this machine.
 * - An address with several programs at the same time may belong to several students, so the server cannot assign its programs. Only this
 *   machine may choose among its own.
 *
 * Every other view needs a code of the operator.
 */

/** WireGrant is the right to see the wire of some connections. */
export interface WireGrant {
  readonly right: 'machine' | 'address' | 'code' | 'operator' | 'none'
  /** The address whose connections it opens; missing for all connections. */
  readonly address?: { readonly host: string; readonly loopback: boolean }
  /** The reason why it opens no connection, or not all. */
  readonly why?: string
}

export interface WireAccessOptions {
  readonly logs: ConnectionLogs
  readonly clock: Clock
  readonly bytes: RandomBytes
  /** True for a server with `lab`, whose operator sees all connections. */
  readonly isLab: boolean
}

/** Number of characters of a code: 40 bits, enough because guesses are rate-limited. */
const CODE = 8
/** Milliseconds for which a code is valid, and the maximum number of codes. */
const VALID = 900_000
const CODES = 100
/** Rate of codes that a network may try: a burst of 10, then one in 10 seconds. */
const TRIES = { burst: 10, refill: 10_000 }
/** The headers by which a proxy names its peer. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'] as const

/** WireAccess decides which connections a browser may see. */
export class WireAccess {
  readonly #options: WireAccessOptions
  readonly #codes = new Map<string, { readonly grant: WireGrant; readonly until: number }>()
  readonly #tries = new RateLimiter(TRIES)

  constructor(options: WireAccessOptions) {
    this.#options = options
  }

  /** Returns the right that follows from the address of a request. */
  grantTo(request: IncomingMessage, origin: RequestOrigin, peer: Address): WireGrant {
    const { host, loopback } = { host: origin.remote.host, loopback: origin.loopback }
    const isForwarded = FORWARDED.some((name) => request.headers[name] !== undefined)
    if (isForwarded && origin.remote === peer) {
      return {
        right: 'none',
        why: 'a proxy forwards this page, and the server does not trust the proxy or cannot read your address in X-Forwarded-For: ask the operator for a code',
      }
    }
    return { right: loopback ? 'machine' : 'address', address: { host, loopback } }
  }

  /** Lists the connections that a right opens, with a sentence if it opens not all of its address. */
  list({ right, address, why }: WireGrant): { readonly connections: readonly LoggedConnection[]; readonly why?: string } {
    if (right === 'none') return { connections: [], ...(why === undefined ? {} : { why }) }
    const { logs } = this.#options
    if (!address) return { connections: logs.list() }
    const own = logs.listOf(address.host, address.loopback)
    if (right !== 'address') return { connections: own }
    const connections = own.filter(({ isShared }) => !isShared)
    if (connections.length === own.length) return { connections }
    return {
      connections,
      why: `several programs of your address, ${address.host}, were connected at the same time, so the server does not know which of them is yours: run one at a time, or ask the operator for a code`,
    }
  }

  /**
   * Issues a code: for the connections of an address or, on a server with `lab`, for all connections. The code works once, within 15
   * minutes.
   */
  issueCode(host: string | undefined): string | Refusal {
    const { clock, bytes, isLab } = this.#options
    if (host === undefined && !isLab)
      return {
        refused:
          'a server without --lab shows a browser only the connections of one address: name the address, as in "parlor wire-code 192.168.1.37"',
      }
    const code = makeToken(bytes).slice(0, CODE)
    const loopback = host !== undefined && isLoopbackHost(host)
    const grant: WireGrant = host === undefined ? { right: 'operator' } : { right: 'code', address: { host, loopback } }
    const [oldest] = this.#codes.keys()
    if (oldest !== undefined && this.#codes.size >= CODES) this.#codes.delete(oldest)
    this.#codes.set(code, { grant, until: clock.monotonic() + VALID })
    return `${code.slice(0, CODE / 2)}-${code.slice(CODE / 2)}`
  }

  /** Exchanges a code for its right. */
  takeCode(typed: string, { remote }: Pick<RequestOrigin, 'remote'>): WireGrant | (Refusal & { readonly code: 'throttled' | 'bad-token' }) {
    const now = this.#options.clock.monotonic()
    const wait = this.#tries.take(toNetwork(remote.host), now)
    if (wait > 0) return { code: 'throttled', refused: `your address has tried too many codes: try again in ${Math.ceil(wait / 1000)} s` }
    const code = parseToken(typed, CODE)
    const found = typeof code === 'string' ? this.#codes.get(code) : undefined
    if (typeof code !== 'string' || !found || found.until < now) {
      return { code: 'bad-token', refused: 'this code is not valid: it works once, within 15 minutes. Ask the operator for a new code' }
    }
    this.#codes.delete(code)
    this.#tries.giveBack(toNetwork(remote.host))
    return found.grant
  }
}
