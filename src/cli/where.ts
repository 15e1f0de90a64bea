import { isIPv4 } from 'node:net'
import { Usage } from './diagnostics.ts'

/** A server's address and port, as far as a command line says them. */
export interface Where {
  readonly host: string | undefined
  readonly port: number | undefined
}

/** Returns what is given twice at most. Throws a usage error for two values. */
export function once<Value>(things: string, one: Value | undefined, other: Value | undefined): Value | undefined {
  if (one !== undefined && other !== undefined && one !== other)
    throw new Usage(`there are two ${things}, ${one} and ${other}: leave one of them out`)
  return one ?? other
}

/** Checks that an address is one of IPv6, if `--ipv6` is there too. */
export function checkFamily({ host, ipv6 = false }: { readonly host?: string | undefined; readonly ipv6?: boolean | undefined }): void {
  if (ipv6 && host !== undefined && isIPv4(host))
    throw new Usage(`--ipv6 and ${host} do not go together, because that is an address of IPv4: leave --ipv6 out, or give another address`)
}

/** Parses a server's address: `host` takes `HOST`, `HOST:PORT`, `[::1]:PORT` and a port alone. Throws a usage error for two ports. */
export function whereOf({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): Where {
  if (host === undefined) return { host, port }
  if (/^\d+$/.test(host)) return { host: undefined, port: once('ports', portIn(host), port) }
  const [, name, inside, digits] = /^(?:([^:[\]]+)|\[(.+)\]):(\d{1,5})$/.exec(host) ?? []
  return digits === undefined ? { host, port } : { host: name ?? inside, port: once('ports', portIn(digits), port) }
}

function portIn(digits: string): number {
  const port = Number(digits)
  if (port >= 1 && port <= 65535) return port
  throw new Usage(`a port is a whole number from 1 to 65535, not ${digits}`)
}
