import { expect, test } from 'vitest'
import { type FinishedRow, listPlayed, toResultKind, toScoreSeries } from '../../src/web/model/results.ts'

/** A finished game of a user in seat 0. */
function row(table: number, game: string, outcome: FinishedRow['outcome'], more: Partial<FinishedRow> = {}): FinishedRow {
  return { table, game, names: ['ada', 'grace'], seat: 0, outcome, rated: true, at: table * 1000, ...more }
}

test('a finished game is won, lost, drawn, without a result, or over', () => {
  expect(toResultKind(row(1, 'x', { winners: [0] }))).toBe('won')
  expect(toResultKind(row(1, 'x', { winners: [1] }))).toBe('lost')
  expect(toResultKind(row(1, 'x', { winners: [] }))).toBe('drawn')
  expect(toResultKind(row(1, 'x', { winners: [], aborted: true }))).toBe('aborted')
  expect(toResultKind(row(1, 'x', { winners: [] }, { names: ['ada'] }))).toBe('over')
  expect(toResultKind(row(1, 'x', { winners: [], left: 0, resigned: true }, { names: ['ada'] }))).toBe('lost')
})

test('the score over time is the sum of points, or games won minus games lost, without games that have no result', () => {
  const games = [
    row(6, 'quiz', { winners: [] }, { points: [2], names: ['ada'] }),
    row(5, 'tictactoe', { winners: [], aborted: true }),
    row(4, 'tictactoe', { winners: [1] }),
    row(3, 'quiz', { winners: [0] }, { points: [3], names: ['ada'] }),
    row(2, 'tictactoe', { winners: [] }),
    row(1, 'tictactoe', { winners: [0] }),
  ]
  expect(listPlayed(games)).toEqual(['tictactoe', 'quiz'])
  expect(toScoreSeries(games, 'tictactoe')).toEqual({ kind: 'balance', times: [1000, 2000, 4000], scores: [1, 1, 0] })
  expect(toScoreSeries(games, 'quiz')).toEqual({ kind: 'points', times: [3000, 6000], scores: [3, 5] })
  const rated = games.map((game) => (game.game === 'tictactoe' && game.table !== 2 ? { ...game, score: 1500.4 + game.table } : game))
  expect(toScoreSeries(rated, 'tictactoe')).toEqual({ kind: 'rating', times: [1000, 4000], scores: [1501, 1504] })
  expect(toScoreSeries([], 'quiz')).toEqual({ kind: 'balance', times: [], scores: [] })
})
