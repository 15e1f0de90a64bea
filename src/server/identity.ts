import { isRefusal } from '../games/game.ts'
import type { Denial } from '../hall/denial.ts'
import type { Entry, People, Visitor } from '../hall/people.ts'
import type { PersonId } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'

/** What an identity is made of. */
export interface IdentityOptions {
  readonly people: People
  readonly line: Line
  /** Called before somebody becomes another person, who has other seats. */
  readonly onOther?: () => void
}

/** Identity is who somebody is in the hall, through one connection: nobody at first, and what was said since. */
export class Identity {
  readonly #people: People
  readonly #line: Line
  readonly #onOther: (() => void) | undefined
  #visitor: Visitor | undefined
  #closed = false

  constructor({ people, line, onOther }: IdentityOptions) {
    this.#people = people
    this.#line = line
    this.#onOther = onOther
  }

  /** Who this is; `undefined` as long as that was not said. */
  get visitor(): Visitor | undefined {
    return this.#visitor
  }

  /** Comes in under a name; see `People`. */
  async enter(name: string, how: Pick<Entry, 'password' | 'again'> = {}): Promise<Denial | undefined> {
    return this.#become(await this.#people.enter({ ...this.#entry(name), ...how }))
  }

  /** Registers a name, and comes in under it. */
  async register(name: string, password: string): Promise<Denial | undefined> {
    return this.#become(await this.#people.register({ ...this.#entry(name), password }))
  }

  /** Is somebody again who was shown by the token of a seat. */
  async comeBack(person: PersonId, name: string): Promise<Denial | undefined> {
    return this.#become(await this.#people.comeBack(person, this.#entry(name)))
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
      address: this.#line.address,
      before: this.#visitor,
      replaced: () => this.#line.end('somebody has come in under your name through another connection'),
    }
  }

  #become(entered: Visitor | Denial): Denial | undefined {
    if (isRefusal(entered)) return entered
    if (this.#visitor && this.#visitor.person !== entered.person) this.#onOther?.()
    this.#visitor?.leave()
    this.#visitor = entered
    if (this.#closed) entered.leave()
    return undefined
  }
}
