import { type FinishedGames, type FinishedTable, HOUSE, PEER, type PersonId } from './ports.ts'
import type { TableActor } from './table-actor.ts'

const NO_PERSONS: readonly PersonId[] = []

/**
 * Adds a finished table to the histories of its players, except the house and peers without a name. Calls `onError` if the store
 * fails.
 */
export function addToHistories(history: FinishedGames, table: TableActor, onError: (sentence: string, reason: unknown) => void): void {
  const persons = personsAt(table)
  if (persons.length === 0) return
  history.add(persons, toFinishedTable(table)).catch((reason) => onError(`table ${table.id} is missing in the histories`, reason))
}

/** Lists the users with a name who have a seat at a table, each user once. */
function personsAt({ state }: TableActor): readonly PersonId[] {
  let persons = NO_PERSONS
  for (const { person } of state.opened.seats) {
    if (person !== HOUSE && person !== PEER && !persons.includes(person)) persons = [...persons, person]
  }
  return persons
}

function toFinishedTable({ id, state, now }: TableActor): FinishedTable {
  const { game, seats, rated, private: hidden } = state.opened
  const outcome = state.outcome ?? { winners: [] }
  const points = state.rules.points?.(state.position)
  const finished = { table: id, game, at: now, names: seats.map(({ name }) => name), outcome, rated, private: hidden }
  return points ? { ...finished, points } : finished
}
