import type { FaultPlace, Verb } from './verbs.ts'

/**
 * FaultDirection names the bytes that a rule disturbs, either as this side sees them (`out`, `in`) or by their sender (`client`, `server`).
 */
export type FaultDirection = 'out' | 'in' | 'both' | 'client' | 'server'

/**
 * Whose is the word that names the sender of the message of a moment: this side (`my`), the other side (`peer`), or one of the two roles.
 */
export type Whose = 'my' | 'peer' | 'client' | 'server'

/** The name that stands for every message in a moment. */
export const ANY = 'message'

/** MessageMoment is the moment at a message. */
export interface MessageMoment {
  readonly place: FaultPlace
  readonly whose?: Whose | undefined
  /**
   * Number of the message among the messages with this name in its direction, counted from 1; missing if the moment is at every such
   * message.
   */
  readonly ordinal?: number | undefined
  /** Name or text of a message of the program, or `message`. */
  readonly message: string
}

/** ByteMoment is the moment after a number of bytes of a direction. */
export interface ByteMoment {
  readonly byte: number
}

/** FaultValue is a number, a range of numbers, or a word. The unit of the numbers is bytes, milliseconds, bytes a second, or percent. */
export type FaultValue = number | readonly [number, number] | 'char' | 'message'

/** FaultRule is one fault, as a user wrote it. */
export interface FaultRule {
  /**
   * The default is the direction of the rule's message. For a rule without a message, it is the direction of the bytes that this side
   * sends.
   */
  readonly direction?: FaultDirection | undefined
  readonly verb: Verb
  /** If the value is missing, the fault has no end, or happens always. */
  readonly value?: FaultValue | undefined
  /** A missing moment means every moment of the direction. */
  readonly moment?: MessageMoment | ByteMoment | undefined
}

/** FaultRefusal is the reason why a text is not a rule, or why a connection cannot have a rule. */
export interface FaultRefusal {
  readonly refused: string
}

/** Checks whether a moment depends on a message. */
export function isAtMessage(moment: FaultRule['moment']): moment is MessageMoment {
  return moment !== undefined && 'message' in moment
}

/** Checks whether a rule depends on random numbers, so that only the same seed repeats its effects. */
export function hasChance(rules: readonly FaultRule[]): boolean {
  return rules.some(({ verb, value, moment }) => {
    if (isAtMessage(moment) && moment.place === 'inside') return true
    if (verb === 'lose' || verb === 'duplicate' || verb === 'reorder') return typeof value === 'number' && value < 100
    return value === 'message' || Array.isArray(value)
  })
}
