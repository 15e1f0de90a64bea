import { toError } from '../../base/errors.ts'
import type { Lease, LeaseId, Leases, Meeting, Presence, Receipt, SeekEntries, TableId, UserNotice, UserNotices } from '../../hall/ports.ts'
import type { OnStoreError } from '../error.ts'
import type { Timers } from '../outage.ts'
import { type MeetingCommands, type MeetingCommandType, MeetingState } from './meeting-state.ts'

/*
 * Several servers meet by one ordered log. A server that wants to change the common state appends a command, and changes its own copy of the
 * state when the command comes back in the log. All servers read the same commands in the same order, so their copies are equal, and each
 * server knows the result of its own command as soon as it has read the command: the first of two claims of a seek succeeds on every server.
 *
 * Reads need no message, because each server has the whole state in memory: open seeks, persons who are online, and leases. They are few,
 * compared with the moves at tables, which have logs of their own.
 *
 * Leases. A server renews its leases by a command every `RENEWAL` milliseconds. Clocks of servers differ, so no command contains a time: a
 * server that has seen no renewal of a lease for `EXPIRY` milliseconds of its own clock appends `expire` with the number of renewals that it
 * has seen. The command has no effect if a renewal came before it in the log. A server that does not read the log at present, such as a
 * server without a connection, sees no renewals of any lease. So a server judges other leases only while it reads renewals of its own lease.
 *
 * Alternatives: a key for each seek and a compare-and-set for each claim needs a message for the same number of changes, and a second
 * mechanism for the order of changes of different keys. Keys that expire by themselves need a newer engine.
 */

/** Milliseconds without a renewal after which other servers end a lease, and milliseconds between two renewals. */
const EXPIRY = 10_000
const RENEWAL = 3000
/** Milliseconds between two renewals of this process, from which the process assumes that the log was not available to other processes. */
const LATE = 2 * RENEWAL

/** Milliseconds for the releases of a process that ends. */
const GOODBYE = 2000

/** Number of commands of a process whose numbers are remembered; a process waits for fewer acknowledgments at the same time. */
const REMEMBERED = 10_000

/**
 * OrderedLog is a log to which several processes append messages. All processes read the messages in the same order, each message once.
 * Questions are messages outside of the log, with answers.
 */
export interface OrderedLog {
  /**
   * Appends a message, with an id that no other message has. Resolves when the log has the message; tries again until then. Rejects only
   * after `close`.
   */
  append(id: string, message: string): Promise<void>
  /** Calls `then` with all messages, in their order, from the first message on. Resolves when the log has accepted the follower. */
  follow(then: (message: string) => void): Promise<void>
  /**
   * Sends a question to all processes, also to this process; questions of one process arrive in their order. Resolves to the answers, as
   * soon as there are `count` answers or as soon as an answer is equal to `last`; without enough answers, after a time limit.
   */
  ask(question: string, until: { readonly count: number; readonly last: string }): Promise<readonly string[]>
  /** Answers the questions of all processes. Resolves when the log has accepted the function. */
  answer(then: (question: string) => string): Promise<void>
  /** Ends the calls of `follow` and `answer`. */
  close(): Promise<void>
}

/** Seen is the last renewal of a lease that this server has read, with the monotonic time at which it has read the renewal. */
interface Seen {
  readonly renewals: number
  readonly at: number
}

/** Own is a command of this server that the server has not read in the log yet. */
interface Own {
  /** Applies the command, and settles the promise of its caller. */
  readonly apply: () => void
  readonly fail: (reason: Error) => void
}

/** MeetingOptions has the parts that a process needs to meet other processes. */
export interface MeetingOptions {
  readonly log: OrderedLog
  /** An id that no other process has, and that this process has never had before. */
  readonly process: string
  readonly timers: Timers
  /** Called with exceptions of followers. */
  readonly onError: OnStoreError
}

/** ReplicatedMeeting has the ports for the cooperation of several servers' halls, over an ordered log. */
export class ReplicatedMeeting implements Meeting {
  readonly leases: Leases
  readonly seeks: SeekEntries
  readonly presence: Presence
  readonly notices: UserNotices
  readonly #options: MeetingOptions
  readonly #state: MeetingState
  readonly #pending = new Map<number, Own>()
  readonly #ownLeases = new Set<LeaseId>()
  /** The numbers of the last commands of each process, in the order of the log. */
  readonly #commandsRead = new Map<string, Set<number>>()
  readonly #seen = new Map<LeaseId, Seen>()
  #commands = 0
  #isClosed = false
  /** Monotonic time at which this server has read a renewal of its own leases. */
  #renewedAt: number
  #cancel: (() => void) | undefined

  private constructor(options: MeetingOptions) {
    this.#options = options
    this.#renewedAt = options.timers.monotonic()
    const onRenewed = (lease: LeaseId, renewals: number) => this.#seen.set(lease, { renewals, at: options.timers.monotonic() })
    this.#state = new MeetingState(options.onError, onRenewed)
    const { seeks, presence, leases, notices } = this.#state.backing
    leases.onEnd((lease) => this.#seen.delete(lease))
    this.leases = { grant: () => this.#grant() }
    this.seeks = {
      put: (id, entry, lease) => this.#submit('put', { id, entry, lease }),
      claim: (id, revision, claim) => this.#submit('claim', { id, revision, claim }),
      remove: (id) => this.#submit('remove', { id }),
      follow: (then) => seeks.follow(then),
    }
    this.presence = {
      enter: (present, lease) => this.#submit('enter', { present, lease }),
      leave: (person, lease) => this.#submit('leave', { person, lease }),
      follow: (then) => presence.follow(then),
    }
    this.notices = { send: (notice) => this.#notify(notice), receive: (then) => notices.receive(then) }
  }

  /** Connects a process to the log; resolves when the process has read the log up to its own first command. */
  static async open(options: MeetingOptions): Promise<ReplicatedMeeting> {
    const meeting = new ReplicatedMeeting(options)
    const { log } = options
    await log.follow((message) => meeting.#read(message))
    const { notices } = meeting.#state.backing
    await log.answer((question) => notices.deliver(JSON.parse(question) as UserNotice))
    meeting.#ownLeases.add(await meeting.#submit('join', {}))
    meeting.#renewLater()
    return meeting
  }

  /** Claims tables for a lease; resolves to the tables that no other lease has claimed. Rejects with `LeaseExpired`. */
  attend(tables: readonly TableId[], lease: LeaseId): Promise<readonly TableId[]> {
    return this.#submit('attend', { tables, lease })
  }

  /** Reserves `count` consecutive table numbers for a lease, or for no lease; resolves to the first. Rejects with `LeaseExpired`. */
  reserve(count: number, lease: LeaseId | undefined): Promise<TableId> {
    return this.#submit('reserve', { count, ...(lease === undefined ? {} : { lease }) })
  }

  /** Checks whether a lease of this process has not ended. */
  holds(lease: LeaseId): boolean {
    return this.#seen.has(lease) && this.#ownLeases.has(lease)
  }

  /**
   * Ends the leases of this process, and disconnects it from the log. If the log is not available, the leases end when they expire.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    const released = Promise.all([...this.#ownLeases].map((lease) => this.#submit('release', { lease })))
    let cancel: (() => void) | undefined
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(GOODBYE, resolve)
    })
    await Promise.race([released, late])
    cancel?.()
    // after the time limit, `crash` rejects the remaining releases
    released.catch(() => undefined)
    await this.crash()
  }

  /** Disconnects this process from the log, as the end of the process does: its leases expire. */
  async crash(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#options.log.close()
    for (const { fail } of this.#pending.values()) fail(new Error('the meeting of the servers is closed'))
    this.#pending.clear()
  }

  async #grant(): Promise<Lease> {
    const id = await this.#submit('grant', {})
    this.#ownLeases.add(id)
    return {
      id,
      release: async () => {
        if (!this.#ownLeases.delete(id) || this.#isClosed) return
        await this.#submit('release', { lease: id })
      },
    }
  }

  async #notify(notice: UserNotice): Promise<Receipt> {
    const until = { count: this.#state.processes, last: 'delivered' }
    const answers = await this.#options.log.ask(JSON.stringify(notice), until)
    return (['delivered', 'muted'] as const).find((receipt) => answers.includes(receipt)) ?? 'unreached'
  }

  /** Appends a command; resolves to its result when this process has read the command in the log. */
  #submit<Type extends MeetingCommandType>(type: Type, fields: MeetingCommands[Type]['fields']): Promise<MeetingCommands[Type]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error('the meeting of the servers is closed'))
      const number = ++this.#commands
      const { log, process } = this.#options
      this.#pending.set(number, { apply: () => resolve(this.#state.apply(type, fields)), fail: reject })
      log.append(`${process}-${number}`, JSON.stringify([process, number, type, fields])).catch((reason: unknown) => {
        this.#pending.delete(number)
        reject(toError(reason))
      })
    })
  }

  #read(message: string): void {
    const [process, number, type, fields] = JSON.parse(message) as [string, number, string, object]
    if (!this.#isFirst(process, number)) return
    const own = process === this.#options.process ? this.#pending.get(number) : undefined
    if (own) {
      this.#pending.delete(number)
      own.apply()
    } else if (this.#state.isKnown(type)) {
      // the process that has appended the command reports its error
      this.#state.apply(type, fields as MeetingCommands[typeof type]['fields']).catch(() => undefined)
    }
  }

  /**
   * Checks whether a command is in the log for the first time. An append whose acknowledgment was lost can append a command twice, if the
   * engine has forgotten the id of the first message meanwhile.
   */
  #isFirst(process: string, number: number): boolean {
    const read = this.#commandsRead.get(process) ?? new Set()
    this.#commandsRead.set(process, read)
    if (read.has(number)) return false
    read.add(number)
    for (const old of read) {
      if (read.size <= REMEMBERED) break
      read.delete(old)
    }
    return true
  }

  #renewLater(): void {
    this.#cancel = this.#options.timers.after(RENEWAL, () => {
      this.#renewLater()
      this.#command('renew', { leases: [...this.#ownLeases] }, () => this.#expireOthers())
    })
  }

  /** Ends the leases of other processes that have not renewed them, after this process has read a renewal of its own leases. */
  #expireOthers(): void {
    const now = this.#options.timers.monotonic()
    const isLate = now - this.#renewedAt > LATE
    this.#renewedAt = now
    for (const [lease, { renewals, at }] of this.#seen) {
      // while the log accepted no command of this process, it probably accepted no renewal of another process
      if (isLate) this.#seen.set(lease, { renewals, at: now })
      else if (now - at > EXPIRY) this.#command('expire', { lease, renewals })
    }
  }

  /** Appends a command for which no caller waits; calls `then` when this process has read it. */
  #command<Type extends MeetingCommandType>(type: Type, fields: MeetingCommands[Type]['fields'], then?: () => void): void {
    this.#submit(type, fields).then(then, (reason: unknown) => {
      if (!this.#isClosed) this.#options.onError(reason)
    })
  }
}
