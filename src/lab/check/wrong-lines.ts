import { parseMessage, type Side } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import type { PlayedFinding } from './play.ts'
import { ARROW, type Rehearsal, type Rehearsed, rehearse } from './rehearsal.ts'
import type { Script } from './script.ts'
import { MISTAKES } from './unusual-lines.ts'

/*
 * A person types lines that the game does not allow: a cell that is taken, a number that is out of range. The worksheet's program refuses
 * some of these lines and asks again, and a program that sends such a line breaks the rules. Which lines are refused depends on the game,
 * so Parlor's own role decides: the judge types only lines that this role refuses in the same place of the same game. The judge leaves out
 * the lines after which the worksheet's program would crash.
 *
 * The worksheet's client sends other lines of this kind, such as a number that is out of range, and the server answers by a message that
 * no good game shows. A client must read this message, too. The author of a client may refuse such a line, and the refusal is no fault.
 */

/** Maximum number of lines that are typed, and maximum number of messages whose fields are typed again. */
const MOST = 6
const REPEATED = 3
/** The judge types these lines in a game of at most this number of messages, if there is such a game. */
const LONG = 30

/**
 * Returns the script of one of `games`, with lines that the role of the program under test has to refuse in that game; `undefined` if there
 * are no such lines.
 */
export async function findWrongLines(subject: Rehearsed, games: readonly Rehearsal[]): Promise<Script | undefined> {
  const game = findLongGame(games)
  if (!game) return undefined
  const { script, messages } = game
  const fields = fieldsOf(subject, messages)
  const refused: string[] = []
  for (const line of new Set([...fields, ...MISTAKES])) {
    if (refused.length === MOST) break
    if ((await rehearse(subject, { ...script, wrong: [line] }))?.refused.has(line)) refused.push(line)
  }
  if (refused.length === 0) return undefined
  const all = await rehearse(subject, { ...script, wrong: refused })
  return refused.every((line) => all?.refused.has(line)) ? { ...script, wrong: refused } : undefined
}

/**
 * Rehearses games in which the person at the client under test types a mistake that Parlor's client sends. Resolves to the games in which
 * the server answers the mistake by a message that no other game shows in the same state.
 */
export async function rehearseMistakes(subject: Rehearsed, games: readonly Rehearsal[]): Promise<readonly Rehearsal[]> {
  const game = findLongGame(games)
  if (subject.role !== 'client' || !game) return []
  const { messages } = subject.program.protocol.automaton
  const shown = new Set(games.flatMap(({ steps }) => [...steps]))
  const found: Rehearsal[] = []
  const own = game.messages.filter(({ from }) => from === subject.role)
  for (const line of new Set([...MISTAKES, ...fieldsOf(subject, own)])) {
    const rehearsal = await rehearse(subject, { ...game.script, wrong: [line] })
    if (!rehearsal?.isLegal) continue
    const fresh = [...rehearsal.steps].filter((step) => !shown.has(step))
    if (fresh.length === 0 || !fresh.every((step) => messages[step.split(ARROW)[1] ?? '']?.from === 'server')) continue
    for (const step of fresh) shown.add(step)
    found.push(rehearsal)
  }
  return found
}

/** Returns the fields of the first messages of a game. */
function fieldsOf({ program }: Rehearsed, messages: Rehearsal['messages']): readonly string[] {
  const known = program.protocol.automaton.messages
  return messages
    .slice(0, REPEATED)
    .flatMap(({ name, text }) => (name === undefined ? [] : (parseMessage(known[name] ?? EMPTY, text) ?? [])))
}

/** Returns the longest of the games in which no person quits, if possible a game of at most `LONG` messages. */
function findLongGame(games: readonly Rehearsal[]): Rehearsal | undefined {
  const whole = games.filter(({ script: { quits } }) => !quits).toSorted((one, other) => one.length - other.length)
  return whole.findLast(({ length }) => length <= LONG) ?? whole[0]
}

/**
 * Checks whether a program has failed in a game of `rehearseMistakes` only because it has refused the mistake: it has not sent the line, so
 * the other side has waited for it.
 */
export function isOwnRefusal({ cause, observations = [] }: PlayedFinding, { wrong: [line] = [] }: Script, role: Side): boolean {
  if (line === undefined || cause === 'crashed') return false
  return !observations.some((one) => one.kind === 'message' && one.from === role && one.text.trim().split(/\s+/).includes(line))
}

/**
 * Checks whether a program has failed because of a line that it had to refuse: it has sent the line, or has crashed. If the other side
 * accepts the line, the game continues in another way than the rehearsal, and that difference is no fault.
 */
export function isUnrefused({ cause, isRefused = false }: PlayedFinding): boolean {
  return cause === 'crashed' || isRefused
}

/**
 * Returns the script with only one of its wrong lines, because a program may be silent after any of these lines. Leaves out an empty line,
 * because a program may ignore it and read the next line without a prompt. Returns `undefined` if there is no other line.
 */
export function withOneLine(script: Script): Script | undefined {
  const line = script.wrong?.find((one) => one !== '')
  return line === undefined ? undefined : { ...script, wrong: [line] }
}

/**
 * Explains a program that waits after a wrong line, and does not ask its person again, although it has shown a prompt before; `undefined`
 * for another program.
 */
export function explainSilence(
  { cause, isPrompted = false, promptAfter, typed = [], observations = [] }: PlayedFinding,
  { wrong = [] }: Script,
  role: Side,
): string | undefined {
  // the first line is a line of a good game
  const line = typed.slice(1).find((one) => wrong.includes(one))
  if (cause !== 'hangs' || !isPrompted || promptAfter !== '' || line === undefined) return undefined
  const isSent = observations.some((one) => one.kind === 'message' && one.from === role && one.text.includes(line))
  const what = isSent ? 'has sent it' : 'has not sent it'
  return `${quoteText(line)} was typed, which the game does not allow: the ${role} ${what}, and does not ask again; it waits for the other side, which waits for the ${role}`
}

const EMPTY = { from: 'either', text: '', example: '' } as const
