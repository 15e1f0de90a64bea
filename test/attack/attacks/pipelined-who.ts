import assert from 'node:assert/strict'
import { connectJsonUsers, connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const USERS = 1000
const TIMES = 600
/** The longest wait of another client, in milliseconds; it was 28,000. */
const MOST = 1000

/** A client requests the list of online users again and again, without waiting for the answer. */
export const attack: Attack = {
  title: `asks ${TIMES} times in one burst who is online, with ${USERS} users online`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    await connectJsonUsers(port, USERS, (n) => [`{"type":"enter","name":"user${n}"}`], cleanup)
    const hostile = connectSocket(port, cleanup)
    hostile.write(`eve\n${'who\n'.repeat(TIMES)}board\n`)
    const wait = await longestWait(port, receiveText(hostile, 'You are at no table'), cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
