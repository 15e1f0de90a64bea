import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const TIMES = 5000
/** Milliseconds for which other clients are measured. */
const SPAN = 8000
/** The longest wait of another client, in milliseconds; it was 3,400. */
const MOST = 1000

/** A client requests help again and again, at a server that is otherwise idle. */
export const attack: Attack = {
  title: `asks ${TIMES} times for help in one burst`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const hostile = connectSocket(port, cleanup)
    hostile.write(`eve\n${'help\n'.repeat(TIMES)}board\n`)
    // the budget slows the client down, so that not all of it is answered by then
    const flood = Promise.race([receiveText(hostile, 'You are at no table'), setTimeout(SPAN)])
    const wait = await longestWait(port, flood, cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
