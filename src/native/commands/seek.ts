import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import type { GameTerms, SeekInfo } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { command, done, message, ok, toAnswer } from '../declaration.ts'
import { game, name, samples, seat, seekInfo, settings, whole } from '../fields.ts'

const clock = z
  .strictObject({ total: whole(BOUNDS.total), turn: whole(BOUNDS.turn) })
  .partial()
  .meta({
    description: 'milliseconds that one seat has: `total` for all its moves, `turn` for each move; if both are missing, there is no clock',
  })
const challenger = name
  .optional()
  .meta({ description: 'the user who has sent the challenge; may be missing if there is only one challenge' })
const replace = z.boolean().optional().meta({
  description:
    'if true, the server first cancels the open seek of this user; otherwise, the server refuses the command while a seek is open',
})

/** The messages from the server about challenges. */
export const seekMessages = [
  message(
    'sought',
    'A user challenges this user by name. After login, the server also sends this message for each challenge that is already open. Answer with `accept` or `refuse`, or with a `seek` with the same terms `against` this name.',
    seekInfo,
    samples.seek,
  ),
  message(
    'withdrawn',
    'The challenge of this user is no longer open. If the name is the client’s own name, the server has closed the client’s seek, because it could not open a table.',
    seekInfo,
    samples.seek,
  ),
  message('refused', 'The challenged user, `name`, refuses. The server has canceled the seek.', seekInfo, {
    ...samples.seek,
    name: 'ada',
  }),
] as const

/** Returns only the terms of a seek or table. */
export function toTerms({ settings, rated, clock }: GameTerms): GameTerms {
  return { settings, rated, ...(clock ? { clock } : {}) }
}

/** Returns the name, the game and the terms of an open seek. */
export function toSeek(seek: SeekInfo): Pick<SeekInfo, 'name' | 'game'> & GameTerms {
  return { name: seek.name, game: seek.game, ...toTerms(seek) }
}

/** The commands about seeks and challenges. */
export const seekCommands = [
  command(
    'seek',
    'Opens a seek. When the server has found an opponent, it sends `seated` to each connection of this user. For a private seek, `ok` has its invitation code.',
    {
      game,
      settings: settings.optional(),
      against: name.optional(),
      private: z.boolean().optional(),
      code: z.string().max(100).optional().meta({
        description:
          'the code of an earlier private seek whose connection was lost: the new seek has it again unless another open seek has it',
      }),
      rated: z.boolean().optional(),
      clock: clock.optional(),
      seats: z
        .array(seat)
        .min(1)
        .max(BOUNDS.seat.max + 1)
        .refine((seats) => new Set(seats).size === seats.length, 'must have each seat once')
        .readonly()
        .optional()
        .meta({ description: 'the seats that this user accepts, without repetition' }),
      wait: z
        .union([whole(BOUNDS.wait), z.null()])
        .optional()
        .meta({ description: 'milliseconds until the house becomes the opponent; null means never' }),
      replace,
    },
    {
      example: { id: 6, game: 'tictactoe', settings: { size: 3 }, clock: { total: 300_000 }, wait: 10_000 },
      cost: 9,
      answer: ok.schema,
      async run(lobby, { settings = {}, ...wish }) {
        const sought = await lobby.seek({ ...wish, settings })
        if (isRefusal(sought)) return sought
        const { code, near } = sought
        return toAnswer(ok, { ...(code === undefined ? {} : { code }), ...(near ? { near: near.map(toSeek) } : {}) })
      },
    },
  ),
  command(
    'cancel',
    'Cancels the open seek of this user.',
    {},
    {
      example: { id: 7 },
      cost: 0,
      answer: ok.schema,
      run: async (lobby) => ((await lobby.cancel()) ? done(undefined) : { code: 'not-now', refused: 'you have no open seek' }),
    },
  ),
  command(
    'join',
    'Joins the user whose private seek has this code.',
    { code: z.string().max(100), replace },
    {
      example: { id: 8, code: 'amber-otter-seven' },
      cost: 9,
      answer: ok.schema,
      run: async (lobby, { code, replace }) => done(await lobby.join(code, replace)),
    },
  ),
  command(
    'accept',
    'Accepts a challenge: a seek that names this user. Cancels the open seek of this user. Then `seated` follows.',
    { name: challenger },
    {
      example: { id: 8, name: 'grace' },
      cost: 9,
      answer: ok.schema,
      run: async (lobby, { name }) => done(await lobby.acceptChallenge(name)),
    },
  ),
  command(
    'refuse',
    'Refuses a challenge: a seek that names this user. The server cancels that seek and sends its owner `refused`.',
    { name: challenger },
    {
      example: { id: 8, name: 'grace' },
      cost: 0,
      answer: ok.schema,
      run: async (lobby, { name }) => done(await lobby.refuseChallenge(name)),
    },
  ),
] as const
