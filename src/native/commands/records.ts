import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import { command, message, toAnswer } from '../declaration.ts'
import { visibleEvent } from '../event-schema.ts'
import { finishedGame, from, id, limit, list, outcome, samples, seen, table, terms, text, time, total } from '../fields.ts'

/** Default number of games, and of events of a record. */
const ROWS = { games: 10, events: 50 }

const { seat: _, ...resultFields } = finishedGame

/** The schema of one event in a record. */
const recordedEvent = z.strictObject({
  n: seen.meta({ description: 'the number of the event; the numbers have no gaps' }),
  at: time,
  what: visibleEvent,
  move: text.optional().meta({ description: 'the move in the notation of the game, if the view of a watcher shows the move' }),
  view: z.unknown().optional().meta({ description: 'the view of a watcher after the event; missing if the event does not change it' }),
  board: text.optional().meta({ description: 'with `boards`: the board after the event as text, if the event changes the view' }),
})

/** The fields of the record of a finished game. */
export const recordFields = {
  table,
  game: text,
  names: list(text),
  ...terms,
  outcome,
  events: list(recordedEvent),
  next: seen.optional().meta({ description: 'the value of `after` for the next page; missing on the last page' }),
}

const recent = message(
  'recent',
  'Finished public games of all users, with the last finished game first. The list has at most 200 games.',
  { id: id.optional(), games: list(z.strictObject(resultFields)), total },
  {
    id: 5,
    games: [{ table: 12, game: 'tictactoe', names: samples.names, outcome: { winners: [1] }, rated: true, at: 1_709_212_800_000 }],
    total: 1,
  },
)

const record = message(
  'record',
  'The record of a finished game, event by event, in the view of a watcher.',
  { id: id.optional(), ...recordFields },
  {
    id: 5,
    table: 12,
    game: 'tictactoe',
    names: samples.names,
    ...samples.terms,
    outcome: { winners: [1] },
    events: [
      { n: 2, at: 1_709_212_799_000, what: { type: 'moved', seat: 0 }, move: '5', view: { cells: '----O----', size: 3, turn: 1, last: 5 } },
    ],
    next: 2,
  },
)

/** The messages from the server about finished games. */
export const recordMessages = [recent, record] as const

/** The commands about finished games. */
export const recordCommands = [
  command(
    'recent',
    'Requests the finished public games of all users, with the last finished game first. The answer is `recent`.',
    { from: from.optional().meta({ description: 'the number of items to skip' }), limit: limit.optional() },
    {
      example: { id: 5, limit: 20 },
      cost: 9,
      answer: recent.schema,
      async run(lobby, { from = 0, limit = ROWS.games }) {
        const { items, total } = await lobby.recent({ from, count: limit })
        return toAnswer(recent, { games: items, total })
      },
    },
  ),
  command(
    'record',
    'Requests the record of a finished game: a public game, a private game that this user has played, or a private game in which the token belongs to a seat of a guest. The answer is `record`.',
    {
      table,
      after: seen.optional().meta({ description: 'the number of the last event that the client has; by default 0' }),
      limit: limit.optional().meta({ description: 'the maximum number of events; by default 50' }),
      token: z.string().max(100).optional().meta({ description: 'the token of a seat of a guest, for a private game' }),
      boards: z.boolean().optional().meta({ description: 'true for the boards as text, for a client that cannot draw the game' }),
    },
    {
      example: { id: 5, table: 12, after: 1, limit: 1 },
      cost: 19,
      answer: record.schema,
      async run(lobby, { table, after = 0, limit = ROWS.events, token, boards }) {
        const found = await lobby.record(table, { after, count: limit, boards }, token)
        return isRefusal(found) ? found : toAnswer(record, found)
      },
    },
  ),
] as const
