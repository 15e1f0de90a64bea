import type { Catalog } from '../games/catalog.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type { ClockTerms, GameTerms, Page, PageRange, PersonInfo, SeekInfo } from '../hall/api.ts'
import type { OpenSeek } from '../hall/open-seek.ts'
import { type ClockRules, hasAccount } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { SeatAt } from '../hall/table-registry.ts'
import type { LobbyContext } from './context.ts'

/** Checks whether all users may watch a table: a public table whose game is not a talk of two people. */
export function isPublic({ state: { opened, rules } }: TableActor): boolean {
  return !opened.private && rules.isUnlisted === undefined
}

/**
 * Checks whether a seat that has a user's name belongs to that user. Any user can take a guest's name, so a guest owns a seat only
 * with the seat's token; a seat of a worksheet program has no token, and belongs to the connected client.
 */
export function isOwnSeat({ table, seat }: SeatAt, user: OnlineUser): boolean {
  if (hasAccount(user.person)) return true
  const token = table.state.opened.seats[seat]?.token
  return token === undefined ? table.observers.some(({ viewer }) => viewer === seat) : user.hasToken(token)
}

/** Converts an online user to the data that all users may see. */
export function toPersonInfo({ hall, people }: Pick<LobbyContext, 'hall' | 'people'>, user: OnlineUser): PersonInfo {
  const { person, name } = user
  const links = people.of(person).flatMap(({ connection: { link } }) => link ?? [])
  const seats = [...hall.seatsOf(person)].filter((at) => isOwnSeat(at, user))
  return { name, registered: hasAccount(person), tables: seats.map(({ table }) => table.id), ...(links.length > 0 ? { links } : {}) }
}

/** Converts an open seek to the data that all users may see, without the challenged user. */
export function toSeekInfo(
  catalog: Catalog,
  { name, game, ...terms }: Pick<OpenSeek, 'name' | 'game' | 'options' | 'rated' | 'clock'>,
): SeekInfo {
  return { name, game: catalog.publicName(game), ...toGameTerms(terms) }
}

/** Converts an open seek to the data that its owner may see: with the name of the challenged user. */
export function toOwnSeekInfo({ catalog, people }: Pick<LobbyContext, 'catalog' | 'people'>, seek: OpenSeek): SeekInfo {
  const info = toSeekInfo(catalog, seek)
  return seek.against === undefined ? info : { ...info, against: people.person(seek.against)?.name ?? 'another user' }
}

/** Returns a page of a list of open seeks. */
export function toSeekPage(
  context: Pick<LobbyContext, 'catalog' | 'people'>,
  seeks: { readonly size: number; slice(from: number, count: number): OpenSeek[] },
  { from = 0, count }: PageRange,
): Page<SeekInfo> {
  return { items: seeks.slice(from, count).map((seek) => toOwnSeekInfo(context, seek)), total: seeks.size }
}

/** Returns the terms of an open seek, or of a table at its opening. */
export function toGameTerms({ options, rated, clock }: Pick<OpenSeek, 'options' | 'rated' | 'clock'>): GameTerms {
  return { settings: settingsOf(options), rated, ...limitsOf(clock) }
}

/** Returns the time limits of the players, without the time for which the server reserves a disconnected player's seat. */
function limitsOf({ total, turn }: ClockRules = {}): { readonly clock?: ClockTerms } {
  if (total === undefined && turn === undefined) return {}
  return { clock: { ...(total === undefined ? {} : { total }), ...(turn === undefined ? {} : { turn }) } }
}

function settingsOf(options: unknown): Readonly<Record<string, number>> {
  const entries = typeof options === 'object' && options !== null ? Object.entries(options) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
