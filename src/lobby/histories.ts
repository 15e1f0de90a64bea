import type { FinishedGame, GameResult, Page, PageRange } from '../hall/api.ts'
import { foldName } from '../hall/names/names.ts'
import { type FinishedTable, HISTORY, type HistoryRange, hasAccount, type PersonId } from '../hall/ports.ts'
import type { LobbyContext } from './context.ts'

/**
 * Returns a page of a user's finished games that `reader` may see: the page has private games only if `reader` is the account that has
 * played them. Without a reader, the page has no private games.
 */
export async function findHistory(
  context: Pick<LobbyContext, 'hall' | 'people' | 'catalog'>,
  { person, name }: { readonly person: PersonId; readonly name: string },
  { from = 0, count }: PageRange,
  reader?: PersonId,
): Promise<Page<FinishedGame> & { readonly name: string }> {
  const hidden = reader === person && hasAccount(person)
  const slice = { from, count, hidden }
  const { items, total } = hasAccount(person) ? await context.hall.history(person, slice) : await historyOfGuest(context, person, slice)
  const key = foldName(name)
  const games = items.map(({ table, game, names, outcome, rated, points, at, scores }) => {
    const seat = seatOf(names, name, key)
    const score = scores?.[seat]
    const more = { ...(points ? { points } : {}), ...(score === undefined ? {} : { score }) }
    return { table, game: context.catalog.publicName(game), names, seat, outcome, rated, ...more, at }
  })
  return { name, items: games, total }
}

/** Lists the finished public games of all users, newest first; see `Lobby.recent`. */
export async function findRecent(
  { hall, catalog }: Pick<LobbyContext, 'hall' | 'catalog'>,
  { from = 0, count }: PageRange,
): Promise<Page<GameResult>> {
  const shown = (await hall.recent()).filter(({ game }) => catalog.games.get(game)?.isUnlisted === undefined)
  const items = shown
    .sort((one, other) => other.at - one.at)
    .slice(from, from + count)
    .map(({ private: _, scores: __, game, ...result }) => ({ ...result, game: catalog.publicName(game) }))
  return { items, total: shown.length }
}

/** Returns the finished games of the guest who has a name now, without the games of guests who had the name earlier. */
async function historyOfGuest(
  { hall, people }: Pick<LobbyContext, 'hall' | 'people'>,
  person: PersonId,
  { from, count }: HistoryRange,
): Promise<Page<FinishedTable>> {
  const { items } = await hall.history(person, { from: 0, count: HISTORY, hidden: false })
  const own = items.filter(({ table }) => people.guestGames.has(person, table))
  return { items: own.slice(from, from + count), total: own.length }
}

/** Finds the seat of a name, in any spelling that folds to the same name. Compares texts before it folds them, because folding is slow. */
function seatOf(names: readonly string[], name: string, key: string): number {
  const same = names.indexOf(name)
  if (same >= 0 || names.length < 2) return Math.max(same, 0)
  const last = names.length - 1
  const found = names.findIndex((one, seat) => seat === last || foldName(one) === key)
  return Math.max(found, 0)
}
