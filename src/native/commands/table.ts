import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import { visibleEvent } from '../event-schema.ts'
import { finishedGame, id, list, samples, score, seat, seen, table, text, time } from '../fields.ts'
import { missedCommand, missedMessage } from './missed.ts'
import { resumeCommand, resync } from './resume.ts'
import { seated, seenBoard, sight, snapshot, toSnapshotFields } from './table-snapshot.ts'

const watched = { table: 17, game: 'tictactoe', names: samples.names, ...samples.terms }

const watching = message(
  'watching',
  'The client now watches this table.',
  { id: id.optional(), ...snapshot },
  { id: 9, ...watched, n: 3, sight: { ...seenBoard, turn: false }, offers: [1] },
)

const board = message(
  'board',
  'The board of a table as text, in the form of the front door, for clients that do not support the game.',
  {
    id: id.optional(),
    table,
    n: seen,
    text,
    moves: list(text)
      .optional()
      .meta({ description: 'the legal moves, if this seat may move, the game has no secrets, and there are at most 60 legal moves' }),
    last: z.strictObject({ seat, move: text }).optional().meta({ description: 'the last move, if the board shows it' }),
  },
  { id: 10, table: 17, n: 3, text: '1: ooo\n2: oo\n', moves: ['1 1', '1 2', '1 3', '2 1', '2 2'] },
)

/** The messages from the server about tables. */
export const tableMessages = [
  seated,
  watching,
  message(
    'event',
    'An event at a table. The numbers of the events of a table have no gaps.',
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
  missedMessage,
  board,
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
    'The server closes a table for this client, and sends no further events of this table.',
    { table, message: text },
    { table: 17, message: 'the server was stopped' },
  ),
] as const

/** The commands about tables, without acts and chat. */
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
  resumeCommand,
  missedCommand,
  command(
    'board',
    'Requests the board of a table as text, for a seat or a watcher. The answer is `board`.',
    { table },
    {
      example: { id: 10, table: 17 },
      cost: 4,
      answer: board.schema,
      run(lobby, given) {
        const found = lobby.board(given.table)
        return isRefusal(found) ? found : toAnswer(board, { table: given.table, ...found })
      },
    },
  ),
  command(
    'play',
    'Makes a move, in the notation of the game. `ok` means that the server has persisted the move. With `after`, the server refuses the move if this client can see a later event.',
    { table, move: z.string().max(1000), after: seen.optional() },
    {
      example: { id: 12, table: 17, move: '1', after: 3 },
      cost: 0,
      answer: ok.schema,
      run: async (lobby, given) => done(await lobby.play(given.table, given.move, given.after)),
    },
  ),
] as const
