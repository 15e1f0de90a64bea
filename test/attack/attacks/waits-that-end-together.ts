import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const SEEKS = 1000
/** Milliseconds from the first seek until all of them end. */
const UNTIL = 8000
/** The longest wait of another client, in milliseconds; it was 1,000 and more. */
const MOST = 300

/** The seeks of many clients end at one moment, so that the house joins as many tables, each with a large board, and moves there. */
export const attack: Attack = {
  title: `lets the waits of ${SEEKS} seeks end in the same moment`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const end = performance.now() + UNTIL
    const sockets: Socket[] = []
    let seated = 0
    const all = Promise.withResolvers<void>()
    for (let from = 0; from < SEEKS; from += 50) {
      const some = Array.from({ length: 50 }, async (_, at) => {
        const socket = connectSocket(port, cleanup)
        socket.write(`style json\n{"type":"enter","name":"user${from + at}"}\n{"type":"ping","id":"here"}\n`)
        await receiveText(socket, '"here"')
        sockets.push(socket)
      })
      await Promise.all(some)
    }
    for (const [at, socket] of sockets.entries()) {
      socket.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('"seated"') && ++seated === SEEKS) all.resolve()
      })
      const wait = Math.max(0, Math.round(end - performance.now()))
      // each with a clock of its own, so that no two of them match
      const clock = { total: 1_000_000 + at }
      socket.write(`${JSON.stringify({ type: 'seek', game: 'tictactoe', settings: { size: 20 }, seats: [1], clock, wait })}\n`)
      if (at % 20 === 0) await setTimeout(1)
    }
    assert.ok(performance.now() < end - 500, 'the seeks took too long')
    await setTimeout(end - 300 - performance.now())
    const wait = await longestWait(port, all.promise, cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms while ${seated} tables were opened.`
  },
}
