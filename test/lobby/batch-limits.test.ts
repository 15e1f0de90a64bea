import { expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { Server } from '../../src/server/server.ts'
import type { Durability } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { Batcher } from '../../src/wire/transports/batching.ts'
import { folder } from '../support/folders.ts'
import { program } from '../support/play.ts'
import { plainClient } from '../support/sockets.ts'
import { settledInTurn, TestClock } from '../support/test-clock.ts'

/** Creates a server of programs, at any ports, with the given batcher. */
function serverWith(batcher: Batcher, programs: readonly Program[] = []): Server {
  return new Server({
    programs,
    host: '127.0.0.1',
    ports: Object.fromEntries(programs.map(({ name }) => [name, 0])),
    iterative: new Set(),
    limits: { first: 60_000, idle: 60_000 },
    options: {},
    random: seededRandom(1),
    logs: { log() {} },
    clock: new TestClock(),
    batcher,
  })
}

test.each([
  ['process', 96],
  ['power', 256],
] as const)(
  'with a store that survives a loss of %s, %i messages that arrive together are handled in one turn',
  async (durable: Durability, many) => {
    const store = await openStore({ folder: folder(), durable })
    const service = new LobbyService({ store, clock: new TestClock(), random: seededRandom(1), onError: () => {} })
    onTestFinished(() => service.close())
    await service.open()
    const batcher = new Batcher()
    serverWith(batcher).admit(service)
    let received = 0
    for (let n = 1; n < many; n++) batcher.queue(() => received++)
    expect(received).toBe(0)
    batcher.queue(() => received++)
    await settledInTurn()
    expect(received).toBe(many)
  },
)

/** A batcher whose `two` resolves when two peers have connected. */
class CountingBatcher extends Batcher {
  arrived = 0
  readonly #two = Promise.withResolvers<void>()
  readonly two = this.#two.promise

  override queueArrival(arrive: () => void): void {
    super.queueArrival(arrive)
    if (++this.arrived === 2) this.#two.resolve()
  }
}

test('the connections of all ports are batched together', async () => {
  const batcher = new CountingBatcher()
  const server = serverWith(batcher, [await program('tjc/guess'), await program('tjc/tictactoe')])
  const places = await server.listen()
  expect(places.map(({ failure }) => failure)).toEqual([undefined, undefined])
  await Promise.all(places.map(({ address }) => plainClient(address)))
  await batcher.two
  expect(batcher.arrived).toBe(2)
  await server.stop()
})
