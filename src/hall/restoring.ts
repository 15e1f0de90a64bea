import type { AnyGame, Random } from '../games/game.ts'
import { isGuest } from './accounts/guests.ts'
import { HOUSE, hasAccount, type LeaseId, type ReadTable, type SeatOwner, type TableEvent, type TableId, type TableLog } from './ports.ts'
import { isWeak, newSeed } from './seeds.ts'
import { TableActor, type TableActorOptions } from './table-actor.ts'
import type { UnavailableTables } from './unavailable-tables.ts'

/** Maximum number of tables that the hall ends together because no player can return to them. */
const AT_ONCE = 200
/** Maximum number of tables that the hall claims together, so that several halls divide the tables if they start at the same time. */
const CLAIMED = 2000

export interface RestoringOptions {
  readonly log: TableLog
  /** Lease of this process, with which it claims the tables that it restores. */
  readonly lease: LeaseId
  /** Games of the hall, by name. */
  readonly games: ReadonlyMap<string, AnyGame>
  readonly random: Random
  readonly tools: TableActorOptions
  /** Returns the rules of a game; throws a RangeError for a game that the hall does not have. */
  readonly rules: (game: string) => AnyGame
  /** Receives the tables that this process cannot restore. */
  readonly unavailable: UnavailableTables
  /** Called with each restored table. */
  readonly onTable: (table: TableActor) => void
  readonly onError: (sentence: string, reason: unknown) => void
}

/**
 * Restores the tables that were not over when the previous process ended. If all players can return to a table, the hall suspends the
 * table until a player reconnects; otherwise it ends the table. Does not change a table if another hall has claimed it, or if its
 * game is missing or refuses its log.
 */
export async function restoreTables(options: RestoringOptions): Promise<void> {
  const { games, unavailable, onError } = options
  const endings: (() => Promise<unknown>)[] = []
  for await (const read of readClaimed(options)) {
    try {
      if ('failure' in read) throw read.failure
      const end = restoreTable(options, read.table, read.events)
      if (end) endings.push(end)
    } catch (reason) {
      const [first] = 'failure' in read ? [] : read.events
      if (first?.type === 'opened') unavailable.add(read.table, first)
      if (first?.type === 'opened' && !games.has(first.game)) continue
      onError(`the server could not restore table ${read.table}`, reason)
    }
  }
  for (const sentence of unavailable.describeMissing(games)) onError(sentence, new RangeError('its plug-in is not loaded'))
  for (let from = 0; from < endings.length; from += AT_ONCE) await Promise.all(endings.slice(from, from + AT_ONCE).map((end) => end()))
}

/** Claims the unfinished tables, and reads the tables that no other hall has claimed. */
async function* readClaimed({ log, lease }: RestoringOptions): AsyncIterable<ReadTable> {
  const unfinished = await log.unfinished()
  for (let from = 0; from < unfinished.length; from += CLAIMED) {
    const claimed = await log.claim(unfinished.slice(from, from + CLAIMED), lease)
    yield* log.readAll(claimed)
  }
}

/** Restores a table; returns the function that ends the table if one of its players cannot return. */
function restoreTable(
  { random, tools, rules, onTable }: RestoringOptions,
  id: TableId,
  events: readonly TableEvent[],
): (() => Promise<unknown>) | undefined {
  const [first] = events
  if (first?.type !== 'opened') throw new TypeError('its log does not begin with its opening')
  const table = TableActor.restore(id, events, rules(first.game), tools)
  onTable(table)
  const seat = first.seats.findIndex((owner) => owner.person !== HOUSE && !canReturn(owner, first.seats.length))
  if (seat < 0) {
    if (isWeak(table.state.seed)) table.submit({ type: 'reseed', seed: newSeed(random) })
    return undefined
  }
  return () => {
    table.submit({ type: 'leave', seat })
    return table.persisted()
  }
}

/**
 * Checks whether the owner of a seat can return to the seat after a restart. An owner with an account or with a token can return. A guest
 * without a token can return by name, but only to a game for one player. Any user can take a guest's name, so a name alone must not
 * resume a game against another player.
 */
function canReturn({ person, token }: SeatOwner, seats: number): boolean {
  return token !== undefined || hasAccount(person) || (isGuest(person) && seats === 1)
}
