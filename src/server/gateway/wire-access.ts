import type { Clock } from '../../base/clock.ts'
import type { Refusal } from '../../games/game.ts'
import { hashToken, makeToken, parseToken, type RandomBytes } from '../../hall/accounts/tokens.ts'
import type { ConnectionLogs, LoggedConnection } from '../../lab/wire/connection-logs.ts'
import type { Address } from '../../wire/transport.ts'
import { isLoopbackHost } from '../../wire/transports/socket.ts'
import type { RequestOrigin } from './request-origin.ts'
import { SecretTries } from './secret-tries.ts'

/*
 * A student opens the wire view without an account. Therefore the address of the browser is the only sign that the browser and the program
 * belong to the same student. These rules say when the address is a valid sign:
 *
 * - The header `Host` must name this server; `RequestGate` checks the header. An attacker can make the host name of a page resolve to this
 *   server (DNS rebinding). If a student opens that page, the requests of the page come from the student's address.
 * - A request that a proxy has forwarded must come from a trusted proxy that names the client. Otherwise, all users of the proxy have the
 *   address of the proxy. If the proxy runs on this machine, all these users have the address of this machine.
 * - Several programs that have the same address at the same time may belong to several students, so the server cannot assign these
 *   programs. Only a browser on this machine may choose among the programs of this machine.
 *
 * In all other cases, the browser needs a code of the operator.
 */

/** WireGrant is the right to see the wire of some connections. */
export interface WireGrant {
  readonly right: 'machine' | 'address' | 'code' | 'operator' | 'none'
  /** The address whose connections the browser may see; missing if the browser may see all connections. */
  readonly address?: { readonly host: string; readonly loopback: boolean }
  /** The reason why the browser may see no connection, or not all connections. */
  readonly why?: string
}

/** CodeRefusal is the reason why a code or a ticket gives no right. */
export type CodeRefusal = Refusal & { readonly code: 'throttled' | 'bad-token' }

/** LimitedGrant is a right that ends at a monotonic time, in milliseconds. */
interface LimitedGrant {
  readonly grant: WireGrant
  readonly until: number
}

/** TicketedGrant is the right of a code, and the ticket with which the same browser gets the right again after a reload. */
export interface TicketedGrant {
  readonly grant: WireGrant
  readonly ticket: string
}

export interface WireAccessOptions {
  readonly logs: ConnectionLogs
  readonly clock: Clock
  readonly bytes: RandomBytes
  /** True for a server with `lab`; the operator of such a server sees all connections. */
  readonly isLab: boolean
}

/** Number of characters of a code. These 40 bits are enough, because the server limits the rate of guesses. */
const CODE = 8
/** Milliseconds for which a code is valid, and the maximum number of codes. */
const VALID = 900_000
const CODES = 100
/**
 * Milliseconds for which a browser has the right of its code, even after a reload or a lost connection; and the maximum number of such
 * rights.
 */
const RIGHT_VALID = 4 * 3_600_000
const RIGHTS = 200
/** Rate of codes that a network may try: a burst of 10, then one code every 10 seconds. */
const TRIES = { burst: 10, refill: 10_000 }
/** The headers by which a proxy names its peer. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'] as const

/** WireAccess decides which connections a browser may see. */
export class WireAccess {
  readonly #options: WireAccessOptions
  readonly #codes = new Map<string, LimitedGrant>()
  /** The rights of the codes that browsers have used, by the hash of the browser's ticket. */
  readonly #rights = new Map<string, LimitedGrant>()
  readonly #tries: SecretTries

  constructor(options: WireAccessOptions) {
    this.#options = options
    this.#tries = new SecretTries(TRIES, options.clock)
  }

  /** Returns the right that a browser has because of the address of its request. */
  grantTo(headers: Readonly<Record<string, unknown>>, origin: RequestOrigin, peer: Address): WireGrant {
    const { host, loopback } = { host: origin.remote.host, loopback: origin.loopback }
    const isForwarded = FORWARDED.some((name) => headers[name] !== undefined)
    if (isForwarded && origin.remote === peer) {
      return {
        right: 'none',
        why: 'a proxy forwards this page, and the server does not trust the proxy or cannot read your address in X-Forwarded-For: ask the operator for a code',
      }
    }
    return { right: loopback ? 'machine' : 'address', address: { host, loopback } }
  }

  /**
   * Lists the connections that a browser with a right may see. Adds a sentence if the browser may not see all connections of its address.
   */
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
      why: `several programs of your address, ${address.host}, were connected at the same time, so the server does not know which of them is yours: run one program at a time, or ask the operator for a code`,
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
    store(this.#codes, code, { grant, until: clock.monotonic() + VALID }, CODES)
    return `${code.slice(0, CODE / 2)}-${code.slice(CODE / 2)}`
  }

  /** Exchanges a code for the right of the code, and for a ticket with which the browser gets this right again. */
  takeCode(typed: string, { remote }: Pick<RequestOrigin, 'remote'>): TicketedGrant | CodeRefusal {
    const refused = this.#limit(remote)
    if (refused) return refused
    const code = parseToken(typed, CODE)
    const grant = typeof code === 'string' ? this.#find(this.#codes, code) : undefined
    if (typeof code !== 'string' || !grant) {
      return { code: 'bad-token', refused: 'this code is not valid: a code works once, within 15 minutes. Ask the operator for a new code' }
    }
    this.#codes.delete(code)
    this.#tries.giveBack(remote.host)
    const { clock, bytes } = this.#options
    const ticket = makeToken(bytes)
    store(this.#rights, hashToken(ticket), { grant, until: clock.monotonic() + RIGHT_VALID }, RIGHTS)
    return { grant, ticket }
  }

  /** Returns the right of a ticket. A ticket works until its right ends. */
  takeTicket(ticket: string, { remote }: Pick<RequestOrigin, 'remote'>): WireGrant | CodeRefusal {
    const refused = this.#limit(remote)
    if (refused) return refused
    const grant = this.#find(this.#rights, hashToken(ticket))
    if (!grant) return { code: 'bad-token', refused: 'the right of your code has ended: ask the operator for a new code' }
    this.#tries.giveBack(remote.host)
    return grant
  }

  #limit({ host }: Address): CodeRefusal | undefined {
    const wait = this.#tries.take(host)
    if (wait === 0) return undefined
    return { code: 'throttled', refused: `your address has tried too many codes: try again in ${Math.ceil(wait / 1000)} s` }
  }

  #find(grants: ReadonlyMap<string, LimitedGrant>, key: string): WireGrant | undefined {
    const found = grants.get(key)
    return found && found.until >= this.#options.clock.monotonic() ? found.grant : undefined
  }
}

/** Stores a right, and drops the oldest right if `most` rights are stored. */
function store(grants: Map<string, LimitedGrant>, key: string, right: LimitedGrant, most: number): void {
  const [oldest] = grants.keys()
  if (oldest !== undefined && grants.size >= most) grants.delete(oldest)
  grants.set(key, right)
}
