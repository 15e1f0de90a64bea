import { isEnd } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { quoteMessage } from '../../protocol/violation-text.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram } from './connecting.ts'
import { hasLostThread, isUnhandled, quoteErrorLine } from './crash-lines.ts'
import { type Goodbye, InterruptingTransport } from './interrupting-transport.ts'
import { playMatch, playUntil } from './match.ts'
import { isSpinning } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { formatEnd, isBrokenPipe, isCrash } from './program-end.ts'
import { QUOTED } from './program-output.ts'
import { answerFreshPrompt, findReaction, findStall, findUnanswered, type Waiting } from './reactions.ts'
import { findScript } from './rehearsal.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { endWithin } from './waiting.ts'
import { type WireWatch, watchWire } from './wire-watch.ts'

/*
 * These checks play until the conversation reaches a state. Then the judge's side leaves; in some checks, it sends an unknown message
 * first. The program has to notice that the judge's side has left: a client then ends, and a server serves the next client. Each state
 * needs a conversation of its own, which is cheap: a correct program ends immediately.
 *
 * The judge continues to type, because a person would continue: a program that waits at its prompt notices nothing before it has a line.
 * If a program has treated the wrong message as a move, it sends the typed line as its own move, which is too soon.
 */

/**
 * Milliseconds of the program's idle time. `SILENCE` is for each answer before the interruption, and `END_WAIT` is for the end of a client
 * after the interruption. If a program has not ended after `QUIET`, the judge assumes that it waits.
 */
const SILENCE = 4000
const END_WAIT = 2500
const QUIET = 500
/** Milliseconds for the answer to a line that the program can send although the other side is silent. */
const STALL_WAIT = 4000

/** LastWords are the bytes that the judge's side sends before it leaves, and how a sentence names them. */
export interface LastWords {
  readonly bytes: string | Uint8Array
  readonly quoted: string
}

/** Interruption is a way in which the judge's side leaves in the middle of a conversation. */
export interface Interruption extends Pick<Check, 'name' | 'proves' | 'appliesTo' | 'carriers' | 'isHint'> {
  readonly how: Goodbye
  /**
   * Returns the last bytes in a state; if the result is `undefined`, the check omits the state. Without this function, there are no last
   * bytes, and the check omits no state.
   */
  readonly last?: (subject: CheckSubject, state: string) => LastWords | undefined
  /** True if a program may treat the last bytes as a legal message, because the program does not have to read all these bytes. */
  readonly isLenient?: boolean
  /** The interruption, as a clause. */
  readonly what: string
}

/** Returns the check that a program survives an interruption in every state. */
export function interrupt({ name, proves, appliesTo, carriers, isHint = false, how, last, isLenient = false, what }: Interruption): Check {
  return {
    name,
    proves,
    level: 'robust',
    isHint,
    roles: ['client', 'server'],
    ...(carriers && { carriers }),
    appliesTo: (program, role) => isPlayable(program) && appliesTo?.(program, role) !== false,
    async run(subject) {
      const { automaton } = subject.program.protocol
      const visited = new Set<string>()
      for (const state of Object.keys(automaton.states).filter((one) => !isEnd(automaton, one))) {
        const words = last?.(subject, state)
        if (last && !words) continue
        subject.onProgress?.(`in the state "${state}"`)
        const finding = await interruptIn(subject, state, { how, words, isLenient })
        for (const one of finding?.visited ?? []) visited.add(one)
        const clause = `${what.replace('%s', words?.quoted ?? '')} in the state "${state}"`
        if (finding?.cause === undefined) continue
        // a program that did not connect was not interrupted
        return finding.visited ? { ...finding, sentence: `${clause}: ${finding.sentence}`, visited } : finding
      }
      return { sentence: `${proves}, in ${visited.size} of ${Object.keys(automaton.states).length} states`, visited }
    },
  }
}

/**
 * Plays until the conversation reaches a state. Resolves to the reaction of the program after the judge's side has left, or to `undefined`
 * if the conversation did not reach the state.
 */
async function interruptIn(
  subject: CheckSubject,
  state: string,
  { how, words, isLenient }: { readonly how: Goodbye; readonly words: LastWords | undefined; readonly isLenient: boolean },
): Promise<Finding | undefined> {
  const script = await findScript(subject, state)
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return connected
  const { running } = connected
  const watch = watchWire(subject, connected.transport)
  const gone = Promise.withResolvers<number>()
  const transport = new InterruptingTransport(watch, { how, last: words?.bytes, state, onInterrupt: gone.resolve })
  const { reached: seen, leave } = await playUntil({ ...subject, script, running, transport, silence: SILENCE }, gone.promise)
  const finding =
    seen === undefined ? undefined : await judgeAfterwards(subject, { running, watch, seen }, { how, hasWords: words !== undefined })
  const waiting = finding && seen !== undefined ? { running, watch, seen, state } : undefined
  if (waiting && words) await answerFreshPrompt(subject, waiting)
  const reaction = waiting && words && !isLenient && findReaction(subject, watch.observations.slice(seen), words.quoted)
  const isQuiet = how === 'silence' && finding?.cause === undefined
  const unanswered = isQuiet && waiting && words ? await findUnanswered(subject, waiting, STALL_WAIT) : undefined
  const unasked = isQuiet && !words ? findUnasked(watch, seen, subject.role) : undefined
  const stall = isQuiet && waiting && !words ? await findStall(subject, waiting, STALL_WAIT) : undefined
  await leave()
  const found = finding?.cause === 'crashed' ? finding : { ...finding, ...(reaction || (unanswered ?? unasked ?? stall)) }
  return finding && { ...found, sentence: found.sentence ?? finding.sentence, observations: watch.observations, visited: watch.visited }
}

/** Finds a message that the program sent after the first `seen` observations, although it was the turn of the silent side. */
function findUnasked({ observations, automaton }: WireWatch, seen: number | undefined, role: Side): Finding | undefined {
  const later = observations.slice(seen)
  const one = later.find((sent) => sent.kind === 'message' && sent.from === role && (sent.standing === 'early' || sent.violation))
  if (one?.kind !== 'message') return undefined
  return {
    cause: 'out-of-turn',
    sentence: `the ${role} sent ${quoteMessage({ automaton, side: role }, one.text, one.raw)}, although it was the other side's turn: the ${role} must read the message of the other side first`,
  }
}

/** Finds the fault of a program after the other side has disconnected: it crashes, reads without end, or does not end. */
async function judgeAfterwards(
  subject: CheckSubject,
  { running, watch, seen }: Pick<Waiting, 'running' | 'watch' | 'seen'>,
  { how, hasWords }: { readonly how: Goodbye; readonly hasWords: boolean },
): Promise<Finding> {
  const { role, clock } = subject
  // a server serves the next client, and a program at its prompt waits for a person: neither program ends
  const soon = await endWithin(running, QUIET, clock)
  const waits = how === 'silence' || role === 'server' || running.output.prompt !== ''
  // a server that has not closed its connection has perhaps not received the close yet
  const isUnaware =
    role === 'server' && how === 'fin' && !watch.observations.slice(seen).some((one) => one.kind === 'end' && one.from === role)
  const end = soon ?? (waits && !isUnaware ? undefined : await endWithin(running, END_WAIT, clock))
  const lines = running.output.lastLines(QUOTED)
  const spins = how !== 'silence' && (end === undefined ? await isSpinning(running, subject) : end.stopped === 'output')
  if (spins) {
    const sentence = `the ${role} uses the processor without end: it reads again and again, though a read of no bytes means that the connection is closed`
    return { cause: 'spins-after-close', sentence, lines }
  }
  const crash = findUnhandledError(role, running, end) ?? (hasWords ? await findLostServer(subject, running, end) : undefined)
  if (crash) return crash
  // a program that waits at its prompt, or for a silent peer, has no sign of the interruption
  if (end || waits) return { sentence: 'the program has passed' }
  return { cause: 'never-closes', sentence: `the client does not end within ${END_WAIT / 1000} s`, lines }
}

/** Returns the finding that a program has ended by an error that it does not handle; `undefined` without such an end. */
export function findUnhandledError(role: Side, running: RunningProgram, end: ProgramEnd | undefined): Finding | undefined {
  if (!end || !isCrash(end) || !isUnhandled(end, running.output.text())) return undefined
  const lines = running.output.lastLines(QUOTED)
  const said = quoteErrorLine(lines)
  // the judge has ended the input
  if (/"EOFError/.test(said)) return undefined
  const cause = isBrokenPipe(end, lines) ? 'write-after-close' : 'crashed'
  return { cause, sentence: `the ${role} ended ${formatEnd(end)}, by an error that it does not handle${said}`, lines }
}

/**
 * Finds a server for several clients that loses its process or a thread because of a message of one client. A server that ends after
 * each conversation serves one client.
 */
async function findLostServer(subject: CheckSubject, running: RunningProgram, end: ProgramEnd | undefined): Promise<Finding | undefined> {
  const { role, clock } = subject
  const lines = running.output.lastLines(QUOTED)
  if (role === 'client') return undefined
  if (!end) {
    if (!hasLostThread(running.output.text())) return undefined
    const sentence = `the part of the server that serves this client ended by an error that it does not handle${quoteErrorLine(lines)}`
    return { cause: 'crashed', sentence, lines }
  }
  if (end.stopped !== undefined || !isCrash(end)) return undefined
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return undefined
  await playMatch({ ...subject, script: { seed: subject.seed }, ...connected, silence: SILENCE })
  const usual = await endWithin(connected.running, QUIET, clock)
  await connected.running.stop()
  if (usual) return undefined
  const sentence = `the server ended ${formatEnd(end)}, although it serves further clients after a good conversation: end the connection of this client only`
  return { cause: 'crashed', sentence, lines }
}

export const goneByFin = interrupt({
  name: 'gone-by-fin',
  proves: 'notices in every state that the other side has closed the connection',
  how: 'fin',
  what: 'the other side closed the connection (FIN)',
})

export const goneByRst = interrupt({
  name: 'gone-by-rst',
  proves: 'notices in every state that the connection is broken',
  how: 'rst',
  what: 'the other side broke the connection off (RST)',
})

export const goneBySilence = interrupt({
  name: 'gone-by-silence',
  proves: 'tolerates a silent peer in every state',
  carriers: 'both',
  how: 'silence',
  what: 'the other side sent nothing more',
})
