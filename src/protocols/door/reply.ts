import type { Refusal } from '../../games/game.ts'

/** Reply is what a command says: lines, a refusal, or nothing where what happens says it. */
export type Reply = string | readonly string[] | Refusal | undefined
