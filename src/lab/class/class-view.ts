import type { Observation, Turn } from '../monitor/observation.ts'

/*
 * The rows and observations that a class console shows of a server's connections. They are plain data without secrets or talk, so that
 * they can leave the process: `class-lines.ts` writes them as lines of JSON.
 */

/** ClassFault is the last mistake of a client. */
export interface ClassFault {
  /** A whole sentence, which names no secret and quotes no talk. */
  readonly sentence: string
  /** Time in milliseconds since the connection was opened. */
  readonly at: number
  /** True until the client sends a legal message after the fault. */
  readonly stands: boolean
}

/** ClassProgress is the progress of a client in its protocol. */
export interface ClassProgress {
  /** Number of states that the conversation has visited, and number of all states of the automaton. */
  readonly visited: number
  readonly states: number
  /** Number of finished games. */
  readonly games: number
}

/** ClassConnection is one connection to a server: a row of the class console. */
export interface ClassConnection {
  /** Number of the connection, from 1 since the server started. */
  readonly connection: number
  readonly program: string
  readonly host: string
  readonly port: number
  readonly transport: 'tcp' | 'tls' | 'unix' | 'udp'
  /** The name that the client has given, if its protocol has names. */
  readonly name?: string
  /** The desk at which the client sits, if the roster has it. */
  readonly desk?: string
  /** State of the automaton; the last state for a closed connection. */
  readonly state: string
  /** The side that may send now: `none` if the connection is closed. */
  readonly turn: Turn
  readonly isOpen: boolean
  /** True if the conversation may be over in its state, and a client that plays at a table has finished a game. */
  readonly isOver: boolean
  /** Time at which the connection was opened, and time of the last byte of either side, in milliseconds since the Unix epoch. */
  readonly openedAt: number
  readonly lastAt: number
  /** Milliseconds since the last byte, at the time of this row. */
  readonly quietFor: number
  readonly progress: ClassProgress
  /** The last fault of the client. */
  readonly fault?: ClassFault
  /**
   * The last messages, the oldest first: the number of shown bytes of each message, negative for a message of the server, and 0 for a
   * message of the client that was not legal.
   */
  readonly trace?: readonly number[]
  /** Number of observations so far; the console stores only the last observations. */
  readonly observations: number
  /** True if the monitor of this connection has failed, so that its row does not change any more. */
  readonly isLost: boolean
}

/** ClassObservation is an observation of a connection. `number` counts the observations of the connection from 1. Times count from the opening of the connection. */
export interface ClassObservation {
  readonly number: number
  readonly observation: Observation
}

/** ClassChange is a change of the class console: a connection is new or has changed, or it is no longer stored. */
export interface ClassChange {
  readonly connection: number
  readonly isGone: boolean
}

/** ClassLimits bound the data that a class console stores. */
export interface ClassLimits {
  /** Maximum number of open connections; the console does not watch further connections. */
  readonly open: number
  /** Maximum number of closed connections, and milliseconds for which the console stores a closed connection. */
  readonly closed: number
  readonly closedFor: number
  /**
   * Maximum number of observations of one connection, and maximum number of their bytes; beyond a limit, the console drops the oldest
   * observations.
   */
  readonly observations: number
  readonly bytes: number
  /**
   * Maximum number of bytes of all observations together; beyond the limit, the console drops the observations of the connection that has
   * been quiet longest.
   */
  readonly allBytes: number
}

/** The limits of `parlor serve --lab`. */
export const classLimits: ClassLimits = {
  open: 2000,
  closed: 1000,
  closedFor: 3_600_000,
  observations: 60,
  bytes: 24 * 1024,
  allBytes: 32 * 1024 * 1024,
}

/** ClassVerdict is the result of a connection. It is `none` if the connection has no uncorrected fault and no finished game. */
export type ClassVerdict = 'passed' | 'failed' | 'none'

/**
 * Judges a connection: it failed if its last fault is not corrected, and passed if it has finished a game. In a protocol without
 * games, it passed if the conversation has come to its end.
 */
export function toClassVerdict({ fault, progress, isOpen, isOver }: ClassConnection): ClassVerdict {
  if (fault?.stands) return 'failed'
  return progress.games > 0 || (!isOpen && isOver && progress.visited > 1) ? 'passed' : 'none'
}
