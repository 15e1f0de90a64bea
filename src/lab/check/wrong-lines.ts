import { parseMessage } from '../../protocol/automaton.ts'
import type { PlayedFinding } from './play.ts'
import { type Rehearsal, type Rehearsed, rehearse } from './rehearsal.ts'
import type { Script } from './script.ts'

/*
 * A person types lines that the game does not allow: a cell that is taken, a number that is out of range. The worksheet's program refuses
 * some of them and asks again, and a program that sends them breaks the rules. Which lines are refused depends on the game, so Parlor's
 * own role decides: the judge types only lines that it refuses in the same place of the same game. It leaves out the lines after which
 * the worksheet's program would crash.
 */

/** Lines that few games allow. Numbers are below and above a small range. */
const USUAL_MISTAKES = ['-1', '0', '10', '100', '', 'x']
/** Maximum number of lines that are typed, and of messages whose fields are typed again. */
const MOST = 6
const REPEATED = 3
/** Maximum number of messages of the game in which the judge types these lines, if there is such a short game. */
const LONG = 30

/**
 * Returns the script of one of these games, with lines that the role of the program under test has to refuse in it; `undefined` if there
 * are none.
 */
export async function findWrongLines(subject: Rehearsed, games: readonly Rehearsal[]): Promise<Script | undefined> {
  const { automaton } = subject.program.protocol
  const whole = games.filter(({ script: { quits } }) => !quits).toSorted((one, other) => one.length - other.length)
  const game = whole.findLast(({ length }) => length <= LONG) ?? whole[0]
  if (!game) return undefined
  const { script, messages } = game
  const fields = messages
    .slice(0, REPEATED)
    .flatMap(({ name, text }) => (name === undefined ? [] : (parseMessage(automaton.messages[name] ?? EMPTY, text) ?? [])))
  const refused: string[] = []
  for (const line of new Set([...fields, ...USUAL_MISTAKES])) {
    if (refused.length === MOST) break
    if ((await rehearse(subject, { ...script, wrong: [line] }))?.refused.has(line)) refused.push(line)
  }
  if (refused.length === 0) return undefined
  const all = await rehearse(subject, { ...script, wrong: refused })
  return refused.every((line) => all?.refused.has(line)) ? { ...script, wrong: refused } : undefined
}

/**
 * Checks whether a program has failed because of a line that it had to refuse: it has sent the line, or has crashed. If the other side
 * accepts the line, the game goes on in another way than the rehearsal, which is no fault.
 */
export function isUnrefused({ cause, isRefused = false }: PlayedFinding): boolean {
  return cause === 'crashed' || isRefused
}

const EMPTY = { from: 'either', text: '', example: '' } as const
