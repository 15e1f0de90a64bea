import { ARROW, type Rehearsal } from './rehearsal.ts'
import type { Script } from './script.ts'
import { findWinLines } from './win-lines.ts'

/** Maximum number of messages of a conversation that is played only because it is the longest conversation with its outcome. */
const LONG = 40

/** OutcomePlan is a choice of conversations that together show everything that rehearsals have shown. */
export interface OutcomePlan {
  /** The scripts to play, the most instructive first. */
  readonly scripts: readonly Script[]
  /** All outcomes, in the order in which the rehearsals reached them. */
  readonly outcomes: readonly string[]
  /** The outcome that a step implies, for conversations in which the judge's side does not know the outcome. */
  readonly implied: ReadonlyMap<string, string>
}

/**
 * Chooses a small set of scripts that together show every outcome, every transition and every way to win that the rehearsals show. The set
 * also has the shortest and the longest game of each outcome, because mistakes with the first and the last turn are frequent. The set has
 * at most `most` scripts, unless the longest games make it larger: they are always in the set.
 */
export function planOutcomes(rehearsals: readonly Rehearsal[], most: number): OutcomePlan {
  const outcomes = [...new Set(rehearsals.flatMap((one) => [...one.outcomes]))]
  const lines = findWinLines(rehearsals)
  const kindOf = (one: Rehearsal) => lines.get(one)?.kind ?? ''
  const open = new Set([...outcomes, ...rehearsals.flatMap(({ steps }) => [...steps]), ...[...lines.values()].map(({ kind }) => kind)])
  const chosen: Rehearsal[] = []
  while (open.size > 0 && chosen.length < most) {
    const worth = (one: Rehearsal) => gain(one, open, outcomes.length) + Number(open.has(kindOf(one)))
    const best = rehearsals.reduce((one, other) =>
      worth(other) > worth(one) || (worth(other) === worth(one) && other.length < one.length) ? other : one,
    )
    for (const item of [...best.outcomes, ...best.steps, kindOf(best)]) open.delete(item)
    chosen.push(best)
  }
  const byOutcome = outcomes.map((outcome) => ({ outcome, games: rehearsals.filter((one) => one.outcomes.has(outcome)) }))
  // a mistake with the last possible turn shows only here
  const edges = byOutcome.flatMap(({ outcome, games }) => (/ quits$/.test(outcome) ? [] : findLongest(games)))
  const extremes = byOutcome.flatMap(({ games }) => [...findShortest(games), ...findLongest(games)])
  const needed = new Set([...chosen, ...edges])
  const all = [...new Set([...needed, ...extremes])].slice(0, Math.max(most, needed.size))
  return { scripts: all.map(({ script }) => script), outcomes, implied: findImplied(rehearsals, outcomes) }
}

/** Counts the outcomes and the transitions that a rehearsal shows and that are still open. An outcome counts more than all transitions. */
function gain({ outcomes, steps }: Rehearsal, open: ReadonlySet<string>, weight: number): number {
  const count = (items: ReadonlySet<string>) => [...items].filter((item) => open.has(item)).length
  return count(outcomes) * (1000 * Math.max(1, weight)) + count(steps)
}

function findShortest(rehearsals: readonly Rehearsal[]): readonly Rehearsal[] {
  return rehearsals.toSorted((one, other) => one.length - other.length).slice(0, 1)
}

/** Returns the longest of some rehearsals that has at most `LONG` messages. */
function findLongest(rehearsals: readonly Rehearsal[]): readonly Rehearsal[] {
  return rehearsals
    .filter(({ length }) => length <= LONG)
    .toSorted((one, other) => other.length - one.length)
    .slice(0, 1)
}

/** Finds the messages that announce an outcome: all rehearsals with that outcome have the message, and no other rehearsal has it. */
function findImplied(rehearsals: readonly Rehearsal[], outcomes: readonly string[]): ReadonlyMap<string, string> {
  const steps = new Set(rehearsals.flatMap((one) => [...one.steps]))
  const implied = new Map<string, string>()
  for (const step of steps) {
    const name = toName(step)
    const found = outcomes.find((outcome) => rehearsals.every((one) => one.outcomes.has(outcome) === announces(one, name)))
    if (found !== undefined) implied.set(step, found)
  }
  return implied
}

function announces({ steps }: Rehearsal, name: string): boolean {
  return [...steps].some((step) => toName(step) === name)
}

function toName(step: string): string {
  return step.slice(step.indexOf(ARROW) + ARROW.length)
}
