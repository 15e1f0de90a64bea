import { z } from 'zod'
import type { TableSnapshot } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { message } from '../declaration.ts'
import { id, list, outcome, samples, seat, seen, table, terms, text } from '../fields.ts'
import { toTerms } from './seek.ts'

const left = z.number().min(0).max(BOUNDS.total.max)

/** A table at one moment, in the view of one seat or of a watcher. */
export const sight = z.strictObject({
  view: z.unknown().meta({ description: 'the part of the game that this client may see, as plain data; each game has its own form' }),
  turn: z.boolean().meta({ description: 'whether this seat may move' }),
  toMove: list(seat),
  outcome: outcome.optional(),
  left: list(left)
    .optional()
    .meta({ description: 'milliseconds that each seat has left for all its moves, if the clock limits the sum of their times' }),
  moveLeft: list(left).optional().meta({
    description:
      'milliseconds that each seat has left for its move, if the clock limits single moves; the whole limit for a seat that may not move',
  }),
})

/** The fields of a message that has the whole state of a table. */
export const snapshot = {
  table,
  game: text.meta({ description: 'the name of the rules, which `games` lists as `rules`; a command with a `game` also accepts this name' }),
  seat: seat.optional().meta({ description: 'missing for a watcher' }),
  names: list(text),
  ...terms,
  token: text.optional().meta({ description: 'resumes this seat through any connection' }),
  private: z.literal(true).optional().meta({ description: 'true for a private game, which only its players see' }),
  n: seen.optional().meta({ description: 'the number of the last event; missing until the log has the first event of the table' }),
  sight: sight.optional(),
  offers: list(seat).optional().meta({ description: 'the seats with an unanswered offer of a draw, or of a rematch if the game is over' }),
}

const board = { cells: 'O---X----', size: 3, turn: 0, last: 5 }
/** An example of `sight`. */
export const seenBoard = { view: board, turn: true, toMove: [0], left: [291_500, 288_000] }
/** An example of a snapshot for the holder of a seat. */
export const held = { table: 17, game: 'tictactoe', seat: 0, names: samples.names, ...samples.terms, token: samples.seatToken }

/** The message for a client that takes or resumes a seat. */
export const seated = message(
  'seated',
  'This client has a seat at a table: the seek of this user has found an opponent, a rematch begins, or this message answers `resume`.',
  { id: id.optional(), ...snapshot },
  held,
)
/** Converts the snapshot of a table to the fields of a message. */
export function toSnapshotFields(snapshot: TableSnapshot) {
  const { table, game, seat, names, token, now, offers, private: isPrivate } = snapshot
  return {
    table,
    game: game.name,
    names: [...names],
    ...toTerms(snapshot),
    ...(seat === undefined ? {} : { seat }),
    ...(token === undefined ? {} : { token }),
    ...(isPrivate ? { private: isPrivate } : {}),
    ...(now ? { n: now.n, sight: now.sight } : {}),
    ...(offers ? { offers } : {}),
  }
}
