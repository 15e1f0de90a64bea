import assert from 'node:assert/strict'
import { connectSocket, longestWait } from '../../support/flood.ts'
import { Parlor } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const ATTEMPTS = 10_000
/** Attempts before the first measurement of the memory, because the first requests load the code. */
const WARM_UP = 1000
/** Number of connections at the same time. */
const AT_ONCE = 50
/** The maximum growth of the memory of the server, in bytes. */
const GROWTH = 20_000_000
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
/** Upgrades to another path, of another origin, of another version, and proper upgrades. */
const REQUESTS = [
  `GET /other HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`,
  `GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n${HANDSHAKE}\r\n`,
  `GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE.replace('13', '7')}\r\n`,
  `GET /ws HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`,
]

/** Sends an upgrade; resolves to the status of the answer, or to 0 if the server closes the connection without an answer. */
function attempt(port: number, request: string, cleanup: AsyncDisposableStack): Promise<number> {
  const socket = connectSocket(port, cleanup)
  socket.write(request)
  let received = ''
  return new Promise((resolve) => {
    socket.on('data', (data) => {
      received += data
      if (received.startsWith('HTTP/1.1 101')) socket.destroy()
    })
    socket.on('close', () => {
      const status = Number(received.split(' ')[1] ?? 0)
      assert.ok(status === 0 || status === 101 || /\r\n\r\n\{"code":"[\w-]+","message":"/.test(received), received)
      resolve(status)
    })
  })
}

/** The addresses that the server prints. */
interface Served {
  readonly listening: readonly { readonly port: number }[]
  readonly http: { readonly port: number }
  readonly web: { readonly port: number }
}

async function memory(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1])
}

/** A client tries to open WebSockets, as fast as it can. */
export const attack: Attack = {
  title: `tries to open ${ATTEMPTS} WebSockets, proper ones and others, ${AT_ONCE} at a time`,
  short: false,
  limit: 120_000,
  async run(cleanup) {
    // the flag of `npm start`; without it, V8 lets the young garbage of requests grow to 100 MB
    const environment = { NODE_OPTIONS: '--max-semi-space-size=4', PARLOR_HTTP: '0', PARLOR_WEB: '0' }
    const server = new Parlor(['serve', '--json', '--only', 'door', '--port', 'door=0'], undefined, { environment })
    cleanup.use(server)
    await server.shows(/\n/)
    const { listening, http, web } = JSON.parse(server.output) as Served
    const statuses = new Map<number, number>()
    const flood = async (count: number) => {
      for (let n = 0; n < count; n += AT_ONCE) {
        const some = Array.from({ length: AT_ONCE }, (_, at) => attempt(web.port, REQUESTS[at % REQUESTS.length] ?? '', cleanup))
        for (const status of await Promise.all(some)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await flood(WARM_UP)
    const before = await memory(http.port)
    const wait = await longestWait(listening[0]?.port ?? 0, flood(ATTEMPTS), cleanup)
    const growth = (await memory(http.port)) - before
    assert.ok(growth <= GROWTH, `the memory of the server grew by ${growth} bytes`)
    assert.ok((statuses.get(429) ?? 0) > ATTEMPTS / 2, `few attempts were refused with 429: ${JSON.stringify([...statuses])}`)
    assert.equal(statuses.get(0) ?? 0, 0)
    const { status } = await fetch(`http://127.0.0.1:${http.port}/health`)
    assert.equal(status, 200)
    const counts = [...statuses].map(([code, count]) => `${count} with ${code}`).join(', ')
    return `The server answered ${counts}; its memory grew by ${(growth / 1e6).toFixed(1)} MB, and another client waited at most ${Math.round(wait)} ms.`
  },
}
