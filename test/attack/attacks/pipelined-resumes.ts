import assert from 'node:assert/strict'
import { connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const OFFERS = 1500
const TIMES = 600
/** The longest wait of another client, in milliseconds; it was 18,000. */
const MOST = 1000

/** A client resumes a long game from its beginning again and again. */
export const attack: Attack = {
  title: `resumes a game with ${2 * OFFERS} events from its beginning ${TIMES} times in one burst`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const hostile = connectSocket(port, cleanup)
    hostile.write('style json\n{"type":"enter","name":"eve"}\n{"type":"seek","game":"tictactoe","settings":{"size":20},"wait":0}\n')
    const received = await receiveText(hostile, '"token"')
    const [, table] = /"table":(\d+)/.exec(received) ?? []
    const [, token] = /"token":"(\w+)"/.exec(received) ?? []
    // the house declines each draw, so that there are two events for each
    hostile.write(`${`{"type":"offer","table":${table}}\n`.repeat(OFFERS)}{"type":"ping","id":"long"}\n`)
    await receiveText(hostile, '"long"')
    hostile.write(`${`{"type":"resume","token":"${token}","after":0}\n`.repeat(TIMES)}{"type":"ping","id":"last"}\n`)
    const wait = await longestWait(port, receiveText(hostile, '"last"'), cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
