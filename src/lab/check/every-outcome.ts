import type { Check, CheckSubject, Finding } from './check.ts'
import { findDirections } from './number-search.ts'
import { type OutcomePlan, planOutcomes } from './outcome-plan.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { type Rehearsal, rehearse, toScript } from './rehearsal.ts'
import type { Script } from './script.ts'
import { judgeServerEnd } from './server-end.ts'
import { findWrongLines, isOwnRefusal, isUnrefused, rehearseMistakes } from './wrong-lines.ts'

/*
 * Which games show every outcome? Parlor's own two roles answer that question: they play hundreds of games in memory, each from a script, and
 * the check chooses a few scripts that together reach every outcome and every transition. Then it plays these scripts with the program. No
 * protocol says which lines lead to which outcome, and a plug-in needs no code for its outcomes.
 *
 * A program that makes random choices of its own, such as a server with a secret number, may reach another outcome than the rehearsal. So
 * the check counts the outcomes of the games with the program, and tries a few more scripts for an outcome that is missing; it
 * searches for a secret number by halves.
 */

/** Maximum number of rehearsals, and the number of messages in all of them after which no further rehearsal starts. */
const REHEARSALS = 160
const MESSAGES = 4000
/**
 * Maximum number of conversations with the program in the plan, of further conversations for a missing outcome, and of conversations in
 * which the judge searches for a number.
 */
const PLANNED = 12
const MORE = 4
const SEARCHES = 6

/** The check that every outcome of a game, and every message of the protocol on the way there, is played correctly. */
export const everyOutcome: Check = {
  name: 'every-outcome',
  proves: 'plays games of every outcome by the rules',
  level: 'worksheet',
  roles: ['client', 'server'],
  appliesTo: isPlayable,
  async run(subject) {
    const rehearsals = await rehearseMany(subject)
    const plan = planOutcomes([...rehearsals, ...(await rehearseMistakes(subject, rehearsals))], PLANNED)
    const reached = new Set<string>()
    const visited = new Set<string>()
    const outcomes = { reached, all: plan.outcomes }
    let count = 0
    let offersQuit = true
    const play = async (script: Script): Promise<PlayedFinding> => {
      // each further game would wait in vain for the same line
      if (!offersQuit && script.quits?.side === subject.role) return { sentence: 'the program offers no such line to quit' }
      count++
      subject.onProgress?.(`game ${count} of ${plan.scripts.length}, outcomes played: ${reached.size} of ${plan.outcomes.length}`)
      const finding = await judgeServerEnd(subject, await playConversation(subject, { script }), script)
      for (const state of finding.visited ?? []) visited.add(state)
      for (const outcome of finding.cause === undefined ? toOutcomes(finding, plan) : []) reached.add(outcome)
      if (finding.cause !== undefined && isForeignQuit(finding, script, subject)) offersQuit = false
      return finding
    }
    const isMissing = (outcome: string) => plan.outcomes.includes(outcome) && !reached.has(outcome)
    for (const script of plan.scripts) {
      const finding = await play(script)
      const isExcused = isForeignQuit(finding, script, subject) || isOwnRefusal(finding, script, subject.role)
      if (finding.cause !== undefined && !isExcused) return { ...finding, visited, outcomes }
    }
    const search = subject.role === 'server' ? findDirections(rehearsals) : undefined
    for (let number = 0; search && number < SEARCHES && plan.outcomes.some(isMissing); number++) {
      const script = { seed: subject.seed + number, search }
      const finding = await play(script)
      if (finding.cause !== undefined) return { ...finding, visited, outcomes }
    }
    const most = search ? 0 : MORE
    const planned = count
    for (const { script, outcomes: promised } of findMore(rehearsals, plan)) {
      if (count >= planned + most) break
      if (![...promised].some(isMissing)) continue
      const finding = await play(script)
      if (finding.cause !== undefined && !isForeignQuit(finding, script, subject)) return { ...finding, visited, outcomes }
    }
    const wrong = await findWrongLines(subject, rehearsals)
    const finding = wrong && (await play(wrong))
    if (finding?.cause !== undefined && isUnrefused(finding)) return { ...finding, visited, outcomes }
    return { sentence: formatCoverage(count, outcomes), visited, outcomes }
  },
}

/** Plays scripts in memory: in most scripts both people play to the end, and in the other scripts one person quits after some lines. */
async function rehearseMany(subject: CheckSubject): Promise<readonly Rehearsal[]> {
  const found: Rehearsal[] = []
  let messages = 0
  for (let number = 0; number < REHEARSALS && messages < MESSAGES; number++) {
    const rehearsal = await rehearse(subject, toScript(subject.seed, number))
    if (!rehearsal) break
    found.push(rehearsal)
    messages += rehearsal.length
  }
  return found
}

/** Returns the rehearsals whose scripts are not planned, the shortest first. */
function findMore(rehearsals: readonly Rehearsal[], { scripts }: OutcomePlan): readonly Rehearsal[] {
  return rehearsals.filter(({ script }) => !scripts.includes(script)).toSorted((one, other) => one.length - other.length)
}

/** Words with which programs offer to quit. */
const QUITTING = /quit|exit|leave|stop|end|bye|give up/i

/**
 * Checks whether a conversation failed because the judge typed the worksheet's line to quit, and the program does not offer it: its author
 * may have chosen another line.
 */
function isForeignQuit({ typed = [], printed = '' }: PlayedFinding, { quits }: Script, { role }: CheckSubject): boolean {
  const line = typed.at(-1)
  if (quits?.side !== role || line === undefined || typed.length <= quits.after) return false
  const isNamed = (text: string) => text.split(/[^\p{L}\p{N}/]+/u).some((word) => word.toLowerCase() === line.toLowerCase())
  return !printed.split('\n').some((text) => text !== line && isNamed(text) && QUITTING.test(text))
}

function toOutcomes({ games = [], steps = new Set() }: PlayedFinding, { implied }: OutcomePlan): readonly string[] {
  if (games.length > 0) return games
  return [...steps].flatMap((step) => implied.get(step) ?? [])
}

function formatCoverage(count: number, { reached, all }: NonNullable<Finding['outcomes']>): string {
  const missing = all.filter((outcome) => !reached.has(outcome))
  const played = `${count === 1 ? 'one conversation' : `${count} conversations`}: ${reached.size > 0 ? [...reached].join(', ') : 'none has a game'}`
  return missing.length === 0 ? played : `${played}; not reached, because it depends on choices of the program: ${missing.join(', ')}`
}
