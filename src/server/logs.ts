import type { Noticed } from '../protocols/notices.ts'
import { Ended } from '../wire/ends.ts'
import type { Address } from '../wire/transport.ts'

/** The levels of a log, the most important first. */
export const levels = ['error', 'warn', 'info', 'debug'] as const
/** Level is how much something matters. */
export type Level = (typeof levels)[number]

/** Visit is one connection, as it is told of. */
export interface Visit {
  /** Its number, counted from 1 since the server was started. */
  readonly connection: number
  readonly program: string
  readonly client: Address
}

/** Ending is how a visit has ended. */
export interface Ending {
  /** How much it matters. */
  readonly level: Level
  /** In a word: `good` as its protocol ends, else as `Ended` has it, or `mistake` for one of Parlor's own. */
  readonly outcome: string
  /** What went wrong; `undefined` where nothing did. */
  readonly trouble: Error | undefined
  /** The state of the protocol's automaton that it was in. */
  readonly state: string
  /** How long it was, in milliseconds. */
  readonly ms: number
  /** Messages of the client that were read, and messages that were sent to it. */
  readonly received: number
  readonly sent: number
}

/** Logs are told what happens in a server, and write what matters. What is not there is not wanted. */
export interface Logs {
  /** Something that is about no single connection. */
  tell(level: Level, sentence: string): void
  came?(visit: Visit): void
  seated?(visit: Visit, table: number, seat: number): void
  /** Something about a visit that goes on: a message without its end, or one that was rejected. */
  noticed?(visit: Visit, what: Noticed, sentence: string): void
  /** Called with a line of the trace of a visit, if the operator has asked for a trace. */
  traced?(visit: Visit, line: string): void
  ended?(visit: Visit, ending: Ending): void
  /** Somebody was not let in, or is held back: a sentence says why. Told once a minute for an address. */
  limited?(visit: Omit<Visit, 'connection'>, what: 'refused' | 'slowed', sentence: string): void
}

/**
 * Level of each notice: a message before its turn and a program that is slow are part of many a game. A message that was
 * rejected matters to its author, and the client may not show the answer.
 */
export const noticedAt: Readonly<Record<Noticed, Level>> = {
  unfinished: 'warn',
  garbled: 'warn',
  early: 'debug',
  rejected: 'warn',
  waiting: 'debug',
}

/** Returns how a visit ended, in a word. */
export function outcomeOf(trouble: Error | undefined): string {
  if (!trouble) return 'good'
  return trouble instanceof Ended ? trouble.how : 'mistake'
}

/** Describes what went wrong for readers of the logs: a sentence to the client is quoted as such. */
export function sentenceFor(trouble: Error): string {
  const isForClient = trouble instanceof Ended && trouble.how === 'ours' && /\byour?\b/.test(trouble.message)
  return isForClient ? `the server closed the connection, with the words: ${trouble.message}` : trouble.message
}

/** Checks whether something that matters so much is written where `least` is the least that is. */
export function matters(level: Level, least: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(least)
}
