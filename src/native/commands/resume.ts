import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import type { LobbyRefusal } from '../../hall/api.ts'
import { command, message, toAnswer } from '../declaration.ts'
import { id, samples, seen, table } from '../fields.ts'
import { held, seated, seenBoard, snapshot, toSnapshotFields } from './table-snapshot.ts'

/** The answer to `resume` that replaces the missed events by the present state. */
export const resync = message(
  'resync',
  'The current state of the table: the answer to `resume` if the client has missed more events than the server sends again.',
  { id: id.optional(), ...snapshot },
  { id: 11, ...held, n: 412, sight: seenBoard },
)

const OTHER_SEAT: LobbyRefusal = { code: 'bad-message', refused: 'resume takes either a token or a table' }

/** The command that attaches this connection to a seat of its user, after a lost connection, or as a second connection of the user. */
export const resumeCommand = command(
  'resume',
  'Resumes a seat: by its token, or by its table if the seat belongs to this user. With `after`, the server first sends the missed events.',
  { token: z.string().max(100).optional(), table: table.optional(), after: seen.optional() },
  {
    example: { id: 11, token: samples.seatToken, after: 2 },
    cost: 9,
    answer: z.union([seated.schema, resync.schema]),
    async run(lobby, { token, table, after }) {
      if ((token === undefined) === (table === undefined)) return OTHER_SEAT
      const resumed = table === undefined ? await lobby.resume(token ?? '', after) : await lobby.resumeSeat(table, after)
      if (isRefusal(resumed)) return resumed
      const fields = toSnapshotFields(resumed)
      return resumed.resync ? toAnswer(resync, fields) : toAnswer(seated, fields)
    },
  },
)
