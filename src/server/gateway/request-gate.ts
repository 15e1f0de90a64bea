import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { RateLimiter } from '../../base/rate-limit.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'
import type { GatewayCode } from './answers.ts'
import type { OriginRules, RequestOrigin } from './request-origin.ts'

/** Rate of requests and upgrades of one address: a burst of 300, then 50 a second. */
const RATE = { burst: 300, refill: 20 }

/** GatewayError is an error for the client of the gateway: a code for programs, and a sentence for people. */
export interface GatewayError {
  readonly code: GatewayCode
  readonly message: string
}

const TOO_MANY: GatewayError = { code: 'too-many', message: 'your address sends too many requests: wait a moment' }
const BAD_ORIGIN: GatewayError = {
  code: 'bad-origin',
  message: 'the page of another origin may not send such a request; the operator allows an origin with webOrigins',
}

const BAD_HOST: GatewayError = {
  code: 'bad-host',
  message: 'this server does not know the name in the address: use the IP address of the server; the operator adds a name with webHosts',
}

/**
 * The refusal of RFC 9112, section 3.2. If a request has two headers `Host`, a proxy in front of this server may use the header that this
 * server ignores.
 */
const ONE_HOST: GatewayError = { code: 'bad-request', message: 'a request has one header "Host"' }

/**
 * RequestGate admits or refuses each request and each upgrade, by the address and the page from which it comes, and by the host in its
 * header.
 */
export class RequestGate {
  readonly #rules: OriginRules
  readonly #clock: Clock
  /** Missing on a server without limits. */
  readonly #rate: RateLimiter | undefined

  constructor(rules: OriginRules, clock: Clock, isLimited: boolean) {
    this.#rules = rules
    this.#clock = clock
    this.#rate = isLimited ? new RateLimiter(RATE) : undefined
  }

  /**
   * Finds the origin of a request. Returns the error if the gate refuses the request. Refuses a request of the kind `change` if it comes
   * from a page of a foreign origin.
   */
  check(request: IncomingMessage, kind: 'read' | 'change'): RequestOrigin | GatewayError {
    const origin = this.originOf(request)
    const wait = this.#rate?.take(toNetwork(origin.remote.host), this.#clock.monotonic()) ?? 0
    if (wait > 0) return TOO_MANY
    const hosts = countHosts(request)
    if (hosts > 1 || (hosts === 0 && request.httpVersion !== '1.0')) return ONE_HOST
    if (!this.#rules.isHost(request.headers)) return BAD_HOST
    return kind === 'read' || this.#rules.isAllowed(origin, request.headers) ? origin : BAD_ORIGIN
  }

  /** Finds the client of a request. Throws a TypeError for a request that has not passed the gate. */
  originOf({ socket, headers }: IncomingMessage): RequestOrigin {
    if (!(socket instanceof TransportStream)) throw new TypeError('a request of the gateway came through another server')
    return this.#rules.resolve(socket.transport, headers)
  }
}

function countHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') count++
  return count
}
