import { quoteText } from '../../wire/text.ts'
import type { MessageObservation } from '../monitor/observation.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { furtherScripts } from './further-scripts.ts'
import { type OutcomePlan, planOutcomes } from './outcome-plan.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { findForeignLine } from './printed-answers.ts'
import { findOppositeEnding, findWrongEnding } from './printed-endings.ts'
import { type Rehearsal, rehearse, toScript } from './rehearsal.ts'
import type { Script } from './script.ts'
import { findUnnoticedEnd, judgeOwnEnd, judgeServerEnd, type OwnEnd } from './server-end.ts'
import { explainSilence, findWrongLines, isOwnRefusal, isUnrefused, rehearseMistakes, withOneLine } from './wrong-lines.ts'

/*
 * Which games show every outcome? Parlor's own two roles answer that question: they play hundreds of games in memory, each from a script, and
 * the check chooses a few scripts that together reach every outcome and every transition. Then it plays these scripts with the program. No
 * protocol says which lines lead to which outcome, and a plug-in needs no code for its outcomes.
 *
 * A program that makes random choices of its own, such as a server with a secret number, may reach another outcome than the rehearsal. So
 * the check counts the outcomes of the games with the program, and plays further games for an outcome that is missing.
 */

/** Maximum number of rehearsals, and the number of messages in all of them after which no further rehearsal starts. */
const REHEARSALS = 160
const MESSAGES = 4000
/** Maximum number of conversations with the program in the plan. */
const PLANNED = 12

/** The check that every outcome of a game, and every message of the protocol on the way to an outcome, is played correctly. */
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
    const ends: OwnEnd[] = []
    const games: PlayedFinding[] = []
    let isPrompted = true
    for (const script of plan.scripts) {
      const finding = await play(script)
      isPrompted &&= finding.isPrompted !== false
      games.push(finding)
      const end = await judgeOwnEnd(subject, finding, script)
      if (end) ends.push(end)
      const isExcused = isForeignQuit(finding, script, subject) || isOwnRefusal(finding, script, subject.role)
      if (finding.cause !== undefined && !isExcused) return { ...finding, visited, outcomes }
    }
    const unnoticed = findUnnoticedEnd(ends)
    if (unnoticed) return { ...unnoticed, visited, outcomes }
    const foreign = findForeignScreen(subject, games) ?? findForeignEnding(subject, games)
    if (foreign) return { ...foreign, visited, outcomes }
    for (const script of furtherScripts({ subject, rehearsals, plan, reached, isPrompted })) {
      const finding = await play(script)
      if (finding.cause !== undefined && !isForeignQuit(finding, script, subject)) return { ...finding, visited, outcomes }
      const refused = script.isSkilled === true && (await findRefusal(subject, finding, script))
      if (refused) return { ...refused, visited, outcomes }
    }
    const wrong = await findWrongLines(subject, rehearsals)
    const finding = wrong && (await play(wrong))
    if (finding?.cause !== undefined && isUnrefused(finding)) return { ...finding, visited, outcomes }
    const single = wrong && finding && explainSilence(finding, wrong, subject.role) !== undefined ? withOneLine(wrong) : undefined
    const mute = single && (await play(single))
    const silence = mute && explainSilence(mute, single, subject.role)
    if (silence !== undefined) return { ...mute, sentence: silence, visited, outcomes }
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

/** Finds a message that a server refuses in a good game, for example because it has not reset its data for the second game of a client. */
async function findRefusal(subject: CheckSubject, finding: PlayedFinding, script: Script): Promise<PlayedFinding | undefined> {
  const { refusal } = subject.program.protocol.automaton
  const isRefusal = ({ name }: MessageObservation) => refusal !== undefined && name === refusal
  const messages = (finding.observations ?? []).filter((one) => one.kind === 'message')
  const at = messages.findIndex(isRefusal)
  const [refused, answer] = [messages[at - 1], messages[at]]
  if (!refused || !answer || (await rehearse(subject, script))?.messages.some(isRefusal) !== false) return undefined
  const sentence = `the server refused ${quoteText(refused.text)} with ${quoteText(answer.text)}, although nothing is wrong with it in this game: does the server reset its data for each game of a client?`
  const observations = finding.observations?.slice(0, finding.observations.indexOf(answer) + 1) ?? []
  return { ...finding, cause: 'wrong-rules', sentence, observations }
}

/** Finds a game in which the program has printed a line of another game. */
function findForeignScreen({ role }: CheckSubject, games: readonly PlayedFinding[]): PlayedFinding | undefined {
  // the end of a game that a person quits has words of its own
  const whole = games.filter((finding) => finding.cause === undefined && !finding.games?.at(-1)?.includes('quits'))
  const compared = whole.flatMap((finding) => (finding.said ? [{ finding, said: finding.said }] : []))
  const found = findForeignLine(compared.map(({ finding: { printed = '' }, said }) => ({ printed, said })))
  const finding = found && compared[found.game]?.finding
  return finding && { ...finding, cause: 'wrong-rules', sentence: `the ${role} ${found.clause}` }
}

/** Finds a game after which the program has printed the words of another outcome. */
function findForeignEnding({ role }: CheckSubject, games: readonly PlayedFinding[]): PlayedFinding | undefined {
  const ended = games.flatMap((finding) => {
    const [outcome, ...others] = finding.games ?? []
    const isWhole = finding.cause === undefined && outcome !== undefined && others.length === 0 && !/quits/.test(outcome)
    return isWhole ? [{ finding, outcome, ending: finding.ending ?? '' }] : []
  })
  const found = findOppositeEnding(ended, role) ?? findWrongEnding(ended)
  const finding = found && ended[found.game]?.finding
  return finding && { ...finding, cause: 'wrong-rules', sentence: `the ${role} ${found.clause}` }
}

/** Words with which programs offer to quit. */
const QUITTING = /quit|exit|leave|stop|end|bye|give up/i

/**
 * Checks whether a conversation failed because the judge quit as the worksheet's program does, and the program does not offer it: its author
 * may have chosen another line, and a program that ends by an error at the end of its input (Ctrl-D) does the same as many worksheets'
 * programs.
 */
function isForeignQuit(
  { cause, typed = [], printed = '', inputEnded = false }: PlayedFinding,
  { quits }: Script,
  { role }: CheckSubject,
): boolean {
  const line = typed.at(-1)
  if (quits?.side === role && inputEnded && cause === 'crashed') return true
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
