import { lstatSync, statSync } from 'node:fs'
import { lstat, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { resolve } from 'node:path'
import { type Clock, createSystemClock } from '../../base/clock.ts'
import { TransportError } from '../disconnect.ts'
import type { Listener, Transport } from '../transport.ts'
import { Batcher } from './batching.ts'
import { SocketTransport } from './socket.ts'
import { connectWithRetry, startListening } from './tcp.ts'

const WINDOWS = process.platform === 'win32'
const PIPES = '\\\\.\\pipe\\'
/** Maximum number of bytes in the path: the size of the system's buffer for a path, without the final NUL. */
const PATH_LIMIT = process.platform === 'linux' ? 107 : 103
/** Errors of the system if no server listens at a path. */
const ABSENT = ['ECONNREFUSED', 'ENOENT']

/**
 * Listens for peers at the path of a Unix socket or, on Windows, at the named pipe with this name. Replaces the socket of a crashed server,
 * but no other file, and no socket that has a listener. Closing the listener removes the socket. With `ownerOnly`, the socket has the mode
 * 0600 from the moment of its creation.
 */
export async function listenUnix(
  path: string,
  accept: (transport: Transport) => void,
  { ownerOnly = false, batcher = new Batcher() }: { readonly ownerOnly?: boolean; readonly batcher?: Batcher } = {},
): Promise<Listener> {
  const at = toSystemPath(path)
  const open = () => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      accept(SocketTransport.fromAccepted(socket, batcher, { remote: { host: path, port: 0 } })),
    )
    return ownerOnly ? masked(() => startListening(server, { path: at })) : startListening(server, { path: at })
  }
  try {
    return await open()
  } catch (error) {
    if (WINDOWS || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    await removeLeftBehind(at, error)
    return open()
  }
}

/** Connects to the server at the path of a Unix socket. Retries for up to `timeout` milliseconds while no server listens at the path. */
export async function connectUnix(path: string, timeout: number, clock: Clock = createSystemClock()): Promise<Transport> {
  const at = toSystemPath(path)
  const socket = await connectWithRetry(() => connect({ path: at, allowHalfOpen: true }), timeout, clock, ABSENT)
  return new SocketTransport(socket, new Batcher(), { remote: { host: path, port: 0 } })
}

/** Runs synchronous work with a umask that denies access to the group and to other users. The system applies the umask to a new socket. */
function masked<Answer>(work: () => Answer): Answer {
  if (WINDOWS) return work()
  const before = process.umask(0o177)
  try {
    return work()
  } finally {
    process.umask(before)
  }
}

function toSystemPath(path: string): string {
  if (path === '') throw new TransportError('ENOENT', 'a Unix socket needs a path')
  if (WINDOWS) return path.startsWith('\\\\') ? path : PIPES + path.replaceAll('/', '\\')
  const length = Buffer.byteLength(path)
  if (length <= PATH_LIMIT) return path
  throw new TransportError(
    'ENAMETOOLONG',
    `the path of a Unix socket has at most ${PATH_LIMIT} bytes here, and this path has ${length}; choose a shorter path`,
  )
}

/** Removes the socket of a server that crashed. Rejects for a path in use, or for a file that is not a socket. */
async function removeLeftBehind(path: string, inUse: Error): Promise<void> {
  const found = await lstat(path)
  if (!found.isSocket()) throw new TransportError('EEXIST', 'a file of that name exists and is not a socket; choose another path')
  if ((await isBound(path)) || (await isListening(path))) throw inUse
  await rm(path, { force: true })
}

/** Checks in Linux's table of sockets whether a socket is bound to the path, without a connection to the server of the socket. */
async function isBound(path: string): Promise<boolean> {
  const table = await readFile('/proc/net/unix', 'utf8').catch(() => '')
  return table.split('\n').some((line) => line.endsWith(` ${resolve(path)}`))
}

/** Connects to check whether a server listens at a path, because no other check is reliable. */
function isListening(path: string): Promise<boolean> {
  return new Promise((answer, reject) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      answer(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (ABSENT.includes(error.code ?? '')) answer(false)
      else reject(error)
    })
  })
}

/**
 * Checks whether a socket belongs to the owner of its folder, to this user or to root. Otherwise another user of this machine could listen
 * at the path instead of the server.
 */
export function isOwnSocket(path: string, folder: string): boolean {
  const [found, around] = [lstatSync(path, { throwIfNoEntry: false }), statSync(folder, { throwIfNoEntry: false })]
  const isTrusted = found !== undefined && (found.uid === process.geteuid?.() || found.uid === 0)
  return found?.isSocket() === true && (isTrusted || found.uid === around?.uid)
}
