import { expect, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { type Rehearsal, rehearse, toScript } from '../../../src/lab/check/rehearsal.ts'
import { findWrongLines, isUnrefused } from '../../../src/lab/check/wrong-lines.ts'
import { program } from '../../support/play.ts'

/** Number of games among which one is chosen. */
const GAMES = 12

/** Finds the lines that the client of a program has to refuse, and the game in which they are typed. */
async function findLines(name: string) {
  const subject = { program: await program(name), options: {}, role: 'client' as const, random: undefined, clock: createSystemClock() }
  const games: Rehearsal[] = []
  for (let number = 0; number < GAMES; number++) {
    const game = await rehearse(subject, toScript(1, number))
    if (game) games.push(game)
  }
  expect(games).toHaveLength(GAMES)
  const script = await findWrongLines(subject, games)
  return { script, again: script && (await rehearse(subject, script)) }
}

test('the lines that a client of tic-tac-toe has to refuse are taken cells and cells that do not exist', async () => {
  const { script, again } = await findLines('tictactoe')
  const lines = script?.wrong ?? []
  expect(lines).toEqual(expect.arrayContaining(['-1', '10', '100']))
  const cells = lines.filter((line) => /^[1-9]$/.test(line))
  expect(cells).toHaveLength(3)
  expect([...(again?.refused ?? [])]).toEqual(expect.arrayContaining([...lines]))
  const moves = again?.messages.slice(0, 3).map(({ text }) => text)
  expect(moves).toEqual(expect.arrayContaining(cells.map((cell) => `MOVE${cell}`)))
})

test('a line after which the worksheet’s program would crash is not typed', async () => {
  expect((await findLines('tictactoe')).script?.wrong).not.toContain('x')
})

test('a client that sends every number has nothing to refuse', async () => {
  expect((await findLines('guess')).script).toBeUndefined()
})

test('a program fails by such a line if it crashes, or if the other side refuses its message', () => {
  expect(isUnrefused({ cause: 'crashed', sentence: '' })).toBe(true)
  expect(isUnrefused({ cause: 'wrong-rules', sentence: '', isRefused: true })).toBe(true)
  expect(isUnrefused({ cause: 'hangs', sentence: '' })).toBe(false)
})
