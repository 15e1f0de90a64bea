import type { PersonId } from '../ports.ts'
import { foldName } from './names.ts'
import { toDisplayedForm, toSkeleton } from './skeleton.ts'

/**
 * Returns one or more keys of a name. Two names that look alike, in their own spelling or in lower case, share a key.
 */
export function toLookKeys(name: string): readonly string[] {
  // two names can look alike only in capitals, or only in lower case
  const forms = new Set([name, toDisplayedForm(name)].flatMap((text) => [text, toSkeleton(text)]))
  return [...new Set([...forms].map((text) => foldName(toSkeleton(foldName(text)))))]
}

/** Lookalikes is an index of names by their appearance. */
export class Lookalikes {
  readonly #names = new Map<string, Map<PersonId, string>>()

  add(person: PersonId, name: string): void {
    for (const look of toLookKeys(name)) {
      const names = this.#names.get(look)
      if (names) names.set(person, name)
      else this.#names.set(look, new Map([[person, name]]))
    }
  }

  remove(person: PersonId, name: string): void {
    for (const look of toLookKeys(name)) {
      const names = this.#names.get(look)
      if (names?.delete(person) && names.size === 0) this.#names.delete(look)
    }
  }

  /** Finds a name that looks like `name`, does not fold to the same text, and does not belong to the person `except`. */
  like(name: string, except?: PersonId): string | undefined {
    const key = foldName(name)
    for (const look of toLookKeys(name)) {
      for (const [person, other] of this.#names.get(look) ?? []) if (person !== except && foldName(other) !== key) return other
    }
    return undefined
  }

  /** Checks whether the index has `name`, or a name that looks like `name`. */
  has(name: string): boolean {
    return toLookKeys(name).some((look) => this.#names.has(look))
  }
}
