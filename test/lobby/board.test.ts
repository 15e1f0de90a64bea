import { expect, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { type NativeClient, startServer } from '../support/start-server.ts'

async function seat(client: NativeClient, game: string): Promise<number> {
  await client.ask({ type: 'seek', game, wait: 0, seats: [0] })
  const { table } = await client.first('seated')
  await client.first('event')
  return table
}

function movesOf(answer: ToClient): readonly string[] | undefined {
  return answer.type === 'board' ? answer.moves : undefined
}

test('a seat gets the board as text, with its legal moves and the last move', async () => {
  const server = await startServer()
  const ada = await server.program('ada')
  const table = await seat(ada, 'tictactoe')
  const board = await ada.ask({ type: 'board', table })
  expect(board).toMatchObject({ type: 'board', table, n: 1, text: expect.stringContaining(' 1 | 2 | 3 \n-----------\n') })
  expect(movesOf(board)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
  expect(board).not.toHaveProperty('last')
  await ada.ask({ type: 'play', table, move: '5' })
  const after = await ada.ask({ type: 'board', table })
  expect(movesOf(after)).not.toContain('5')
  // the house may have moved already
  expect(after).toHaveProperty('last', { seat: expect.toBeOneOf([0, 1]), move: expect.stringMatching(/^[1-9]$/) })
})

test('a watcher gets the board without moves', async () => {
  const server = await startServer()
  const [ada, alan] = await Promise.all([server.program('ada'), server.program('alan')])
  const table = await seat(ada, 'tictactoe')
  expect(await alan.ask({ type: 'board', table })).toMatchObject({ type: 'error', code: 'not-seated' })
  await alan.ask({ type: 'watch', table })
  const board = await alan.ask({ type: 'board', table })
  expect(board).toMatchObject({ type: 'board', table })
  expect(movesOf(board)).toBeUndefined()
})

test('the board of a game with secrets lists no moves, because only the state has them', async () => {
  const server = await startServer()
  const ada = await server.program('ada')
  const table = await seat(ada, 'hangman')
  const board = await ada.ask({ type: 'board', table })
  expect(board).toMatchObject({ type: 'board', table })
  expect(movesOf(board)).toBeUndefined()
})
