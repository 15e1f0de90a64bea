import { join, resolve } from 'node:path'
import { Connection } from '../wire/connection.ts'
import { lines } from '../wire/framing/lines.ts'
import type { Transport } from '../wire/transport.ts'
import { connectUnix, isOwnSocket } from '../wire/transports/unix.ts'

/** Maximum bytes of a page of a list. */
const PAGE = 1024 * 1024

/** Connects to the admin socket of the server that has a folder open. Resolves to `undefined` if there is no such server. */
export async function connectToAdmin(folder: string): Promise<Connection | undefined> {
  const path = toAdminPath(folder)
  try {
    if (process.platform !== 'win32' && !isOwnSocket(path, folder)) return undefined
    return openAdminLines(await connectUnix(path, 0), PAGE)
  } catch {
    return undefined
  }
}

/** Creates a connection that exchanges lines over an admin socket. */
export function openAdminLines(transport: Transport, messageLimit: number): Connection {
  return new Connection(transport, { incoming: lines(), outgoing: lines(), messageLimit, outboxLimit: PAGE })
}

/** Returns the path of the socket. On Windows, the path names a pipe. It is absolute, so that it is the same in every working directory. */
export function toAdminPath(folder: string): string {
  const path = join(folder, 'parlor.sock')
  return process.platform === 'win32' ? resolve(path) : path
}
