import { expect, test } from 'vitest'
import { connectFour } from '../../examples/plugins/connect-four.ts'
import { isRefusal } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Seed } from '../../src/hall/ports.ts'
import { toDraws } from '../../src/hall/seeds.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { folder } from '../support/folders.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { NativeLink } from '../support/native-link.ts'
import { startServe } from '../support/process.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** ExportedGame is a line of the export. */
interface ExportedGame {
  readonly table: number
  readonly rules: string
  readonly names: readonly string[]
  readonly start: unknown
  readonly seeds: readonly { readonly n: number; readonly seed: Seed }[]
  readonly moves: readonly { readonly n: number; readonly seat: number; readonly text: string }[]
}

const catalog = shippedGames.with([connectFour])
const PLUGIN = 'examples/plugins/connect-four.ts'
/** Texts that are moves in the games that do not list their moves. */
const TEXTS = ['e', 'a', 'n', 'r', 's', 'H', 'T', '1', '2', '50']

/** Plays a game of each kind by random moves in a folder; returns the last position of each table. */
async function playGames(data: string): Promise<ReadonlyMap<number, unknown>> {
  const store = await openStore({ folder: data })
  const random = seededRandom(7)
  const lobby = new TestLobby({ store, catalog, random })
  const positions = new Map<number, unknown>()
  for (const { name } of catalog.entries) {
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'enter', name: 'ada' })
    await ada.say({ type: 'seek', game: name, wait: 0, private: name === 'hangman' })
    await lobby.clock.pass(1)
    const { table, seat = 0 } = ada.last('seated')
    const actor = lobby.service.hall.table(table)
    if (!actor) throw new Error('the table is missing')
    const { rules } = actor.state
    for (let turn = 0; turn < 6 && !actor.over; turn++) {
      const listed = [...(rules.moves?.(actor.state.position, seat) ?? [])].map(rules.notation.print)
      await ada.say({ type: 'play', table, move: random.choice(listed.length > 0 ? listed : TEXTS) })
    }
    if (!actor.over) await ada.say({ type: 'resign', table })
    positions.set(table, actor.state.position)
    ada.drop()
    await lobby.clock.pass(1)
  }
  expect(lobby.troubles).toEqual([])
  lobby.service.closeHall(new Error('the test ends'))
  await lobby.service.close()
  return positions
}

test('each line of the export replays to the final position of its game, games of chance included', async () => {
  const data = folder()
  const positions = await playGames(data)
  const { output, errors, code } = await runInProcess('export', '--data', data, '--plugin', PLUGIN)
  expect({ errors, code }).toEqual({ errors: '', code: 0 })
  const games = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportedGame)
  expect(games.map(({ table }) => table)).toEqual([...positions.keys()])
  for (const { table, rules, start, seeds, moves, names } of games) {
    const game = catalog.games.get(rules)
    if (!game) throw new Error(`no rules of ${rules}`)
    expect(names).toContain('ada')
    expect(moves.length).toBeGreaterThan(0)
    let position = start
    for (const { n, seat, text } of moves) {
      const { seed } = seeds.findLast((one) => one.n < n) ?? {}
      const move = game.notation.parse(text)
      if (seed === undefined || isRefusal(move)) throw new Error(`move ${n} of table ${table} cannot be replayed`)
      position = game.play(position, seat, move, toDraws(seed, n))
    }
    expect(position).toEqual(positions.get(table))
  }
  expect(output).not.toMatch(/"token"|"from"|"person"/)
  const one = await runInProcess('export', 'Tictactoe', '--data', data)
  expect(one.output).toBe(`${output.split('\n').find((line) => line.includes('"rules":"tictactoe"'))}\n`)
  expect((await runInProcess('export', 'chess', '--data', data)).errors).toMatch(/^parlor: there is no game "chess"/)
  const csv = await runInProcess('export', '--csv', '--data', data)
  expect(csv).toEqual(await runInProcess('results', '--data', data))
})

test('the export of a running server has the games that have just ended', async () => {
  const data = folder()
  const { server, ports } = await startServe(['parlor/door'], '--data', data)
  await using _ = server
  const ada = await NativeLink.open(ports['parlor/door'] ?? 0, () => {})
  await ada.ask({ type: 'enter', name: 'ada' })
  await ada.ask({ type: 'seek', game: 'hangman' })
  await ada.ask({ type: 'resign', table: 1 })
  const { output, errors } = await runInProcess('export', '--data', data)
  expect(errors).toBe('')
  expect(JSON.parse(output)).toMatchObject({ table: 1, game: 'hangman', names: ['ada'], outcome: { resigned: true } })
  ada.close()
})
