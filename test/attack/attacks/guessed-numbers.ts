import assert from 'node:assert/strict'
import type { GuessingView } from '../../../src/games/guessing.ts'
import type { ToClient } from '../../../src/native/messages.ts'
import { NativeLink } from '../../support/native-link.ts'
import { predictMathRandom } from '../../support/predict-random.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

/** The number of games that the attacker plays, and of later games of others. */
const OWN = 110
const OTHERS = 10

/** A player of 110 games computes the secret numbers of later games from theirs. */
export const attack: Attack = {
  title: `plays ${OWN} games of guess and computes the secret numbers of the next ${OTHERS}`,
  short: true,
  async run(cleanup) {
    const { server, ports } = await startServe(['parlor/door'])
    cleanup.use(server)
    const player = await Player.enter(ports['parlor/door'] ?? 0)
    cleanup.defer(() => player.link.close())
    const numbers: number[] = []
    for (let game = 0; game < OWN + OTHERS; game++) numbers.push(await player.play())
    const foreseen = predictMathRandom(numbers.slice(0, OWN), 100, OTHERS) ?? []
    const right = foreseen.filter((number, at) => number === numbers[OWN + at]).length
    assert.ok(right <= 2, `${right} of ${OTHERS} secret numbers were foreseen: ${foreseen}`)
    return `After ${OWN} games, ${right} of ${OTHERS} secret numbers were foreseen.`
  },
}

/** A player of guess at the front door. */
class Player {
  readonly link: NativeLink
  readonly #received: ToClient[]

  private constructor(link: NativeLink, received: ToClient[]) {
    this.link = link
    this.#received = received
  }

  static async enter(port: number): Promise<Player> {
    const received: ToClient[] = []
    const player = new Player(await NativeLink.open(port, (message) => received.push(message)), received)
    await player.link.ask({ type: 'enter', name: 'eve' })
    return player
  }

  /** Plays one game by halving; resolves to the secret number. */
  async play(): Promise<number> {
    await this.link.ask({ type: 'seek', game: 'guess' })
    const table = this.#received.findLast(({ type }) => type === 'seated')
    if (table?.type !== 'seated') throw new Error(`no table: ${JSON.stringify(this.#received.at(-1))}`)
    for (let [low, high] = [1, 100]; low <= high; ) {
      const guess = (low + high) >> 1
      await this.link.ask({ type: 'play', table: table.table, move: String(guess) })
      const moved = this.#received.findLast((message) => message.type === 'event' && message.what.type === 'moved')
      const last = moved?.type === 'event' ? (moved.sight?.view as GuessingView | undefined)?.last : undefined
      if (last === 'low') low = guess + 1
      else if (last === 'high') high = guess - 1
      else {
        await this.link.ask({ type: 'leave', table: table.table })
        return guess
      }
    }
    throw new Error('there was no number from 1 to 100')
  }
}
