import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { findCause } from '../check/causes.ts'
import type { Finding } from '../check/check.ts'
import type { Evidence } from '../check/evidence.ts'
import { isCrash } from '../check/program-end.ts'
import type { ProgramEnd } from '../check/sandbox.ts'
import { findWireFault } from '../check/wire-faults.ts'
import type { Observation, Turn } from '../monitor/observation.ts'
import { SIDES } from '../monitor/sides.ts'

/** PairFinding is the judgment of the conversation of two hand-ins. */
export interface PairFinding extends Finding {
  /** The side that made the first mistake; missing if both have passed, or if the judge cannot identify that side. */
  readonly atFault?: Side
}

/** PairEnd is the observed end of the conversation of two hand-ins. */
export interface PairEnd {
  readonly automaton: Automaton
  /** How the conversation ended: both sides closed it, nothing more happened, or the judge stopped it because its protocol has no end. */
  readonly how: 'closed' | 'silent' | 'stopped'
  /** True if the conversation may be over in its last state. */
  readonly isOver: boolean
  readonly state: string
  readonly turn: Turn
  readonly observations: readonly Observation[]
  /** How each program ended by itself; `undefined` for a program that was still running. */
  readonly ends: Readonly<Record<Side, ProgramEnd | undefined>>
  readonly lines: Readonly<Record<Side, readonly string[]>>
  /** Milliseconds after which a conversation is silent. */
  readonly silence: number
}

/**
 * Judges the conversation of two hand-ins. The first mistake decides: a wrong message can cause a crash, an early end or silence of the other side,
 * and these are not the fault of that side.
 */
export function judgePair(pair: PairEnd): PairFinding {
  const { how, isOver, observations } = pair
  const early = observations.find((one) => one.kind === 'end' && !one.over)
  const isDone = how === 'stopped' || (isOver && !early)
  const wrong = findFirstWrong(pair, isDone ? undefined : new Error('the conversation did not continue'))
  if (wrong) return wrong
  if (isDone) return judgeEnds(pair)
  if (early?.kind !== 'end') return judgeSilence(pair)
  const what = early.how === 'reset' ? 'broke the connection off' : 'closed the connection'
  const sentence = `the ${early.from} ${what} in the state "${early.before}"${early.expected === undefined ? '' : `; ${early.expected}`}`
  return blame(pair, early.from, new Disconnected(early.how === 'reset' ? 'reset' : 'finished', sentence))
}

/**
 * Finds the first message that is wrong. A message that the other side has refused does not count: it is a mistake in the game only, so the
 * conversation can continue, and can stop later for another reason.
 */
function findFirstWrong(pair: PairEnd, trouble: Error | undefined): PairFinding | undefined {
  const refused = new Set(pair.observations.map((one) => (one.kind === 'message' ? one.refuses : undefined)))
  const counted = pair.observations.filter((one) => !((one.kind === 'message' || one.kind === 'judged') && refused.has(one.number)))
  const faults = SIDES.flatMap((side) => {
    const evidence = toEvidence(pair, side, trouble)
    const found = findWireFault({ ...evidence, observations: counted })
    if (!found) return []
    const seen = counted.findIndex((_, at) => findWireFault({ ...evidence, observations: counted.slice(0, at + 1) }) !== undefined)
    return [{ seen, finding: { ...found, atFault: side, lines: pair.lines[side], observations: pair.observations } }]
  })
  return faults.toSorted((one, other) => one.seen - other.seen)[0]?.finding
}

/** Judges a conversation that has stopped before its end without a wrong message. */
function judgeSilence(pair: PairEnd): PairFinding {
  const { turn, state, silence } = pair
  const late = (who: string) => new Disconnected('late', `${who} sent nothing for ${silence / 1000} s in the state "${state}"`)
  if (turn === 'client' || turn === 'server') return blame(pair, turn, late(`it is the ${turn}’s turn, but the ${turn}`))
  return {
    cause: 'hangs',
    sentence: late('either side may send, but both sides').message,
    lines: pair.lines.client,
    observations: pair.observations,
  }
}

/** Judges how the programs have ended after a conversation that is over. */
function judgeEnds(pair: PairEnd): PairFinding {
  const crashed = pair.how === 'stopped' ? undefined : SIDES.find((side) => isCrashed(pair.ends[side]))
  const crash = crashed && findFault(pair, crashed, undefined)
  if (crash) return crash
  if (pair.how === 'stopped') return { sentence: 'the conversation continued until the judge stopped it, because its protocol has no end' }
  return { sentence: 'the conversation ended as its protocol ends' }
}

function isCrashed(end: ProgramEnd | undefined): boolean {
  return end !== undefined && isCrash(end)
}

/** Returns the finding that one side is at fault, with the likely cause. */
function blame(pair: PairEnd, role: Side, trouble: Error): PairFinding {
  const { lines, observations } = pair
  const unknown = { cause: 'hangs', sentence: trouble.message, atFault: role, lines: lines[role], observations } as const
  return findFault(pair, role, trouble) ?? unknown
}

/** Finds what is wrong with one side; `undefined` if nothing is wrong. */
function findFault(pair: PairEnd, role: Side, trouble: Error | undefined): PairFinding | undefined {
  const found = findCause(toEvidence(pair, role, trouble))
  return found && { ...found, atFault: role, lines: pair.lines[role], observations: pair.observations }
}

function toEvidence({ automaton, observations, ends, lines }: PairEnd, role: Side, trouble: Error | undefined): Evidence {
  return { role, automaton, observations, trouble, end: ends[role], inputEnded: false, lines: lines[role], printed: '' }
}
