import { connect, createServer } from 'node:net'
import type { AgentReply, AgentRequest } from './own-network.ts'

/*
 * This file is a process of its own, which runs in the network of a sandbox. It opens sockets there and passes them to the
 * judge by the channel between the two processes. A socket stays in the network in which it was opened, so the judge
 * reads and writes it like any other: no byte goes through this process, and segments, FIN and RST are those of the
 * program under test.
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
    // as long as the socket is open here, this process would accept clients, too
    process.send?.({ id } satisfies AgentReply, server, {}, () => server.close(() => reply({ id, done: true })))
  })
}

function dial(request: AgentRequest, since = performance.now()): void {
  const { id, port, timeout = 0 } = request
  const socket = connect({ host: HOST, port, allowHalfOpen: true, noDelay: true })
  // the judge is to read everything
  socket.pause()
  socket.once('error', (error: NodeJS.ErrnoException) => {
    const absent = error.code === 'ECONNREFUSED' && performance.now() - since + RETRY < timeout
    if (absent) setTimeout(dial, RETRY, request, since)
    else reply({ id, error: error.code ?? error.message })
  })
  socket.once('connect', () => process.send?.({ id } satisfies AgentReply, socket))
}

process.on('message', (request: AgentRequest) => (request.what === 'listen' ? listen(request) : dial(request)))
process.on('disconnect', () => process.exit())
reply({ id: 0 })
