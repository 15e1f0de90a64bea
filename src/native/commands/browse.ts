import { z } from 'zod'
import type { Catalog } from '../../games/catalog.ts'
import { isRefusal } from '../../games/game.ts'
import type { LadderRow } from '../../hall/api.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import {
  count,
  finishedGame,
  from,
  game,
  id,
  limit,
  link,
  list,
  name,
  samples,
  score,
  seat,
  seekInfo,
  setting,
  table,
  terms,
  text,
  total,
} from '../fields.ts'

/** Default number of rows of a ladder or history. */
const ROWS = 10
/** Maximum number of items of each list in `lobby`. */
const LISTED = 100

const tableInfo = z.strictObject({
  table,
  game: text,
  names: list(text),
  ...terms,
  away: list(seat).optional().meta({ description: 'the seats whose players are disconnected; missing if there are no such seats' }),
  watchers: count,
  over: z.boolean(),
})
const person = z.strictObject({
  name: text,
  registered: z.boolean(),
  tables: list(table),
  links: list(link).optional().meta({ description: 'the connections of the user' }),
})
const seeker = z.strictObject({ ...seekInfo, against: text.optional() })
const totals = z
  .strictObject({ people: count, seekers: count, tables: count })
  .meta({ description: 'the total number of items, of which the message has one page' })
const ladderRow = { rank: count, name: text, score, games: count }

const games = message(
  'games',
  'The games on this server.',
  {
    id: id.optional(),
    games: list(
      z.strictObject({
        game: text,
        title: text,
        rules: text.meta({ description: 'the name of the rules, which `seated`, `watching` and `recorded` have as `game`' }),
        seats: z.strictObject({ min: count, max: count }),
        moves: text,
        settings: z.record(text, z.strictObject({ min: setting, max: setting, usual: setting, about: text })),
      }),
    ),
  },
  {
    id: 3,
    games: [
      {
        game: 'tictactoe',
        title: 'tic-tac-toe: three marks in a row win; on a larger board, a full row',
        rules: 'tictactoe',
        seats: { min: 2, max: 2 },
        moves: 'the number of a free cell',
        settings: { size: { min: 2, max: 20, usual: 3, about: 'cells in a row' } },
      },
    ],
  },
)

const lobbyPage = message(
  'lobby',
  'The users online, the open seeks, and the tables.',
  {
    id: id.optional(),
    people: list(person),
    seekers: list(seeker),
    tables: list(tableInfo),
    total: totals,
  },
  {
    id: 4,
    people: [{ name: 'ada', registered: false, tables: [17], links: [{ program: 'parlor/door', transport: 'tcp', port: 4000 }] }],
    seekers: [{ name: 'alan', game: 'scissors', settings: {}, rated: false, clock: { turn: 30_000 } }],
    tables: [{ table: 17, game: 'tictactoe', names: samples.names, ...samples.terms, watchers: 1, over: false }],
    total: { people: 1, seekers: 1, tables: 1 },
  },
)

const changed = message(
  'changed',
  'The first page of the lobby has changed, for a client that has sent `subscribe`. The server sends at most one such message a second.',
  {
    people: list(person).meta({ description: 'the users who are new on the page or have changed, by name' }),
    peopleGone: list(text).meta({ description: 'the names of the users who are no longer on the page' }),
    tables: list(tableInfo).meta({ description: 'the tables that are new on the page or have changed, by number' }),
    tablesGone: list(table).meta({ description: 'the numbers of the tables that are no longer on the page' }),
    seekers: list(seeker).optional().meta({ description: 'all open seeks of the page; missing if they have not changed' }),
    total: totals,
  },
  { people: [], peopleGone: ['alan'], tables: [], tablesGone: [16], seekers: [], total: { people: 1, seekers: 0, tables: 1 } },
)

const ladder = message(
  'ladder',
  'The top of the ladder of a game, and the place of this user.',
  {
    id: id.optional(),
    game: text,
    best: list(z.strictObject(ladderRow)).meta({ description: 'also empty if the game has no ladder' }),
    own: z.strictObject({ ...ladderRow, of: count }).optional(),
  },
  {
    id: 5,
    game: 'tictactoe',
    best: [{ rank: 1, name: 'grace', score: 1662.3, games: 12 }],
    own: { rank: 4, name: 'ada', score: 1500, games: 3, of: 9 },
  },
)

const historyRow = {
  ...finishedGame,
  score: score.optional().meta({
    description:
      'the rating of the user after the game or, in a game with points, all points of the user; missing if the ladder does not count the game',
  }),
}

const history = message(
  'history',
  'Finished games of a user, with the newest game first. The server stores the last 200 games of each user.',
  { id: id.optional(), name: text, games: list(z.strictObject(historyRow)), total },
  {
    id: 5,
    name: 'grace',
    games: [
      {
        ...{ table: 12, game: 'tictactoe', names: samples.names, seat: 1 },
        ...{ outcome: { winners: [1] }, rated: true, at: 1_709_212_800_000, score: 1580.5 },
      },
    ],
    total: 1,
  },
)

/** The messages from the server that list games, users, seeks and tables. */
export const browseMessages = [games, lobbyPage, ladder, history, changed] as const

/** Returns the games of a server in the form of the protocol. */
export function toGameRows({ entries }: Catalog): z.infer<typeof games.schema>['games'] {
  return entries.map(({ name, title, game, moves, settings }) => ({
    game: name,
    title,
    rules: game.name,
    seats: game.seats,
    moves,
    settings,
  }))
}

/** Returns the fields of a row that the protocol has. */
export function toRow({ rank, name, score, games }: LadderRow): LadderRow {
  return { rank, name, score, games }
}

/** The commands that list games, users, seeks and tables. */
export const browseCommands = [
  command(
    'games',
    'Requests the list of games. The answer is `games`.',
    {},
    {
      example: { id: 3 },
      cost: 9,
      answer: games.schema,
      run: (lobby) => toAnswer(games, { games: toGameRows(lobby.catalog) }),
    },
  ),
  command(
    'lobby',
    'Requests the users online, the open seeks and the tables, up to 100 items of each list. The answer is `lobby`.',
    { from: from.optional().meta({ description: 'the number of items to skip in each list: 0, 100, 200 for the first three pages' }) },
    {
      example: { id: 4, from: 0 },
      cost: 9,
      answer: lobbyPage.schema,
      run(lobby, { from = 0 }) {
        const range = { from, count: LISTED }
        const [people, seekers, tables] = [lobby.listPeople(range), lobby.listSeeks(range), lobby.listTables(range)]
        const total = { people: people.total, seekers: seekers.total, tables: tables.total }
        return toAnswer(lobbyPage, { people: people.items, seekers: seekers.items, tables: tables.items, total })
      },
    },
  ),
  command(
    'subscribe',
    'Subscribes to the lobby, until `unsubscribe`: the answer is `lobby`, and `changed` reports each change of these lists.',
    {},
    {
      example: { id: 4 },
      cost: 9,
      answer: lobbyPage.schema,
      run: (lobby) => toAnswer(lobbyPage, lobby.subscribe()),
    },
  ),
  command(
    'unsubscribe',
    'Ends the subscription to the lobby.',
    {},
    {
      example: { id: 4 },
      cost: 0,
      answer: ok.schema,
      run(lobby) {
        lobby.unsubscribe()
        return done(undefined)
      },
    },
  ),
  command(
    'ladder',
    'Requests the top of the ladder of a game, and the place of this user on it. The answer is `ladder`.',
    { game, limit: limit.optional() },
    {
      example: { id: 5, game: 'tictactoe', limit: 3 },
      cost: 9,
      answer: ladder.schema,
      async run(lobby, { game, limit = ROWS }) {
        const best = await lobby.ladder(game, limit)
        if (isRefusal(best)) return best
        const own = await lobby.rank(game)
        return toAnswer(ladder, { game, best: best.map(toRow), ...(own && !isRefusal(own) ? { own: { ...toRow(own), of: own.of } } : {}) })
      },
    },
  ),
  command(
    'history',
    'Requests the finished games of a user, with the newest game first. The answer is `history`.',
    {
      name: name.optional().meta({ description: 'the name of the user; by default, this user' }),
      from: from.optional().meta({ description: 'the number of items to skip' }),
      limit: limit.optional(),
    },
    {
      example: { id: 5, name: 'grace', limit: 20 },
      cost: 9,
      answer: history.schema,
      async run(lobby, { name, from = 0, limit = ROWS }) {
        const found = await lobby.history(name, { from, count: limit })
        return isRefusal(found) ? found : toAnswer(history, { name: found.name, games: found.items, total: found.total })
      },
    },
  ),
] as const
