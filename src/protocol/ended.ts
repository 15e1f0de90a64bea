import { formatCount } from '../base/counts.ts'
import type { EndedConnections } from '../hall/api.ts'

/**
 * Formats how many connections and sessions were ended: "2 other connections and 1 session were ended." `connection` is the
 * noun: "other connection" for a user, whose own connection stays, and "connection" for the operator.
 */
export function formatEnded({ connections, sessions }: EndedConnections, connection = 'other connection'): string {
  const parts = [
    ...(connections > 0 ? [formatCount(connections, connection)] : []),
    ...(sessions > 0 ? [formatCount(sessions, 'session')] : []),
  ]
  if (parts.length === 0) return `No ${connection} or session was open.`
  return `${parts.join(' and ')} ${connections + sessions === 1 ? 'was' : 'were'} ended.`
}
