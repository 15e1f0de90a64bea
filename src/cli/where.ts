import { Usage } from './diagnostics.ts'

/** A server's address and port, as far as a command line says them. */
export interface Where {
  readonly host: string | undefined
  readonly port: number | undefined
}

/** Parses a server's address: `host` takes `HOST`, `HOST:PORT`, `[::1]:PORT` and a port alone. */
export function whereOf({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): Where {
  if (host === undefined || port !== undefined) return { host, port }
  if (/^\d+$/.test(host)) return { host: undefined, port: portIn(host) }
  const [, name, inside, digits] = /^(?:([^:[\]]+)|\[(.+)\]):(\d{1,5})$/.exec(host) ?? []
  return digits === undefined ? { host, port } : { host: name ?? inside, port: portIn(digits) }
}

function portIn(digits: string): number {
  const port = Number(digits)
  if (port >= 1 && port <= 65535) return port
  throw new Usage(`a port is a whole number from 1 to 65535, not ${digits}`)
}
