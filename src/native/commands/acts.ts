import type { ActType, Lobby } from '../../hall/api.ts'
import { command, done, ok } from '../declaration.ts'
import { table } from '../fields.ts'

/** Returns the common part of the declarations of all acts; `id` is the id in the example. */
function act(type: ActType, id: number) {
  const run = async (lobby: Lobby, given: { readonly table: number }) => done(await lobby.act(given.table, type))
  return { example: { id, table: 17 }, cost: 0, answer: ok.schema, run }
}

/** The commands that are acts at a table (`hall/events.ts`). */
export const actCommands = [
  command(
    'offer',
    'Offers a draw, or a rematch if the game is over. If the opponent has offered, the command accepts the offer.',
    { table },
    act('offer', 14),
  ),
  command('decline', 'Declines the offer of the opponent.', { table }, act('decline', 15)),
  command('resign', 'Resigns a game.', { table }, act('resign', 16)),
  command(
    'claim',
    'Claims a win after the opponent has been disconnected for 30 seconds or, in a game without a clock, has not moved for 5 minutes. The server refuses an earlier claim with the error `not-now`.',
    { table },
    act('claim', 16),
  ),
  command('abort', 'Ends a game without a result. The conditions are the same as for `claim`.', { table }, act('abort', 16)),
  command(
    'wait',
    'Gives more time to an opponent who has been disconnected for 30 seconds: the server holds the seat as long as after a new disconnection, and rejects `claim` and `abort` for another 30 seconds. The clock of the game continues.',
    { table },
    act('wait', 16),
  ),
] as const
