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

/** Look is a name with the person to whom it belongs. */
interface Look {
  readonly person: PersonId
  readonly name: string
}

const NONE: readonly Look[] = []

/** Lookalikes is an index of names by their appearance. */
export class Lookalikes {
  /** Arrays without free space, because most looks have one name, and a map with one element takes 200 bytes. */
  readonly #names = new Map<string, readonly Look[]>()

  add(person: PersonId, name: string): void {
    const own = { person, name }
    for (const look of toLookKeys(name)) this.#names.set(look, this.#others(look, person).concat(own))
  }

  remove(person: PersonId, name: string): void {
    for (const look of toLookKeys(name)) {
      const others = this.#others(look, person)
      if (others.length > 0) this.#names.set(look, others)
      else this.#names.delete(look)
    }
  }

  /** Finds a name that looks like `name`, does not fold to the same text, and does not belong to the person `except`. */
  like(name: string, except?: PersonId): string | undefined {
    const key = foldName(name)
    for (const look of toLookKeys(name)) {
      for (const { person, name: other } of this.#names.get(look) ?? NONE) if (person !== except && foldName(other) !== key) return other
    }
    return undefined
  }

  /** Checks whether the index has `name`, or a name that looks like `name`. */
  has(name: string): boolean {
    return toLookKeys(name).some((look) => this.#names.has(look))
  }

  /** Returns the names that have this look key and do not belong to a person. */
  #others(look: string, person: PersonId): readonly Look[] {
    const names = this.#names.get(look) ?? NONE
    return names.some((one) => one.person === person) ? names.filter((one) => one.person !== person) : names
  }
}
