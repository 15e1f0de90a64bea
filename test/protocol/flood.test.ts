import { expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { begin } from '../support/conversation.ts'
import { writesOf } from '../support/wire.ts'

const LINES = 30_000

/** What a server says to a client that says illegal lines, as many as come in one segment, and then a legal one. */
async function flooded(name: string, last: string): Promise<string[]> {
  const { conversation, ours, theirs } = await begin(name, { random: chance, opponentFor: () => undefined })
  const heard = new Promise<void>((resolve) => theirs.open({ data: () => resolve(), finished() {}, closed() {} }))
  if (conversation.state === 'start') await heard
  theirs.write(`${'x\n'.repeat(LINES)}${last}\n`)
  theirs.finish()
  await conversation.closed
  return writesOf(ours)
}

test('each of many illegal lines that come at once is refused, and what follows is heard', async () => {
  const lines = (await flooded('fh/hangman', 'START')).join('').split('\n')
  expect(lines.filter((line) => line.startsWith('ERROR '))).toHaveLength(LINES)
  expect(lines.at(-2)).toMatch(/^WORD \d+ 8$/)
})

test('what was asked is asked again after each of them', async () => {
  const lines = (await flooded('c8/scissors', '1')).join('').split('\n')
  expect(lines.filter((line) => line === 'CHOOSE')).toHaveLength(LINES + 1)
})

test('the answers do not pile up until all of them are given', async () => {
  const writes = await flooded('fh/hangman', 'START')
  expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(32 * 1024)
})
