import { z } from 'zod'
import { BOUNDS, type Range } from '../bounds.ts'
import { type RefusalCode, refusalCodes } from '../lobby.ts'

/** The version of the native protocol: it changes when an old client would no longer understand. */
export const VERSION = 1

/** A list of some kind, which nobody changes. */
const list = <Kind extends z.ZodType>(kind: Kind) => z.array(kind).readonly()
/** A whole number within a range. */
const whole = ({ min, max }: Range) => z.int().min(min).max(max)
/** A whole number that is not negative, without a bound that anybody would reach. */
const count = whole({ min: 0, max: Number.MAX_SAFE_INTEGER })
const table = whole(BOUNDS.table).meta({ description: 'the number of a table' })
const seat = whole(BOUNDS.seat).meta({ description: 'a place at a table, counted from 0; who sits in 0 begins' })
const name = z.string().min(1).max(80)
const password = z.string().min(1).max(512)
const secret = z.string().max(100)
const game = z.string().max(40)
const setting = z.number().min(BOUNDS.setting.min).max(BOUNDS.setting.max)
const settings = z.record(z.string().max(40), setting)
const clock = z
  .strictObject({ total: whole(BOUNDS.total), turn: whole(BOUNDS.turn) })
  .partial()
  .meta({ description: 'how long one seat may take for all moves, and for each, in milliseconds; with neither, as without a clock' })
/** The clock of a table, which may be of a time with other bounds. */
const tableClock = z.strictObject({ total: count, turn: count }).partial().meta({ description: 'in milliseconds, as in `seek`' })
const seen = whole(BOUNDS.event).meta({ description: 'the number of the last event that was seen at the table' })
const code = z.enum(Object.keys(refusalCodes) as RefusalCode[])
/** The schema of what a command is called by, in its answer. */
export const CommandId = z.union([whole(BOUNDS.id), z.string().max(64)])
const id = CommandId.meta({ description: 'a whole number from 0 on, or a text of at most 64 characters; the answer has it, too' })
/** Milliseconds since the Unix epoch, as far as dates go. */
const time = z.number().min(0).max(8.64e15).meta({ description: 'milliseconds since the Unix epoch' })
/** Milliseconds that are left of some time. */
const left = z.number().min(0).max(BOUNDS.total.max)

const outcome = z.strictObject({
  winners: list(seat).meta({ description: 'nobody, in a draw or a lost game' }),
  left: seat.optional().meta({ description: 'who has left, resigned, or let the time run out' }),
  resigned: z.literal(true).optional(),
  late: z.literal(true).optional(),
  agreed: z.literal(true).optional().meta({ description: 'a draw that both wanted' }),
  aborted: z
    .literal(true)
    .optional()
    .meta({ description: 'the opponent of `left`, who was gone or did not move, has ended it without a result' }),
  abandoned: z.literal(true).optional().meta({ description: 'it was without a move for too long, and has no result; `left` was to move' }),
})

/** What a table looks like at one moment, from one seat or for who watches. */
const sight = z.strictObject({
  view: z.unknown().meta({ description: 'what is seen of the game, as plain data; each game has its own' }),
  turn: z.boolean().meta({ description: 'whether this seat may move' }),
  toMove: list(seat),
  outcome: outcome.optional(),
  left: list(left).optional().meta({ description: 'milliseconds that each seat has left for all its moves, where that is limited' }),
  moveLeft: list(left)
    .optional()
    .meta({ description: 'milliseconds that each seat has left for its move, where that is limited: all of them, for who is not to move' }),
})

/** What holds for a game between those who play it. */
const terms = {
  settings: settings.meta({ description: 'what is missing is as usual, or not told, in a game for one' }),
  rated: z.boolean(),
  clock: tableClock.optional(),
}

const attendance = {
  table,
  game: z.string().meta({ description: 'the name of its rules, as `games` has it as `rules`; what takes a game takes this, too' }),
  seat: seat.optional().meta({ description: 'missing for who watches' }),
  names: list(z.string()),
  ...terms,
  token: z.string().optional().meta({ description: 'lets its owner back to this seat, through any connection' }),
  n: seen.optional().meta({ description: 'the number of the last event; missing while the opening is not yet kept' }),
  sight: sight.optional(),
  offers: list(seat)
    .optional()
    .meta({ description: 'who has offered a draw, or a rematch when the game is over, and waits for an answer' }),
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
  away: list(seat).optional().meta({ description: 'the seats whose holders are not there; missing where all are' }),
  watchers: count,
  over: z.boolean(),
})
/** What somebody seeks who waits for company. */
const seek = { name: z.string(), game: z.string(), ...terms }
/** A rating, or points where a game gives those. */
const score = z.number().min(-1e9).max(1e9)
const ladderRow = { rank: count, name: z.string(), score, games: count }

/** A game that has ended, as a user has it. */
const finished = {
  table,
  game: z.string(),
  names: list(z.string()),
  seat: seat.meta({ description: 'of the user whose history it is' }),
  outcome,
  points: list(score).optional().meta({ description: 'what each seat has gained, in a game that is about that' }),
  rated: z.boolean(),
  at: time.meta({ description: 'when it ended, in milliseconds since the Unix epoch' }),
}

const challenger = name.optional().meta({ description: 'of the user who seeks this one; may be missing if there is only one' })
const replace = z.boolean().optional().meta({ description: 'cancels the own open seek first; else an open seek refuses another' })

/** A command as a client says it: every one may have an `id`, which its answer has too. */
function command<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), id: id.optional(), ...shape }).meta({ description: about })
}

function message<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, about: string, shape: Shape) {
  return z.strictObject({ type: z.literal(type), ...shape }).meta({ description: about })
}

/** The schema of what a client may say. Each message is answered once: by `ok`, by `error`, or by the message that it asks for. */
export const ToServer = z.discriminatedUnion('type', [
  command(
    'enter',
    'Says who this is. A registered name needs its password; the name of a guest who is here, or is expected back, its secret.',
    {
      name,
      password: password.optional(),
      secret: secret.optional().meta({ description: 'as `entered` had it: the guest of that name who is here makes room' }),
      again: z.boolean().optional().meta({ description: 'without effect; it made any guest make room' }),
    },
  ),
  command('register', 'Registers a name, and comes in under it.', { name, password }),
  command('password', 'Changes the own password, and ends all sessions, other connections and tokens of seats; `ok` has how many.', {
    old: password,
    password,
  }),
  command(
    'unregister',
    'Gives the own registered name up, with all that belongs to it; games that it has finished stay, with the name, in the histories of its opponents. Who this is has to be said again.',
    { password },
  ),
  command('session', 'Asks for a token that lets a registered name in again without its password; answered by `session`.', {}),
  command('return', 'Says who this is by the token of a session; answered by `entered`.', { session: z.string().max(100) }),
  command('logout', 'Ends a session: its token lets nobody in any more.', { session: z.string().max(100) }),
  command('games', 'Asks for the games; answered by `games`.', {}),
  command('lobby', 'Asks who is here, who seeks, and what is played, 100 of each at a time; answered by `lobby`.', {
    from: whole(BOUNDS.place)
      .optional()
      .meta({ description: 'how many of each list to leave out: 0, 100, 200 for one page after the other' }),
  }),
  command('ladder', 'Asks for the best of a game, and the own place; answered by `ladder`.', {
    game,
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('history', 'Asks for the games that a user has finished, the newest first; answered by `history`.', {
    name: name.optional().meta({ description: 'the own ones, if it is missing' }),
    from: whole(BOUNDS.place).optional().meta({ description: 'how many to leave out, for one page after the other' }),
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('seek', 'Wants to play. `seated` comes when there is a table; `ok` has the code of a private wish.', {
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
      .meta({ description: 'those that the seeker would take, of the seats that the game has, each once' }),
    wait: z
      .union([whole(BOUNDS.wait), z.null()])
      .optional()
      .meta({ description: 'until the house sits down opposite; null for never' }),
    replace,
  }),
  command('cancel', 'Takes the wish back.', {}),
  command('join', 'Sits down with who has given this code.', { code: z.string().max(100), replace }),
  command('accept', 'Accepts the seek of a user who seeks this one by name, and cancels the own open seek. `seated` comes.', {
    name: challenger,
  }),
  command('refuse', 'Refuses the seek of a user who seeks this one by name: the seek is over, and its owner gets `refused`.', {
    name: challenger,
  }),
  command('watch', 'Watches a table; answered by `watching`.', { table }),
  command('leave', 'Goes away from a table that is watched, or whose game is over.', { table }),
  command(
    'resume',
    'Takes a seat up again, by its token, or as who this is by its table. With `after`, what was missed is told again first.',
    {
      token: z.string().max(100).optional(),
      table: table.optional(),
      after: seen.optional(),
    },
  ),
  command('play', 'Moves, as the game writes moves. `ok` says that the move is kept. With `after`, it is refused if more was seen since.', {
    table,
    move: z.string().max(1000),
    after: seen.optional(),
  }),
  command('say', 'Says something at a table.', { table, text: z.string().max(1000) }),
  command('tell', 'Sends a message to another user who is here, who gets `told`.', { name, text: z.string().max(1000) }),
  command(
    'mute',
    'Mutes a user who is here, or a registered one, as long as this connection lasts: messages and seeks of that one do not come, whatever names its connection takes later.',
    { name },
  ),
  command('unmute', 'Hears a muted user again.', { name }),
  command('watchers', 'Asks who watches a table; answered by `watchers`.', {
    table,
    from: whole(BOUNDS.place).optional().meta({ description: 'how many to leave out, for one page after the other' }),
    limit: whole(BOUNDS.rows).optional(),
  }),
  command('offer', 'Offers a draw, or a rematch when the game is over; the other’s offer is accepted by the same.', { table }),
  command('decline', 'Declines the other’s offer.', { table }),
  command('resign', 'Gives a game up.', { table }),
  command(
    'claim',
    'Wins a game whose opponent has been gone for 30 seconds, or in a game without a clock has not moved for 5 minutes; `not-now` before that.',
    { table },
  ),
  command('abort', 'Ends a game without a result, at the times at which it could be claimed.', { table }),
  command('ping', 'Asks whether the server is there.', {}),
  command('quit', 'Ends the conversation.', {}),
])

/** The schema of what the server may say. */
export const ToClient = z.discriminatedUnion('type', [
  message('hello', 'The first message.', { version: count, software: z.string(), name: z.string().optional() }),
  message('ok', 'A command was done.', {
    id: id.optional(),
    code: z.string().optional().meta({ description: 'of a private wish, to be said aloud' }),
    near: list(z.strictObject(seek))
      .optional()
      .meta({ description: 'for a seek that is open: seeks for the same game that differ only in their terms, a few' }),
    connections: count.optional().meta({ description: 'other connections of the account that were ended' }),
    sessions: count.optional().meta({ description: 'sessions of the account that were ended' }),
  }),
  message('error', 'A command was refused, and nothing has changed; or a line was no command.', {
    id: id.optional(),
    code: code.meta({ description: 'what was wrong, in a word that does not change' }),
    message: z.string().meta({ description: 'a sentence for people' }),
    proposal: z.string().optional().meta({ description: 'a name that is free, where the one that was wanted is taken' }),
  }),
  message('entered', 'Who this is now.', {
    id: id.optional(),
    name: z.string(),
    registered: z.boolean(),
    tables: list(table),
    secret: secret
      .optional()
      .meta({ description: 'lets a guest in under this name again, through any connection; a later one replaces it' }),
  }),
  message('session', 'A token that lets in again without the password.', {
    id: id.optional(),
    session: z.string(),
    until: time,
  }),
  message('games', 'The games that can be sought.', {
    id: id.optional(),
    games: list(
      z.strictObject({
        game: z.string(),
        title: z.string(),
        rules: z.string().meta({ description: 'the name of its rules, which `seated`, `watching` and `recorded` have as `game`' }),
        seats: z.strictObject({ min: count, max: count }),
        moves: z.string(),
        settings: z.record(z.string(), z.strictObject({ min: setting, max: setting, usual: setting, about: z.string() })),
      }),
    ),
  }),
  message('lobby', 'Who is here, who seeks, and what is played.', {
    id: id.optional(),
    people: list(z.strictObject({ name: z.string(), registered: z.boolean(), tables: list(table) })),
    seekers: list(z.strictObject({ ...seek, against: z.string().optional() })),
    tables: list(tableInfo),
    total: z
      .strictObject({ people: count, seekers: count, tables: count })
      .meta({ description: 'how many there are in all, of which these are a page' }),
  }),
  message('ladder', 'The best of a game, and the own place.', {
    id: id.optional(),
    game: z.string(),
    best: list(z.strictObject(ladderRow)).meta({ description: 'empty, too, for a game that has no ladder' }),
    own: z.strictObject({ ...ladderRow, of: count }).optional(),
  }),
  message(
    'history',
    'Games that a user has finished, the newest first. At most 200 are kept, of what ended since the store has a history.',
    {
      id: id.optional(),
      name: z.string(),
      games: list(z.strictObject(finished)),
      total: count.meta({ description: 'how many there are in all, of which these are a page' }),
    },
  ),
  message(
    'sought',
    'Somebody seeks this one by name, or did when it came in: `seek` with the same, and `against` this name, sits down.',
    seek,
  ),
  message('withdrawn', 'Somebody who sought this one by name no longer does.', seek),
  message('refused', 'The user who was sought by name refuses; `name` is that user. The seek is over.', seek),
  message('told', 'Another user sends this one a message.', { name: z.string(), text: z.string() }),
  message('watchers', 'Who watches a table.', {
    id: id.optional(),
    table,
    names: list(z.string()),
    total: count.meta({ description: 'how many there are in all, of which these are a page' }),
  }),
  message('seated', 'There is a table, and this is the own seat; or it is taken up again, which answers `resume`.', {
    id: id.optional(),
    ...attendance,
  }),
  message('watching', 'This is the table that is watched from now on.', { id: id.optional(), ...attendance }),
  message('event', 'Something has happened at a table: its events are numbered without a gap.', {
    table,
    n: seen,
    at: time,
    what: what.meta({ description: 'with `reseeded`, what is drawn comes from another seed from then on, which no client is told' }),
    sight: sight.optional().meta({ description: 'where something else is seen than before' }),
  }),
  message('resync', 'What was missed is too much to be told again: this is how it stands. Answers `resume`.', {
    id: id.optional(),
    ...attendance,
  }),
  message('recorded', 'What came of a game is on the ladder.', {
    table,
    game: z.string(),
    changes: list(z.strictObject({ name: z.string(), before: score.optional(), after: score })).meta({
      description:
        'the ratings, or points where the game gives those, of those who are on the ladder; `before` is missing for a first game',
    }),
  }),
  message(
    'finished',
    'A game of the own account has ended at a table that this connection does not attend; `recorded` follows if it is rated.',
    { ...finished, seat },
  ),
  message('closed', 'A table cannot go on here; nothing follows.', { table, message: z.string() }),
  message('pong', 'The server is there.', { id: id.optional() }),
  message('bye', 'The server ends the conversation.', { message: z.string() }),
])

/** ToServer is what a client may say, as data. */
export type ToServer = z.infer<typeof ToServer>
/** ToClient is what the server may say, as data. */
export type ToClient = z.infer<typeof ToClient>
