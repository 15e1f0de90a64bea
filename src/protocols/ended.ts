import { counted } from '../base/counts.ts'
import type { Ended } from './lobby.ts'

/** How many connections and sessions were ended, as a sentence: "2 other connections and 1 session were ended." */
export function endedInWords({ connections, sessions }: Ended): string {
  const parts = [
    ...(connections > 0 ? [counted(connections, 'other connection')] : []),
    ...(sessions > 0 ? [counted(sessions, 'session')] : []),
  ]
  if (parts.length === 0) return 'No other connection or session was open.'
  return `${parts.join(' and ')} ${connections + sessions === 1 ? 'was' : 'were'} ended.`
}
