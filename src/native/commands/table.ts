import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import type { LobbyRefusal, TableSnapshot } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import { visibleEvent } from '../event-schema.ts'
import { finishedGame, id, list, outcome, samples, score, seat, seen, table, terms, text, time } from '../fields.ts'
import { toTerms } from './seek.ts'

const left = z.number().min(0).max(BOUNDS.total.max)

/** A table at one moment, as one seat or a watcher sees it. */
const sight = z.strictObject({
  view: z.unknown().meta({ description: 'the part of the game that this client may see, as plain data; each game has its own form' }),
  turn: z.boolean().meta({ description: 'whether this seat may move' }),
  toMove: list(seat),
  outcome: outcome.optional(),
  left: list(left).optional().meta({ description: 'milliseconds that each seat has left for all its moves, if the clock limits that' }),
  moveLeft: list(left)
    .optional()
    .meta({ description: 'milliseconds that each seat has left for its move, if the clock limits that; all of them if it is not to move' }),
})

const snapshot = {
  table,
  game: text.meta({ description: 'the name of the rules, which `games` lists as `rules`; a command with a `game` accepts it, too' }),
  seat: seat.optional().meta({ description: 'missing for a watcher' }),
  names: list(text),
  ...terms,
  token: text.optional().meta({ description: 'resumes this seat through any connection' }),
  n: seen.optional().meta({ description: 'the number of the last event; missing until the first event of the table is logged' }),
  sight: sight.optional(),
  offers: list(seat).optional().meta({ description: 'the seats with an unanswered offer of a draw, or of a rematch if the game is over' }),
}

const board = { cells: 'O---X----', size: 3, turn: 0, last: 5 }
const seenBoard = { view: board, turn: true, toMove: [0], left: [291_500, 288_000] }
const watched = { table: 17, game: 'tictactoe', names: samples.names, ...samples.terms }
const held = { table: 17, game: 'tictactoe', seat: 0, names: samples.names, ...samples.terms, token: samples.seatToken }

const seated = message(
  'seated',
  'This client has a seat at a table: the seek of this user has found an opponent, a rematch begins, or this answers `resume`.',
  { id: id.optional(), ...snapshot },
  held,
)
const watching = message(
  'watching',
  'This client watches this table from now on.',
  { id: id.optional(), ...snapshot },
  { id: 9, ...watched, n: 3, sight: { ...seenBoard, turn: false }, offers: [1] },
)
const resync = message(
  'resync',
  'Answers `resume` if the client has missed too many events to send them again: the current state of the table.',
  { id: id.optional(), ...snapshot },
  { id: 11, ...held, n: 412, sight: seenBoard },
)

/** The messages from the server about tables. */
export const tableMessages = [
  seated,
  watching,
  message(
    'event',
    'An event at a table. The events of a table are numbered without a gap.',
    {
      table,
      n: seen,
      at: time,
      what: visibleEvent.meta({
        description: '`reseeded`: random numbers follow from a new seed after this event; the server sends the seed to no client',
      }),
      sight: sight.optional().meta({ description: 'present if the view of this client has changed' }),
    },
    { table: 17, n: 3, at: 1_709_212_800_000, what: { type: 'moved', seat: 1 }, sight: seenBoard },
  ),
  resync,
  message(
    'recorded',
    'The ladder counts a finished game.',
    {
      table,
      game: text,
      changes: list(z.strictObject({ name: text, before: score.optional(), after: score })).meta({
        description:
          'the ratings, or the points if the game gives points, of the players on the ladder; `before` is missing after a first game',
      }),
    },
    {
      table: 17,
      game: 'tictactoe',
      changes: [
        { name: 'ada', before: 1500, after: 1580.5 },
        { name: 'alan', after: 1400 },
      ],
    },
  ),
  message(
    'finished',
    'A game of this user has ended at a table that this connection does not follow. `recorded` follows if the game is rated.',
    { ...finishedGame, seat },
    {
      table: 17,
      game: 'tictactoe',
      names: samples.names,
      seat: 0,
      outcome: { winners: [0], left: 1, resigned: true },
      rated: true,
      at: 1_709_212_800_000,
    },
  ),
  message(
    'closed',
    'The server closes a table for this client, and sends no further events of it.',
    { table, message: text },
    { table: 17, message: 'the server was stopped' },
  ),
] as const

/** Converts the snapshot of a table to the fields of a message. */
export function toSnapshotFields(snapshot: TableSnapshot) {
  const { table, game, seat, names, token, now, offers } = snapshot
  return {
    table,
    game: game.name,
    names: [...names],
    ...toTerms(snapshot),
    ...(seat === undefined ? {} : { seat }),
    ...(token === undefined ? {} : { token }),
    ...(now ? { n: now.n, sight: now.sight } : {}),
    ...(offers ? { offers } : {}),
  }
}

const OTHER_SEAT: LobbyRefusal = { code: 'bad-message', refused: 'resume takes either a token or a table' }

/** The commands about tables, besides acts and talk. */
export const tableCommands = [
  command(
    'watch',
    'Watches a table. The answer is `watching`.',
    { table },
    {
      example: { id: 9, table: 17 },
      cost: 4,
      answer: watching.schema,
      run(lobby, given) {
        const found = lobby.watch(given.table)
        return isRefusal(found) ? found : toAnswer(watching, toSnapshotFields(found))
      },
    },
  ),
  command(
    'leave',
    'Leaves a table that this client watches, or whose game is over.',
    { table },
    { example: { id: 10, table: 17 }, cost: 0, answer: ok.schema, run: (lobby, given) => done(lobby.leave(given.table)) },
  ),
  command(
    'resume',
    'Resumes a seat: by its token, or by its table if the seat belongs to this user. With `after`, the server first sends the missed events.',
    { token: z.string().max(100).optional(), table: table.optional(), after: seen.optional() },
    {
      example: { id: 11, token: samples.seatToken, after: 2 },
      cost: 9,
      answer: z.union([seated.schema, resync.schema]),
      async run(lobby, { token, table, after }) {
        if ((token === undefined) === (table === undefined)) return OTHER_SEAT
        const resumed = table === undefined ? await lobby.resume(token ?? '', after) : await lobby.resumeSeat(table, after)
        if (isRefusal(resumed)) return resumed
        const fields = toSnapshotFields(resumed)
        return resumed.resync ? toAnswer(resync, fields) : toAnswer(seated, fields)
      },
    },
  ),
  command(
    'play',
    'Makes a move, in the notation of the game. `ok` means that the move is persisted. With `after`, the server refuses the move if this client can see a later event.',
    { table, move: z.string().max(1000), after: seen.optional() },
    {
      example: { id: 12, table: 17, move: '1', after: 3 },
      cost: 0,
      answer: ok.schema,
      run: async (lobby, given) => done(await lobby.play(given.table, given.move, given.after)),
    },
  ),
] as const
