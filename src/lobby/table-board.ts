import { isDeepStrictEqual } from 'node:util'
import type { AnyGame, SeatNumber } from '../games/game.ts'
import { isRefusal } from '../games/game.ts'
import type { TableBoard, TableSnapshot } from '../hall/api.ts'

/** Maximum number of legal moves that a board lists. */
const MOVES = 60

/**
 * Renders the board of a snapshot in the form of the front door, with the legal moves of the snapshot's seat. `position` is the
 * state of the game: the board lists the moves only if the view shows the whole state, so that the moves reveal no secret. Returns
 * `undefined` before the first event of the table.
 */
export function renderBoard({ game, names, seat, now }: TableSnapshot, position: unknown): TableBoard | undefined {
  if (!now) return undefined
  const { view, turn } = now.sight
  const text = renderView(game, view, { names, seat })
  const moves = seat !== undefined && turn && isOpenView(game, view, position) ? listMoves(game, position, seat) : undefined
  const last = game.screen?.last?.(view)
  return { n: now.n, text, ...(moves ? { moves } : {}), ...(last ? { last } : {}) }
}

/** Renders a view as text, as the front door shows it to the seat. If there is no seat, renders it for a watcher. */
export function renderView(game: AnyGame, view: unknown, viewer: Pick<TableSnapshot, 'names'> & { readonly seat: SeatNumber | undefined }) {
  return game.screen?.board?.(view, viewer) ?? game.notation.render(view)
}

/** Checks whether a view shows the whole state of the game, so that nothing in the state is secret. */
export function isOpenView(game: AnyGame, view: unknown, position: unknown): boolean {
  return game.whole !== undefined || isDeepStrictEqual(view, position)
}

function listMoves(game: AnyGame, position: unknown, seat: SeatNumber): readonly string[] | undefined {
  const listed: string[] = []
  for (const move of game.moves?.(position, seat) ?? []) {
    const text = game.notation.print(move)
    // a client cannot use a list that is too long, or that has a text which the parser refuses
    if (listed.length === MOVES || isRefusal(game.notation.parse(text))) return undefined
    listed.push(text)
  }
  return listed.length > 0 ? listed : undefined
}
