import type { PersonId, Standing } from '../hall/ports.ts'

/*
 * This file has the common parts of the rows of every engine: the ids of accounts, limits, and the order of standings.
 */

/** Returns the person id of an account number: `account:7`. */
export function toPersonId(account: number): PersonId {
  return `account:${account}`
}

/** Maximum number of stored login places of one user, and of all users together. */
export const LOGIN_PLACE_LIMITS = { each: 8, all: 10_000 }

/** Returns the account number of a person; `undefined` for a person without an account. */
export function parseAccountNumber(person: PersonId): number | undefined {
  const [, digits] = /^account:([1-9]\d{0,14})$/.exec(person) ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** Compares two standings for sorting: by score in descending order, then by name and person. */
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

/** Converts a limit to a whole number that is at least 0, for SQL and for slices. */
export function toLimit(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 0), Number.MAX_SAFE_INTEGER)
}

/**
 * Compares texts as SQLite does, by code point. JavaScript compares UTF-16 units, so the order of JavaScript differs for characters beyond
 * U+FFFF.
 */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
