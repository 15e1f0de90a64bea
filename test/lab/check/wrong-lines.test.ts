import { describe, expect, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import type { PlayedFinding } from '../../../src/lab/check/play.ts'
import { type Rehearsal, rehearse, toScript } from '../../../src/lab/check/rehearsal.ts'
import {
  explainSilence,
  findWrongLines,
  isOwnRefusal,
  isUnrefused,
  rehearseMistakes,
  withOneLine,
} from '../../../src/lab/check/wrong-lines.ts'
import { program } from '../../support/play.ts'

/** Number of games among which the check chooses. */
const GAMES = 12

/** Rehearses games with a client of a program, against the server that the program declares for checks. */
async function rehearseGames(name: string) {
  const declared = await program(name)
  const words = declared.checkServer?.words ?? declared.words
  const subject = { program: { ...declared, words }, options: {}, role: 'client' as const, random: undefined, clock: createSystemClock() }
  const games: Rehearsal[] = []
  for (let number = 0; number < GAMES; number++) {
    const game = await rehearse(subject, toScript(1, number))
    if (game) games.push(game)
  }
  expect(games).toHaveLength(GAMES)
  return { subject, games }
}

/** Finds the lines that the client of a program has to refuse, and the game in which they are typed. */
async function findLines(name: string) {
  const { subject, games } = await rehearseGames(name)
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

test.each([
  ['tjc/guess', 'Please enter number 1 to 100'],
  ['c8/highlow', 'Please enter number 1 to 100'],
  ['c8/headtail', 'Please enter head (H), tail (T)             or Q to quit'],
])('a client of %s sends a mistake that its server answers by a message of no other game', async (name, answer) => {
  const { subject, games } = await rehearseGames(name)
  const found = await rehearseMistakes(subject, games)
  expect(found.map(({ script }) => script.wrong)).toEqual([['-1']])
  const texts = ({ messages }: Rehearsal) => messages.map(({ text }) => text.trim())
  expect(games.flatMap(texts)).not.toContain(answer.trim())
  expect(found.flatMap(texts)).toContain(answer.trim())
})

test('a client of tic-tac-toe sends no mistake', async () => {
  const { subject, games } = await rehearseGames('tictactoe')
  expect(await rehearseMistakes(subject, games)).toEqual([])
})

test('a client that does not send the mistake has refused it, unless it has crashed', async () => {
  const { subject, games } = await rehearseGames('tjc/guess')
  const [game] = await rehearseMistakes(subject, games)
  if (!game) throw new Error('the client sends no mistake')
  const { script, messages } = game
  const unsent = messages.filter(({ text }) => text !== '-1')
  const finding = { cause: 'hangs', sentence: '' } as const
  expect(unsent.length).toBe(messages.length - 1)
  expect(isOwnRefusal({ ...finding, observations: unsent }, script, 'client')).toBe(true)
  expect(isOwnRefusal({ ...finding, observations: messages }, script, 'client')).toBe(false)
  expect(isOwnRefusal({ ...finding, observations: unsent, cause: 'crashed' }, script, 'client')).toBe(false)
  expect(isOwnRefusal({ ...finding, observations: unsent }, { seed: 1 }, 'client')).toBe(false)
})

describe('a program that waits after a wrong line', () => {
  const script = { seed: 1, wrong: ['', '-1'] }
  const mute: PlayedFinding = { cause: 'hangs', sentence: '', typed: ['5', '-1'], isPrompted: true, promptAfter: '', observations: [] }

  test('is named if it has shown a prompt before and shows none now', () => {
    expect(explainSilence(mute, script, 'client')).toMatch(/^"-1" was typed, .* the client has not sent it, and does not ask again/)
  })

  test.each<[string, Partial<PlayedFinding>]>([
    ['shows a prompt', { promptAfter: 'Your cell: ' }],
    ['never shows a prompt', { isPrompted: false }],
    ['has failed for another cause', { cause: 'closed-early' }],
    ['has got usual lines only', { typed: ['5', '7'] }],
  ])('is not named if it %s', (_, difference) => {
    expect(explainSilence({ ...mute, ...difference }, script, 'client')).toBeUndefined()
  })

  test('gets one line, which is not empty, in the game that confirms the silence', () => {
    expect(withOneLine(script)).toEqual({ seed: 1, wrong: ['-1'] })
    expect(withOneLine({ seed: 1, wrong: [''] })).toBeUndefined()
  })
})
