import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 100
/** The number of connections that the server holds open without a request. */
const MOST = 32

/** Programs of the server's owner connect to its socket, send nothing or a line without end, and stay connected. */
export const attack: Attack = {
  title: `holds ${CONNECTIONS} connections to the operator's socket, half of which have sent 100 KB without a line end`,
  short: true,
  limit: 20_000,
  async run(cleanup) {
    const data = await mkdtemp(join(tmpdir(), 'parlor-operator-'))
    cleanup.defer(() => rm(data, { recursive: true, force: true }))
    const { server } = await startServe(['tjc/guess'], '--data', data)
    cleanup.use(server)
    const dial = async (_: unknown, at: number) => {
      const socket = connect({ path: join(data, 'parlor.sock'), allowHalfOpen: true }).on('error', () => {})
      cleanup.defer(() => void socket.destroy())
      await once(socket, 'connect')
      if (at % 2 === 0) socket.write('x'.repeat(100_000))
      return socket.resume()
    }
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, dial))
    const { code, output } = await run('people', 'list', '--data', data)
    assert.equal(code, 0, output)
    const held = sockets.filter((socket) => !socket.closed && !socket.readableEnded).length
    assert.ok(held <= MOST, `${held} connections are held`)
    const since = performance.now()
    server.signal('SIGTERM')
    assert.equal(await server.exit, 0)
    return `The operator was answered, and the server ended in ${Math.round(performance.now() - since)} ms with ${held} connections.`
  },
}
