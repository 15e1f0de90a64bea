import { z } from 'zod'
import { isRefusal } from '../../games/game.ts'
import { command, message, toAnswer } from '../declaration.ts'
import { count, id, list, seen, table, text, time } from '../fields.ts'
import { describeMissed } from '../missed-text.ts'

const line = z.strictObject({ n: seen.meta({ description: 'the number of the event' }), at: time, text })

/** The answer to `missed`. */
export const missedMessage = message(
  'missed',
  'The events that this client has missed at a table, in words. Each event that concerns a user has a line.',
  {
    id: id.optional(),
    table,
    after: seen.meta({ description: 'the number of the last event that the client has not missed' }),
    omitted: count
      .optional()
      .meta({ description: 'how many of the earliest missed events the server does not describe, if the client has missed too many' }),
    lines: list(line),
  },
  {
    id: 11,
    table: 17,
    after: 2,
    lines: [
      { n: 4, at: 1_709_212_800_000, text: 'grace played 5.' },
      { n: 5, at: 1_709_212_804_000, text: 'grace said: are you there?' },
    ],
  },
)

/** The command that requests a description of the events since a disconnection. */
export const missedCommand = command(
  'missed',
  'Requests the missed events of a table in words, for a seat or a watcher. The words are for users, and for a client that does not support the game. The answer is `missed`.',
  {
    table,
    after: seen.optional().meta({
      description:
        'the number of the last event that the client has not missed; if it is missing and the seat has not moved since its last disconnection, the number of the last event before that disconnection',
    }),
  },
  {
    example: { id: 11, table: 17, after: 2 },
    cost: 19,
    answer: missedMessage.schema,
    async run(lobby, given) {
      const found = await lobby.missed(given.table, given.after)
      if (isRefusal(found)) return found
      const { after, omitted } = found
      const fields = { table: given.table, after, lines: describeMissed(found) }
      return toAnswer(missedMessage, omitted === undefined ? fields : { ...fields, omitted })
    },
  },
)
