import type { Standing } from '../hall/ports.ts'

/** Checks whether one standing comes before another on a ladder: by score, the best first, then by name and person. */
export function byLadder(one: Standing, other: Standing): number {
  return other.score - one.score || byCodePoint(one.name, other.name) || byCodePoint(one.person, other.person)
}

/** Throws a RangeError, with a sentence, for standings that have no place on a ladder. */
export function checkStandings(standings: readonly Standing[]): void {
  for (const { person, score, games } of standings) {
    if (!Number.isFinite(score)) throw new RangeError(`the score of ${person} is a number, not ${score}`)
    if (!Number.isSafeInteger(games)) throw new RangeError(`the games of ${person} are counted in whole numbers, not ${games}`)
  }
}

/** Returns how many to answer with, as a whole number from 0. */
export function atMost(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 0), Number.MAX_SAFE_INTEGER)
}

/** The order of texts in a database: UTF-8 sorts by code points, JavaScript by the halves of those beyond U+FFFF. */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
