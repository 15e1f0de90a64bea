import type { Ended } from './lobby.ts'

/** How many connections and sessions were ended, as a sentence: "2 other connections and 1 session were ended." */
export function endedInWords({ connections, sessions }: Ended): string {
  const parts = [
    ...(connections > 0 ? [connections === 1 ? '1 other connection' : `${connections} other connections`] : []),
    ...(sessions > 0 ? [sessions === 1 ? '1 session' : `${sessions} sessions`] : []),
  ]
  if (parts.length === 0) return 'No other connection or session was open.'
  return `${parts.join(' and ')} ${connections + sessions === 1 ? 'was' : 'were'} ended.`
}
