import type { Refusal } from '../games/game.ts'

/**
 * LobbyRefusal is a refusal with a code of the native protocol; programs distinguish refusals by this code.
 */
export interface LobbyRefusal extends Refusal {
  readonly code: RefusalCode
  /** A free name, if the requested name is taken. */
  readonly proposal?: string
}

/**
 * The error codes of the lobby, with the condition for each code. The codes do not change between versions.
 */
export const refusalCodes = {
  'bad-message': 'the line is not a valid command',
  'who-are-you': 'the command needs a login, or a registered name',
  'bad-name': 'the name is not valid',
  'name-taken': 'the name is registered, or belongs to a guest who is online',
  'bad-password': 'the name or the password is wrong, or the new password is not valid',
  throttled: 'too many attempts: wait before the next attempt',
  'no-such-game': 'this server has no such game',
  'bad-setting': 'the game does not allow these settings or terms',
  'no-such-person': 'no user of that name is online',
  'no-such-table': 'there is no such table, or it is private',
  'no-such-code': 'no open seek has that code',
  'bad-token': 'the token of a seat or session is not valid, or no longer valid',
  'not-seated': 'the client has no seat at that table, or does not watch it',
  'illegal-move': 'the rules of the game refuse the move',
  stale: 'the client can see a later event than `after`',
  muted: 'the other user has muted this user',
  'not-now': 'not possible in this state, with this user or with this text; `message` says which',
  unavailable: 'the server cannot write to its disk at present and has changed nothing: try again later',
  'too-many': 'a limit is reached; `message` says which',
} as const

/** RefusalCode is an error code of the lobby. */
export type RefusalCode = keyof typeof refusalCodes
