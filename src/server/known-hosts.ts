import ipaddr from 'ipaddr.js'
import { isLoopbackHost } from '../wire/transports/socket.ts'

/*
 * The owner of any host name can make that name resolve to the address of this server (DNS rebinding). A browser then treats a page of that
 * owner as a page of this server, and allows that page to read the answers. Therefore the server answers only a request whose header `Host`
 * has a name of the server. A list of IP addresses is not necessary, because a browser does not resolve an IP address.
 */

/** Matches the header `Host`: an IPv6 address in brackets, or any other host, and a port. */
const HOST = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i

/** KnownHosts has the names under which clients reach a server. */
export class KnownHosts {
  readonly #names: ReadonlySet<string>

  /** `names` are names without a port; any IP address and `localhost` are always known. */
  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())])
  }

  /**
   * Checks whether the header `Host` names this server. Accepts a request without the header, because such a request is not from a browser.
   */
  has(host: string | undefined): boolean {
    if (host === undefined) return true
    const [, address, name = ''] = HOST.exec(host) ?? []
    if (address !== undefined) return isIpAddress(address)
    return this.#names.has(name.toLowerCase()) || isIpAddress(name)
  }
}

/** Checks whether the header `Host` names this machine, as `localhost` or by an address that only this machine can reach. */
export function isLocalHost(host = ''): boolean {
  const [, address, name = ''] = HOST.exec(host) ?? []
  return name.toLowerCase() === 'localhost' || isLoopbackHost(address ?? name)
}

/** Checks whether a text is an IP address in the usual form. The library also accepts other forms such as `1`, and names of interfaces. */
export function isIpAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'))
}
