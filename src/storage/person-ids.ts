import type { PersonId } from '../hall/ports.ts'

/** Returns the person id of an account number: `account:7`. */
export function toPersonId(account: number): PersonId {
  return `account:${account}`
}

/** Maximum of stored login places of one user, and of all users together. */
export const LOGIN_PLACE_LIMITS = { each: 8, all: 10_000 }

/** Returns the account number of a person; `undefined` for a person without an account. */
export function parseAccountNumber(person: PersonId): number | undefined {
  const [, digits] = /^account:([1-9]\d{0,14})$/.exec(person) ?? []
  return digits === undefined ? undefined : Number(digits)
}
