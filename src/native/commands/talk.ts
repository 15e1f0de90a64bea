import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import { from, id, limit, link, list, name, table, text, total } from '../fields.ts'

/** Default number of watchers in the answer to `watchers`. */
const LISTED = 100

/** A chat message from a client. */
const talk = z.string().max(1000)

const watchers = message(
  'watchers',
  'The watchers of a table.',
  { id: id.optional(), table, names: list(text), total },
  { id: 13, table: 17, names: ['alan'], total: 1 },
)

const seats = message(
  'seats',
  'The owners of the seats of a table, and the connections of each owner.',
  {
    id: id.optional(),
    table,
    seats: list(
      z.strictObject({
        name: text,
        house: z.literal(true).optional().meta({ description: 'true for a seat of the house' }),
        links: list(link).meta({ description: 'the connections that hold the seat; empty if its owner is disconnected' }),
      }),
    ),
  },
  {
    id: 13,
    table: 17,
    seats: [
      { name: 'ada', links: [{ program: 'parlor/web', transport: 'websocket', port: 8080 }] },
      { name: 'tictactoe', links: [{ program: 'tjc/tictactoe', transport: 'tcp', port: 3456 }] },
    ],
  },
)

/** The messages from the server about talk, watchers and seats. */
export const talkMessages = [
  message('told', 'A message from another user, `name`.', { name: text, text }, { name: 'ada', text: 'another game?' }),
  watchers,
  seats,
] as const

/** The commands to talk, to mute users, and to list watchers and seats. */
export const talkCommands = [
  command(
    'say',
    'Sends a chat message to a table.',
    { table, text: talk },
    {
      example: { id: 13, table: 17, text: 'good luck' },
      cost: 0,
      answer: ok.schema,
      run: async (lobby, given) => done(await lobby.say(given.table, given.text)),
    },
  ),
  command(
    'tell',
    'Sends a message to another user who is online. That user receives `told`.',
    { name, text: talk },
    {
      example: { id: 13, name: 'grace', text: 'another game?' },
      cost: 4,
      answer: ok.schema,
      run: async (lobby, given) => done(await lobby.message(given.name, given.text)),
    },
  ),
  command(
    'mute',
    'Mutes a user who is online or registered, until this connection ends. The server delivers no message and no seek from that user, even under another name on the same connection.',
    { name },
    { example: { id: 13, name: 'eve' }, cost: 4, answer: ok.schema, run: async (lobby, given) => done(await lobby.mute(given.name)) },
  ),
  command(
    'unmute',
    'Ends the muting of a user.',
    { name },
    { example: { id: 13, name: 'eve' }, cost: 4, answer: ok.schema, run: (lobby, given) => done(lobby.unmute(given.name)) },
  ),
  command(
    'watchers',
    'Requests the watchers of a table. The answer is `watchers`.',
    { table, from: from.optional().meta({ description: 'the number of items to skip' }), limit: limit.optional() },
    {
      example: { id: 13, table: 17 },
      cost: 4,
      answer: watchers.schema,
      run(lobby, { table, from = 0, limit = LISTED }) {
        const page = lobby.watchers(table, { from, count: limit })
        return isRefusal(page) ? page : toAnswer(watchers, { table, names: page.items, total: page.total })
      },
    },
  ),
  command(
    'seats',
    'Requests the owners of the seats of a table, and the connections of each owner. The answer is `seats`. An event `gone` or `back` reports a change.',
    { table },
    {
      example: { id: 13, table: 17 },
      cost: 4,
      answer: seats.schema,
      run(lobby, { table }) {
        const found = lobby.seatLinks(table)
        return isRefusal(found) ? found : toAnswer(seats, { table, seats: found })
      },
    },
  ),
] as const
