import type { PersonId } from '../hall/ports.ts'

/** The person of an account's number: `account:7`. */
export function personOf(account: number): PersonId {
  return `account:${account}`
}

/** Places of a user's logins in the store, at most, and of all users together. */
export const PLACES = { each: 8, all: 10_000 }

/** The account's number of a person; `undefined` for somebody without account. */
export function accountOf(person: PersonId): number | undefined {
  const [, digits] = /^account:([1-9]\d{0,14})$/.exec(person) ?? []
  return digits === undefined ? undefined : Number(digits)
}
