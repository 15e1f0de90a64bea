import type { LeaseId, PersonId, PresentPerson, SeekClaim, SeekEntry, SeekId, TableId } from '../../hall/ports.ts'
import type { OnStoreError } from '../error.ts'
import { TableClaims } from '../memory-leases.ts'
import { createMeetingBacking, type MeetingBacking } from '../memory-meeting.ts'

/**
 * MeetingCommands declares the commands that change the state in which several servers meet: for each command, its fields and its result. A
 * command that fails rejects its promise, and changes nothing.
 */
export interface MeetingCommands {
  /** Opens a lease for a process that joins the meeting. */
  readonly join: { readonly fields: Record<never, never>; readonly result: LeaseId }
  /** Opens a lease. */
  readonly grant: { readonly fields: Record<never, never>; readonly result: LeaseId }
  /** Reports that the process of leases runs. */
  readonly renew: { readonly fields: { readonly leases: readonly LeaseId[] }; readonly result: undefined }
  readonly release: { readonly fields: { readonly lease: LeaseId }; readonly result: undefined }
  /** Ends a lease, unless its process has renewed it after the renewal with the number `renewals`. */
  readonly expire: { readonly fields: { readonly lease: LeaseId; readonly renewals: number }; readonly result: undefined }
  readonly put: {
    readonly fields: { readonly id: SeekId; readonly entry: SeekEntry; readonly lease: LeaseId }
    readonly result: number
  }
  readonly claim: {
    readonly fields: { readonly id: SeekId; readonly revision: number; readonly claim: SeekClaim }
    readonly result: boolean
  }
  readonly remove: { readonly fields: { readonly id: SeekId }; readonly result: undefined }
  readonly enter: { readonly fields: { readonly present: PresentPerson; readonly lease: LeaseId }; readonly result: boolean }
  readonly leave: { readonly fields: { readonly person: PersonId; readonly lease: LeaseId }; readonly result: undefined }
  /** Reserves `count` consecutive table numbers that no table has, and claims them for a lease, if it is given; the result is the first. */
  readonly reserve: { readonly fields: { readonly count: number; readonly lease?: LeaseId }; readonly result: TableId }
  /** Claims tables for a lease. */
  readonly attend: {
    readonly fields: { readonly tables: readonly TableId[]; readonly lease: LeaseId }
    readonly result: readonly TableId[]
  }
}

export type MeetingCommandType = keyof MeetingCommands

/**
 * MeetingState is the state in which several servers meet: leases, claims of tables, open seeks and presence. It is a pure fold: the same
 * commands in the same order lead to the same state, the same revisions and the same results on every server. So the order of the log
 * decides which of two claims of a seek succeeds, and no server needs a compare-and-set.
 */
export class MeetingState {
  readonly backing: MeetingBacking
  readonly #tables: TableClaims
  readonly #renewals = new Map<LeaseId, number>()
  #nextTable: TableId = 1
  readonly #processes = new Set<LeaseId>()
  readonly #handlers: {
    readonly [Type in MeetingCommandType]: (fields: MeetingCommands[Type]['fields']) => Promise<MeetingCommands[Type]['result']>
  }

  /** Calls `onRenewed` with each lease and its number of renewals, when a command opens or renews the lease. */
  constructor(onError: OnStoreError, onRenewed: (lease: LeaseId, renewals: number) => void) {
    this.backing = createMeetingBacking({ onError })
    const { leases, seeks, presence } = this.backing
    this.#tables = new TableClaims(leases)
    leases.onEnd((lease) => {
      this.#renewals.delete(lease)
      this.#processes.delete(lease)
    })
    const open = () => {
      const lease = leases.add()
      this.#renewals.set(lease, 0)
      onRenewed(lease, 0)
      return lease
    }
    this.#handlers = {
      join: async () => {
        const lease = open()
        this.#processes.add(lease)
        return lease
      },
      grant: async () => open(),
      renew: async ({ leases: renewed }) => {
        for (const lease of renewed) {
          const renewals = this.#renewals.get(lease)
          if (renewals === undefined) continue
          this.#renewals.set(lease, renewals + 1)
          onRenewed(lease, renewals + 1)
        }
        return undefined
      },
      release: async ({ lease }) => void leases.end(lease),
      expire: async ({ lease, renewals }) => void (this.#renewals.get(lease) === renewals && leases.end(lease)),
      put: ({ id, entry, lease }) => seeks.put(id, entry, lease),
      claim: ({ id, revision, claim }) => seeks.claim(id, revision, claim),
      remove: async ({ id }) => void (await seeks.remove(id)),
      enter: ({ present, lease }) => presence.enter(present, lease),
      leave: async ({ person, lease }) => void (await presence.leave(person, lease)),
      reserve: async ({ count, lease }) => {
        if (lease !== undefined) this.#tables.openRange(this.#nextTable, count, lease)
        this.#nextTable += count
        return this.#nextTable - count
      },
      attend: async ({ tables, lease }) => this.#tables.claim(tables, lease),
    }
  }

  /** Number of processes that have joined, and whose leases have not ended. */
  get processes(): number {
    return this.#processes.size
  }

  /** Applies a command before the call returns; resolves to its result. */
  apply<Type extends MeetingCommandType>(type: Type, fields: MeetingCommands[Type]['fields']): Promise<MeetingCommands[Type]['result']> {
    return this.#handlers[type](fields)
  }

  /** Checks whether a text is the type of a command that this server knows: a newer server may append other commands. */
  isKnown(type: string): type is MeetingCommandType {
    return Object.hasOwn(this.#handlers, type)
  }
}
