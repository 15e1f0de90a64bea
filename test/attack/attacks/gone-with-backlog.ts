import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 50
/** The number of commands of each client: as many as the server reads before it pauses the client. */
const TIMES = 12_000
/** Milliseconds in which the server must finish with disconnected clients; it was minutes. */
const SPAN = 15_000

/** Clients pipeline commands and disconnect: the server must drop the commands and free their places. */
export const attack: Attack = {
  title: `pipelines ${TIMES} commands on ${CONNECTIONS} connections, and resets them`,
  short: true,
  limit: 30_000,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'], '--http', '0')
    cleanup.use(server)
    const { http } = JSON.parse(server.output) as { http: { port: number } }
    const sockets = Array.from({ length: CONNECTIONS }, () => connectSocket(ports['parlor/door'] ?? 0, cleanup))
    for (const [at, socket] of sockets.entries()) {
      socket.write(`eve${at}\n`)
      await receiveText(socket, `eve${at}`)
      socket.resume()
      if (!socket.write('help\n'.repeat(TIMES))) await once(socket, 'drain')
    }
    for (const socket of sockets) socket.resetAndDestroy()
    const since = performance.now()
    for (;;) {
      const { connections } = (await (await fetch(`http://127.0.0.1:${http.port}/health`)).json()) as { connections: number }
      if (connections === 0) break
      assert.ok(performance.now() - since < SPAN, `${connections} connections of clients that are gone were open after ${SPAN / 1000} s`)
      await setTimeout(200)
    }
    return `The server was done with them after ${Math.round(performance.now() - since)} ms.`
  },
}
