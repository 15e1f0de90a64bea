import { isRefusal } from '../../games/game.ts'
import { Lookalikes } from '../names/lookalikes.ts'
import { checkPersonName } from '../names/names.ts'
import type { Accounts, PersonId } from '../ports.ts'
import { type AuthError, badName } from './auth-errors.ts'
import { guestOf } from './guests.ts'

/** Maximum number of code points in a name. */
const LONGEST = 20
/** Maximum count of numbers that one proposal tries. The limit bounds the time of a proposal for a popular name. */
const TRIES = 20
/** Maximum number of names that one proposal checks against the rules. */
const CHECKS = 3

export interface NameRegistryOptions {
  readonly accounts: Accounts
  /** Names of the guests online. */
  readonly guests: Pick<Lookalikes, 'has' | 'like'>
  /** Checks whether the hall reserves a seat for a disconnected guest. */
  readonly holdsSeatFor: (person: PersonId) => boolean
}

/**
 * NameRegistry finds out which names are free. A name is free if it neither equals nor looks like a registered name or the name of
 * a guest online.
 */
export class NameRegistry {
  readonly #options: NameRegistryOptions
  #registered: Promise<Lookalikes> | undefined

  constructor(options: NameRegistryOptions) {
    this.#options = options
  }

  /** Loads the registered names at first use, and returns an index of these names by their appearance. */
  registered(): Promise<Lookalikes> {
    this.#registered ??= this.#options.accounts.all().then((all) => {
      const names = new Lookalikes()
      for (const { person, name } of all) names.add(person, name)
      return names
    })
    return this.#registered
  }

  /** Finds another name that looks like the given name, among the registered names and the names of guests online other than `except`. */
  async like(name: string, except: PersonId | undefined): Promise<string | undefined> {
    const registered = await this.registered()
    return registered.like(name) ?? this.#options.guests.like(name, except)
  }

  /**
   * Returns the error for a name that another user has, or that looks like another user's name `like`; the error proposes a free
   * name.
   */
  async takenBy(name: string, like = name): Promise<AuthError> {
    const { guests, holdsSeatFor } = this.#options
    const registered = await this.registered()
    // the lookups run first, because the rules for names take the most time, and almost always allow the name
    let checks = 0
    const isFree = (other: string) =>
      !guests.has(other) &&
      !registered.has(other) &&
      !holdsSeatFor(guestOf(other)) &&
      ++checks <= CHECKS &&
      !isRefusal(checkPersonName(other))
    const proposal = proposeName(name, isFree)
    const reason = like === name ? `${name} is taken` : `${name} looks like ${like}, which is taken`
    const refused = `${reason}; ${proposal === undefined ? 'choose another name' : `try ${proposal}`}`
    return { code: 'name-taken', refused, proposal }
  }
}

/** Returns a name in the spelling that the store and the screens use, or an error if the rules do not allow the name. */
export function readName(text: string): string | AuthError {
  const name = checkPersonName(text)
  return isRefusal(name) ? badName(name.refused) : name
}

/**
 * Proposes a free name in place of a taken name: the name with the next number, `ada2` for `ada` and `ada3` for `ada2`. After ten
 * numbers, each step is twice as long as the previous step. Returns `undefined` if none of the tried names is free.
 */
function proposeName(name: string, isFree: (name: string) => boolean): string | undefined {
  const [, base = '', digits = ''] = /^(.*?)(\d{0,6})$/su.exec(name) ?? []
  let number = base === '' || digits === '' ? 2 : Number(digits) + 1
  const before = [...(base === '' ? name : base)]
  for (let tries = 0, step = 1; tries < TRIES; tries++) {
    const ending = String(number)
    const proposal =
      before
        .slice(0, LONGEST - ending.length)
        .join('')
        .trimEnd() + ending
    if (isFree(proposal)) return proposal
    if (tries >= TRIES / 2) step *= 2
    number += step
  }
  return undefined
}
