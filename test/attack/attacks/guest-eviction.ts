import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { startFrontDoor } from '../../support/attackers.ts'
import type { Attack } from '../attack.ts'

const GUESTS = 50

/** A stranger enters the names of all guests, to disconnect them or to take their seats. */
export const attack: Attack = {
  title: `enters under the name of each of ${GUESTS} guests, at the front door and at the quiz`,
  short: true,
  async run(cleanup) {
    const { open, ports } = await startFrontDoor(cleanup)
    const guests = await Promise.all(Array.from({ length: GUESTS }, async () => (await open()).link))
    for (const [at, guest] of guests.entries()) await guest.ask({ type: 'enter', name: `guest of ${at}x` })
    const { link: stranger } = await open()
    const quiz = connect(ports['fh/quiz'] ?? 0, '127.0.0.1').setEncoding('utf8')
    cleanup.defer(() => void quiz.destroy())
    let proposals = 0
    for (const at of guests.keys()) {
      const answer = await stranger.ask({ type: 'enter', name: `guest of ${at}x`, again: true })
      assert.ok(answer.type === 'error' && answer.code === 'name-taken', JSON.stringify(answer))
      if (answer.proposal !== undefined) proposals++
      quiz.write(`NAME guest of ${at}x\n`)
      assert.match(String(await once(quiz, 'data')), /^ERROR guest of \d+x is taken; try guest of \d+x2\n$/)
    }
    for (const guest of guests) assert.equal((await guest.ask({ type: 'ping' })).type, 'pong')
    return `All ${GUESTS} guests are still there; ${proposals} other names were proposed.`
  },
}
