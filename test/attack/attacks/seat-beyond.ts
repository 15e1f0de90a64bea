import assert from 'node:assert/strict'
import type { ToClient } from '../../../src/native/messages.ts'
import { NativeLink } from '../../support/native-link.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

/** Seats that tic-tac-toe does not have, or has only once. */
const SEATS = [[7], [2], [-1], [0.5], [0, 7], [1, 1], [2 ** 53], []]

/** A user seeks rated games for invalid seats, at which no player could move or be beaten. */
export const attack: Attack = {
  title: 'seeks a rated game for a seat that the game does not have, to win by the clock',
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const [eve, ada] = [await enter(ports['parlor/door'] ?? 0, 'eve'), await enter(ports['parlor/door'] ?? 0, 'ada')]
    cleanup.defer(() => {
      eve.link.close()
      ada.link.close()
    })
    for (const seats of SEATS) {
      const answer = await eve.link.ask({ type: 'seek', game: 'tictactoe', rated: true, seats, clock: { turn: 1000 } })
      assert.equal(answer.type, 'error', `a seek for the seats ${JSON.stringify(seats)} was taken`)
      await ada.link.ask({ type: 'seek', game: 'tictactoe', rated: true })
      await ada.link.ask({ type: 'cancel' })
    }
    const seated = [...eve.received, ...ada.received].filter(({ type }) => type === 'seated')
    assert.deepEqual(seated, [])
    return `${SEATS.length} such seeks were refused, and the opponent was seated at none.`
  },
}

async function enter(port: number, name: string): Promise<{ link: NativeLink; received: ToClient[] }> {
  const received: ToClient[] = []
  const link = await NativeLink.open(port, (message) => received.push(message))
  const answer = await link.ask({ type: 'register', name, password: `a password of ${name}` })
  assert.equal(answer.type, 'entered', JSON.stringify(answer))
  return { link, received }
}
