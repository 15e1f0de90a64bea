import { readFileSync } from 'node:fs'

/*
 * A server over UDP accepts no connections, so no connection can show whether it is ready. If a datagram arrives too early, it is lost. So
 * the judge asks the system which ports have a socket. It cannot test this by binding the port, because the server could then not bind it.
 */

/** Milliseconds between two checks. A system that does not list its sockets allows no check, so the wait there is `BLIND` milliseconds. */
const RETRY = 20
const BLIND = 500
const TABLES = ['/proc/net/udp', '/proc/net/udp6']

/**
 * Resolves when a socket for datagrams has a port. Rejects with the code ECONNREFUSED if no socket has the port after `timeout`
 * milliseconds.
 */
export async function untilBound(port: number, timeout: number, since = performance.now()): Promise<void> {
  const bound = listBoundPorts()
  if (bound?.has(port)) return
  if (bound && performance.now() - since + RETRY >= timeout) {
    throw Object.assign(new Error(`no socket has the port ${port}`), { code: 'ECONNREFUSED' })
  }
  await new Promise((resolve) => setTimeout(resolve, bound ? RETRY : BLIND))
  if (bound) await untilBound(port, timeout, since)
}

/** Returns the ports of all sockets for datagrams in the network of this process; `undefined` on a system that does not list them. */
function listBoundPorts(): ReadonlySet<number> | undefined {
  const tables = TABLES.map(read).filter((table) => table !== undefined)
  if (tables.length === 0) return undefined
  return new Set(
    tables.flatMap((table) => [...table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4})/gm)].map(([, port = '']) => Number.parseInt(port, 16))),
  )
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}
