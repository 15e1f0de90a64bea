import type { Refusal } from '../games/game.ts'

/** Reply is the output of a command: lines or a refusal; `undefined` if an event prints the result. */
export type Reply = string | readonly string[] | Refusal | undefined
