import { expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { Store } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { hasNats, type RunningNats, startNats } from '../support/nats-server.ts'
import { openNatsStore } from '../support/nats-store.ts'

/** Starts the hall of one server, which reports no error. */
async function startHall(nats: RunningNats, name: string) {
  const store = await openNatsStore(nats, name)
  const onError = (sentence: string, reason: unknown) => expect.unreachable(`${name}: ${sentence}: ${reason}`)
  const clock = createSystemClock()
  const hall = new Hall({ store, games: games as ReadonlyMap<string, AnyGame>, clock, random: seededRandom(1), onError })
  onTestFinished(() => hall.close(new Error('the test is over')))
  const seek = (who: string) => {
    const { promise, resolve } = Promise.withResolvers<{ readonly table: TableActor; readonly seat: number }>()
    const terms = { game: 'tictactoe', options: {}, seats: [0, 1], rated: false, wait: Number.POSITIVE_INFINITY }
    hall.seek({ ...terms, owner: { person: `guest:${who}`, name: who }, onSeated: (table, seat) => resolve({ table, seat }) })
    return promise
  }
  return { store, seek }
}

/** Resolves when the actor of a server has published an event of its table. */
function published({ tables }: Store, table: TableActor, n: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (table.state.n < n || !table.isPublished) return
      end()
      resolve()
    }
    // the actor has subscribed first, so it has published the events that this function receives
    const end = tables.follow(table.id, check)
    check()
  })
}

test.runIf(hasNats)('players on two servers are matched, and play a whole game', async () => {
  const nats = await startNats()
  const servers = [await startHall(nats, 'one'), await startHall(nats, 'other')] as const
  const placed = await Promise.all([servers[0].seek('ada'), servers[1].seek('grace')])
  const [one, other] = placed
  expect(one.table.id).toBe(other.table.id)
  expect([one.seat, other.seat].sort()).toEqual([0, 1])
  await Promise.all([published(servers[0].store, one.table, 1), published(servers[1].store, other.table, 1)])
  for (const [turn, cell] of [1, 4, 2, 5, 3].entries()) {
    const { table, seat } = placed.find(({ seat }) => seat === turn % 2) ?? one
    const { n } = table.state
    expect(table.submit({ type: 'play', seat, move: cell })).toBeUndefined()
    await Promise.all([published(servers[0].store, one.table, n + 1), published(servers[1].store, other.table, n + 1)])
  }
  for (const { table } of placed) expect(table.state.outcome).toEqual({ winners: [0] })
})
