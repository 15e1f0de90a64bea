import { z } from 'zod'
import { BOUNDS, type NumberRange } from '../hall/number-bounds.ts'

/*
 * The schemas of fields that occur in several messages of the native protocol, and example values of such fields. Texts and numbers
 * from clients have maxima.
 */

export const list = <Kind extends z.ZodType>(kind: Kind) => z.array(kind).readonly()
export const whole = ({ min, max }: NumberRange) => z.int().min(min).max(max)
/** A whole number that is not negative; the maximum has no practical meaning. */
export const count = whole({ min: 0, max: Number.MAX_SAFE_INTEGER })
/** A text from the server. */
export const text = z.string()
export const table = whole(BOUNDS.table).meta({ description: 'the number of a table' })
export const seat = whole(BOUNDS.seat).meta({ description: 'a place at a table; the first seat is 0, and its player begins' })
/** A name from a client. */
export const name = z.string().min(1).max(80)
export const secret = z.string().max(100)
/** The name of a game, from a client. */
export const game = z.string().max(40)
export const setting = z.number().min(BOUNDS.setting.min).max(BOUNDS.setting.max)
export const settings = z.record(z.string().max(40), setting)
/** The number of the last event that a client has received. */
export const seen = whole(BOUNDS.event).meta({ description: 'the number of the last event of the table that the client has received' })
/** The number of items to skip in a list. */
export const from = whole(BOUNDS.place)
export const limit = whole(BOUNDS.rows)
/** Milliseconds since the Unix epoch, up to the maximum of a JavaScript date. */
export const time = z.number().min(0).max(8.64e15).meta({ description: 'milliseconds since the Unix epoch' })
/** A rating, or points if the game gives points. */
export const score = z.number().min(-1e9).max(1e9)
export const total = count.meta({ description: 'the total number of items; the message has one page of them' })

/** The schema of a command's `id`, which the answer repeats. */
export const CommandId = z.union([whole(BOUNDS.id), z.string().max(64)])
export const id = CommandId.meta({ description: 'a whole number from 0 on, or a text of at most 64 characters; the answer repeats it' })

/** The clock of a table. The numbers have no bounds, because an older version with other bounds may have set the clock. */
const tableClock = z.strictObject({ total: count, turn: count }).partial().meta({ description: 'in milliseconds, as in `seek`' })

/** The fields of the terms of a game. */
export const terms = {
  settings: settings.meta({
    description: 'a missing setting has its default value; in a game for one player, the server omits secret settings',
  }),
  rated: z.boolean(),
  clock: tableClock.optional(),
}

/** The connection of a client to the server. */
export const link = z.strictObject({
  program: text.meta({ description: 'the program at the port: `parlor/web` for browsers, `parlor/door` for the front door' }),
  transport: z.enum(['tcp', 'tls', 'unix', 'udp', 'websocket']),
  port: count.optional(),
  json: z.literal(true).optional().meta({ description: 'true for a program that uses this protocol at the front door' }),
})

/** The fields of an open seek. */
export const seekInfo = { name: text, game: text, ...terms }

export const outcome = z.strictObject({
  winners: list(seat).meta({ description: 'empty after a draw or a lost game' }),
  left: seat.optional().meta({ description: 'the seat that left, resigned or ran out of time' }),
  resigned: z.literal(true).optional(),
  late: z.literal(true).optional(),
  agreed: z.literal(true).optional().meta({ description: 'both players agreed on a draw' }),
  aborted: z
    .literal(true)
    .optional()
    .meta({ description: 'the opponent of `left`, which was disconnected or did not move, ended the game without a result' }),
  abandoned: z
    .literal(true)
    .optional()
    .meta({ description: 'no player moved for too long, so the game has no result; it was the turn of `left`' }),
})

/** The fields of a finished game in the history of a user. */
export const finishedGame = {
  table,
  game: text,
  names: list(text),
  seat: seat.meta({ description: 'the seat of the user of this history' }),
  outcome,
  points: list(score).optional().meta({ description: 'the points that each seat has gained, if the game gives points' }),
  rated: z.boolean(),
  at: time.meta({ description: 'when the game ended, in milliseconds since the Unix epoch' }),
}

/** Values of shared fields in examples. */
export const samples = {
  names: ['ada', 'grace'],
  terms: { settings: {}, rated: false, clock: { total: 300_000 } },
  seek: { name: 'grace', game: 'tictactoe', settings: { size: 4 }, rated: false },
  seatToken: '7HZK2M9QXR4T8VB1C3D5F6G0JN',
  sessionToken: '0Q5XJ8K3T7ZC9WD2R6NB4HVGMF',
  sessionKey: '9f2c41d07be83a65',
}
