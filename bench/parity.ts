import { figure } from './figures.ts'
import type { Traffic } from './processes.ts'

/** Maximum difference between both sides of a round: they play the same games. */
const TOLERANCE = 0.01

const NAMES: Readonly<Record<keyof Traffic, string>> = {
  games: 'games',
  sent: 'messages of clients',
  received: 'lines of the server',
  sentBytes: 'bytes of clients',
  receivedBytes: 'bytes of the server',
}

/** Returns a sentence for the first count in which two loads differ by more than 1 %; `undefined` if there is none. */
export function findDifference(ours: Traffic, bare: Traffic): string | undefined {
  for (const [what, name] of Object.entries(NAMES) as [keyof Traffic, string][]) {
    const [one, other] = [ours[what], bare[what]]
    // a count that is missing or 0 is a fault of the load
    if (one > 0 && Math.abs(one - other) <= TOLERANCE * one) continue
    return `both sides must play the same games, but they had ${figure(one, 0)} and ${figure(other, 0)} ${name}`
  }
  return undefined
}
