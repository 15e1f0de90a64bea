import type { Clock } from '../../base/clock.ts'
import { seededRandom } from '../../games/random.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { MessageObservation, Observation } from '../monitor/observation.ts'
import type { CheckSubject } from './check.ts'
import { CopyingTransport } from './copying-transport.ts'
import { RehearsalClock } from './rehearsal-clock.ts'
import { enoughLines, type Script, SEQUENCES, startScriptedSide } from './script.ts'
import type { Typist } from './typist.ts'
import { WireWatch } from './wire-watch.ts'

/** Milliseconds of real time after which the judge gives up a conversation in memory, because a role waits for something that never comes. */
const PATIENCE = 3000

/** Number of scripts among which the search looks for a script that visits a state. */
const TRIED = 24

/** Separates a state from the name of the message that leaves it. */
export const ARROW = ' → '

/** Rehearsal is the conversation to which a script leads if both sides are Parlor's own roles. */
export interface Rehearsal {
  readonly script: Script
  /** The transitions of the automaton that it takes: `judging → low`. */
  readonly steps: ReadonlySet<string>
  /** The states that it visits. */
  readonly visited: ReadonlySet<string>
  /** The outcomes of its games in words, as either side has seen them. */
  readonly outcomes: ReadonlySet<string>
  /** The messages in their order. */
  readonly messages: readonly MessageObservation[]
  /** The lines after which the program's role has asked again, except the lines after which the worksheet's program would crash. */
  readonly refused: ReadonlySet<string>
  /** Number of messages. */
  readonly length: number
  /** True if neither role has found a fault in a message of the other role. */
  readonly isLegal: boolean
  /** Number of messages of the judge's side, if the program answers the last of these messages; otherwise `undefined`. */
  readonly sentLast: number | undefined
}

/** Circumstances are the conditions in which a run of the program under test differs from a rehearsal. */
export interface Circumstances {
  /** Number of the sequence of random choices of the program's side. */
  readonly choices?: number
  /** The time at which the rehearsal starts, in milliseconds since 1970. */
  readonly time?: number
}

/** Rehearsed is the part of a program under test that a rehearsal needs. */
export type Rehearsed = Pick<CheckSubject, 'program' | 'options' | 'role' | 'random' | 'clock'>

/** Plays a script in memory, against Parlor's own role in place of the program under test. Resolves to `undefined` if it does not end. */
export async function rehearse(
  { program, options, role, random, clock: realClock }: Rehearsed,
  script: Script,
  { choices = 0, time }: Circumstances = {},
): Promise<Rehearsal | undefined> {
  const clock = new RehearsalClock((then) => realClock.after(0, then), time)
  const [judgeEnd, programEnd] = memoryPair()
  const judgeSide: Side = role === 'server' ? 'client' : 'server'
  const watch = new WireWatch(judgeEnd, toWatchedProtocol(program, options), judgeSide, clock)
  const isEndless = enoughLines(program) !== undefined
  const typed = async (line: string | undefined) => {
    if (line === undefined && isEndless) judge.conversation.end('enough')
  }
  const refused = new Set<string>()
  let hasWarned = false
  let last: { readonly line: string; readonly prompt: string; readonly sent: number } | undefined
  const typedAtProgram = async (line: string | undefined, prompt: string) => {
    const sent = watch.observations.filter((one) => one.kind === 'message' && one.from === role).length
    if (last?.prompt === prompt && last.sent === sent && !hasWarned) refused.add(last.line)
    hasWarned = false
    last = line === undefined ? undefined : { line, prompt, sent }
    await typed(line)
  }
  const warned = () => {
    hasWarned = true
  }
  const people = new Set<Typist>()
  const progress = () => {
    for (const typist of people) typist.progress()
  }
  const terms = { program, options, script, people, clock, typed }
  const { programTypist, judgeTypist, programRole, judgeRole } = SEQUENCES
  const played = startScriptedSide(
    {
      ...{ ...terms, typed: typedAtProgram, warned },
      ...{ side: role, transport: programEnd, random: seededRandom(script.seed + programRole + choices) },
    },
    programTypist,
  )
  const judge = startScriptedSide(
    {
      ...{ ...terms, side: judgeSide, transport: new CopyingTransport(watch, undefined, progress) },
      random: random ?? seededRandom(script.seed + judgeRole),
    },
    judgeTypist,
  )
  const closed = Promise.all([judge.conversation.closed, played.conversation.closed])
  const ended = await endSoon(closed, realClock)
  if (!ended) {
    for (const { conversation } of [judge, played]) conversation.end('it does not end')
    return undefined
  }
  const outcomes = new Set([...judge.outcomes, ...played.outcomes])
  const { observations } = watch
  const messages = observations.filter((one) => one.kind === 'message')
  const isAnswered = watch.sent > 0 && messages.at(-1)?.from === role
  return {
    script,
    steps: toSteps(observations),
    visited: watch.visited,
    outcomes,
    messages,
    refused,
    length: messages.length,
    isLegal: (await closed).every((error) => !(error instanceof Disconnected && error.reason === 'violation')),
    sentLast: isAnswered ? watch.sent : undefined,
  }
}

/** Number of rehearsals among which a check looks for a long game. */
const LONG_GAMES = 12

/** Rehearses some games in which no person quits, and resolves to them, the longest first. */
export async function rehearseLongGames(subject: CheckSubject): Promise<readonly Rehearsal[]> {
  const found: Rehearsal[] = []
  for (let number = 0; number < LONG_GAMES; number++) {
    const rehearsal = await rehearse(subject, { ...toScript(subject.seed, number), quits: undefined })
    if (!rehearsal) break
    found.push(rehearsal)
  }
  return found.toSorted((one, other) => other.length - one.length)
}

/** Returns the transitions that the legal messages and the ends of a conversation have taken. */
export function toSteps(observations: readonly Observation[]): ReadonlySet<string> {
  return new Set(
    observations.flatMap((one) =>
      (one.kind === 'message' || one.kind === 'judged' || one.kind === 'end') && one.name !== undefined
        ? [`${one.before}${ARROW}${one.name}`]
        : [],
    ),
  )
}

/** Resolves to true when a conversation in memory has ended, and to false if it takes too long. */
function endSoon(work: Promise<unknown>, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(PATIENCE, () => resolve(false))
    void work.then(() => {
      cancel()
      resolve(true)
    })
  })
}

/** Returns one of many scripts: in every third script, one person quits after some lines; in the other scripts, both people play to the end. */
export function toScript(seed: number, number: number): Script {
  const quits = number % 3 === 2 ? { side: number % 2 === 0 ? ('client' as const) : ('server' as const), after: number % 4 } : undefined
  return { seed: seed * 1000 + number, quits }
}

/**
 * Returns the first script whose conversation visits a state, or the script of the subject's own seed if no script does. It tries the script of
 * the subject's own seed first.
 */
export async function findScript(subject: Rehearsed & { readonly seed: number }, state: string): Promise<Script> {
  const usual: Script = { seed: subject.seed }
  for (const script of [usual, ...Array.from({ length: TRIED }, (_, number) => toScript(subject.seed, number))]) {
    const rehearsal = await rehearse(subject, script)
    if (rehearsal?.visited.has(state)) return script
    if (!rehearsal) break
  }
  return usual
}
