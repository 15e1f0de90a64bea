import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, longestWait } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 16
/** Milliseconds for which the clients send requests. */
const SPAN = 2000
/** The allowed number of answers: a burst of 50, 50 a second, and as many again for a slow machine. */
const MOST = 2 * (50 + (50 * SPAN) / 1000)
const PATHS = ['/metrics', '/health', '/nothing']

/** Clients of the listener for health and metrics pipeline requests, and reconnect each time it closes the connection. */
export const attack: Attack = {
  title: `pipelines requests to the listener for health and metrics on ${CONNECTIONS} connections`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'], '--http', '0')
    cleanup.use(server)
    const { http } = JSON.parse(server.output) as { http: { port: number } }
    let going = true
    let answers = 0
    const flood = async (_: unknown, at: number) => {
      const requests = `GET ${PATHS[at % PATHS.length]} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(2000)
      while (going) {
        const socket = connectSocket(http.port, cleanup)
        socket.on('data', (data) => (answers += String(data).match(/HTTP\/1\.1 (200|404)/g)?.length ?? 0))
        socket.write(requests)
        socket.on('drain', () => socket.write(requests))
        await Promise.race([once(socket, 'close'), setTimeout(SPAN)])
        socket.destroy()
      }
    }
    const floods = Array.from({ length: CONNECTIONS }, flood)
    const wait = await longestWait(ports['parlor/door'] ?? 0, setTimeout(SPAN), cleanup)
    going = false
    await Promise.all(floods)
    assert.ok(answers <= MOST, `${answers} requests were answered in ${SPAN / 1000} s`)
    const { status } = await fetch(`http://127.0.0.1:${http.port}/health`)
    assert.equal(status, 200)
    return `The server answered ${answers} requests; another client waited at most ${Math.round(wait)} ms.`
  },
}
