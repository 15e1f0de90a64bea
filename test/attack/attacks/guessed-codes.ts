import assert from 'node:assert/strict'
import { connectSocket, receiveText } from '../../support/flood.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const GUESSES = 400

/** A client guesses invitation codes: it blocks itself, and no other client at its address. */
export const attack: Attack = {
  title: `guesses ${GUESSES} codes of invitations, at the address of two friends`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const enter = (name: string) => {
      const socket = connectSocket(ports['parlor/door'] ?? 0, cleanup)
      socket.write(`style json\n{"type":"enter","name":"${name}"}\n`)
      return socket
    }
    const hostile = enter('eve')
    hostile.write(`${'{"type":"join","code":"amber-otter-zebra"}\n'.repeat(GUESSES)}{"type":"ping","id":"end"}\n`)
    const tried = (await receiveText(hostile, '"end"')).split('"no-such-code"').length - 1
    const host = enter('ada')
    host.write('{"type":"seek","id":"seek","game":"scissors","private":true,"wait":null}\n')
    const code = /"code":"([^"]+)"/.exec(await receiveText(host, '"seek"'))?.[1]
    const friend = enter('grace')
    friend.write(`{"type":"join","code":"${code}"}\n{"type":"ping","id":"end"}\n`)
    const received = await receiveText(friend, '"end"')
    assert.ok(received.includes('"seated"'), `the right code was refused: ${received.slice(-300)}`)
    assert.ok(tried <= 11, `${tried} of ${GUESSES} guesses were compared`)
    return `${tried} of ${GUESSES} guesses were compared; the right code of another client was accepted.`
  },
}
