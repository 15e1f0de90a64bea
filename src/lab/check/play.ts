import type { Side } from '../../protocol/automaton.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import { addFaults } from '../faults/faulty-transport.ts'
import { parseFaults } from '../faults/grammar.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { Observation } from '../monitor/observation.ts'
import { findCause } from './causes.ts'
import type { CheckSubject, Finding } from './check.ts'
import { connectProgram, endWithin } from './connecting.ts'
import { type MatchEnd, playMatch } from './match.ts'
import { QUOTED } from './program-output.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { CountingTransport, CrLfTransport } from './wire-filters.ts'
import { WireWatch } from './wire-watch.ts'

/** Milliseconds for each answer of the program. */
const SILENCE = 4000
/** Milliseconds for a program to end after the conversation, and to show that it has crashed. */
const END_WAIT = 3000
const CRASH_WAIT = 500
/** Milliseconds in which a program that waits is measured, and the processor time in them that shows a busy loop. */
const MEASURED = 1000
const BUSY = 150
/** Milliseconds since the last message in which a conversation goes on. */
const ACTIVE = 3000
/** Number of typed lines that a sentence shows. */
const SHOWN = 8

/** PlayOptions say how a conversation differs from an undisturbed one. */
export interface PlayOptions {
  /** Fault rules for what the judge sends, as `--fault` takes them. */
  readonly faults?: string
  /** Milliseconds for each answer of the program, if the faults need more than usual. */
  readonly silence?: number
  /** Text that the judge types where its side may send any text. */
  readonly text?: string
  /** True to end the lines that the judge sends in CR LF. */
  readonly crLf?: boolean
}

/** Plays one conversation with a program from its start to its end, and returns what is wrong with it. */
export async function playConversation(
  subject: CheckSubject,
  { faults, silence = SILENCE, text, crLf = false }: PlayOptions = {},
): Promise<Finding> {
  const { program, options, role, clock, seed } = subject
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return connected
  const { running } = connected
  const own = role === 'client' ? 'server' : 'client'
  const protocol = toWatchedProtocol(program, options)
  // below the watch, because a line that ends in CR LF is the same message
  const wire = crLf ? new CrLfTransport(connected.transport) : connected.transport
  const watch = new WireWatch(wire, protocol, own, clock)
  const rules = faults === undefined ? [] : parseFaults(faults)
  if ('refused' in rules) throw new RangeError(rules.refused)
  const transport = rules.length === 0 ? watch : addFaults(watch, { rules, seed, side: own, program: protocol, clock })
  const intended = new CountingTransport(transport)
  const match = await playMatch({ ...subject, running, transport: intended, silence, text })
  watch.settle()
  const end = await endWithin(running, match.trouble || role === 'server' ? CRASH_WAIT : END_WAIT, clock)
  const isBusy = end === undefined && (await isSpinning(running, subject))
  const finding = toFinding({ subject, match, end, running, watch, isBusy, intended: intended.written })
  await running.stop()
  return { ...finding, visited: watch.visited }
}

/** Checks whether a program uses the processor though nothing is left to do for it. */
export async function isSpinning(running: RunningProgram, { clock }: Pick<CheckSubject, 'clock'>): Promise<boolean> {
  const { processor } = running.usage()
  await endWithin(running, MEASURED, clock)
  return running.usage().processor - processor > BUSY
}

interface PlayedConversation {
  readonly subject: CheckSubject
  readonly match: MatchEnd
  readonly end: ProgramEnd | undefined
  readonly running: RunningProgram
  readonly watch: WireWatch
  readonly isBusy: boolean
  /** Number of bytes that the judge's role has sent; the faults may have dropped some of them. */
  readonly intended: number
}

function toFinding({ subject, match, end, running, watch, isBusy, intended }: PlayedConversation): Finding {
  const { role, program } = subject
  const { trouble, stopped, inputEnded, typed } = match
  const { observations } = watch
  const played = formatTyped(typed)
  // what a program does after the judge has closed the connection is a consequence
  if (stopped && !observations.some((one) => one.kind === 'message' && one.oddity !== undefined))
    return { sentence: `the conversation went on until the judge stopped it, because its protocol has no end (${played})` }
  if (end?.stopped === 'time' && isActive(observations))
    return { sentence: `the conversation still went on when the time of the program was over (${played})` }
  const isOwnEnd = !trouble || (trouble instanceof Disconnected && trouble.isPeerClosed)
  const lines = isOwnEnd ? running.output.lastLines(QUOTED) : match.lines
  const { automaton } = program.protocol
  const printed = printedIn(match.typed, running, spanOfWait(observations, role))
  const found = findCause({ role, automaton, observations, trouble, end: stopped ? undefined : end, inputEnded, lines, printed })
  if (found) return { cause: found.cause, sentence: `${found.sentence} (${played})`, lines, observations }
  if (!stopped && watch.written < intended && observations.some(({ kind, from }) => kind === 'end' && from === role)) {
    const sentence = `the ${role} closed the connection when ${watch.written} of ${intended} bytes had arrived (${played})`
    return { cause: 'closed-early', sentence, lines, observations }
  }
  if (isBusy) {
    const sentence = `the conversation is over, but the ${role} does not end and uses the processor: it reads again and again from a connection that is closed`
    return { cause: 'spins-after-close', sentence, lines, observations }
  }
  if (!end && role === 'client') {
    const sentence = `the conversation is over, but the client does not end within ${END_WAIT / 1000} s`
    return { cause: 'never-closes', sentence, lines, observations }
  }
  return { sentence: `the conversation ended as its protocol ends (${played})` }
}

/** Checks whether a conversation went on until the program was ended: a network that delays everything makes long games longer. */
function isActive(observations: readonly Observation[]): boolean {
  const last = observations.findLast((one) => one.kind === 'message')
  const end = observations.findLast((one) => one.kind === 'end')
  return last !== undefined && end !== undefined && end.at - last.at < ACTIVE
}

/** Returns the times between which a program was to answer: from the last bytes that it was sent to the end of the judge's side. */
function spanOfWait(observations: readonly Observation[], role: Side): readonly [number, number] {
  const others = observations.filter(({ from }) => from !== role)
  const since = others.findLast(({ kind }) => kind === 'segment')?.at ?? 0
  return [since, others.find(({ kind }) => kind === 'end')?.at ?? Number.POSITIVE_INFINITY]
}

/** Returns what a program has printed in a span of time, without what was typed, which a terminal may echo. */
function printedIn(typed: readonly string[], { output }: RunningProgram, [since, until]: readonly [number, number]): string {
  // the prompt of the last typed line may be read after the answer to that line
  const asked = output.chunks.findLastIndex(({ at, stream }) => stream === 'typed' && at <= since)
  const printed = output.chunks
    .slice(asked + 1)
    .filter(({ at, stream }) => at >= since && at < until && stream !== 'typed')
    .map(({ bytes }) => decode(bytes))
    .join('')
  return printed
    .split(/\r?\n/)
    .filter((line) => !typed.includes(line.trim()))
    .join('\n')
}

/** Formats the lines that were typed, the last ones of many. */
function formatTyped(typed: readonly string[]): string {
  if (typed.length === 0) return 'nothing was typed'
  const shown = typed.slice(-SHOWN).map((line) => quoteText(line))
  return `typed: ${typed.length > SHOWN ? '… ' : ''}${shown.join(', ')}`
}
