import { counted } from '../base/counts.ts'
import type { Ended } from './lobby.ts'

/**
 * Reports how many connections and sessions were ended: "2 other connections and 1 session were ended." For the operator,
 * whose own connection is none of them, `connection` is "connection".
 */
export function endedInWords({ connections, sessions }: Ended, connection = 'other connection'): string {
  const parts = [...(connections > 0 ? [counted(connections, connection)] : []), ...(sessions > 0 ? [counted(sessions, 'session')] : [])]
  if (parts.length === 0) return `No ${connection} or session was open.`
  return `${parts.join(' and ')} ${connections + sessions === 1 ? 'was' : 'were'} ended.`
}
