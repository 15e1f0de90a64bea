import type { Side } from '../../protocol/message-spec.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import type { Observation } from '../monitor/observation.ts'
import { findCause } from './causes.ts'
import type { CheckSubject, Finding } from './check.ts'
import type { MatchEnd } from './match.ts'
import { isOutputHeldBack, toScreen, toText } from './output-timing.ts'
import { findCutAnswer, findWrongCount } from './printed-answers.ts'
import { QUOTED } from './program-output.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { lookAgain, lookAtStopped } from './second-look.ts'
import { withoutRetransmissions } from './typed-text.ts'
import { findRefused } from './wire-faults.ts'
import type { WireWatch } from './wire-watch.ts'

/** A conversation is still active for this number of milliseconds after its last message. */
const ACTIVE = 3000
/** Number of typed lines that a sentence shows. */
const SHOWN = 8
/** PlayedConversation has all that the judge knows about one conversation after its end. */
export interface PlayedConversation {
  readonly subject: CheckSubject
  readonly match: MatchEnd
  readonly end: ProgramEnd | undefined
  readonly running: RunningProgram
  readonly watch: WireWatch
  readonly spins: boolean
  /** Milliseconds that the program had to end by itself. */
  readonly endWait: number
  /** A text that the program has printed in place of characters that the judge has sent. */
  readonly garbled: string | undefined
  /** Number of bytes that the judge's role has sent; the faults may have dropped some of them. */
  readonly intended: number
  /** True if the judge's side may have closed its half before the game was over. */
  readonly closesEarly: boolean
}

/** Returns what is wrong with a conversation. A sign has priority over the signs that follow from it. */
export function toFinding({
  subject,
  match,
  end,
  running,
  watch,
  spins,
  endWait,
  garbled,
  intended,
  closesEarly,
}: PlayedConversation): Finding {
  const { role, program, datagrams = false } = subject
  const { trouble, stopped, inputEnded, typed } = match
  const observations = datagrams ? withoutRetransmissions(watch.observations, role, match.expected) : watch.observations
  const isUntyped = role === 'server' && typed.length === 0
  const played = isUntyped ? formatLines('the client sent', textsOf(observations, 'client')) : formatTyped(typed)
  const isOdd = observations.some((one) => one.kind === 'message' && one.oddity !== undefined)
  if (garbled !== undefined && !isOdd && (stopped || !trouble))
    return {
      cause: 'wrong-encoding',
      sentence: `the ${role} printed ${garbled} in place of a character that the judge sent`,
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
    const fact = found.fact === undefined ? {} : { fact: `${found.fact} (${played})` }
    return { cause: found.cause, sentence: `${found.sentence} (${played})`, ...fact, lines, observations, ...board }
  }
  const refused = match.shadowBroke ? undefined : findRefused({ automaton, role, observations }, match.expected)
  if (refused) return { ...refused, sentence: `${refused.sentence} (${played})`, lines, observations }
  // over UDP, a client that has asked twice needs one answer only
  if (!stopped && !datagrams && watch.written < intended && observations.some(({ kind, from }) => kind === 'end' && from === role)) {
    const sentence = `the ${role} closed the connection when ${watch.written} of ${intended} bytes had arrived (${played})`
    return { cause: 'closed-early', sentence, lines, observations }
  }
  const cut = datagrams ? findCutAnswer(role, observations, toText(running.output.chunks)) : undefined
  if (cut) return { ...cut, sentence: `${cut.sentence} (${played})`, lines, observations }
  const counted = end && !stopped ? findWrongCount({ role, observations, match }, toScreen(running.output.chunks)) : undefined
  if (counted) return { ...counted, sentence: `${counted.sentence} (${played})`, lines, observations }
  if (spins) {
    const sentence = `the conversation is over, but the ${role} does not end and uses the processor: it reads again and again from a connection that is closed`
    return { cause: 'spins-after-close', sentence, lines, observations }
  }
  const outcome = match.outcomes.at(-1)
  const { prompt } = running.output
  if (outcome !== undefined && isIdleAfterGame(role, match, observations)) {
    const sentence = `the game is over (${outcome}), but the client neither ends nor asks its person: it waited until its input was closed (${played})`
    return { cause: 'never-closes', sentence, lines, observations }
  }
  // a program at its prompt may notice that the other side has left only after its person has typed a line
  const isLeft = outcome === `the ${role === 'client' ? 'server' : 'client'} quits` && prompt !== ''
  // a server may ask its person for something else when a game is over
  const asksOn = prompt !== '' && (role === 'client' || prompt === match.prompts.latest)
  if (!end && outcome !== undefined && asksOn && !isLeft) {
    const sentence = `the game is over (${outcome}), but the ${role} waits at its prompt ${quoteText(prompt)} as if the game continued (${played})`
    return { cause: 'wrong-rules', sentence, lines, observations, ...(match.board === undefined ? {} : { board: match.board }) }
  }
  if (!end && role === 'client' && !isLeft) {
    const sentence = `the conversation is over, but the client does not end within ${endWait / 1000} s`
    return { cause: 'never-closes', sentence, lines, observations }
  }
  if (running.terminal && isOutputHeldBack(running.output.chunks)) {
    const sentence = `the ${role} printed nothing before its end, so a person would see no prompt: the text stayed in a buffer; flush the output after each prompt (${played})`
    return { cause: 'unflushed-output', sentence, lines }
  }
  return { sentence: `the conversation ended as its protocol ends (${played})` }
}

/**
 * Checks whether a client that has shown prompts in the game shows none after it, does not send the line that is typed then, and ends only
 * because its input ends.
 */
function isIdleAfterGame(role: Side, { inputEnded, prompts, typed }: MatchEnd, observations: readonly Observation[]): boolean {
  const line = typed.at(-1)
  if (role !== 'client' || !inputEnded || prompts.first === '' || prompts.latest !== '' || line === undefined) return false
  const answered = observations.findLastIndex((one) => one.kind === 'message' && one.from !== role)
  return !observations.slice(answered + 1).some((one) => one.kind === 'message' && one.from === role && one.text.includes(line))
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
