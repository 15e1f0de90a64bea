import {
  type Account,
  type Accounts,
  type LoginSession,
  type PersonId,
  REMEMBERED,
  SESSIONS,
  type Store,
  type TableId,
} from '../../hall/ports.ts'
import { type OnStoreError, warn } from '../error.ts'
import { EventLog } from '../event-log.ts'
import type { AppendBatch, EventStore, StoreWork } from '../event-store.ts'
import { GroupCommit } from '../group-commit.ts'
import { TableClaims } from '../memory-leases.ts'
import { connectMeeting, createMeetingBacking, type MeetingBacking } from '../memory-meeting.ts'
import { LOGIN_PLACE_LIMITS, parseAccountNumber, toPersonId } from '../rows.ts'
import { MemoryHistory } from './history.ts'
import { MemoryResults } from './results.ts'
import { MemoryUsage } from './usage.ts'

export interface MemoryStoreOptions {
  /** Called with exceptions of followers. Default: the store emits the exceptions as warnings of the process. */
  readonly onError?: OnStoreError
  /** The parts that the store shares with the stores of other processes. Default: the store serves one process. */
  readonly backing?: MeetingBacking
}

/**
 * Creates a store in memory. The store calls back at the same time as a store on disk: at the end of the current turn of the event loop.
 */
export function memoryStore({ onError = warn, backing = createMeetingBacking({ onError }) }: MemoryStoreOptions = {}): Store {
  const events = new MemoryEventStore()
  const commits = new GroupCommit(events, onError)
  const results = new MemoryResults(commits)
  const history = new MemoryHistory(commits)
  return {
    tables: new EventLog(events, commits, new TableClaims(backing.leases)),
    results,
    history,
    accounts: new MemoryAccounts(commits, (person) => {
      results.forget(person)
      history.forget(person)
    }),
    usage: new MemoryUsage(commits),
    meeting: connectMeeting(backing),
    close: async () => commits.close(),
  }
}

class MemoryEventStore implements EventStore {
  readonly #tables = new Map<TableId, { readonly version: number; readonly lines: string }>()
  readonly #unfinished = new Set<TableId>()
  /** Finished tables in the order of their ends; the value is true for a rated table. */
  readonly #ended = new Map<TableId, boolean>()

  highestTable(): TableId {
    return 0
  }

  write<Batch extends AppendBatch>(batches: readonly Batch[], works: readonly StoreWork[]): readonly Batch[] {
    const rejected = batches.filter((batch) => !this.#append(batch))
    for (const work of works) work.run()
    return rejected
  }

  /** Appends a batch; returns false if the version of the table is not the expected version of the batch. */
  #append({ table, expected, count, prefix, lines, endKind }: AppendBatch): boolean {
    const before = this.#tables.get(table)
    if ((before?.version ?? 0) !== expected) return false
    if (count === 0) return true
    this.#tables.set(table, { version: expected + count, lines: (before ? before.lines : '') + prefix + lines })
    if (!before) this.#unfinished.add(table)
    if (endKind && !this.#ended.has(table)) {
      this.#ended.set(table, endKind === 'counts')
      this.#unfinished.delete(table)
    }
    return true
  }

  read(tables: readonly TableId[]): ReadonlyMap<TableId, string> {
    return new Map(tables.map((table) => [table, this.#tables.get(table)?.lines ?? '']))
  }

  listUnfinished(): readonly TableId[] {
    return [...this.#unfinished].sort((one, other) => one - other)
  }

  listRatedEnded(after: TableId | undefined): readonly TableId[] | undefined {
    const ended = [...this.#ended]
    const at = after === undefined ? -1 : ended.findIndex(([table]) => table === after)
    if (after !== undefined && at < 0) return undefined
    return ended.slice(at + 1).flatMap(([table, counts]) => (counts ? [table] : []))
  }
}

class MemoryAccounts implements Accounts {
  readonly #commits: GroupCommit
  readonly #forget: (person: PersonId) => void
  readonly #accounts = new Map<number, Account>()
  readonly #keys = new Map<string, Account>()
  readonly #sessions = new Map<string, LoginSession>()
  /** Owners of login places, beginning with the oldest place. */
  readonly #places = new Map<string, PersonId>()
  #next = 1

  constructor(commits: GroupCommit, forget: (person: PersonId) => void) {
    this.#commits = commits
    this.#forget = forget
  }

  async named(key: string): Promise<Account | undefined> {
    return this.#keys.get(key)
  }

  async all(): Promise<readonly Account[]> {
    return [...this.#accounts.values()]
  }

  async page(after: PersonId | undefined, limit: number): Promise<readonly Account[]> {
    const last = after === undefined ? 0 : (parseAccountNumber(after) ?? 0)
    return [...this.#accounts]
      .filter(([number]) => number > last)
      .slice(0, limit)
      .map(([, account]) => account)
  }

  async of(person: PersonId): Promise<Account | undefined> {
    return this.#of(person)
  }

  add({ key, name, password, since }: Omit<Account, 'person'>): Promise<Account | undefined> {
    return this.#commits.write(() => {
      if (this.#keys.has(key)) return undefined
      return this.#set(this.#next++, { key, name, password, since })
    })
  }

  setPassword(person: PersonId, password: string, was?: string): Promise<number | undefined> {
    return this.#commits.write(() => {
      const account = this.#of(person)
      if (!account || (was !== undefined && account.password !== was)) return undefined
      this.#set(parseAccountNumber(person) ?? 0, { ...account, password })
      return this.#closeSessions((session) => session.person === person)
    })
  }

  remove(person: PersonId): Promise<number | undefined> {
    return this.#commits.write(() => {
      const account = this.#of(person)
      if (!account) return undefined
      this.#accounts.delete(parseAccountNumber(person) ?? 0)
      this.#keys.delete(account.key)
      this.#forget(person)
      for (const [place, other] of this.#places) if (other === person) this.#places.delete(place)
      return this.#closeSessions((session) => session.person === person)
    })
  }

  openSession(session: LoginSession): Promise<void> {
    const { token, person } = session
    return this.#commits.write(() => {
      this.#sessions.set(token, session)
      const others = [...this.#sessions.values()].filter((one) => one.person === person && one.token !== token)
      const last = others.sort((one, other) => other.until - one.until)
      for (const { token: first } of last.slice(SESSIONS - 1)) this.#sessions.delete(first)
      return undefined
    })
  }

  session(token: string, now: number): Promise<LoginSession | undefined> {
    return this.#commits.write(() => {
      this.#closeSessions(({ until }) => until <= now - REMEMBERED)
      const session = this.#sessions.get(token)
      return session && session.until > now ? session : undefined
    })
  }

  async sessionsOf(person: PersonId, now: number): Promise<readonly LoginSession[]> {
    return [...this.#sessions.values()].filter((session) => session.person === person && session.until > now)
  }

  useSession(token: string, used: number): Promise<void> {
    return this.#commits.write(() => {
      const session = this.#sessions.get(token)
      if (session) this.#sessions.set(token, { ...session, used })
      return undefined
    })
  }

  closeSession(token: string): Promise<void> {
    return this.#commits.write(() => {
      this.#sessions.delete(token)
      return undefined
    })
  }

  closeOtherSessions(person: PersonId, kept: readonly string[], now: number): Promise<number> {
    return this.#commits.write(() => {
      const others = [...this.#sessions.values()].filter((session) => session.person === person && !kept.includes(session.token))
      for (const { token } of others) this.#sessions.delete(token)
      return others.filter(({ until }) => until > now).length
    })
  }

  addPlace(person: PersonId, place: string): Promise<void> {
    return this.#commits.write(() => {
      this.#places.delete(place)
      this.#places.set(place, person)
      const own = [...this.#places].filter(([, other]) => other === person)
      for (const [oldest] of own.slice(0, -LOGIN_PLACE_LIMITS.each)) this.#places.delete(oldest)
      const [oldest] = this.#places.keys()
      if (this.#places.size > LOGIN_PLACE_LIMITS.all && oldest !== undefined) this.#places.delete(oldest)
      return undefined
    })
  }

  async places(): Promise<readonly string[]> {
    return [...this.#places.keys()]
  }

  #of(person: PersonId): Account | undefined {
    return this.#accounts.get(parseAccountNumber(person) ?? 0)
  }

  #set(number: number, { key, name, password, since }: Omit<Account, 'person'>): Account {
    const account = { person: toPersonId(number), key, name, password, since }
    this.#accounts.set(number, account)
    this.#keys.set(key, account)
    return account
  }

  /** Closes the sessions for which `over` returns true; returns the number of these sessions. */
  #closeSessions(over: (session: LoginSession) => boolean): number {
    const before = this.#sessions.size
    for (const session of this.#sessions.values()) if (over(session)) this.#sessions.delete(session.token)
    return before - this.#sessions.size
  }
}
