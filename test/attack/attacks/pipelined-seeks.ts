import assert from 'node:assert/strict'
import { connectJsonUsers, connectSocket, longestWait, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const USERS = 1000
const TIMES = 600
/** The longest wait of another client, in milliseconds; it was 2,500 to 45,000. */
const MOST = 1000

/** A client challenges a user by name again and again, among a thousand open seeks. */
export const attack: Attack = {
  title: `seeks another user by name ${TIMES} times in one burst, with ${USERS} users who seek`,
  short: false,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const port = ports['parlor/door'] ?? 0
    const seek = '{"type":"seek","game":"tictactoe","seats":[0],"wait":null}'
    await connectJsonUsers(port, USERS, (n) => [`{"type":"enter","name":"user${n}"}`, seek], cleanup)
    const hostile = connectSocket(port, cleanup)
    const against = `{"type":"seek","game":"tictactoe","against":"user${USERS - 1}"}\n{"type":"cancel"}\n`
    hostile.write(`style json\n{"type":"enter","name":"eve"}\n${against.repeat(TIMES)}{"type":"ping","id":"last"}\n`)
    const wait = await longestWait(port, receiveText(hostile, '"last"'), cleanup)
    assert.ok(wait < MOST, `another client waited ${Math.round(wait)} ms`)
    return `Another client waited at most ${Math.round(wait)} ms.`
  },
}
