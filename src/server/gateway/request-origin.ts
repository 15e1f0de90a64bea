import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'
import { isLoopbackHost } from '../../wire/transports/socket.ts'
import type { AdmittedPeer } from '../admission.ts'
import { isIpAddress, KnownHosts } from '../known-hosts.ts'

/** An address range: an address and the number of bits that all its addresses have in common. */
type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** RequestOrigin is the client of a request, and the way in which the request has reached this server. */
export interface RequestOrigin extends AdmittedPeer {
  /** True if the client's own connection is encrypted. */
  readonly isSecure: boolean
}

export interface OriginRulesOptions {
  /** Addresses and ranges of the proxies whose `X-Forwarded-*` headers the rules trust. */
  readonly proxies: readonly string[]
  /** Origins of pages that may use the gateway, in addition to the gateway's own origin, such as `https://school.example`. */
  readonly origins: readonly string[]
  /** Names under which browsers reach the gateway, in addition to its addresses and `localhost`, without a port. */
  readonly hosts: readonly string[]
  /** True if the gateway itself uses TLS. */
  readonly isSecure: boolean
}

/**
 * OriginRules finds the address of the client of a request, and checks the page from which the request comes.
 *
 * A proxy appends the address of its peer to the header `X-Forwarded-For`, behind the text that this peer has sent in the header. Therefore
 * only the end of the list is trustworthy. The rules read the list from the end, and skip the addresses of trusted proxies; the next
 * address is the address of the client. The rules ignore these headers if the peer is not a trusted proxy, so that no client can choose the
 * address to which its limits apply.
 */
export class OriginRules {
  readonly #proxies: readonly Range[]
  readonly #origins: ReadonlySet<string>
  readonly #hosts: KnownHosts
  readonly #isSecure: boolean

  /** Throws a RangeError for a proxy that is neither an address nor a range. */
  constructor({ proxies, origins, hosts, isSecure }: OriginRulesOptions) {
    this.#proxies = proxies.map(parseRange)
    this.#origins = new Set(origins)
    this.#hosts = new KnownHosts(hosts)
    this.#isSecure = isSecure
  }

  /** Finds the client of a request by the peer of the connection and the headers of the request. */
  resolve(peer: AdmittedPeer, headers: IncomingHttpHeaders): RequestOrigin {
    const { host } = peer.remote
    if (!this.#isProxy(host)) return { remote: peer.remote, loopback: peer.loopback, isSecure: this.#isSecure }
    const forwarded = listOf(headers['x-forwarded-for'])
    const client = this.#lastUntrusted(host, forwarded)
    const [protocol = this.#isSecure ? 'https' : 'http'] = listOf(headers['x-forwarded-proto']).slice(-1)
    const isSecure = protocol.toLowerCase() === 'https'
    // a client without a readable address has the address of the proxy, but not the rights of a program on this machine
    if (client === undefined) return { remote: peer.remote, loopback: peer.loopback && forwarded.length === 0, isSecure }
    return { remote: { host: client, port: peer.remote.port }, loopback: isLoopbackHost(client), isSecure }
  }

  /** Checks whether the header `Host` names this server. Over TLS, the browser compares the name with the certificate. */
  isHost({ host }: IncomingHttpHeaders): boolean {
    return this.#isSecure || this.#hosts.has(host)
  }

  /**
   * Checks whether the page that makes a request may make it. The page must be a page of this server, or of a configured origin. A request
   * without the header `Origin` does not come from a page, unless the header `Sec-Fetch-Site` says that it comes from a page.
   */
  isAllowed({ isSecure }: RequestOrigin, headers: IncomingHttpHeaders): boolean {
    const { origin, host = '' } = headers
    if (origin === undefined) return ['same-origin', 'none'].includes(String(headers['sec-fetch-site'] ?? 'none'))
    return origin === `${isSecure ? 'https' : 'http'}://${host.toLowerCase()}` || this.#origins.has(origin)
  }

  #isProxy(host: string): boolean {
    if (this.#proxies.length === 0 || !isIpAddress(host)) return false
    const address = ipaddr.process(host)
    return this.#proxies.some(([range, bits]) => address.kind() === range.kind() && address.match(range, bits))
  }

  /** Finds the address of the client of a proxy; `undefined` if the proxies have appended no readable address. */
  #lastUntrusted(proxy: string, forwarded: readonly string[]): string | undefined {
    let client: string | undefined
    for (const next of forwarded.toReversed()) {
      if (!this.#isProxy(client ?? proxy)) break
      if (!isIpAddress(next)) return client
      client = ipaddr.process(next).toString()
    }
    return client
  }
}

/** Parses an address or a range such as `10.0.0.0/8`. Throws a RangeError for any other text. */
function parseRange(text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    if (!isIpAddress(text)) throw new RangeError('it has another form')
    const address = ipaddr.process(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch (cause) {
    throw new RangeError(`${text} is neither an address nor a range of addresses`, { cause })
  }
}

function listOf(header: string | string[] | undefined): readonly string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
