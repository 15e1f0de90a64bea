import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import type { EndedConnections, Lobby, LobbyRefusal } from '../../hall/api.ts'
import { costs } from '../../hall/login-costs.ts'
import { type AnswerOf, command, done, message, ok, toAnswer } from '../declaration.ts'
import { id, link, list, name, samples, secret, table, text, time } from '../fields.ts'

const password = z.string().min(1).max(512)
/** The token of a login session, from a client. */
const session = z.string().max(100)
const sessionKey = text.meta({ description: 'the name of the session for its owner; no client can log in with the key' })
/** The key of a session, from a client. */
const givenKey = z.string().max(40)

const entered = message(
  'entered',
  'The client has logged in under this name.',
  {
    id: id.optional(),
    name: text,
    registered: z.boolean(),
    tables: list(table),
    secret: secret
      .optional()
      .meta({ description: 'logs this guest in again under the same name, through any connection; a later secret replaces it' }),
  },
  { id: 1, name: 'ada', registered: false, tables: [], secret: '5M1PZ8E0GQ7YV3KXT4C9RJ2WHB' },
)

const opened = message(
  'session',
  'A session: a token that logs this user in without the password.',
  { id: id.optional(), session: text, key: sessionKey, until: time },
  { id: 2, session: samples.sessionToken, key: samples.sessionKey, until: 1_711_804_800_000 },
)

const sessions = message(
  'sessions',
  'The sessions of the account, with the last used session first, and its connections without a session.',
  {
    id: id.optional(),
    sessions: list(
      z.strictObject({
        key: sessionKey,
        since: time.meta({ description: 'when the session was opened' }),
        used: time.meta({ description: 'when a client last logged in with the session, to the minute' }),
        until: time.meta({ description: 'when the session ends' }),
        links: list(link).meta({ description: 'the connections that the session has logged in' }),
        current: z.literal(true).optional().meta({ description: 'true for the session by which this connection is logged in' }),
      }),
    ),
    connections: list(link).meta({ description: 'the connections of the account that have logged in with the password' }),
  },
  {
    id: 2,
    sessions: [
      {
        key: samples.sessionKey,
        since: 1_709_212_800_000,
        used: 1_709_299_200_000,
        until: 1_711_804_800_000,
        links: [{ program: 'parlor/web', transport: 'websocket', port: 8080 }],
        current: true,
      },
    ],
    connections: [{ program: 'parlor/door', transport: 'tcp', port: 4000 }],
  },
)

/** The messages from the server about the user. */
export const accountMessages = [entered, opened, sessions] as const

function toEntered({ me }: Lobby) {
  return toAnswer(entered, { name: me?.name ?? '', registered: me?.registered ?? false, tables: [...(me?.tables ?? [])] })
}

function toEndedCount(ended: EndedConnections | LobbyRefusal): AnswerOf<typeof ok.schema> {
  return isRefusal(ended) ? ended : toAnswer(ok, { connections: ended.connections, sessions: ended.sessions })
}

/** The commands about the user. */
export const accountCommands = [
  command(
    'enter',
    'Logs in. A registered name needs its password. The name of a guest who is online, or whose seat the server holds, needs its secret.',
    {
      name,
      password: password.optional(),
      secret: secret.optional().meta({ description: 'the secret from `entered`; an earlier connection of this guest loses the name' }),
      again: z
        .boolean()
        .optional()
        .meta({ description: 'has no effect; in an earlier version, a client could take over the name of any guest with it' }),
    },
    {
      example: { id: 1, name: 'ada' },
      cost: costs.enter,
      answer: entered.schema,
      async run(lobby, given) {
        const credentials = {
          ...(given.password === undefined ? {} : { password: given.password }),
          ...(given.secret === undefined ? {} : { secret: given.secret }),
        }
        const refusal = await lobby.enter(given.name, credentials)
        if (refusal) return refusal
        const { reconnectSecret } = lobby
        return { ...toEntered(lobby), ...(reconnectSecret === undefined ? {} : { secret: reconnectSecret }) }
      },
    },
  ),
  command(
    'register',
    'Registers a name and logs in under this name.',
    { name, password },
    {
      example: { id: 1, name: 'ada', password: 'engine-1843' },
      cost: costs.register,
      answer: entered.schema,
      run: async (lobby, given) => (await lobby.register(given.name, given.password)) ?? toEntered(lobby),
    },
  ),
  command(
    'password',
    'Changes the password, and ends all sessions, all other connections and all seat tokens; `ok` has the numbers of ended sessions and connections.',
    { old: password, password },
    {
      example: { id: 2, old: 'engine-1843', password: 'looms and numbers' },
      cost: 19,
      answer: ok.schema,
      run: async (lobby, given) => toEndedCount(await lobby.changePassword(given.old, given.password)),
    },
  ),
  command(
    'unregister',
    'Deletes the registered name of this user and everything that belongs to it. Finished games stay, with the name, in the histories of the opponents. The client has to log in again.',
    { password },
    {
      example: { id: 2, password: 'looms and numbers' },
      cost: 19,
      answer: ok.schema,
      run: async (lobby, given) => toEndedCount(await lobby.unregister(given.password)),
    },
  ),
  command(
    'session',
    'Requests a session: a token that logs a registered user in without the password. The answer is `session`.',
    {},
    {
      example: { id: 2 },
      cost: 49,
      answer: opened.schema,
      async run(lobby) {
        const result = await lobby.openSession()
        return isRefusal(result) ? result : toAnswer(opened, result)
      },
    },
  ),
  command(
    'return',
    'Logs in with the token of a session. The answer is `entered`.',
    { session },
    {
      example: { id: 2, session: samples.sessionToken },
      cost: 4,
      answer: entered.schema,
      run: async (lobby, given) => (await lobby.enterBySession(given.session)) ?? toEntered(lobby),
    },
  ),
  command(
    'logout',
    'Ends a session: its token is no longer valid.',
    { session },
    {
      example: { id: 2, session: samples.sessionToken },
      cost: 0,
      answer: ok.schema,
      run: async (lobby, given) => done(await lobby.closeSession(given.session)),
    },
  ),
  command(
    'sessions',
    'Requests the sessions of the account of this user. The answer is `sessions`.',
    {},
    {
      example: { id: 2 },
      cost: 9,
      answer: sessions.schema,
      async run(lobby) {
        const found = await lobby.listSessions()
        return isRefusal(found) ? found : toAnswer(sessions, found)
      },
    },
  ),
  command(
    'revoke',
    'Ends sessions of the account, and the connections that these sessions have logged in: with `key`, one session; without `key`, all sessions except the session of this connection, and all connections without a session. This connection stays, and the tokens of seats stay valid. `ok` has the numbers.',
    {
      key: givenKey.optional().meta({ description: 'the session to end' }),
      except: givenKey.optional().meta({
        description: 'without `key`: a session that stays, in addition to the session of this connection',
      }),
    },
    {
      example: { id: 2, key: samples.sessionKey },
      cost: 19,
      answer: ok.schema,
      run: async (lobby, { key, except }) => toEndedCount(await lobby.endSessions(key === undefined ? { except } : { key })),
    },
  ),
] as const
