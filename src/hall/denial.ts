import type { Refusal } from '../games/game.ts'

/**
 * Why is why somebody is not let in, or not so, in a word that does not change. `unregistered` is for what takes a registered
 * name; `bad-token` for a session that is over, or never was.
 */
export type Why = 'bad-name' | 'name-taken' | 'bad-password' | 'throttled' | 'bad-token' | 'unregistered'

/** Denial is a refusal of the people at the door: the sentence for people, and why, for programs. */
export interface Denial extends Refusal {
  readonly why: Why
  /** A name that is free, where the one that was wanted is taken. */
  readonly proposal?: string | undefined
  /** The name that needs a password, where none was given. */
  readonly registered?: string | undefined
}
