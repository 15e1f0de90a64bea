import type { LeaseId, PersonId, Presence, PresentPerson } from '../ports.ts'

/** LocalUsers has the members of `OnlineUsers` that ServerPresence uses. */
export interface LocalUsers {
  of(person: PersonId): readonly unknown[]
  /** Names of the guests online, at all servers. */
  readonly guests: { add(person: PersonId, name: string): void; remove(person: PersonId, name: string): void }
}

export interface ServerPresenceOptions {
  readonly presence: Presence
  /** Resolves to the lease of this process. */
  readonly lease: () => Promise<LeaseId>
  readonly onError: (sentence: string, reason: unknown) => void
}

/**
 * ServerPresence announces the users of this server to all servers, so that a guest's name is taken at all servers. The server
 * announces a person before the login takes effect, and removes the person when the person's last connection has ended, or if
 * the login fails.
 */
export class ServerPresence {
  readonly #options: ServerPresenceOptions
  readonly #users: LocalUsers
  /** Number of logins of each person that wait for their announcement. */
  readonly #entering = new Map<PersonId, number>()
  readonly #stop: () => void
  #lease: LeaseId | undefined

  constructor(options: ServerPresenceOptions, users: LocalUsers) {
    this.#options = options
    this.#users = users
    this.#stop = options.presence.follow(({ type, person, name, lease }) => {
      if (lease === this.#lease || !person.startsWith('guest:')) return
      if (type === 'entered') users.guests.add(person, name)
      else if (users.of(person).length === 0) users.guests.remove(person, name)
    })
  }

  /** Announces a person, and then calls `arrive`; resolves to `undefined` if the name belongs to a guest at another server. */
  async admit<Arrived>(present: PresentPerson, arrive: () => Arrived | Promise<Arrived>): Promise<Arrived | undefined> {
    const { person } = present
    this.#entering.set(person, (this.#entering.get(person) ?? 0) + 1)
    try {
      this.#lease ??= await this.#options.lease()
      return (await this.#options.presence.enter(present, this.#lease)) ? await arrive() : undefined
    } finally {
      const left = (this.#entering.get(person) ?? 1) - 1
      if (left > 0) this.#entering.set(person, left)
      else this.#entering.delete(person)
      this.removeIfAbsent(person)
    }
  }

  /** Removes a person who no longer has a connection here. */
  removeIfAbsent(person: PersonId): void {
    const { presence, onError } = this.#options
    if (this.#lease === undefined || this.#entering.has(person) || this.#users.of(person).length > 0) return
    const failed = (reason: unknown) => onError(`the server could not announce that ${person} is offline`, reason)
    presence.leave(person, this.#lease).catch(failed)
  }

  /** Unsubscribes from the presence at other servers. */
  close(): void {
    this.#stop()
  }
}
