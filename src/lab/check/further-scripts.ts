import type { CheckSubject } from './check.ts'
import { findDirections } from './number-search.ts'
import type { OutcomePlan } from './outcome-plan.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { Script } from './script.ts'
import { findWinLines, type WinLine } from './win-lines.ts'

/*
 * A program that makes random choices or moves of its own does not play the planned games. So the judge plays further games: it aims at
 * each kind of group that wins, it plays as well as it can, it searches for a secret number by halves, and it tries more scripts at random.
 */

/** Number of groups of each kind that the judge tries to collect, and number of conversations in which the judge's person plays well. */
const AIMS = 2
const SKILLED = 3
/**
 * Maximum number of conversations in which the judge searches for a number, and maximum number of other conversations for a missing
 * outcome.
 */
const SEARCHES = 6
const MORE = 4

/** PlayedPlan is a plan whose games have been played. */
export interface PlayedPlan {
  readonly subject: CheckSubject
  readonly rehearsals: readonly Rehearsal[]
  readonly plan: OutcomePlan
  /** The outcomes that the games have reached so far. */
  readonly reached: ReadonlySet<string>
  /** True if the program has shown prompts, so that it plays the lines of the scripts. */
  readonly isPrompted: boolean
}

/** Yields the scripts of further games. It yields scripts of the last kinds only while there is an outcome that no game has reached. */
export function* furtherScripts({ subject, rehearsals, plan, reached, isPrompted }: PlayedPlan): Generator<Script> {
  const { seed, role, program } = subject
  const isMissing = (outcome: string) => plan.outcomes.includes(outcome) && !reached.has(outcome)
  const isIncomplete = () => plan.outcomes.some(isMissing)
  if (!isPrompted) yield* aimAtWins(subject, rehearsals)
  const skilled = program.skilled && role === 'server' ? SKILLED : 0
  for (let number = 0; number < skilled && (number === 0 || isIncomplete()); number++) yield { seed: seed + number, isSkilled: true }
  const search = role === 'server' ? findDirections(rehearsals) : undefined
  for (let number = 0; search && number < SEARCHES && isIncomplete(); number++) yield { seed: seed + number, search }
  let more = search ? MORE : 0
  for (const { script, outcomes } of findMore(rehearsals, plan)) {
    if (more === MORE) return
    if (![...outcomes].some(isMissing)) continue
    more++
    yield script
  }
}

/** Returns the rehearsals whose scripts are not planned, the shortest first. */
function findMore(rehearsals: readonly Rehearsal[], { scripts }: OutcomePlan): readonly Rehearsal[] {
  return rehearsals.filter(({ script }) => !scripts.includes(script)).toSorted((one, other) => one.length - other.length)
}

/**
 * Returns scripts of games in which the judge's person collects the numbers of a group that wins. There are scripts for some groups of each
 * kind.
 */
function aimAtWins({ seed, role }: CheckSubject, rehearsals: readonly Rehearsal[]): readonly Script[] {
  const lines = [...findWinLines(rehearsals).values()].filter(({ winner }) => winner !== role)
  const unique = [...new Map(lines.map((line): [string, WinLine] => [line.numbers.join(' '), line])).values()]
  const chosen = [...Map.groupBy(unique, ({ kind }) => kind).values()].flatMap((ofKind) => ofKind.slice(0, AIMS))
  return chosen.map(({ numbers }, at) => ({ seed: seed + at, aims: numbers.map(String) }))
}
