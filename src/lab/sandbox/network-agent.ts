import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import { untilBound } from './bound-ports.ts'
import type { AgentReply, AgentRequest } from './own-network.ts'

/*
 * This file is a process of its own, which runs in the network of a sandbox. It opens sockets there and passes them to the
 * judge by the channel between the two processes. A socket stays in the network in which it was opened, so the judge reads and writes it
 * like any other socket: no byte passes through this process, and segments, FIN and RST come directly from the program under test.
 */

/** Milliseconds between two attempts to connect. */
const RETRY = 20
const HOST = '127.0.0.1'

function reply(message: AgentReply): void {
  process.send?.(message)
}

function listen({ id, port }: AgentRequest): void {
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => reply({ id, error: error.code ?? error.message }))
  server.listen({ host: HOST, port, backlog: 64 }, () => {
    // this process closes its copy of the socket, because it would otherwise accept clients, too
    process.send?.({ id } satisfies AgentReply, server, {}, () => server.close(() => reply({ id, done: true })))
  })
}

function dial(request: AgentRequest, since = performance.now()): void {
  const { id, port, timeout = 0 } = request
  const socket = connect({ host: HOST, port, allowHalfOpen: true, noDelay: true })
  // the judge must read everything
  socket.pause()
  socket.once('error', (error: NodeJS.ErrnoException) => {
    const absent = error.code === 'ECONNREFUSED' && performance.now() - since + RETRY < timeout
    if (absent) setTimeout(dial, RETRY, request, since)
    else reply({ id, error: error.code ?? error.message })
  })
  socket.once('connect', () => process.send?.({ id } satisfies AgentReply, socket))
}

async function bind({ id, port, awaited, timeout = 0 }: AgentRequest): Promise<void> {
  try {
    if (awaited !== undefined) await untilBound(awaited, timeout)
  } catch (error) {
    return reply({ id, error: errorCode(error) })
  }
  const socket = createSocket('udp4')
  socket.once('error', (error) => reply({ id, error: errorCode(error) }))
  // the judge must read everything
  socket.bind({ address: HOST, port }, () => process.send?.({ id } satisfies AgentReply, socket, () => socket.close()))
}

function errorCode(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

process.on('message', (request: AgentRequest) => {
  if (request.what === 'listen') listen(request)
  else if (request.what === 'connect') dial(request)
  else void bind(request)
})
process.on('disconnect', () => process.exit())
reply({ id: 0 })
