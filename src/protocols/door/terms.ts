import { counted } from '../../base/counts.ts'
import { entryOf } from '../../games/catalogue.ts'
import type { ClockTerms, GameTerms } from '../lobby.ts'
import { clockTime } from './text.ts'
import type { Company } from './wording.ts'

/** The settings of a game that are not as usual, by name. */
export function unusual(game: string, settings: GameTerms['settings']): [string, number][] {
  const known = entryOf(game)?.settings ?? {}
  return Object.entries(settings).filter(([setting, value]) => known[setting] && known[setting].usual !== value)
}

/** Returns what is limited, for a list: `5 minutes each`, `30 seconds a move`; nothing, where no time is. */
export function limits({ total, turn }: ClockTerms = {}): string[] {
  return [...(total === undefined ? [] : [`${spanOf(total)} each`]), ...(turn === undefined ? [] : [`${spanOf(turn)} a move`])]
}

/** Returns how a game is played where that is not as usual, for a list: `size 4`, `rated`, and what is limited. */
export function particulars({ game, settings, rated, clock }: GameTerms & { readonly game: string }): string[] {
  return [...unusual(game, settings).map((setting) => setting.join(' ')), ...(rated ? ['rated'] : []), ...limits(clock)]
}

/** Returns what is not as usual, behind what has it: ` (5 minutes each)`; nothing, where all is. */
export function inBrackets(some: readonly string[]): string {
  return some.length === 0 ? '' : ` (${some.join(', ')})`
}

/** Returns what somebody has to know of the terms who has come to a table, in sentences. */
export function conditions({ seat, names }: Company, { rated, clock: { total, turn } = {} }: GameTerms): string[] {
  const [only, ...others] = names
  const who = others.length > 0 ? (seat === undefined ? 'Each has' : 'Each of you has') : seat === undefined ? `${only} has` : 'You have'
  const times = [
    ...(total === undefined ? [] : [`${spanOf(total)} for the game`]),
    ...(turn === undefined ? [] : [`${spanOf(turn)} for a move`]),
  ]
  return [
    ...(times.length === 0 ? [] : [`${who} ${times.join(', and ')}.`]),
    // what one plays alone counts without being asked for
    ...(rated && others.length > 0 ? ['The game is rated.'] : []),
  ]
}

/** Returns what one seat has left, in milliseconds: `4:10 left`, `0:30 left for this move`; nothing where no time is limited. */
export function remaining({ move, total }: { readonly move: number | undefined; readonly total: number | undefined }): string | undefined {
  if (move === undefined) return total === undefined ? undefined : `${clockTime(total)} left`
  return `${clockTime(move)} left for this move${total === undefined ? '' : `, and ${clockTime(total)} for the game`}`
}

/** Milliseconds in the unit in which they are asked for: `5 minutes`, `90 seconds`. */
export function spanOf(ms: number): string {
  const minutes = ms / 60_000
  return Number.isInteger(minutes) ? counted(minutes, 'minute') : counted(ms / 1000, 'second')
}
