import { isEnd, type Side } from '../../protocol/automaton.ts'
import { isBrokenPipe, isCrash } from './causes.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram, endWithin } from './connecting.ts'
import { type Goodbye, InterruptingTransport } from './interrupting-transport.ts'
import { playMatch } from './match.ts'
import { isSpinning } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import { answerFreshPrompt, findReaction, findStall } from './reactions.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'
import { watchWire } from './wire-watch.ts'

/*
 * These checks play until the conversation reaches a state, and then the judge's side is gone, perhaps after a last message that the
 * program must refuse. The program has to notice: a client ends, a server serves the next client. Each state needs a conversation of
 * its own, which is cheap: a correct program ends at once.
 *
 * A person would type on, so the judge does, too: a program that waits at its prompt cannot notice before it has a line. And a program
 * that takes a wrong message for a move then makes its own move too soon.
 */

/** Milliseconds for each answer before the interruption, for the program to end after it, and to show that it bears silence. */
const SILENCE = 4000
const END_WAIT = 3000
const QUIET = 1000
/** Milliseconds after which a server that serves the next client is known to have noticed. */
const SERVER_WAIT = 500
/** Milliseconds for the answer to a line that the program can send although the other side is silent. */
const STALL_WAIT = 4000

/** LastWords are the bytes that the judge's side sends before it is gone, and how a sentence names them. */
export interface LastWords {
  readonly bytes: string | Uint8Array
  readonly quoted: string
}

/** Interruption is how the judge's side is gone. */
export interface Interruption extends Pick<Check, 'name' | 'proves' | 'appliesTo' | 'carriers'> {
  readonly how: Goodbye
  /** Returns the last bytes in a state; `undefined` if there are none in it. By default, there are none, and the check has all states. */
  readonly last?: (subject: CheckSubject, state: string) => LastWords | undefined
  /** True if a program may take the last bytes for a legal message, because it need not look at all of it. */
  readonly isLenient?: boolean
  /** What has happened to the program, as a clause. */
  readonly what: string
}

/** Returns the check that a program survives an interruption in every state. */
export function interrupt({ name, proves, appliesTo, carriers, how, last, isLenient = false, what }: Interruption): Check {
  return {
    name,
    proves,
    level: 'robust',
    roles: ['client', 'server'],
    ...(carriers && { carriers }),
    appliesTo: (program, role) => isPlayable(program) && appliesTo?.(program, role) !== false,
    async run(subject) {
      const { automaton } = subject.program.protocol
      const visited = new Set<string>()
      for (const state of Object.keys(automaton.states).filter((one) => !isEnd(automaton, one))) {
        const words = last?.(subject, state)
        if (last && !words) continue
        const finding = await playUntil(subject, state, { how, words, isLenient })
        for (const one of finding?.visited ?? []) visited.add(one)
        const clause = `${what.replace('%s', words?.quoted ?? '')} in the state ${state}`
        if (finding?.cause === undefined) continue
        // a program that did not connect was not interrupted
        return finding.visited ? { ...finding, sentence: `${clause}: ${finding.sentence}`, visited } : finding
      }
      return { sentence: `${proves}, in ${visited.size} of ${Object.keys(automaton.states).length} states`, visited }
    },
  }
}

/** Plays until a state, and resolves with what the program does when the judge's side is gone; `undefined` if it did not come to that. */
async function playUntil(
  subject: CheckSubject,
  state: string,
  { how, words, isLenient }: { readonly how: Goodbye; readonly words: LastWords | undefined; readonly isLenient: boolean },
): Promise<Finding | undefined> {
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return connected
  const { running } = connected
  const watch = watchWire(subject, connected.transport)
  const gone = Promise.withResolvers<number>()
  const transport = new InterruptingTransport(watch, { how, last: words?.bytes, state, onInterrupt: gone.resolve })
  const leave = new AbortController()
  const match = playMatch({ ...subject, running, transport, silence: SILENCE, until: leave.signal })
  const seen = await Promise.race([gone.promise, match.then(() => undefined)])
  const finding = seen === undefined ? undefined : await judgeAfterwards(subject, running, how)
  if (finding && words && seen !== undefined) await answerFreshPrompt(subject, { running, watch, seen, state })
  const reaction = finding && words && !isLenient && findReaction(subject, watch.observations.slice(seen), words.quoted)
  const stall =
    how === 'silence' && finding && seen !== undefined ? await findStall(subject, { running, watch, seen, state }, STALL_WAIT) : undefined
  await running.stop()
  leave.abort()
  await match
  const found = finding?.cause === 'crashed' ? finding : { ...finding, ...(reaction ?? stall) }
  return finding && { ...found, sentence: found.sentence ?? finding.sentence, observations: watch.observations, visited: watch.visited }
}

/** Finds what a program does after the other side is gone: it crashes, reads for ever, or does not end. */
async function judgeAfterwards(subject: CheckSubject, running: RunningProgram, how: Goodbye): Promise<Finding> {
  const { role, clock } = subject
  const end = await endWithin(running, how === 'silence' ? QUIET : role === 'server' ? SERVER_WAIT : END_WAIT, clock)
  const lines = running.output.lastLines(QUOTED)
  const spins = how !== 'silence' && (end === undefined ? await isSpinning(running, subject) : end.stopped === 'output')
  if (spins) {
    const sentence = `the ${role} uses the processor without end: it reads again and again, though a read of no bytes means that the connection is closed`
    return { cause: 'spins-after-close', sentence, lines }
  }
  const crash = findUnhandledError(role, running, end)
  if (crash) return crash
  // a program that waits at its prompt, or for a silent peer, has not been told
  if (end || role === 'server' || how === 'silence' || running.output.prompt !== '') return { sentence: 'the program has borne it' }
  return { cause: 'never-closes', sentence: `the client does not end within ${END_WAIT / 1000} s`, lines }
}

/** Signs of an error that a program does not handle, in contrast to an exit code that it has chosen. */
const UNHANDLED = /Traceback \(most recent call last\)|^Uncaught|Unhandled '?error'? event|^ {4}at .+:\d+:\d+\)?$|Exception in thread/m

/** Returns the finding that a program has ended by an error that it does not handle; `undefined` if it has not. */
export function findUnhandledError(role: Side, running: RunningProgram, end: ProgramEnd | undefined): Finding | undefined {
  if (!end || !isCrash(end) || !(end.signal !== undefined || UNHANDLED.test(running.output.text()))) return undefined
  const lines = running.output.lastLines(QUOTED)
  // a line that was typed after the end comes last
  const last = lines.findLast((line) => /error|exception/i.test(line)) ?? lines.at(-1) ?? ''
  // the judge has ended the input
  if (/^EOFError/.test(last)) return undefined
  return {
    cause: isBrokenPipe(end, lines) ? 'write-after-close' : 'crashed',
    sentence: `the ${role} ended by an error that it does not handle; its last line is ${JSON.stringify(last)}`,
    lines,
  }
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
  proves: 'bears a silent peer in every state',
  carriers: 'both',
  how: 'silence',
  what: 'the other side said nothing more',
})
