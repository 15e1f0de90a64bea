import { isEnd, type Side } from '../../protocol/automaton.ts'
import { quoteMessage } from '../../protocol/violation-text.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import { formatEnd, isBrokenPipe, isCrash } from './causes.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram } from './connecting.ts'
import { isUnhandled, quoteErrorLine } from './crash-lines.ts'
import { type Goodbye, InterruptingTransport } from './interrupting-transport.ts'
import { playMatch } from './match.ts'
import { isSpinning } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import { findScript } from './rehearsal.ts'
import type { RunningProgram } from './sandbox.ts'
import { endWithin } from './waiting.ts'
import { WireWatch } from './wire-watch.ts'

/*
 * These checks play until the conversation reaches a state, and then the judge's side leaves. The program has to notice that: a
 * client ends, a server serves the next client. Each state needs a conversation of its own, which is cheap: a correct program ends at once.
 *
 * A person would continue to type, and so does the judge: a program that waits at its prompt notices nothing before it has a line.
 */

/**
 * Milliseconds of the program's idle time: for each answer before the interruption, for a client to end after it, and until a program
 * is known to wait.
 */
const SILENCE = 4000
const END_WAIT = 2500
const QUIET = 500

/** Interruption is a way in which the judge's side leaves in the middle of a conversation. */
interface Interruption extends Pick<Check, 'name' | 'proves'> {
  readonly how: Goodbye
  readonly last?: string
  /** What has happened to the program, as a clause. */
  readonly what: string
}

/** Returns the check that a program survives an interruption in every state. */
function interrupt({ name, proves, how, last, what }: Interruption): Check {
  return {
    name,
    proves,
    level: 'robust',
    roles: ['client', 'server'],
    appliesTo: isPlayable,
    async run(subject) {
      const { automaton } = subject.program.protocol
      const visited = new Set<string>()
      for (const state of Object.keys(automaton.states).filter((one) => !isEnd(automaton, one))) {
        subject.onProgress?.(`in the state ${state}`)
        const finding = await playUntil(subject, state, { how, last })
        for (const one of finding?.visited ?? []) visited.add(one)
        if (finding?.cause !== undefined) return { ...finding, sentence: `${what} in the state ${state}: ${finding.sentence}`, visited }
      }
      return { sentence: `${what} in ${visited.size} of ${Object.keys(automaton.states).length} states`, visited }
    },
  }
}

/**
 * Plays until a state, and resolves with the reaction of the program to the end of the judge's side; `undefined` if the conversation did
 * not reach the state.
 */
async function playUntil(
  subject: CheckSubject,
  state: string,
  { how, last }: { readonly how: Goodbye; readonly last: string | undefined },
): Promise<Finding | undefined> {
  const { program, options, role, clock } = subject
  const script = await findScript(subject, state)
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return connected
  const { running } = connected
  const watch = new WireWatch(connected.transport, toWatchedProtocol(program, options), role === 'client' ? 'server' : 'client', clock)
  const gone = Promise.withResolvers<number>()
  const transport = new InterruptingTransport(watch, { how, last, state, onInterrupt: () => gone.resolve(watch.observations.length) })
  const leave = new AbortController()
  const match = playMatch({ ...subject, script, running, transport, silence: SILENCE, until: leave.signal })
  const seen = await Promise.race([gone.promise, match.then(() => undefined)])
  const finding = seen === undefined ? undefined : await judgeAfterwards(subject, running, how)
  const unasked = how === 'silence' && finding?.cause === undefined ? findUnasked(watch, seen, role) : undefined
  await running.stop()
  leave.abort()
  await match
  return finding && { ...finding, ...unasked, observations: watch.observations, visited: watch.visited }
}

/** Finds a message that the program sent after the first `seen` observations, though it was the turn of the silent side. */
function findUnasked({ observations, automaton }: WireWatch, seen: number | undefined, role: Side): Finding | undefined {
  const later = observations.slice(seen)
  const one = later.find((sent) => sent.kind === 'message' && sent.from === role && (sent.standing === 'early' || sent.violation))
  if (one?.kind !== 'message') return undefined
  return {
    cause: 'out-of-turn',
    sentence: `the ${role} sent ${quoteMessage({ automaton, side: role }, one.text, one.raw)}, though it was the other side's turn: it has to read a message before it sends one`,
  }
}

async function judgeAfterwards(subject: CheckSubject, running: RunningProgram, how: Goodbye): Promise<Finding> {
  const { role, clock } = subject
  // a server serves the next client, and a program at its prompt waits for a person: neither ends
  const soon = await endWithin(running, QUIET, clock)
  const waits = how === 'silence' || role === 'server' || running.output.prompt !== ''
  const end = soon ?? (waits ? undefined : await endWithin(running, END_WAIT, clock))
  const lines = running.output.lastLines(QUOTED)
  const spins = how !== 'silence' && (end === undefined ? await isSpinning(running, subject) : end.stopped === 'output')
  if (spins) {
    const sentence = `the ${role} uses the processor without end: it reads again and again, though a read of no bytes means that the connection is closed`
    return { cause: 'spins-after-close', sentence, lines }
  }
  if (end && isCrash(end) && isUnhandled(end, running.output.text())) {
    const cause = isBrokenPipe(end, lines) ? 'write-after-close' : 'crashed'
    return { cause, sentence: `the ${role} ended ${formatEnd(end)}, by an error that it does not handle${quoteErrorLine(lines)}`, lines }
  }
  // a program that waits at its prompt, or for a silent peer, has no sign of the interruption
  if (end || waits) return { sentence: 'the program has passed' }
  return { cause: 'never-closes', sentence: `the client does not end within ${END_WAIT / 1000} s`, lines }
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
  how: 'silence',
  what: 'the other side said nothing more',
})

export const illegalMessage = interrupt({
  name: 'illegal-message',
  proves: 'survives a message in every state that its protocol does not have',
  how: 'fin',
  last: '~ no such message ~\n',
  what: 'the other side sent "~ no such message ~" and closed',
})

export const oversizedMessage = interrupt({
  name: 'oversized-message',
  proves: 'survives a message of 200 kB in every state',
  how: 'fin',
  last: `${'A'.repeat(200_000)}\n`,
  what: 'the other side sent a message of 200 kB and closed',
})
