import { z } from 'zod'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { browseMessages } from '../../native/commands/browse.ts'
import { recordFields, recordMessages } from '../../native/commands/records.ts'
import { from, game, limit, name, table, text, time, total } from '../../native/fields.ts'

/*
 * The schemas of the read API. A list has the same form as in the native protocol, without the fields of a message. The routes check
 * requests and answers by these schemas, and the server generates the OpenAPI document from them.
 */

const [games, lobby, ladder, history] = browseMessages
const [recent] = recordMessages
const numeric = <Schema extends z.ZodType<number, number>>(schema: Schema) =>
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(schema)

/** Default and maximum number of events in a page of a record. */
const EVENTS = { usual: 200, most: 500 }
/** Default number of rows of any other page. */
const ROWS = 50

/** The query of a page of a list. */
export const PageQuery = z.strictObject({
  from: numeric(from).default(0).meta({ description: 'the number of items to skip' }),
  limit: numeric(limit).default(ROWS).meta({ description: 'the maximum number of items' }),
})
/** The query of a ladder. */
export const LadderQuery = PageQuery.pick({ limit: true })
/** The query that selects a page of a game's events. */
export const RecordQuery = z.strictObject({
  after: numeric(z.int().max(BOUNDS.event.max)).default(0).meta({ description: 'the number of the last event that the client has' }),
  limit: numeric(z.int().min(1).max(EVENTS.most)).default(EVENTS.usual).meta({ description: 'the maximum number of events' }),
  boards: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: '`true` requests the boards as text, for clients that do not support the game' }),
})
export const GamePath = z.strictObject({ game })
export const UserPath = z.strictObject({ name })
export const TablePath = z.strictObject({ table: numeric(table) })

/** The body of a login. */
export const Login = z.strictObject({ name, password: z.string().min(1).max(512) })
/** The answer to a login; only the cookie has the token. */
export const LoggedIn = z.strictObject({
  name: text,
  key: text.meta({ description: 'the name of the session in the list of sessions; no client can log in with the key' }),
  until: time.meta({ description: 'when the session ends, in milliseconds since the Unix epoch' }),
})

/** The answer to a request that the server refuses. */
export const Refused = z
  .strictObject({
    code: text.meta({ description: 'an error code, which does not change between versions' }),
    message: text.meta({ description: 'a sentence for people, which may change' }),
  })
  .meta({ description: 'The server refuses the request.' })

/** The games of the server. */
export const Games = games.schema.pick({ games: true }).meta({ description: 'The games on this server.' })
/** A page of the open tables. */
export const Tables = z
  .strictObject({ tables: lobby.schema.shape.tables, total })
  .meta({ description: 'The public tables with a game under way.' })
/** The top of a ladder. */
export const GameLadder = ladder.schema.pick({ game: true, best: true }).meta({ description: 'The top of the ladder of a game.' })
/** A page of the finished games of a user. */
export const UserGames = history.schema
  .pick({ name: true, games: true, total: true })
  .meta({ description: 'The finished public games of a user, with the newest game first.' })

/** A page of the finished games of all users. */
export const RecentGames = recent.schema
  .pick({ games: true, total: true })
  .meta({ description: 'The finished public games of all users, with the last finished game first.' })

/** The record of a finished game. */
export const FinishedRecord = z
  .strictObject(recordFields)
  .meta({ description: 'A finished public game, event by event, in the view of a watcher.' })

/** The record of a finished game as text. */
export const RecordText = text.meta({ description: 'The terms, the moves in the notation of the game, and the board at the end.' })

/** Whether the server has a class console, and whether the client may see it. */
export const ClassAccess = z.strictObject({
  lab: z.boolean().meta({ description: 'true if the server has started with `lab`' }),
  operator: z.boolean().meta({ description: 'true if the request has the cookie of the operator' }),
})
/** The body of a login as the operator. */
export const OperatorLogin = Login.pick({ password: true })
/** The answer to a login as the operator; only the cookie has the token. */
export const OperatorLoggedIn = LoggedIn.pick({ until: true })
/** All connections of the class as a file. */
export const ClassFile = text.meta({ description: 'One row, or one test case, per connection.' })
