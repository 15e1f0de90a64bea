/** FaultPlace is the time of a fault, relative to a message: during a message, or at one point of it. */
export type FaultPlace = 'at' | 'before' | 'inside' | 'after'

/** FaultUnit is the meaning of the value of a verb. */
export type FaultUnit = 'bytes' | 'time' | 'rate' | 'chance'

/** VerbSpec describes one fault: its syntax and, for the reference page, its effect. */
export interface VerbSpec {
  readonly unit: FaultUnit
  /** True if the value may be a range, `low..high`, from which the fault chooses at random for each decision. */
  readonly range?: true
  /** Words that may replace a number. */
  readonly words?: readonly string[]
  /** True if the rule may have no value. */
  readonly optional?: true
  /** A `span` fault applies to bytes, a `point` fault happens at one place, and a `datagram` fault applies to one datagram. */
  readonly kind: 'span' | 'point' | 'datagram'
  /** The kind of connections that the fault can disturb. */
  readonly carriers: 'streams' | 'datagrams' | 'both'
  readonly effect: string
  readonly example: string
}

/**
 * The faults by their verbs. The grammar, the error texts and the reference page derive from this table; a new fault is a row here
 * and its effect in a lane.
 */
export const VERBS = {
  split: {
    unit: 'bytes',
    range: true,
    words: ['char', 'message'],
    kind: 'span',
    carriers: 'streams',
    effect:
      'cuts the stream into pieces of this many bytes, a millisecond apart; `char` cuts inside each UTF-8 character of several bytes, and `message` cuts once inside each message',
    example: 'split 1..3',
  },
  glue: {
    unit: 'time',
    kind: 'span',
    carriers: 'streams',
    effect: 'joins all bytes that arrive within this many milliseconds',
    example: 'glue 80ms',
  },
  delay: {
    unit: 'time',
    range: true,
    kind: 'span',
    carriers: 'both',
    effect: 'delivers later, in order; a range gives each message, or with `split` each piece, its own delay',
    example: 'delay 5ms..20ms',
  },
  bandwidth: {
    unit: 'rate',
    kind: 'span',
    carriers: 'streams',
    effect: 'delivers at most this many bytes a second, in pieces of 20 ms',
    example: 'bandwidth 2000/s',
  },
  dribble: {
    unit: 'time',
    kind: 'span',
    carriers: 'streams',
    effect: 'delivers byte by byte, with this time between two bytes',
    example: 'dribble 5ms',
  },
  stall: {
    unit: 'time',
    optional: true,
    kind: 'point',
    carriers: 'streams',
    effect: 'delivers nothing for this time, or forever if the rule has no time; meanwhile the sender has to wait',
    example: 'stall 2s before GAMEOVER',
  },
  reset: {
    unit: 'bytes',
    optional: true,
    kind: 'point',
    carriers: 'streams',
    effect: 'resets the connection (RST), so that both sides get an error',
    example: 'reset after 2nd LOW',
  },
  'half-close': {
    unit: 'bytes',
    optional: true,
    kind: 'point',
    carriers: 'streams',
    effect: 'ends this direction (FIN) and drops all further bytes; the other direction continues',
    example: 'half-close before GAMEOVER',
  },
  stop: {
    unit: 'bytes',
    optional: true,
    kind: 'point',
    carriers: 'both',
    effect: 'drops all later bytes and the end of the stream; the other direction continues',
    example: 'stop inside 1st LOW',
  },
  lose: {
    unit: 'chance',
    optional: true,
    kind: 'datagram',
    carriers: 'datagrams',
    effect: 'drops a datagram',
    example: 'lose 20%',
  },
  duplicate: {
    unit: 'chance',
    optional: true,
    kind: 'datagram',
    carriers: 'datagrams',
    effect: 'delivers a datagram twice',
    example: 'duplicate 3rd',
  },
  reorder: {
    unit: 'chance',
    optional: true,
    kind: 'datagram',
    carriers: 'datagrams',
    effect: 'delivers a datagram after the next datagram, or alone if no datagram follows within a second',
    example: 'reorder 10%',
  },
} as const satisfies Readonly<Record<string, VerbSpec>>

/** Verb names a fault. */
export type Verb = keyof typeof VERBS

/** The verbs in the order of the table, for completions and error texts. */
export const verbs = Object.keys(VERBS) as Verb[]

/** Checks whether a word is the name of a fault. */
export function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERBS, word)
}

/** Returns the description of the fault with a verb. */
export function specOf(verb: Verb): VerbSpec {
  return VERBS[verb]
}

/** Returns the places that a moment of this fault may have, the default first. */
export function placesOf(verb: Verb): readonly FaultPlace[] {
  return specOf(verb).kind === 'point' ? ['before', 'inside', 'after'] : ['at']
}
