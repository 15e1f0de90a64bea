import type { Side } from '../../protocol/automaton.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { addFaults } from '../faults/faulty-transport.ts'
import { parseFaults } from '../faults/grammar.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { Observation } from '../monitor/observation.ts'
import { findCause } from './causes.ts'
import type { CheckSubject, Finding } from './check.ts'
import { type Connected, connectProgram } from './connecting.ts'
import { type MatchEnd, playMatch } from './match.ts'
import { isOutputHeldBack, toText } from './output-timing.ts'
import { findCutAnswer, findWrongCount } from './printed-answers.ts'
import { QUOTED } from './program-output.ts'
import { toSteps } from './rehearsal.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import type { Script } from './script.ts'
import { lookAgain, lookAtStopped } from './second-look.ts'
import { withoutRetransmissions } from './typed-text.ts'
import { endWithin, isBusy } from './waiting.ts'
import { CountingTransport, CrLfTransport } from './wire-filters.ts'
import { WireWatch } from './wire-watch.ts'

/** Milliseconds for each answer of the program. */
const SILENCE = 4000
/**
 * Milliseconds of a program's idle time in which the program must end after the conversation, or must show that it has crashed. `CLOSED_WAIT` is for
 * a program that has closed its connection, as after a crash, or that has not sent its message: on a busy machine, the judge detects the end or the
 * message later.
 */
const END_WAIT = 3000
const CRASH_WAIT = 250
const CLOSED_WAIT = 1000
/** Milliseconds of processor time that show a busy loop, and milliseconds of idle time that exclude a busy loop. */
const BUSY = 300
const IDLE = 300
/** Maximum milliseconds of processor time in such a wait of a program that sleeps. */
const ASLEEP = 50
/** Milliseconds since the last message for which a conversation is still active. */
const ACTIVE = 3000
/** Number of typed lines that a sentence shows. */
const SHOWN = 8

/** PlayOptions are the differences between a conversation and an undisturbed conversation. */
export interface PlayOptions {
  /** Fault rules for the bytes of the judge, as `--fault` takes them. */
  readonly faults?: string
  /** Milliseconds for each answer of the program, if answers take longer because of the faults. Default: `SILENCE`. */
  readonly silence?: number
  /** Text that the judge types when its side may send any text. */
  readonly text?: string
  /** The script of both people; by default, the script of the subject's seed. */
  readonly script?: Script
  /** Wraps the judge's end of the connection. */
  readonly wrap?: (watch: WireWatch) => Transport
  /** True if CR LF ends each line that the judge sends. */
  readonly crLf?: boolean
  /** A program that runs already, and a new connection to it; by default, the conversation starts the program. */
  readonly connected?: Connected | undefined
  /** True to leave the program running after the conversation. */
  readonly keepsRunning?: boolean
}

/** PlayedFinding is a finding on one conversation. */
export interface PlayedFinding extends Finding {
  /** The transitions of the automaton that the conversation has taken. */
  readonly steps?: ReadonlySet<string>
  /** The outcomes of the games at which the judge's side sat, in words. */
  readonly games?: readonly string[]
  /** True if the judge's side has refused a message of the program. */
  readonly isRefused?: boolean
  /** The lines that were typed, and everything that the program has printed. */
  readonly typed?: readonly string[]
  readonly printed?: string
}

/** Plays one conversation with a program from its start to its end, and returns what is wrong with it. */
export async function playConversation(
  subject: CheckSubject,
  { faults, silence = SILENCE, text, script, wrap, crLf = false, connected: given, keepsRunning = false }: PlayOptions = {},
): Promise<PlayedFinding> {
  const { program, options, role, clock, seed } = subject
  const connected = given ?? (await connectProgram(subject))
  if ('sentence' in connected) return connected
  const { running } = connected
  const own = role === 'client' ? 'server' : 'client'
  const protocol = toWatchedProtocol(program, options)
  // below the watch, because a line that ends in CR LF is the same message
  const wire = crLf ? new CrLfTransport(connected.transport) : connected.transport
  const watch = new WireWatch(wire, protocol, own, clock)
  const rules = faults === undefined ? [] : parseFaults(faults)
  if ('refused' in rules) throw new RangeError(rules.refused)
  let intended: CountingTransport | undefined
  const disturb = (transport: Transport) => {
    const faulty = rules.length === 0 ? transport : addFaults(transport, { rules, seed, side: own, program: protocol, clock })
    intended = new CountingTransport(faulty)
    return intended
  }
  const match = await playMatch({
    ...{ ...subject, running, transport: wrap?.(watch) ?? watch, disturb, silence, text, script },
    onLate: () => watch.settle(),
  })
  watch.settle()
  const { processor } = running.usage()
  // a program that has not sent its message may send it at the end of the connection
  const isMissing = match.trouble instanceof Disconnected && (match.trouble.isPeerClosed || match.trouble.reason === 'late')
  const crashWait = isMissing ? CLOSED_WAIT : CRASH_WAIT
  const end = await endWithin(running, match.trouble || role === 'server' ? crashWait : END_WAIT, clock)
  const isAwake = running.usage().processor - processor > ASLEEP
  const spins = end === undefined && isAwake && (await isSpinning(running, subject))
  const sent = watch.observations.flatMap((one) => (one.kind === 'message' && one.from !== role ? [one.text] : []))
  const hasWide = sent.some((one) => /[^\0-\x7f]/.test(one)) && !sent.some((one) => one.includes('\ufffd'))
  const isGarbled = hasWide && running.output.text().includes('\ufffd')
  const finding = toFinding({
    subject,
    match,
    end,
    running,
    watch,
    spins,
    isGarbled,
    intended: intended?.written ?? 0,
    closesEarly: wrap !== undefined,
  })
  if (!keepsRunning) await running.stop()
  return {
    ...{ observations: watch.observations, ...finding, visited: watch.visited, steps: toSteps(watch.observations) },
    isRefused: match.trouble instanceof Disconnected && match.trouble.reason === 'violation',
    ...{ games: match.outcomes, typed: match.typed, printed: toText(running.output.chunks) },
  }
}

/** Checks whether a program uses the processor although it has nothing left to do. */
export function isSpinning(running: RunningProgram, { clock }: Pick<CheckSubject, 'clock'>): Promise<boolean> {
  return isBusy(running, { busy: BUSY, idle: IDLE }, clock)
}

interface PlayedConversation {
  readonly subject: CheckSubject
  readonly match: MatchEnd
  readonly end: ProgramEnd | undefined
  readonly running: RunningProgram
  readonly watch: WireWatch
  readonly spins: boolean
  /** True if the program has printed the sign for bytes that form no character, which the judge has not sent. */
  readonly isGarbled: boolean
  /** Number of bytes that the judge's role has sent; the faults may have dropped some of them. */
  readonly intended: number
  /** True if the judge's side may have closed its half before the game was over. */
  readonly closesEarly: boolean
}

function toFinding({ subject, match, end, running, watch, spins, isGarbled, intended, closesEarly }: PlayedConversation): Finding {
  const { role, program, datagrams = false } = subject
  const { trouble, stopped, inputEnded, typed } = match
  const observations = datagrams ? withoutRetransmissions(watch.observations, role, match.expected) : watch.observations
  const isUntyped = role === 'server' && typed.length === 0
  const played = isUntyped ? formatLines('the client sent', textsOf(observations, 'client')) : formatTyped(typed)
  const isOdd = observations.some((one) => one.kind === 'message' && one.oddity !== undefined)
  if (isGarbled && !isOdd && (stopped || !trouble))
    return {
      cause: 'wrong-encoding',
      sentence: `the ${role} printed \ufffd in place of a character that the judge sent`,
      lines: running.output.lastLines(QUOTED),
      observations,
    }
  // all acts of a program after the judge has closed the connection are consequences
  const stoppedFault = stopped && !isOdd ? lookAtStopped({ role, automaton: program.protocol.automaton, observations, match }) : undefined
  if (stopped && !isOdd && !stoppedFault)
    return { sentence: `the conversation continued until the judge stopped it, because its protocol has no end (${played})` }
  if (end?.stopped === 'time' && isActive(observations))
    return { sentence: `the conversation was not over when the time of the program was over (${played})` }
  const isOwnEnd = (!trouble && !stopped) || (trouble instanceof Disconnected && trouble.isPeerClosed)
  const lines = isOwnEnd ? running.output.lastLines(QUOTED) : match.lines
  const { automaton } = program.protocol
  const printed = printedIn(match.typed, running, spanOfWait(observations, role))
  const shown = findCause({ role, automaton, observations, trouble, end: stopped ? undefined : end, inputEnded, lines, printed })
  const found = stoppedFault ?? lookAgain(shown, { role, automaton, observations, match, closesEarly })
  if (found?.shownBy !== undefined) {
    const until = observations.findIndex((one) => one.kind === 'message' && one.number === found.shownBy)
    return { cause: found.cause, sentence: found.sentence, lines, observations: observations.slice(0, until + 1) }
  }
  if (found) {
    const board = found.cause === 'wrong-rules' && match.board?.trim().includes('\n') ? { board: match.board } : {}
    return { cause: found.cause, sentence: `${found.sentence} (${played})`, lines, observations, ...board }
  }
  // over UDP, a client that has asked twice needs one answer only
  if (!stopped && !datagrams && watch.written < intended && observations.some(({ kind, from }) => kind === 'end' && from === role)) {
    const sentence = `the ${role} closed the connection when ${watch.written} of ${intended} bytes had arrived (${played})`
    return { cause: 'closed-early', sentence, lines, observations }
  }
  const cut = datagrams ? findCutAnswer(role, observations, toText(running.output.chunks)) : undefined
  if (cut) return { ...cut, sentence: `${cut.sentence} (${played})`, lines, observations }
  const counted = end && !stopped ? findWrongCount({ role, automaton, observations, match }, toText(running.output.chunks)) : undefined
  if (counted) return { ...counted, sentence: `${counted.sentence} (${played})`, lines, observations }
  if (spins) {
    const sentence = `the conversation is over, but the ${role} does not end and uses the processor: it reads again and again from a connection that is closed`
    return { cause: 'spins-after-close', sentence, lines, observations }
  }
  const outcome = match.outcomes.at(-1)
  const { prompt } = running.output
  if (!end && role === 'client' && outcome !== undefined && prompt !== '') {
    const sentence = `the game is over (${outcome}), but the client waits at its prompt ${quoteText(prompt)} as if the game continued (${played})`
    return { cause: 'wrong-rules', sentence, lines, observations, ...(match.board === undefined ? {} : { board: match.board }) }
  }
  if (!end && role === 'client') {
    const sentence = `the conversation is over, but the client does not end within ${END_WAIT / 1000} s`
    return { cause: 'never-closes', sentence, lines, observations }
  }
  if (running.terminal && isOutputHeldBack(running.output.chunks)) {
    const sentence = `the ${role} printed nothing before its end, so a person would have typed without its prompts: its text had stayed in a buffer (${played})`
    return { cause: 'unflushed-output', sentence, lines }
  }
  return { sentence: `the conversation ended as its protocol ends (${played})` }
}

/** Checks whether a conversation continued until the judge ended the program: a network that delays everything makes long games longer. */
function isActive(observations: readonly Observation[]): boolean {
  const last = observations.findLast((one) => one.kind === 'message')
  const end = observations.findLast((one) => one.kind === 'end')
  return last !== undefined && end !== undefined && end.at - last.at < ACTIVE
}

/** Returns the times between which a program had to answer: from the last bytes that it received to the end of the judge's side. */
function spanOfWait(observations: readonly Observation[], role: Side): readonly [number, number] {
  const others = observations.filter(({ from }) => from !== role)
  const since = others.findLast(({ kind }) => kind === 'segment')?.at ?? 0
  return [since, others.find(({ kind }) => kind === 'end')?.at ?? Number.POSITIVE_INFINITY]
}

/** Returns the output of a program in a span of time, without the typed text, which a terminal may echo. */
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

function formatTyped(typed: readonly string[]): string {
  return typed.length === 0 ? 'nothing was typed' : formatLines('typed:', typed)
}

/** Formats lines behind words that say what happened to them; if there are many, only the last lines. */
function formatLines(words: string, lines: readonly string[]): string {
  const shown = lines.slice(-SHOWN).map((line) => quoteText(line))
  return `${words} ${lines.length > SHOWN ? '… ' : ''}${shown.join(', ') || 'nothing'}`
}

function textsOf(observations: readonly Observation[], side: Side): readonly string[] {
  return observations.flatMap((one) => (one.kind === 'message' && one.from === side ? [one.text] : []))
}
