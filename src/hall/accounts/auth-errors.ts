import type { Refusal } from '../../games/game.ts'

/**
 * AuthErrorCode is the reason why a login or a change of an account is refused; the codes are stable. `unregistered`: the
 * request needs a registered name. `bad-token`: the login session has ended, or never existed.
 */
export type AuthErrorCode = 'bad-name' | 'name-taken' | 'bad-password' | 'throttled' | 'bad-token' | 'unregistered'

/** AuthError is the refusal of a login or of a change of an account: a sentence for the user, and a code for programs. */
export interface AuthError extends Refusal {
  readonly code: AuthErrorCode
  /** A free name, if the requested name is taken. */
  readonly proposal?: string | undefined
  /** The registered name that was requested without its password. */
  readonly registered?: string | undefined
}
