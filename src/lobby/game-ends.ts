import { publicNameOf } from '../games/catalog.ts'
import { isGuest } from '../hall/accounts/guests.ts'
import type { People } from '../hall/accounts/people.ts'
import type { FinishedGame, RatingChanges } from '../hall/api.ts'
import { hasAccount, type PersonId } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { StandingChange } from '../hall/table-updates.ts'
import { isOwnSeat } from './projections.ts'
import type { UserNotifier } from './user-notices.ts'

/**
 * Notifies the accounts at a table that the game has ended. Excludes the sessions that are subscribed to the table.
 */
export function notifyOfEnd(userNotifier: Pick<UserNotifier, 'notifyOfEnd'>, table: TableActor): void {
  for (const [seat, person] of accountsAt(table)) userNotifier.notifyOfEnd(person, finishedGameOf(table, seat))
}

/**
 * Adds a finished table to the games of the guests who played there, but not to the games of guests who have taken their names since
 * then.
 */
export function recordForGuests(people: Pick<People, 'of' | 'guestGames'>, table: TableActor): void {
  const { seats } = table.state.opened
  for (let seat = 0; seat < seats.length; seat++) {
    const person = seats[seat]?.person
    if (person === undefined || !isGuest(person)) continue
    const users = people.of(person)
    if (users.length === 0 || users.some((user) => isOwnSeat({ table, seat }, user))) people.guestGames.add(person, table.id)
  }
}

/**
 * Notifies the accounts at a table of the rating changes after the game. Excludes the sessions that are subscribed to the table.
 */
export function notifyOfRecord(
  userNotifier: Pick<UserNotifier, 'notifyOfRecord'>,
  table: TableActor,
  changes: readonly StandingChange[],
): void {
  const recorded = toRatingChanges(table, changes)
  for (const [, person] of accountsAt(table)) userNotifier.notifyOfRecord(person, recorded)
}

/** Returns the rating changes after a game, by the names at its seats. */
export function toRatingChanges({ id, state }: TableActor, changes: readonly StandingChange[]): RatingChanges {
  const { seats } = state.opened
  return { table: id, game: state.rules, changes: changes.map(({ seat, ...change }) => ({ name: seats[seat]?.name ?? '', ...change })) }
}

const NO_ACCOUNTS: ReadonlyMap<number, PersonId> = new Map()

/** Returns the registered users at a table, by the first seat of each user. */
function accountsAt({ state }: TableActor): ReadonlyMap<number, PersonId> {
  // most tables of worksheet programs have no account
  if (!state.opened.seats.some(({ person }) => hasAccount(person))) return NO_ACCOUNTS
  const persons = state.opened.seats.map(({ person }) => person)
  return new Map([...persons.entries()].filter(([seat, person]) => hasAccount(person) && persons.indexOf(person) === seat))
}

/** Converts a table to a finished game in the history of the user in a seat. */
function finishedGameOf({ id, state, now }: TableActor, seat: number): FinishedGame {
  const { seats, rated } = state.opened
  const points = state.rules.points?.(state.position)
  return {
    ...{ table: id, game: publicNameOf(state.rules), names: seats.map(({ name }) => name), seat, rated, at: now },
    outcome: state.outcome ?? { winners: [] },
    ...(points ? { points } : {}),
  }
}
