import { expect, test } from 'vitest'
import type { AnyGame } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { robot } from '../../src/games/robot.ts'
import type { LobbyServiceOptions } from '../../src/lobby/service.ts'
import { toHangmanBoard, toQuizBoard, toRobotBoard } from '../../src/web/model/solo-boards.ts'
import type { TableModel } from '../../src/web/model/table-model.ts'
import { toStatus } from '../../src/web/status.ts'
import { PageUser } from '../support/page-user.ts'
import { startServer } from '../support/start-server.ts'

const QUESTIONS = [
  { text: 'Which port has HTTPS?', options: ['80', '443'], right: 1, explanation: '80 is plain HTTP.' },
  { text: 'Which port has DNS?', options: ['53', '25'], right: 0 },
]

/** Seats a page at a game for one player. */
async function seat(game: string, options: Partial<LobbyServiceOptions> = {}) {
  const server = await startServer('parlor/door', options)
  const user = new PageUser(server.port)
  await user.enter('ada')
  user.client.send({ type: 'seek', game, settings: {} })
  await user.until(() => user.table?.sight !== undefined)
  const table = (): TableModel => user.table as TableModel
  const play = async (move: string) => {
    const { n } = table()
    user.client.send({ type: 'play', table: table().table, move })
    await user.until(() => table().n > n && table().pending === undefined)
  }
  return { table, play }
}

test('hangman draws a stroke for each miss, marks the letters, and shows the word at the end', async () => {
  const { table, play } = await seat('hangman', { stock: { words: ['été'] } })
  const board = () => toHangmanBoard(table().sight?.view)
  expect(board()).toMatchObject({ shown: ['', '', ''], strokes: 0, left: 8 })
  expect(toStatus(table())).toEqual({ text: 'Your turn.', more: '8 misses left.', spoken: 'Word: blank, blank, blank.', isOn: true })
  await play('x')
  expect(board()?.strokes).toBe(1)
  expect(toStatus(table())).toMatchObject({ text: 'x is not in the word.', more: '7 misses left.' })
  await play('É')
  expect(board()?.letters.filter(({ state }) => state !== undefined)).toEqual([
    { letter: 'x', state: 'miss' },
    { letter: 'é', state: 'hit' },
  ])
  expect(toStatus(table())).toEqual({
    text: 'É is letters 1 and 3.',
    more: '7 misses left.',
    spoken: 'Word: é, blank, é.',
    isOn: true,
  })
  await play('t')
  expect(toStatus(table())).toEqual({ text: 'You win.', more: 'The word is été.', isOn: false })
})

test('hangman draws all strokes with the last miss, for any number of misses', async () => {
  const view = { shown: ['', 'o'], tried: ['o'] }
  const strokes = [1, 2, 3, 8, 26].map((misses) =>
    Array.from({ length: misses + 1 }, (_, missed) => toHangmanBoard({ ...view, misses, left: misses - missed })?.strokes),
  )
  expect(strokes.map((row) => [row[0], row.at(-1)])).toEqual(Array.from({ length: 5 }, () => [0, 8]))
  expect(strokes[1]).toEqual([0, 4, 8])
})

test('the quiz has the open question, the last question with its answer, and a mark for each answer', async () => {
  const { table, play } = await seat('quiz', { stock: { questions: QUESTIONS } })
  const first = toQuizBoard(table())
  expect(first).toMatchObject({ count: 2, points: 0, marks: [undefined, undefined], open: { number: 1 } })
  const right = first?.open?.options.indexOf(first.open.text.includes('DNS') ? '53' : '443') === 0 ? 'A' : 'B'
  await play(right === 'A' ? 'b' : 'a')
  const second = toQuizBoard(table())
  expect(second).toMatchObject({
    points: 0,
    marks: [false, undefined],
    open: { number: 2 },
    last: { correct: false, right, question: first?.open },
  })
  expect(toStatus(table())).toMatchObject({ text: `${right === 'A' ? 'B' : 'A'} is wrong: it is ${right}.`, more: 'Question 2 of 2.' })
  await play(second?.open?.options.indexOf(second.open.text.includes('DNS') ? '53' : '443') === 0 ? 'A' : 'B')
  expect(toQuizBoard(table())).toMatchObject({ points: 1, marks: [false, true], last: { correct: true } })
  expect(toStatus(table())).toMatchObject({ text: 'You lose.', more: expect.stringMatching(/^[AB] is right\. 1 of 2\.$/) })
})

test('the robot leaves a trail from its start, and the border stops it', async () => {
  const { isUnlisted: _, ...listed } = robot
  const { table, play } = await seat('robot', { catalog: shippedGames.with([listed as AnyGame]) })
  expect(toRobotBoard(table())).toMatchObject({ column: 6, row: 6, heading: 'north', ahead: 5, trail: [] })
  await play('right')
  for (let step = 0; step < 5; step++) await play('forward')
  expect(toRobotBoard(table())).toMatchObject({ column: 11, row: 6, heading: 'east', ahead: 0, blocked: false })
  await play('forward')
  expect(toRobotBoard(table())?.trail.map(({ column }) => column)).toEqual([6, 6, 7, 8, 9, 10, 11, 11])
  expect(toStatus(table())).toEqual({ text: 'Column 11, row 6, heading east.', more: 'The border is in the way.', isOn: true })
})

test('a view of another form is no board', () => {
  for (const view of [undefined, null, 3, 'x', {}, { shown: 3 }, { column: 'x' }]) {
    expect(toHangmanBoard(view)).toBeUndefined()
    const table = { moves: [], sight: { view } } as unknown as TableModel
    expect([toQuizBoard(table), toRobotBoard(table)]).toEqual([undefined, undefined])
  }
})
