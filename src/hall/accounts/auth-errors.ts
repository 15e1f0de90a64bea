import type { Refusal } from '../../games/game.ts'

/**
 * AuthErrorCode is the reason why the server refuses a login or a change of an account; the codes are stable. `unregistered`: the
 * request needs a registered name. `bad-token`: the login session has ended, or the token never belonged to a login session.
 */
export type AuthErrorCode = 'bad-name' | 'name-taken' | 'bad-password' | 'throttled' | 'bad-token' | 'unregistered'

/** AuthError is the refusal of a login or of a change of an account: a sentence for the user, and a code for programs. */
export interface AuthError extends Refusal {
  readonly code: AuthErrorCode
  /** A free name, if the requested name is taken. */
  readonly proposal?: string | undefined
  /** The registered name that the user requested without its password. */
  readonly registered?: string | undefined
}

/** The error for a wrong password and for an unknown name: the same error, so that a guesser cannot distinguish the two. */
export const WRONG: AuthError = { code: 'bad-password', refused: 'the name or the password is wrong' }

/** The error for the token of a login session that has ended, or that never existed. */
export const SESSION_OVER: AuthError = { code: 'bad-token', refused: 'this session is over: log in' }

/** The error for the key of a login session that the account does not have. */
export const NO_SESSION: AuthError = { code: 'bad-token', refused: 'your account has no such session: list the sessions again' }

/** The error for a login session of a user without an account. */
export const NO_ACCOUNT: AuthError = { code: 'unregistered', refused: 'sessions are for registered names: register first' }

/** Returns the error for a name that the rules do not allow. */
export function badName(refused: string): AuthError {
  return { code: 'bad-name', refused }
}

/** Returns the error for a registration of a name that is registered. */
export function alreadyRegistered(name: string): AuthError {
  return { code: 'name-taken', refused: `the name ${name} is registered already: log in, or take another name` }
}

/** Returns the error for a guest who takes a registered name. */
export function needsPassword(name: string): AuthError {
  const refused = `the name ${name} is registered: log in with its password, or take another name`
  return { code: 'name-taken', refused, registered: name }
}

/** Returns the error for a change of an account that does not exist. */
export function notRegistered(name: string): AuthError {
  return { code: 'unregistered', refused: `the name ${name} is not registered` }
}
