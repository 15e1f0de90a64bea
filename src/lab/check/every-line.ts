import { quoteText } from '../../wire/text.ts'
import type { Observation } from '../monitor/observation.ts'
import type { Check, CheckSubject } from './check.ts'
import { findLongLineFault } from './long-lines.ts'
import { planOutcomes } from './outcome-plan.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { findStalePrint, findWrongAnswer } from './reference-answers.ts'
import { type Rehearsal, rehearse, toScript } from './rehearsal.ts'
import { judgeServerEnd } from './server-end.ts'
import { LONG_TEXT, SHORT_TEXT } from './unusual-lines.ts'

/** Number of rehearsals among which the check chooses, and number of conversations that it plays. */
const REHEARSALS = 24
const PLAYED = 2
/** Number of lines after which the client quits. */
const LINES = 6

/** The check that a server has an answer to each line that a client may send, and not only to the moves of a good game. */
export const everyLine: Check = {
  name: 'every-line',
  proves: 'answers every line that a client may send, also a line that the game does not allow',
  level: 'worksheet',
  roles: ['server'],
  carriers: 'both',
  appliesTo: isPlayable,
  async run(subject) {
    const visited = new Set<string>()
    const chosen = chooseRehearsals(await rehearseUnusual(subject))
    for (const { script } of chosen) {
      const played = await judgeServerEnd(subject, await playConversation(subject, { script }), script)
      for (const state of played.visited ?? []) visited.add(state)
      if (played.cause !== undefined) {
        const last = played.cause === 'hangs' || played.cause === 'closed-early' ? describeLast(played) : ''
        return { ...played, sentence: `${played.sentence}${last}`, visited }
      }
      const found = findStalePrint(played) ?? (await findWrongAnswer(subject, script, played.observations))
      if (found) return { ...found, visited }
    }
    const long = await findLongLineFault(subject)
    if (long) return { ...long, visited }
    const lines = new Set(chosen.flatMap(requestsOf))
    return {
      sentence: `the server has answered ${[...lines].map((line) => quoteText(line)).join(', ') || 'a client that sends nothing'}`,
      visited,
    }
  },
}

/** Plays scripts with unusual lines in memory. Omits a script that leads to a fault, because Parlor's own server refuses its lines. */
async function rehearseUnusual(subject: CheckSubject): Promise<readonly Rehearsal[]> {
  const found: Rehearsal[] = []
  for (let number = 0; number < REHEARSALS; number++) {
    const { seed } = toScript(subject.seed, number)
    const rehearsal = await rehearse(subject, { seed, quits: { side: 'client', after: LINES }, unusual: 'client' })
    if (!rehearsal) break
    if (rehearsal.isLegal) found.push(rehearsal)
  }
  return found
}

/** Chooses the rehearsals with the most transitions; if a short text follows a long text in a rehearsal, that rehearsal is first. */
function chooseRehearsals(rehearsals: readonly Rehearsal[]): readonly Rehearsal[] {
  const shrinking = rehearsals.find((one) => {
    const requests = requestsOf(one)
    const long = requests.indexOf(LONG_TEXT)
    return long >= 0 && requests.indexOf(SHORT_TEXT, long) >= 0
  })
  const { scripts } = planOutcomes(rehearsals, PLAYED)
  const planned = rehearsals.filter(({ script }) => scripts.includes(script))
  return [...new Set([...(shrinking ? [shrinking] : []), ...planned])].slice(0, PLAYED)
}

function requestsOf({ messages }: Rehearsal): readonly string[] {
  return messages.filter(({ from }) => from === 'client').map(({ text }) => text)
}

/** Describes the last message of the client and the answers to it, as the end of a sentence. */
function describeLast({ observations = [] }: Pick<PlayedFinding, 'observations'>): string {
  const messages = observations.filter((one: Observation) => one.kind === 'message')
  const at = messages.findLastIndex(({ from }) => from === 'client')
  const last = messages[at]
  if (!last) return ''
  const answers = messages.slice(at + 1).map(({ text }) => quoteText(text))
  return `; the last message of the client was ${quoteText(last.text)}, and the server ${answers.length === 0 ? 'has not answered it' : `answered ${answers.join(' and ')}`}`
}
