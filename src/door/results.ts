import { formatCount } from '../base/counts.ts'
import type { FinishedGame, GameResult } from '../hall/api.ts'
import { toSafeLine } from './layout.ts'

/** Describes the end of a game at a table of this user that this session does not show. */
export function formatGameOver(game: FinishedGame): string {
  const what = [game.game, ...formatOpponents(game)].join(' ')
  return `Your game at table ${game.table}, ${what}, is over: ${formatResult(game)}.`
}

/** Formats the opponents in a game; empty in a game for one player. */
export function formatOpponents({ names, seat }: FinishedGame): readonly string[] {
  const others = names.filter((_, one) => one !== seat).map(toSafeLine)
  return others.length === 0 ? [] : [`against ${others.join(' and ')}`]
}

/** Formats the result of a finished game for the user whose history it is in. */
export function formatResult(game: FinishedGame): string {
  const points = game.points?.[game.seat]
  const result = howEnded(game)
  if (points === undefined) return result
  const gained = formatCount(Math.round(points), 'point')
  return game.outcome.left === undefined && game.outcome.winners.length === 0 ? gained : `${result}, ${gained}`
}

/** Formats the result of a finished game for all users: `ada won`, `draw`, `17 points`. */
export function formatWinners({ names, outcome, points }: Pick<GameResult, 'names' | 'outcome' | 'points'>): string {
  const { winners, left, resigned, late, agreed, aborted, abandoned } = outcome
  if (aborted || abandoned) return aborted ? 'no result' : 'abandoned'
  const who = left === undefined ? '' : `${toSafeLine(names[left] ?? '')} `
  const how = left === undefined ? '' : `${who}${resigned ? 'resigned' : late ? 'out of time' : 'left'}`
  const won = winners.map((winner) => toSafeLine(names[winner] ?? '')).join(' and ')
  if (won !== '') return `${won} won${how === '' ? '' : ` (${how})`}`
  if (how !== '') return how
  if (names.length > 1) return agreed ? 'draw, agreed' : 'draw'
  return points?.[0] === undefined ? 'lost' : formatCount(Math.round(points[0]), 'point')
}

function howEnded({ names, seat, outcome }: FinishedGame): string {
  const { winners, left, resigned, late, agreed, aborted, abandoned } = outcome
  if (aborted || abandoned) return aborted ? 'no result' : 'abandoned'
  if (left !== undefined && names.length === 1) return resigned ? 'given up' : 'left'
  const how =
    left === undefined
      ? ''
      : ` (${left === seat ? '' : `${toSafeLine(names[left] ?? '')} `}${resigned ? 'resigned' : late ? 'out of time' : 'left'})`
  if (winners.includes(seat)) return `won${how}`
  if (winners.length > 0) return `lost${how}`
  return names.length === 1 ? 'lost' : agreed ? 'draw, agreed' : `draw${how}`
}
