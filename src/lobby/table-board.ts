import { isRefusal } from '../games/game.ts'
import type { TableBoard, TableSnapshot } from '../hall/api.ts'

/** Maximum number of legal moves that a board lists. */
const MOVES = 60

/**
 * Renders the board of a snapshot as the front door shows it, with the legal moves of its seat. The moves follow from the view
 * alone, so they contain no secret. Returns `undefined` before the first event of the table.
 */
export function renderBoard({ game, names, seat, now }: TableSnapshot): TableBoard | undefined {
  if (!now) return undefined
  const { view, turn } = now.sight
  const text = game.screen?.board?.(view, { names, seat }) ?? game.notation.render(view)
  const moves = seat !== undefined && turn ? listMoves(game, view, seat) : undefined
  return { n: now.n, text, ...(moves ? { moves } : {}) }
}

function listMoves(game: TableSnapshot['game'], view: unknown, seat: number): readonly string[] | undefined {
  const { whole, moves, notation } = game
  if (!whole || !moves) return undefined
  const listed: string[] = []
  for (const move of moves.call(game, whole.call(game, view), seat)) {
    const text = notation.print(move)
    // a list that is too long, or that does not read back, helps no client
    if (listed.length === MOVES || isRefusal(notation.parse(text))) return undefined
    listed.push(text)
  }
  return listed
}
