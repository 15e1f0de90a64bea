import type { LiveTable } from '../hall/live.ts'
import type { StandingChange } from '../hall/news.ts'
import { isGuest, type People } from '../hall/people.ts'
import { hasAccount, type PersonId } from '../hall/ports.ts'
import type { FinishedGame, Recorded } from '../protocols/lobby.ts'
import type { Calls } from './calls.ts'
import { isSeatOf, nameOf } from './known.ts'

/** Notifies the accounts at a table that it has ended, at the connections that do not attend it. */
export function notifyOfEnd(calls: Pick<Calls, 'notifyOfEnd'>, table: LiveTable): void {
  for (const [seat, person] of accountsAt(table)) calls.notifyOfEnd(person, finishedGameOf(table, seat))
}

/** Notes a table that has ended for the guests who have sat there, and not for others who have taken their names since. */
export function noteForGuests(people: Pick<People, 'of' | 'guestGames'>, table: LiveTable): void {
  const { seats } = table.state.opened
  for (let seat = 0; seat < seats.length; seat++) {
    const person = seats[seat]?.person
    if (person === undefined || !isGuest(person)) continue
    const visitors = people.of(person)
    if (visitors.length === 0 || visitors.some((visitor) => isSeatOf({ table, seat }, visitor))) people.guestGames.add(person, table.id)
  }
}

/** Notifies the accounts at a table of what came of it for the ladder, at the connections that do not attend it. */
export function notifyOfRecord(calls: Pick<Calls, 'notifyOfRecord'>, table: LiveTable, changes: readonly StandingChange[]): void {
  const recorded = recordedOf(table, changes)
  for (const [, person] of accountsAt(table)) calls.notifyOfRecord(person, recorded)
}

/** Returns the change of the ladder after a game, by the names at its seats. */
export function recordedOf({ id, state }: LiveTable, changes: readonly StandingChange[]): Recorded {
  const { seats } = state.opened
  return { table: id, game: state.rules, changes: changes.map(({ seat, ...change }) => ({ name: seats[seat]?.name ?? '', ...change })) }
}

const NOBODY: ReadonlyMap<number, PersonId> = new Map()

/** The registered users at a table, each once, by the first seat of each. */
function accountsAt({ state }: LiveTable): ReadonlyMap<number, PersonId> {
  // at most tables of worksheet programs is none
  if (!state.opened.seats.some(({ person }) => hasAccount(person))) return NOBODY
  const persons = state.opened.seats.map(({ person }) => person)
  return new Map([...persons.entries()].filter(([seat, person]) => hasAccount(person) && persons.indexOf(person) === seat))
}

/** A table that has ended, for the user in a seat. */
function finishedGameOf({ id, state, now }: LiveTable, seat: number): FinishedGame {
  const { game, seats, rated } = state.opened
  const points = state.rules.points?.(state.position)
  return {
    ...{ table: id, game: nameOf(game), names: seats.map(({ name }) => name), seat, rated, at: now },
    outcome: state.outcome ?? { winners: [] },
    ...(points ? { points } : {}),
  }
}
