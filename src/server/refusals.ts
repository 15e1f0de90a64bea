import type { Refusal } from '../games/game.ts'
import type { Denial, Why } from '../hall/denial.ts'
import { UNWRITABLE } from '../hall/ports.ts'
import type { LobbyRefusal, RefusalCode } from '../protocols/lobby.ts'

/** The refusal of who has not said who it is. */
export const WHO: LobbyRefusal = { code: 'who-are-you', refused: 'say who you are first' }

/** The refusal of what cannot be written now. */
export const UNAVAILABLE: LobbyRefusal = { code: 'unavailable', refused: UNWRITABLE }

/** A refusal with the word that programs tell it by. */
export function coded(code: RefusalCode, { refused }: Refusal): LobbyRefusal {
  return { code, refused }
}

/** What each denial is called in the native protocol. */
const CODES: Readonly<Record<Why, RefusalCode>> = {
  'bad-name': 'bad-name',
  'name-taken': 'name-taken',
  'bad-password': 'bad-password',
  throttled: 'throttled',
  'bad-token': 'bad-token',
  unregistered: 'who-are-you',
}

/** A denial with the word that programs tell it by. */
export function denied({ why, refused, proposal }: Denial): LobbyRefusal {
  return { code: CODES[why], refused, ...(proposal === undefined ? {} : { proposal }) }
}

/** The refusal of a game that is not played here. */
export function noGame(name: string): LobbyRefusal {
  return { code: 'no-such-game', refused: `there is no game ${name}: see the games` }
}

/** The refusal of what has to do with a user who is not here. */
export function notHere(name: string): LobbyRefusal {
  return { code: 'no-such-person', refused: `there is no user "${name}" here: see who is` }
}

/** The refusal of a table that is not there, or not for everybody. */
export function noTable(id: number): LobbyRefusal {
  return { code: 'no-such-table', refused: `there is no table ${id} that you could go to: see the tables` }
}

/** The refusal of acts at a table at which one has no seat. */
export function noSeat(id: number): LobbyRefusal {
  return { code: 'not-seated', refused: `you have no seat at table ${id}` }
}
