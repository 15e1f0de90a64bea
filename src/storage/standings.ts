import type { Standing } from '../hall/ports.ts'

/** Compares two standings for sorting: by score, the highest first, then by name and person. */
export function compareStandings(one: Standing, other: Standing): number {
  return other.score - one.score || byCodePoint(one.name, other.name) || byCodePoint(one.person, other.person)
}

/** Throws a RangeError for standings with an invalid score or number of games. */
export function checkStandings(standings: readonly Standing[]): void {
  for (const { person, score, games } of standings) {
    if (!Number.isFinite(score)) throw new RangeError(`the score of ${person} must be a finite number, not ${score}`)
    if (!Number.isSafeInteger(games)) throw new RangeError(`the number of games of ${person} must be a whole number, not ${games}`)
  }
}

/** Converts a limit to a whole number from 0, for SQL and for slices. */
export function toLimit(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 0), Number.MAX_SAFE_INTEGER)
}

/** Compares texts as SQLite does, by code point. JavaScript compares UTF-16 units, which differs beyond U+FFFF. */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
