import { lstat, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { resolve } from 'node:path'
import { type Clock, wallClock } from '../clock.ts'
import { NoTransport } from '../ends.ts'
import type { Listener, Transport } from '../transport.ts'
import { SocketTransport } from './socket.ts'
import { connected, listening } from './tcp.ts'

const WINDOWS = process.platform === 'win32'
const PIPES = '\\\\.\\pipe\\'
/** Bytes that the path of a socket may have: what the systems keep for it, without the end. */
const PATH_LIMIT = process.platform === 'linux' ? 107 : 103
/** What the system says while nobody listens at a path. */
const ABSENT = ['ECONNREFUSED', 'ENOENT']

/**
 * Listens for peers at the path of a Unix socket, on Windows at the named pipe of that name. A socket that a server has
 * left behind is replaced; nothing else is, and never one with a listener. Closing removes it. One that is for the owner
 * only has the mode 0600 from its beginning.
 */
export async function listenUnix(
  path: string,
  accept: (transport: Transport) => void,
  { ownerOnly = false }: { readonly ownerOnly?: boolean } = {},
): Promise<Listener> {
  const at = placeOf(path)
  const open = () => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      accept(SocketTransport.accepted(socket, { remote: { host: path, port: 0 } })),
    )
    return ownerOnly ? masked(() => listening(server, { path: at })) : listening(server, { path: at })
  }
  try {
    return await open()
  } catch (error) {
    if (WINDOWS || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    await removeLeftBehind(at, error)
    return open()
  }
}

/** Reaches the server at the path of a Unix socket, waiting up to `patience` milliseconds while nobody listens there. */
export async function connectUnix(path: string, patience: number, clock: Clock = wallClock): Promise<Transport> {
  const at = placeOf(path)
  const socket = await connected(() => connect({ path: at, allowHalfOpen: true }), patience, clock, ABSENT)
  return new SocketTransport(socket, { remote: { host: path, port: 0 } })
}

/** Does something, at once, with a umask that leaves nothing to others: the system makes a socket with the modes that it leaves. */
function masked<Answer>(work: () => Answer): Answer {
  if (WINDOWS) return work()
  const before = process.umask(0o177)
  try {
    return work()
  } finally {
    process.umask(before)
  }
}

function placeOf(path: string): string {
  if (path === '') throw new NoTransport('ENOENT', 'a Unix socket needs a path')
  if (WINDOWS) return path.startsWith('\\\\') ? path : PIPES + path.replaceAll('/', '\\')
  const length = Buffer.byteLength(path)
  if (length <= PATH_LIMIT) return path
  throw new NoTransport(
    'ENAMETOOLONG',
    `the path of a Unix socket has at most ${PATH_LIMIT} bytes here, and this one has ${length}; choose a shorter one`,
  )
}

/** Removes the socket of a server that has ended without doing so itself; rejects where it is anything else. */
async function removeLeftBehind(path: string, inUse: Error): Promise<void> {
  const found = await lstat(path)
  if (!found.isSocket()) throw new NoTransport('EEXIST', 'there is a file of that name which is no socket; choose another path')
  if ((await isBound(path)) || (await answers(path))) throw inUse
  await rm(path, { force: true })
}

/** Whether the system, where it tells, has a socket of that name, so that no server need be disturbed to find out. */
async function isBound(path: string): Promise<boolean> {
  const table = await readFile('/proc/net/unix', 'utf8').catch(() => '')
  return table.split('\n').some((line) => line.endsWith(` ${resolve(path)}`))
}

/** Whether somebody listens at a path: the one sure sign is to be let in. */
function answers(path: string): Promise<boolean> {
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
