import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 8
/** Milliseconds for which the clients negotiate. */
const SPAN = 2000
/** IAC DO SGA, IAC WILL NAWS, and an empty subnegotiation, again and again. */
const NEGOTIATION = Buffer.from([255, 253, 3, 255, 251, 31, 255, 250, 24, 255, 240])
const ROUND = Buffer.concat(Array<Buffer>(6000).fill(NEGOTIATION))

const COMPLAINT = /more than 16384 bytes of telnet commands without a line/

/** Negotiates on one connection until the server closes it. */
async function negotiateOnce(port: number, cleanup: AsyncDisposableStack): Promise<void> {
  const socket = connectSocket(port, cleanup)
  const closed = once(socket, 'close')
  await receiveText(socket, '\n')
  socket.resume()
  socket.write(ROUND)
  await closed
}

/** Telnet clients negotiate without end, and reconnect each time the server has disconnected them. */
export const attack: Attack = {
  title: `negotiates telnet's options without end on ${CONNECTIONS} connections`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    let going = true
    let ended = 0
    const flood = async () => {
      while (going) {
        const socket = connectSocket(port, cleanup)
        // the server may close the connection before or after its greeting
        const closed = new Promise<true>((resolve) => socket.once('close', () => resolve(true)))
        await Promise.race([closed, receiveText(socket, '\n')])
        socket.resume()
        let open = true
        while (going && open) {
          const sent = socket.write(ROUND) || once(socket, 'drain').then(() => false)
          open = !(await Promise.race([closed, sent, setTimeout(SPAN, false)]))
        }
        socket.destroy()
        await closed
        ended++
      }
    }
    const floods = Array.from({ length: CONNECTIONS }, flood)
    const wait = await longestWait(port, setTimeout(SPAN), cleanup)
    going = false
    await Promise.all(floods)
    // the server logs few of many equal complaints, and in the flood a reset can come before the complaint
    for (let n = 0; n < CONNECTIONS && !COMPLAINT.test(server.errors); n++) await negotiateOnce(port, cleanup)
    await server.complains(COMPLAINT)
    assert.ok(ended >= CONNECTIONS)
    return `The server ended ${ended} connections; another client waited at most ${Math.round(wait)} ms.`
  },
}
