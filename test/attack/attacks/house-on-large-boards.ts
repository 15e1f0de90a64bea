import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 60
const SEEKS = 300
/** Milliseconds for which other clients are measured. */
const SPAN = 5000
/** The longest wait of another client, in milliseconds, on a busy machine. */
const LONG = 1000

/** Clients let the house begin on the largest board, again and again, and disconnect. */
export const attack: Attack = {
  title: `has the house begin ${SEEKS} times on 20 x 20 cells on each of ${CONNECTIONS} connections`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const seek = '{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0,"seats":[1],"replace":true}\n'
    const clients = Array.from({ length: CONNECTIONS }, () => connectSocket(port, cleanup))
    const enter = async (client: Socket, n: number) => {
      client.write(`style json\n{"type":"enter","name":"big${n}"}\n{"type":"ping","id":"here"}\n`)
      await receiveText(client, '"here"')
      client.resume()
    }
    await Promise.all(clients.map(enter))
    const flood = async () => {
      for (const client of clients) client.write(seek.repeat(SEEKS))
      await setTimeout(300)
      for (const client of clients) client.destroy()
      await setTimeout(SPAN)
    }
    const wait = await longestWait(port, flood(), cleanup)
    assert.ok(wait < LONG, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
