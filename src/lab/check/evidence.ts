import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { quoteMessage } from '../../protocol/violation-text.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import type { ExpectedMessages } from './message-ends.ts'
import type { Cause } from './report.ts'
import type { ProgramEnd } from './sandbox.ts'

/** Evidence has the observations of a program under test in one conversation. */
export interface Evidence {
  readonly role: Side
  readonly automaton: Automaton
  readonly observations: readonly Observation[]
  /** Why the judge's side ended early; missing if the conversation ended as its protocol ends. */
  readonly trouble: Error | undefined
  /** How the program has ended; missing if it still runs. */
  readonly end: ProgramEnd | undefined
  /** True if the end of its input has ended the program. */
  readonly inputEnded: boolean
  /** The last lines of its output. */
  readonly lines: readonly string[]
  /** The text that it has printed since the last message to it. */
  readonly printed: string
}

/** NamedCause is the likely cause of a failure, with a sentence for a beginner. */
export interface NamedCause {
  readonly cause: Cause
  readonly sentence: string
  /** The sentence without its advice, if the advice fits this cause only: a check on a disturbed network may know a better cause. */
  readonly fact?: string
  /** The number of the message that shows the cause, if the sentence quotes that message with its typed line. */
  readonly shownBy?: number
}

/** Quotes a message of the program, without its secrets. */
export function quoteSent({ automaton, role }: Evidence, { text, raw }: MessageObservation): string {
  return quoteMessage({ automaton, side: role }, text, raw)
}

/** Returns the expected messages of the program at the time when it sent the bytes of an observation. */
export function expectedBefore(one: Observation, { automaton, role, observations }: Evidence): ExpectedMessages {
  return { automaton, side: role, before: observations.slice(0, observations.indexOf(one)) }
}
