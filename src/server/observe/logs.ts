import type { ConversationNote } from '../../protocol/conversation-notes.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import type { Address } from '../../wire/transport.ts'

/** The levels of logs; the most important level is first. */
const levels = ['error', 'warn', 'info', 'debug'] as const
/** Level is the importance of a log row. */
export type Level = (typeof levels)[number]

/** ConnectionInfo describes one connection in the logs. */
export interface ConnectionInfo {
  /** Sequence number of the connection; the first connection since the start of the server is 1. */
  readonly connection: number
  readonly program: string
  readonly client: Address
}

/** ConversationEnd describes how a conversation has ended. */
export interface ConversationEnd {
  readonly level: Level
  /** `good` if the conversation ended normally; otherwise the reason of a `Disconnected`, or `mistake` for an error in Parlor. */
  readonly outcome: string
  /** The error; `undefined` for a good end. */
  readonly trouble: Error | undefined
  /** Last state of the protocol's automaton. */
  readonly state: string
  /** Duration in milliseconds. */
  readonly ms: number
  /** Numbers of messages from the client and to the client. */
  readonly received: number
  readonly sent: number
}

/**
 * Logs has the methods that the server calls to log events. A method writes only the events that the level of the logs includes. If a
 * method is missing, the server does not log the events of that method.
 */
export interface Logs {
  /** Logs a sentence about the server, not about one connection. */
  log(level: Level, sentence: string): void
  connected?(info: ConnectionInfo): void
  seated?(info: ConnectionInfo, table: number, seat: number): void
  /** Logs a note on an open conversation: for example, that a message is incomplete, or that the server has refused a message. */
  noticed?(info: ConnectionInfo, what: ConversationNote, sentence: string): void
  /** Logs a line of a conversation's trace, if the operator has requested a trace. */
  traced?(info: ConnectionInfo, line: string): void
  ended?(info: ConnectionInfo, ending: ConversationEnd): void
  /** Logs that the server rejects a client or slows a client down, with the reason as a sentence; at most once a minute per address. */
  limited?(info: Omit<ConnectionInfo, 'connection'>, what: 'refused' | 'slowed', sentence: string): void
}

/**
 * Level of each kind of note. A message that arrives too early and a slow program are normal in many games. A refused message is a warning,
 * because the client perhaps does not show the server's answer to the author of the client.
 */
export const noteLevels: Readonly<Record<ConversationNote, Level>> = {
  unfinished: 'warn',
  garbled: 'warn',
  early: 'debug',
  rejected: 'warn',
  waiting: 'debug',
}

/** Returns the outcome of a conversation that ended with this error; see `ConversationEnd.outcome`. */
export function toOutcome(trouble: Error | undefined): string {
  if (!trouble) return 'good'
  return trouble instanceof Disconnected ? trouble.reason : 'mistake'
}

/**
 * Formats an error for the logs. If the server has sent the text of the error to the client, the result quotes the text as the words of the
 * server.
 */
export function formatError(trouble: Error): string {
  const isForClient = trouble instanceof Disconnected && trouble.reason === 'ours' && /\byour?\b/.test(trouble.message)
  return isForClient ? `the server closed the connection, with the words: ${trouble.message}` : trouble.message
}

/** Checks whether a log writes rows of a level. `least` is the least important level that the log writes. */
export function isLogged(level: Level, least: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(least)
}
