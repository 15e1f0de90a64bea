import { foldName } from '../hall/names.ts'
import { hasAccount, type PersonId } from '../hall/ports.ts'
import type { FinishedGame, Page, Range } from '../protocols/lobby.ts'
import { nameOf } from './known.ts'
import type { Rooms } from './rooms.ts'

/** A part of what a user has finished, as `reader` may see it: private games only for the account that has played them. */
export async function historyOf(
  { hall }: Pick<Rooms, 'hall'>,
  { person, name }: { readonly person: PersonId; readonly name: string },
  { from = 0, count }: Range,
  reader: PersonId,
): Promise<Page<FinishedGame> & { readonly name: string }> {
  const hidden = reader === person && hasAccount(person)
  const { items, total } = await hall.history(person, { from, count, hidden })
  const games = items.map(({ table, game, names, outcome, rated, points, at }) => {
    const seat = Math.max(
      0,
      names.findIndex((one) => foldName(one) === foldName(name)),
    )
    return { table, game: nameOf(game), names, seat, outcome, rated, ...(points ? { points } : {}), at }
  })
  return { name, items: games, total }
}
