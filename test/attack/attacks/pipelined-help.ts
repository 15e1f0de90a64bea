import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { dial, hear, longestWait } from '../../support/pipelining.ts'
import { serving } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const TIMES = 5000
/** Milliseconds for which others are watched. */
const SPAN = 8000
/** Milliseconds that another client may wait; it was 3,400. */
const MOST = 1000

/** A client that asks for help again and again, at a server where nothing else happens. */
export const attack: Attack = {
  title: `asks ${TIMES} times for help at once`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await serving(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const hostile = dial(port, cleanup)
    hostile.write(`eve\n${'help\n'.repeat(TIMES)}board\n`)
    // its budget slows it down, so that not all of it is answered by then
    const flood = Promise.race([hear(hostile, 'You are at no table'), setTimeout(SPAN)])
    const wait = await longestWait(port, flood, cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
