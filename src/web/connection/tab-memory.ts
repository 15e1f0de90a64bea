import type { Guest, Model, StoredInvitation, StoredSeat } from '../model/model.ts'
import type { PageStore } from './socket.ts'

/*
 * This file stores the data that one tab remembers across a reload: the guest's secret, the tokens of seats, and an invitation to a friend. The data are in the storage
 * of the tab, never in an address. After a reload, the server's cookie, which scripts cannot read, logs a registered user in.
 */

const NAME = 'parlor.tab'

/** TabMemory has the data that a tab remembers. */
export interface TabMemory {
  readonly guest?: Guest
  /** The name of a registered user. */
  readonly registered?: string
  readonly seats: readonly StoredSeat[]
  readonly invited?: StoredInvitation
}

/** Returns the data of a model that a tab has to remember. */
export function toMemory({ guest, me, remembered, tables, seek }: Model): TabMemory {
  const seats = [...tables.values()].flatMap((table): readonly StoredSeat[] => {
    const { token, seat, moves, remembered, n, missedAfter = n } = table
    if (token === undefined || seat === undefined || table.sight?.outcome || table.next !== undefined) return []
    const own = moves.flatMap((move) => (move.seat === seat && move.text !== undefined ? [[move.n, move.text]] : []))
    return [{ table: table.table, token, seat, moves: { ...remembered, ...Object.fromEntries(own) }, n: missedAfter }]
  })
  const registered = me?.registered ? me.name : remembered
  const invited = seek?.code === undefined ? {} : { invited: { wish: seek.wish, code: seek.code } }
  return { ...(guest ? { guest } : {}), ...(registered === undefined ? {} : { registered }), seats, ...invited }
}

/** Reads the memory of the tab. If the memory is missing or damaged, returns an empty memory. */
export function readMemory(store: PageStore): TabMemory {
  const text = store.getItem(NAME)
  if (text === null) return { seats: [] }
  try {
    const memory: unknown = JSON.parse(text)
    return isMemory(memory) ? memory : { seats: [] }
  } catch (reason) {
    if (reason instanceof SyntaxError) return { seats: [] }
    throw reason
  }
}

/** Writes the memory of the tab, if the memory has changed. */
export function writeMemory(store: PageStore, memory: TabMemory): void {
  const text = JSON.stringify(memory)
  if (store.getItem(NAME) !== text) store.setItem(NAME, text)
}

function isMemory(value: unknown): value is TabMemory {
  if (!isFields(value) || !Array.isArray(value.seats)) return false
  const { guest, registered, invited } = value
  if (!(guest === undefined || isGuest(guest)) || !['string', 'undefined'].includes(typeof registered)) return false
  return value.seats.every(isSeat) && (invited === undefined || isInvitation(invited))
}

function isInvitation(value: unknown): value is StoredInvitation {
  return isFields(value) && typeof value.code === 'string' && isFields(value.wish) && typeof value.wish.game === 'string'
}

/** Checks whether a value from another tab or from the storage is a guest. */
export function isGuest(value: unknown): value is Guest {
  return isFields(value) && typeof value.name === 'string' && ['string', 'undefined'].includes(typeof value.secret)
}

function isSeat(value: unknown): boolean {
  if (!isFields(value)) return false
  const { table, token, seat, moves, n } = value
  if (n !== undefined && typeof n !== 'number') return false
  return typeof table === 'number' && typeof token === 'string' && typeof seat === 'number' && isFields(moves)
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
