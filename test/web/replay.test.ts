import { expect, test } from 'vitest'
import { countMoves, type TableRecord, toPosition } from '../../src/web/model/replay.ts'
import type { TableModel } from '../../src/web/model/table-model.ts'
import { toReplayStatus } from '../../src/web/status.ts'
import { PageUser } from '../support/page-user.ts'
import { startGateway } from '../support/start-gateway.ts'

/** Plays games over sockets; `read` returns the record of a table as the read API has it. */
async function startPlay() {
  const { ports, url } = await startGateway({ programs: ['parlor/door'], lobby: { stock: { words: ['book'] } } })
  const enter = async (name: string) => {
    const user = new PageUser(ports.get('parlor/door') ?? 0)
    await user.enter(name)
    return user
  }
  const read = async ({ table }: TableModel): Promise<TableRecord> => {
    const answer = await fetch(`${url}/api/tables/${table}/record?limit=500`)
    return (await answer.json()) as TableRecord
  }
  return { enter, read }
}

/** Plays a move, and waits until the table has it. */
async function play({ client, ...user }: PageUser, table: () => TableModel, move: string, until: PageUser['until']) {
  const { n, table: id } = table()
  client.send({ type: 'play', table: id, move })
  await until(() => table().n > n && table().pending === undefined)
  return user
}

test('each position of a replay has the view, the clocks and the talk that the table had then', async () => {
  const { enter, read } = await startPlay()
  const [ada, grace] = [await enter('ada'), await enter('grace')]
  ada.client.send({ type: 'seek', game: 'tictactoe', wait: null, seats: [0], clock: { total: 300_000, turn: 60_000 } })
  await ada.until(({ seek }) => seek?.state === 'open')
  grace.client.send({ type: 'seek', game: 'tictactoe', against: 'ada', clock: { total: 300_000, turn: 60_000 } })
  const table = () => ada.table as TableModel
  await Promise.all([ada, grace].map((user) => user.until(() => user.table?.sight !== undefined)))
  const seen = [table()]
  for (const [at, cell] of ['1', '4', '2', '5', '3'].entries()) {
    const mover = at % 2 === 0 ? ada : grace
    await mover.until(() => mover.table?.sight?.turn === true)
    if (at === 2) {
      grace.client.send({ type: 'say', table: table().table, text: 'hm' })
      await ada.until(() => table().talk.length === 1)
      seen[at] = table()
    }
    mover.client.send({ type: 'play', table: table().table, move: cell })
    await ada.until(() => table().moves.length === at + 1 && table().pending === undefined)
    seen.push(table())
  }
  await ada.until(() => table().sight?.outcome !== undefined)
  seen[5] = table()
  const record = await read(table())
  expect(countMoves(record)).toBe(5)
  const positions = seen.map((_, move) => toPosition(record, 'tictactoe', move))
  expect(positions.map(({ table }) => table.sight?.view)).toEqual(seen.map(({ sight }) => sight?.view))
  expect(positions.map(({ table }) => table.talk)).toEqual(seen.map(({ talk }) => talk))
  expect(positions.at(-1)?.table.sight).toMatchObject({ outcome: { winners: [0] }, left: seen.at(-1)?.sight?.left })
  expect(positions.map(({ table }) => table.sight?.moveLeft)).toEqual(Array.from({ length: 6 }, () => [60_000, 60_000]))
  expect(toReplayStatus(toPosition(record, 'tictactoe', 0), 5)).toMatchObject({ text: 'Before the first move.', more: '' })
  expect(toReplayStatus(toPosition(record, 'tictactoe', 4), 5)).toMatchObject({ text: 'Move 4: grace took cell 5.' })
  const last = toReplayStatus(toPosition(record, 'tictactoe', 99), 5)
  expect(last).toMatchObject({
    text: 'Move 5: ada took cell 3.',
    more: expect.stringMatching(/^\d\.\d s ada wins\. 3 in a row: 1, 2, 3\.$/),
  })
})

test('a replay shows the hands after both have chosen, and counts the time of each from the start of the round', async () => {
  const hands = (rounds: number, chosen: readonly number[]) => ({
    rounds: Array.from({ length: rounds }, () => ['Stone', 'Paper']),
    chosen,
  })
  const events = [
    { n: 1, at: 0, what: { type: 'opened' }, view: hands(0, []) },
    { n: 2, at: 1000, what: { type: 'moved', seat: 1 }, view: hands(0, [1]) },
    { n: 3, at: 3000, what: { type: 'moved', seat: 0 }, view: hands(1, []) },
    { n: 4, at: 4000, what: { type: 'suspended' } },
    { n: 5, at: 90_000, what: { type: 'back', seat: 0 } },
    { n: 6, at: 91_500, what: { type: 'moved', seat: 0 }, view: hands(1, [0]) },
  ]
  const terms = { table: 1, game: 'scissors', names: ['ada', 'grace'], settings: {}, rated: false, clock: { total: 10_000 } }
  const record = { ...terms, outcome: { winners: [] }, events } as unknown as TableRecord
  const left = [1, 2, 3].map((move) => toPosition(record, 'hands', move))
  expect(left.map(({ taken }) => taken)).toEqual([1000, 3000, 2500])
  expect(left.map(({ table }) => table.sight?.left)).toEqual([
    [10_000, 9000],
    [7000, 9000],
    [4500, 9000],
  ])
})

test('a replay of hangman says each letter', async () => {
  const { enter, read } = await startPlay()
  const ada = await enter('ada')
  ada.client.send({ type: 'seek', game: 'hangman' })
  await ada.until(() => ada.table?.sight !== undefined)
  const table = () => ada.table as TableModel
  for (const letter of ['b', 'x', 'o', 'k']) await play(ada, table, letter, (met) => ada.until(met))
  await ada.until(() => table().sight?.outcome !== undefined)
  const record = await read(table())
  const said = [1, 2, 3, 4].map((move) => toReplayStatus(toPosition(record, 'hangman', move), 4).text)
  expect(said).toEqual([
    'Move 1: b is letter 1.',
    'Move 2: x is not in the word.',
    'Move 3: o is letters 2 and 3.',
    'Move 4: k is letter 4.',
  ])
})

test('a replay of guessing has the guesses, which the page of another user has not typed', async () => {
  const { enter, read } = await startPlay()
  const ada = await enter('ada')
  const table = () => ada.table as TableModel
  ada.client.send({ type: 'seek', game: 'guess' })
  await ada.until(() => ada.table?.sight !== undefined)
  for (const number of ['1', '100', '1', '100', '1', '100', '1']) {
    if (table().sight?.outcome === undefined) await play(ada, table, number, (met) => ada.until(met))
  }
  const guesses = toPosition(await read(table()), 'guessing', 2)
  expect(guesses.table.moves.length).toBeGreaterThan(0)
  expect(toReplayStatus(guesses, 7).text).toMatch(/^Move [12]: (?:100 is too high|1 is right|100 is right)\.$/)
})
