import { closestMatch } from 'leven'
import { catalogue } from '../games/catalogue.ts'
import { quoted } from '../wire/text.ts'
import { Usage } from './diagnostics.ts'

/** Creates the UsageError for an unknown game. It suggests the nearest name, or else lists all names. */
export function noGame(typed: string): Usage {
  const names = catalogue.map(({ name }) => name)
  const meant = closestMatch(typed.toLowerCase(), names, { maxDistance: 2 })
  return new Usage(`there is no game ${quoted(typed)}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`)
}
