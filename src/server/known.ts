import { entryOf } from '../games/catalogue.ts'
import type { LiveTable } from '../hall/live.ts'
import type { Wish } from '../hall/matching.ts'
import type { Seeker, TableInfo } from '../protocols/lobby.ts'

/** Whether everybody may look on: nobody at tables that are private, or at which two talk. */
export function isPublic({ state: { opened } }: LiveTable): boolean {
  return !opened.private && entryOf(opened.game) !== undefined
}

/** The name by which a game is asked for. */
function nameOf(game: string): string {
  return entryOf(game)?.name ?? game
}

/** What anybody may know of a wish; whom it is for is not in it. */
export function seekerOf({ name, game, options, rated }: Pick<Wish, 'name' | 'game' | 'options' | 'rated'>): Seeker {
  return { name, game: nameOf(game), settings: settingsOf(options), rated }
}

function settingsOf(options: unknown): Readonly<Record<string, number>> {
  const entries = typeof options === 'object' && options !== null ? Object.entries(options) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

/** What anybody may know of a table. */
export function tableInfo({ id, state, attendants }: LiveTable): TableInfo {
  const { game, seats, rated } = state.opened
  const watchers = attendants.filter(({ who }) => who === 'watcher').length
  return { table: id, game: nameOf(game), names: seats.map(({ name }) => name), rated, watchers, over: state.ended }
}
