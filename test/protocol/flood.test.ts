import { expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { startConversation } from '../support/conversation.ts'
import { writesOf } from '../support/received.ts'

const LINES = 30_000

/** Returns a server's answers to illegal lines, as many as fit one segment, and then a legal line. */
async function flooded(name: string, last: string): Promise<string[]> {
  const { conversation, ours, theirs } = await startConversation(name, { random: chance, opponentFor: () => undefined })
  const received = new Promise<void>((resolve) => theirs.open({ data: () => resolve(), finished() {}, closed() {} }))
  if (conversation.state === 'start') await received
  theirs.write(`${'x\n'.repeat(LINES)}${last}\n`)
  theirs.finish()
  await conversation.closed
  return writesOf(ours)
}

test('each of many illegal lines in one burst is refused, and later lines are handled', async () => {
  const lines = (await flooded('fh/hangman', 'START')).join('').split('\n')
  expect(lines.filter((line) => line.startsWith('ERROR '))).toHaveLength(LINES)
  expect(lines.at(-2)).toMatch(/^WORD \d+ 8$/)
})

test('the question is repeated after each of them', async () => {
  const lines = (await flooded('c8/scissors', '1')).join('').split('\n')
  expect(lines.filter((line) => line === 'CHOOSE')).toHaveLength(LINES + 1)
})

test('the answers are sent one by one, and not stored until all are ready', async () => {
  const writes = await flooded('fh/hangman', 'START')
  expect(writes.join('').length).toBeGreaterThan(LINES * 'ERROR '.length)
  expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(32 * 1024)
})
