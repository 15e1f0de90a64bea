import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 500

/** Many connections send half a line and nothing more: the server still answers the next client. */
export const attack: Attack = {
  title: `opens ${CONNECTIONS} connections and sends half a line on each`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['tjc/guess'])
    cleanup.use(server)
    const port = ports['tjc/guess'] ?? 0
    const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1').on('error', () => {}))
    cleanup.defer(() => {
      for (const socket of sockets) socket.destroy()
    })
    for (const socket of sockets) socket.write('5')
    const honest = connect(port, '127.0.0.1')
    cleanup.defer(() => void honest.destroy())
    const since = performance.now()
    const [data] = await once(honest, 'data')
    assert.equal(String(data), 'GUESS\n')
    return `An honest client was greeted after ${Math.round(performance.now() - since)} ms.`
  },
}
