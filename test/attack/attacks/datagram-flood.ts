import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { setTimeout } from 'node:timers/promises'
import { longestWait } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const SOCKETS = 8
/** The number of datagrams of a socket at a time. */
const AT_ONCE = 50
/** Milliseconds for which the clients send. */
const SPAN = 2000
/** The allowed number of conversations: as many as one connection may send messages, and as many again for a slow machine. */
const MOST = 2 * (5000 + SPAN)

/** Sends datagrams as fast as possible; each datagram starts a conversation and ends it. */
export const attack: Attack = {
  title: `sends datagrams from ${SOCKETS} sockets as fast as it can, each of which is a conversation`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door', 'fh/hello'])
    cleanup.use(server)
    const port = ports['fh/hello'] ?? 0
    let answers = 0
    let sent = 0
    const sockets = Array.from({ length: SOCKETS }, () => createSocket('udp4').on('message', () => answers++))
    cleanup.defer(() => {
      for (const socket of sockets) socket.close()
    })
    const until = performance.now() + SPAN
    const flood = async () => {
      while (performance.now() < until) {
        for (const socket of sockets) for (let n = 0; n < AT_ONCE; n++) socket.send('Hi Server', port, '127.0.0.1', () => sent++)
        await setTimeout(1)
      }
    }
    const wait = await longestWait(ports['parlor/door'] ?? 0, flood(), cleanup)
    assert.ok(answers > 0, 'no datagram was answered')
    assert.ok(answers <= MOST, `${answers} conversations began`)
    return `Of ${sent} datagrams ${answers} were answered; another client waited at most ${Math.round(wait)} ms.`
  },
}
