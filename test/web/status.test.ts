import { expect, test } from 'vitest'
import { formatClock, formatTerms } from '../../src/web/formats.ts'
import { foldText, toSentence, toShown, toShownName } from '../../src/web/shown.ts'
import { toStatus } from '../../src/web/status.ts'
import { PageUser } from '../support/page-user.ts'
import { startServer } from '../support/start-server.ts'

/** Seats a page alone, or against the house, in seat 0. */
async function seat(game: string) {
  const server = await startServer()
  const user = new PageUser(server.port)
  await user.enter('ada')
  user.client.send({ type: 'seek', game, wait: 0, seats: [0] })
  await user.until(() => user.table?.sight !== undefined)
  const status = () => (user.table ? toStatus(user.table) : undefined)
  const play = async (move: string) => {
    const { n = 0, table = 0 } = user.table ?? {}
    user.client.send({ type: 'play', table, move })
    const sent = status()
    await user.until(() => (user.table?.n ?? 0) > n && user.table?.pending === undefined)
    return sent
  }
  return { user, status, play }
}

test('the status of tic-tac-toe names the move that is sent, then the move of the opponent and which player is next', async () => {
  const { status, play } = await seat('tictactoe')
  expect(status()).toEqual({ text: 'Your turn.', more: '', isOn: true })
  expect(await play('1')).toEqual({ text: 'Cell 1 is sent, not confirmed.', more: '', isOn: false })
  expect(status()).toEqual({ text: 'Your turn.', more: expect.stringMatching(/^the house took cell [2-9]\.$/), isOn: true })
})

test('the status of guessing says which numbers and how many tries are left', async () => {
  const { status, play } = await seat('guess')
  await play('50')
  const low = { text: '50 is too low.', more: '51 to 100 are left. 6 tries.', isOn: true }
  const high = { text: '50 is too high.', more: '1 to 49 are left. 6 tries.', isOn: true }
  expect([low, high]).toContainEqual(status())
})

test('the status of the coin says the face and the count', async () => {
  const { status, play } = await seat('headtail')
  await play('H')
  const right = { text: 'Head. You were right.', more: '1 of 1.', isOn: true }
  const wrong = { text: 'Tail. You were wrong.', more: '0 of 1.', isOn: true }
  expect([right, wrong]).toContainEqual(status())
})

test('the status of scissor, paper, stone names the round, and asks for the next hand', async () => {
  const { status, play } = await seat('scissors')
  expect(status()).toEqual({ text: 'Round 1: choose.', more: '', isOn: true })
  await play('3')
  expect(status()?.text).toMatch(
    /^(?:You chose stone\.|Stone breaks scissor\. .*|Paper wraps stone\. .*|Both players chose the same hand\. .*)$/,
  )
})

test('control characters and overrides of the direction are shown; names and long texts are cut', () => {
  expect(toShown('a\u202eb\u0007c\u2066d\u200be\n')).toBe('a\\u202eb\\u0007c\\u2066d\\u200be\n')
  expect(toShown('👩\u200d🚀')).toBe('👩\u200d🚀')
  expect(toShownName('👩🚀'.repeat(20))).toBe(`${'👩🚀'.repeat(9)}👩…`)
  expect(toShownName('ada')).toBe('ada')
  expect(foldText('x'.repeat(500)).isCut).toBe(false)
  expect(foldText('x'.repeat(501))).toEqual({ text: 'x'.repeat(500), isCut: true })
})

test('a refusal is a sentence, in which a name at the begin stays as it is written', () => {
  expect(toSentence('the name or the password is wrong')).toBe('The name or the password is wrong.')
  expect(toSentence('ada is taken; try ada2', ['ada'])).toBe('ada is taken; try ada2.')
  expect(toSentence('x\u202e is no name', [''])).toBe('X\\u202e is no name.')
  expect(toSentence('Wait a moment.')).toBe('Wait a moment.')
})

test('a player who resigns reads it, and a player who gives up a game alone reads the solution', async () => {
  for (const [game, more] of [
    ['tictactoe', /^You resigned\.$/],
    ['guess', /^The number was \d+\.$/],
  ] as const) {
    const { user, status } = await seat(game)
    user.client.send({ type: 'resign', table: user.table?.table ?? 0 })
    await user.until(() => user.table?.sight?.outcome !== undefined)
    expect(status()).toEqual({ text: 'You lose.', more: expect.stringMatching(more), isOn: false })
  }
})

test('clocks and terms are short texts', () => {
  expect([0, 9000, 60_001, 271_000, 3_871_000].map(formatClock)).toEqual(['0:00', '0:09', '1:01', '4:31', '1:04:31'])
  expect(formatTerms({ settings: { size: 4 }, rated: true, clock: { total: 300_000, turn: 30_000 } })).toBe(
    '4 × 4, 5 min, 30 s a turn, rated',
  )
  expect(formatTerms({ settings: {}, rated: false })).toBe('')
})
