import { isRefusal } from '../games/game.ts'
import type { Denial } from '../hall/denial.ts'
import type { Ended, Entry, People, Proof, Visitor } from '../hall/people.ts'
import type { PersonId } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'
import { networkOf } from './limits.ts'

/** IdentityOptions is what an identity is made of. */
export interface IdentityOptions {
  readonly people: People
  readonly line: Line
  /** True if this connection is not notified of events elsewhere in the hall. */
  readonly quiet?: boolean
  /** Called before somebody becomes another person, who has other seats. */
  readonly onOther?: () => void
}

/** Identity is who somebody is in the hall, through one connection: nobody at first, and what was said since. */
export class Identity {
  readonly #people: People
  readonly #line: Line
  readonly #quiet: boolean
  readonly #onOther: (() => void) | undefined
  #visitor: Visitor | undefined
  #closed = false

  constructor({ people, line, quiet = false, onOther }: IdentityOptions) {
    this.#people = people
    this.#line = line
    this.#quiet = quiet
    this.#onOther = onOther
  }

  /** Who this is; `undefined` as long as that was not said. */
  get visitor(): Visitor | undefined {
    return this.#visitor
  }

  /** Comes in under a name; see `People`. */
  async enter(name: string, how: Pick<Entry, 'password' | 'secret'> = {}): Promise<Denial | undefined> {
    return this.#become(await this.#people.enter({ ...this.#entry(name), ...how }))
  }

  /** Registers a name, and comes in under it. */
  async register(name: string, password: string): Promise<Denial | undefined> {
    return this.#become(await this.#people.register({ ...this.#entry(name), password }))
  }

  /** Is the guest again that the token of a seat, given by its hash, belongs to; answers whether that can be. */
  comeBack(person: PersonId, name: string, token: string): boolean {
    const visitor = this.#people.comeBack(person, token, this.#entry(name))
    if (visitor) this.#become(visitor)
    return visitor !== undefined
  }

  /** Refuses what is not the own password. */
  async confirmPassword(password: string): Promise<Denial | undefined> {
    return this.#people.confirm(this.#visitor?.name ?? '', this.#proof(password))
  }

  /** Changes the own password, and ends all else that acts for the account. */
  async changePassword(old: string, password: string): Promise<Ended | Denial> {
    return this.#people.setPassword(this.#visitor?.name ?? '', password, this.#proof(old))
  }

  /** Gives up the own registered name for good, and ends all else that acts for it; the connection has no name from then on. */
  async unregister(password: string): Promise<Ended | Denial> {
    const visitor = this.#visitor
    const ended = await this.#people.remove(visitor?.name ?? '', this.#proof(password))
    if (isRefusal(ended) || this.#visitor !== visitor) return ended
    this.#onOther?.()
    visitor?.leave()
    this.#visitor = undefined
    return ended
  }

  /** Is whoever the token of a session belongs to. */
  async enterBySession(session: string): Promise<Denial | undefined> {
    return this.#become(await this.#people.enterBySession(session, this.#entry('')))
  }

  /** Goes away. Who comes in at this very moment goes too. */
  close(): void {
    this.#closed = true
    this.#visitor?.leave()
  }

  #entry(name: string): Entry {
    return {
      name,
      address: addressOf(this.#line),
      before: this.#visitor,
      quiet: this.#quiet,
      connection: this,
      replaced: (reason) => this.#line.end(reason),
    }
  }

  #proof(password: string): Proof {
    return { password, address: addressOf(this.#line), visitor: this.#visitor }
  }

  #become(entered: Visitor | Denial): Denial | undefined {
    if (isRefusal(entered)) return entered
    const before = this.#visitor
    if (before && before.person !== entered.person) this.#onOther?.()
    // the same user on the same connection has its seats still
    else for (const token of before?.tokens ?? []) entered.hold(token)
    before?.leave()
    this.#visitor = entered
    if (this.#closed) entered.leave()
    return undefined
  }
}

/**
 * The address that tries at passwords are counted for. Unlike for resources, each of this machine's own addresses is one
 * of its own: who guesses from another one is not the owner.
 */
function addressOf({ address }: Line): string {
  return address.startsWith('127.') ? address : networkOf(address)
}
