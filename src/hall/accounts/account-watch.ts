import type { PersonId } from '../ports.ts'

/**
 * AccountWatch voids the verification of an account that changes during the verification.
 *
 * Hashing a password takes 30 ms and the store answers later, so another request can change the account between the check of a
 * password and the effect of the check. Each operation that waits therefore runs in `during`, with the set of the accounts that
 * other requests change or remove while the operation waits. The operation checks that set after its last wait, in the same turn
 * of the event loop as its effect.
 */
export class AccountWatch {
  /** For each operation under way, the accounts that have changed since the operation began. */
  readonly #underWay = new Set<Set<PersonId>>()

  /**
   * Runs an operation with the set of the accounts that change during the operation. The set grows until the promise of the
   * operation settles.
   */
  async during<Answer>(work: (changed: ReadonlySet<PersonId>) => Promise<Answer>): Promise<Answer> {
    const changed = new Set<PersonId>()
    this.#underWay.add(changed)
    try {
      return await work(changed)
    } finally {
      this.#underWay.delete(changed)
    }
  }

  /** Adds a changed or removed account to the set of each operation under way. */
  add(person: PersonId): void {
    for (const changed of this.#underWay) changed.add(person)
  }
}
