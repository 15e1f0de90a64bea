import { closestMatch } from 'leven'
import { shippedGames } from '../games/index.ts'
import { quoteText } from '../wire/text.ts'
import { UsageError } from './diagnostics.ts'

/** Creates the UsageError for an unknown game. It suggests the nearest name, or else lists all names. */
export function unknownGame(typed: string): UsageError {
  const names = shippedGames.entries.map(({ name }) => name)
  const meant = closestMatch(typed.toLowerCase(), names, { maxDistance: 2 })
  return new UsageError(
    `there is no game ${quoteText(typed)}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  )
}
