import { z } from 'zod'
import { type RefusalCode, refusalCodes } from '../hall/api.ts'
import { BOUNDS, type NumberRange } from '../hall/bounds.ts'

/** Version of the native protocol. It changes when a client of the version before would no longer understand the server. */
export const VERSION = 1

const list = <Kind extends z.ZodType>(kind: Kind) => z.array(kind).readonly()
const whole = ({ min, max }: NumberRange) => z.int().min(min).max(max)
/** A whole number from 0 on, without a practical upper bound. */
const count = whole({ min: 0, max: Number.MAX_SAFE_INTEGER })
const table = whole(BOUNDS.table).meta({ description: 'the number of a table' })
const seat = whole(BOUNDS.seat).meta({ description: 'a place at a table, counted from 0; the player in seat 0 begins' })
const name = z.string().min(1).max(80)
const password = z.string().min(1).max(512)
const secret = z.string().max(100)
const game = z.string().max(40)
const setting = z.number().min(BOUNDS.setting.min).max(BOUNDS.setting.max)
const settings = z.record(z.string().max(40), setting)
const clock = z
  .strictObject({ total: whole(BOUNDS.total), turn: whole(BOUNDS.turn) })
  .partial()
  .meta({ description: 'milliseconds that one seat has: `total` for all its moves, `turn` for each; with neither, there is no clock' })
/** The clock of a table. It has no bounds, because an older version with other bounds may have set it. */
const tableClock = z.strictObject({ total: count, turn: count }).partial().meta({ description: 'in milliseconds, as in `seek`' })
const seen = whole(BOUNDS.event).meta({ description: 'the number of the last event of the table that the client has received' })
const code = z.enum(Object.keys(refusalCodes) as RefusalCode[])
/** The schema of a command's `id`, which the answer repeats. */
export const CommandId = z.union([whole(BOUNDS.id), z.string().max(64)])
const id = CommandId.meta({ description: 'a whole number from 0 on, or a text of at most 64 characters; the answer repeats it' })
/** Milliseconds since the Unix epoch, up to the maximum of a JavaScript date. */
const time = z.number().min(0).max(8.64e15).meta({ description: 'milliseconds since the Unix epoch' })
const left = z.number().min(0).max(BOUNDS.total.max)

const outcome = z.strictObject({
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

/** A table at one moment, as one seat or a watcher sees it. */
const sight = z.strictObject({
  view: z.unknown().meta({ description: 'what this client may see of the game, as plain data; each game has its own form' }),
  turn: z.boolean().meta({ description: 'whether this seat may move' }),
  toMove: list(seat),
  outcome: outcome.optional(),
  left: list(left).optional().meta({ description: 'milliseconds that each seat has left for all its moves, if the clock limits that' }),
  moveLeft: list(left)
    .optional()
    .meta({ description: 'milliseconds that each seat has left for its move, if the clock limits that; all of them if it is not to move' }),
})

/** The terms of a game. */
const terms = {
  settings: settings.meta({ description: 'a missing setting has its usual value, or is withheld in a game for one player' }),
  rated: z.boolean(),
  clock: tableClock.optional(),
}

const attendance = {
  table,
  game: z.string().meta({ description: 'the name of the rules, which `games` lists as `rules`; a command with a `game` accepts it, too' }),
  seat: seat.optional().meta({ description: 'missing for a watcher' }),
  names: list(z.string()),
  ...terms,
  token: z.string().optional().meta({ description: 'resumes this seat through any connection' }),
  n: seen.optional().meta({ description: 'the number of the last event; missing until the first event of the table is logged' }),
  sight: sight.optional(),
  offers: list(seat).optional().meta({ description: 'the seats with an unanswered offer of a draw, or of a rematch if the game is over' }),
}

const what = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['opened', 'suspended', 'reseeded']) }),
  z.strictObject({ type: z.enum(['moved', 'declined', 'gone', 'back', 'revoked']), seat }),
  z.strictObject({ type: z.literal('offered'), seat, what: z.enum(['draw', 'rematch']) }),
  z.strictObject({ type: z.literal('said'), name: z.string(), seat: seat.optional(), text: z.string() }),
  z.strictObject({ type: z.literal('ended'), outcome }),
  z.strictObject({ type: z.literal('continued'), table }),
])

const tableInfo = z.strictObject({
  table,
  game: z.string(),
  names: list(z.string()),
  ...terms,
  away: list(seat).optional().meta({ description: 'the seats whose players are disconnected; missing if there are none' }),
  watchers: count,
  over: z.boolean(),
})
/** An open seek. */
const seek = { name: z.string(), game: z.string(), ...terms }
/** A rating, or points if the game gives points. */
const score = z.number().min(-1e9).max(1e9)
const ladderRow = { rank: count, name: z.string(), score, games: count }

/** A finished game in the history of a user. */
const finished = {
  table,
  game: z.string(),
  names: list(z.string()),
  seat: seat.meta({ description: 'the seat of the user whose history it is' }),
  outcome,
  points: list(score).optional().meta({ description: 'the points that each seat has gained, if the game gives points' }),
  rated: z.boolean(),
  at: time.meta({ description: 'when the game ended, in milliseconds since the Unix epoch' }),
}

const challenger = name.optional().meta({ description: 'the user whose challenge it is; may be missing if there is only one challenge' })
const replace = z
  .boolean()
  .optional()
  .meta({ description: 'cancels the open seek of this user first; without it, the server refuses the command while a seek is open' })

/** The schema of a message from the client. Each may have an `id`, which its answer repeats. */
function command<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), id: id.optional(), ...shape }).meta({ description: about })
}

function message<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), ...shape }).meta({ description: about })
}

/** The schema of a message from the client. The server answers each once: with `ok`, with `error`, or with the message that it requests. */
export const ToServer = z.discriminatedUnion('type', [
  command(
    'enter',
    'Logs in. A registered name needs its password. The name of a guest who is online, or whose seat is held, needs its secret.',
    {
      name,
      password: password.optional(),
      secret: secret.optional().meta({ description: 'the secret from `entered`; an earlier connection of this guest loses the name' }),
      again: z.boolean().optional().meta({ description: 'has no effect; an earlier version used it to take over the name of any guest' }),
    },
  ),
  command('register', 'Registers a name and logs in under it.', { name, password }),
  command('password', 'Changes the password, and ends all sessions, all other connections and all seat tokens; `ok` has the numbers.', {
    old: password,
    password,
  }),
  command(
    'unregister',
    'Deletes the registered name of this user and everything that belongs to it. Finished games stay, with the name, in the histories of the opponents. The client has to log in again.',
    { password },
  ),
  command('session', 'Requests a session: a token that logs a registered user in without the password. The answer is `session`.', {}),
  command('return', 'Logs in with the token of a session. The answer is `entered`.', { session: z.string().max(100) }),
  command('logout', 'Ends a session: its token is no longer valid.', { session: z.string().max(100) }),
  command('games', 'Requests the list of games. The answer is `games`.', {}),
  command('lobby', 'Requests the users online, the open seeks and the tables, up to 100 of each. The answer is `lobby`.', {
    from: whole(BOUNDS.place)
      .optional()
      .meta({ description: 'the number of items to skip in each list: 0, 100, 200 for the first three pages' }),
  }),
  command('ladder', 'Requests the top of the ladder of a game, and the place of this user on it. The answer is `ladder`.', {
    game,
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('history', 'Requests the finished games of a user, the newest first. The answer is `history`.', {
    name: name.optional().meta({ description: 'the name of the user; if it is missing, this user' }),
    from: whole(BOUNDS.place).optional().meta({ description: 'the number of items to skip' }),
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('seek', 'Opens a seek. When an opponent is found, the server sends `seated`. For a private seek, `ok` has its invitation code.', {
    game,
    settings: settings.optional(),
    against: name.optional(),
    private: z.boolean().optional(),
    rated: z.boolean().optional(),
    clock: clock.optional(),
    seats: z
      .array(seat)
      .min(1)
      .max(BOUNDS.seat.max + 1)
      .refine((seats) => new Set(seats).size === seats.length, 'must have each seat once')
      .readonly()
      .optional()
      .meta({ description: 'the seats that this user accepts, each once' }),
    wait: z
      .union([whole(BOUNDS.wait), z.null()])
      .optional()
      .meta({ description: 'milliseconds until the house becomes the opponent; null for never' }),
    replace,
  }),
  command('cancel', 'Cancels the open seek.', {}),
  command('join', 'Joins the user whose private seek has this code.', { code: z.string().max(100), replace }),
  command('accept', 'Accepts a challenge: a seek that names this user. Cancels the open seek of this user. Then `seated` follows.', {
    name: challenger,
  }),
  command('refuse', 'Refuses a challenge: a seek that names this user. The server cancels that seek and sends its owner `refused`.', {
    name: challenger,
  }),
  command('watch', 'Watches a table. The answer is `watching`.', { table }),
  command('leave', 'Leaves a table that this client watches, or whose game is over.', { table }),
  command(
    'resume',
    'Resumes a seat: by its token, or by its table if the seat belongs to this user. With `after`, the server first sends the missed events.',
    {
      token: z.string().max(100).optional(),
      table: table.optional(),
      after: seen.optional(),
    },
  ),
  command(
    'play',
    'Makes a move, in the notation of the game. `ok` means that the move is persisted. With `after`, the server refuses the move if this client can see a later event.',
    {
      table,
      move: z.string().max(1000),
      after: seen.optional(),
    },
  ),
  command('say', 'Sends a chat message to a table.', { table, text: z.string().max(1000) }),
  command('tell', 'Sends a message to another user who is online. That user receives `told`.', { name, text: z.string().max(1000) }),
  command(
    'mute',
    'Mutes a user who is online or registered, until this connection ends. The server delivers no message and no seek from that user, even under another name on the same connection.',
    { name },
  ),
  command('unmute', 'Ends the muting of a user.', { name }),
  command('watchers', 'Requests the watchers of a table. The answer is `watchers`.', {
    table,
    from: whole(BOUNDS.place).optional().meta({ description: 'the number of items to skip' }),
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('offer', 'Offers a draw, or a rematch if the game is over. If the opponent has offered, this accepts the offer.', { table }),
  command('decline', 'Declines the offer of the opponent.', { table }),
  command('resign', 'Resigns a game.', { table }),
  command(
    'claim',
    'Claims a win: the opponent has been disconnected for 30 seconds or, in a game without a clock, has not moved for 5 minutes. Earlier claims get the error `not-now`.',
    { table },
  ),
  command('abort', 'Ends a game without a result. It is possible whenever `claim` is.', { table }),
  command('ping', 'Checks that the server responds. The answer is `pong`.', {}),
  command('quit', 'Ends the conversation. The server answers `ok` and closes the connection.', {}),
])

/** The schema of a message from the server. */
export const ToClient = z.discriminatedUnion('type', [
  message('hello', 'The first message of the server.', { version: count, software: z.string(), name: z.string().optional() }),
  message('ok', 'The server has executed a command.', {
    id: id.optional(),
    code: z.string().optional().meta({ description: 'the invitation code of a private seek, in words that are easy to say aloud' }),
    near: list(z.strictObject(seek))
      .optional()
      .meta({ description: 'a few other open seeks for the same game, which differ from this one only in their terms' }),
    connections: count.optional().meta({ description: 'the number of other connections of the account that the server has closed' }),
    sessions: count.optional().meta({ description: 'the number of sessions of the account that the server has ended' }),
  }),
  message('error', 'The server refuses a command and changes nothing, or the line is not a valid command.', {
    id: id.optional(),
    code: code.meta({ description: 'the error code, which does not change between versions' }),
    message: z.string().meta({ description: 'a sentence for people, which may change' }),
    proposal: z.string().optional().meta({ description: 'a free name, if the requested name is taken' }),
  }),
  message('entered', 'The client is logged in under this name.', {
    id: id.optional(),
    name: z.string(),
    registered: z.boolean(),
    tables: list(table),
    secret: secret
      .optional()
      .meta({ description: 'logs this guest in again under the same name, through any connection; a later secret replaces it' }),
  }),
  message('session', 'A session: a token that logs this user in without the password.', {
    id: id.optional(),
    session: z.string(),
    until: time,
  }),
  message('games', 'The games on this server.', {
    id: id.optional(),
    games: list(
      z.strictObject({
        game: z.string(),
        title: z.string(),
        rules: z.string().meta({ description: 'the name of the rules, which `seated`, `watching` and `recorded` have as `game`' }),
        seats: z.strictObject({ min: count, max: count }),
        moves: z.string(),
        settings: z.record(z.string(), z.strictObject({ min: setting, max: setting, usual: setting, about: z.string() })),
      }),
    ),
  }),
  message('lobby', 'The users online, the open seeks, and the tables.', {
    id: id.optional(),
    people: list(z.strictObject({ name: z.string(), registered: z.boolean(), tables: list(table) })),
    seekers: list(z.strictObject({ ...seek, against: z.string().optional() })),
    tables: list(tableInfo),
    total: z
      .strictObject({ people: count, seekers: count, tables: count })
      .meta({ description: 'the total number of items; the message has one page of them' }),
  }),
  message('ladder', 'The top of the ladder of a game, and the place of this user.', {
    id: id.optional(),
    game: z.string(),
    best: list(z.strictObject(ladderRow)).meta({ description: 'also empty if the game has no ladder' }),
    own: z.strictObject({ ...ladderRow, of: count }).optional(),
  }),
  message('history', 'Finished games of a user, the newest first. The server stores the last 200 of each user.', {
    id: id.optional(),
    name: z.string(),
    games: list(z.strictObject(finished)),
    total: count.meta({ description: 'the total number of items; the message has one page of them' }),
  }),
  message(
    'sought',
    'A user challenges this one by name. The server also sends it after login for each challenge that is already open. Answer with `accept` or `refuse`, or with a `seek` with the same terms `against` this name.',
    seek,
  ),
  message('withdrawn', 'The challenge of this user is no longer open.', seek),
  message('refused', 'The challenged user, `name`, refuses. The server has cancelled the seek.', seek),
  message('told', 'A message from another user, `name`.', { name: z.string(), text: z.string() }),
  message('watchers', 'The watchers of a table.', {
    id: id.optional(),
    table,
    names: list(z.string()),
    total: count.meta({ description: 'the total number of items; the message has one page of them' }),
  }),
  message('seated', 'This client has a seat at a table: the seek has found an opponent, or this answers `resume`.', {
    id: id.optional(),
    ...attendance,
  }),
  message('watching', 'This client watches this table from now on.', { id: id.optional(), ...attendance }),
  message('event', 'An event at a table. The events of a table are numbered without a gap.', {
    table,
    n: seen,
    at: time,
    what: what.meta({ description: '`reseeded`: random draws use a new seed from this event on, which the server tells no client' }),
    sight: sight.optional().meta({ description: 'present if the view of this client has changed' }),
  }),
  message('resync', 'Answers `resume` if the client has missed too many events to send them again: the present state of the table.', {
    id: id.optional(),
    ...attendance,
  }),
  message('recorded', 'The ladder counts a finished game.', {
    table,
    game: z.string(),
    changes: list(z.strictObject({ name: z.string(), before: score.optional(), after: score })).meta({
      description:
        'the ratings, or the points if the game gives points, of the players on the ladder; `before` is missing after a first game',
    }),
  }),
  message(
    'finished',
    'A game of this user has ended at a table that this connection does not follow. `recorded` comes next if the game is rated.',
    { ...finished, seat },
  ),
  message('closed', 'The server closes a table for this client, and sends no further events of it.', { table, message: z.string() }),
  message('pong', 'The server responds.', { id: id.optional() }),
  message('bye', 'The server ends the conversation; `message` says why.', { message: z.string() }),
])

/** ToServer is a message from the client. */
export type ToServer = z.infer<typeof ToServer>
/** ToClient is a message from the server. */
export type ToClient = z.infer<typeof ToClient>
