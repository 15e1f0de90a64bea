import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openClusterStore } from '../../src/storage/nats/index.ts'
import { hasNats, startNats } from '../support/nats-server.ts'
import { hasPostgres, type RunningPostgres, startPostgres } from '../support/postgres-server.ts'
import { startServer } from '../support/start-server.ts'

describe.runIf(hasNats && hasPostgres)('two servers on NATS and PostgreSQL', () => {
  let postgres: RunningPostgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())

  /** Starts two servers of a program over the same engines. */
  async function startServers(name?: string) {
    const { port } = await startNats()
    const people = await postgres.createDatabase()
    const start = async () => {
      const store = await openClusterStore({ servers: [`127.0.0.1:${port}`], people, onError: (error) => expect.unreachable(`${error}`) })
      const server = await startServer(name, { store })
      onTestFinished(async () => {
        await server.server.stop()
        await server.service.close()
      })
      return server
    }
    return [await start(), await start()] as const
  }

  test('users with nc at both servers are matched, play a whole game, and talk', async () => {
    const [one, other] = await startServers()
    const ada = await one.caller('ada')
    const grace = await other.caller('grace')
    await ada.type('play tictactoe', /You wait for an opponent/)
    await grace.type('play tictactoe', /^Table \d+: /)
    await ada.until(/^Table \d+: /)
    const [first, second] = ada.lines.at(-1)?.includes('you are O and begin') ? [ada, grace] : [grace, ada]
    for (const [turn, cell] of [1, 4, 2, 5].entries()) {
      const [player, opponent] = turn % 2 === 0 ? [first, second] : [second, first]
      await player.type(`${cell}`, /is to move\.$/)
      await opponent.until(/Your move/)
    }
    await second.type('say well played', /^Sent/)
    await first.until(/well played/)
    await first.type('3', /You win!/)
    await second.until(/wins/)
  })

  test('a user who has registered at one server logs in at the other server', async () => {
    const [one, other] = await startServers()
    const ada = await one.program()
    expect(await ada.ask({ type: 'register', name: 'Ada', password: 'correct horse battery' })).toMatchObject({ type: 'entered' })
    const again = await other.program()
    expect(await again.ask({ type: 'enter', name: 'ada', password: 'wrong horse battery' })).toMatchObject({ type: 'error' })
    expect(await again.ask({ type: 'enter', name: 'ada', password: 'correct horse battery' })).toMatchObject({
      type: 'entered',
      name: 'Ada',
    })
  })
})
