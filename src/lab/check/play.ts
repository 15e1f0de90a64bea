import { Disconnected } from '../../wire/disconnect.ts'
import type { Transport } from '../../wire/transport.ts'
import { addFaults } from '../faults/faulty-transport.ts'
import { parseFaults } from '../faults/grammar.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { CheckSubject, Finding } from './check.ts'
import { type Connected, connectProgram } from './connecting.ts'
import { playMatch } from './match.ts'
import { toScreen } from './output-timing.ts'
import { toFinding } from './played-finding.ts'
import { findGarbled, isSameGame } from './printed-answers.ts'
import { toSteps } from './rehearsal.ts'
import type { RunningProgram } from './sandbox.ts'
import type { Script } from './script.ts'
import { findStaleNumber } from './stale-replay.ts'
import { endWithin, isBusy, pauseFor } from './waiting.ts'
import { CountingTransport, CrLfTransport, HoldingTransport } from './wire-filters.ts'
import { WireWatch } from './wire-watch.ts'

/** Milliseconds for each answer of the program. */
const SILENCE = 4000
/**
 * Milliseconds of a program's idle time after the conversation. `END_WAIT` is the time in which a client must end. `CRASH_WAIT` is the time
 * in which a server shows that it has crashed; it also applies to a client whose conversation ended early. `CLOSED_WAIT` replaces
 * `CRASH_WAIT` for a program that has closed its connection, as after a crash, or that has not sent its message: on a busy machine, the
 * judge detects the end or the message later.
 */
const END_WAIT = 3000
const CRASH_WAIT = 250
const CLOSED_WAIT = 1000
/** `BUSY` milliseconds of processor time show a busy loop, and `IDLE` milliseconds of idle time show that there is no busy loop. */
const BUSY = 300
const IDLE = 300
/** Milliseconds of the program's own time for which the judge delays its first message. */
const HOLD = 150
/** A program that sleeps while the judge waits uses at most this number of milliseconds of processor time. */
const ASLEEP = 50

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
  /** Milliseconds for which the program is idle before the judge's person types each line, so that the judge's messages arrive apart. */
  readonly pause?: number
  /** True to hold back the first message of the judge until the program is idle. This delay shows whether the program waits for that message. */
  readonly holdsFirst?: boolean
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
  /** The sentences of the judge's role on messages that the role has answered, although they are wrong. */
  readonly complaints?: readonly string[]
  /** True if the judge's side has refused a message of the program. */
  readonly isRefused?: boolean
  /** The lines that the judge has typed into the program, and everything that the program has printed. */
  readonly typed?: readonly string[]
  readonly printed?: string
  /** True if the program has shown a prompt for the first line, so that it reads the typed lines. */
  readonly isPrompted?: boolean
  /** True if the judge has ended the program's input, as Ctrl-D does. */
  readonly inputEnded?: boolean
  /** The prompt that the program has shown before the first message of the judge, if the judge held it back; `''` without a prompt. */
  readonly promptBefore?: string
  /** The prompt that the program has shown when the conversation ended; `''` without a prompt. */
  readonly promptAfter?: string
  /** The text that the program has printed since the last message of either side. */
  readonly ending?: string
  /** The lines of Parlor's own role, if the program has sent the same messages. */
  readonly said?: readonly string[] | undefined
  /** True if a process of the program has forked, and still had a connection at the end. */
  readonly isForked?: boolean
}

/** Plays one conversation with a program from its start to its end, and returns what is wrong with it. */
export async function playConversation(
  subject: CheckSubject,
  {
    faults,
    silence = SILENCE,
    text,
    script,
    pause,
    holdsFirst = false,
    wrap,
    crLf = false,
    connected: given,
    keepsRunning = false,
  }: PlayOptions = {},
): Promise<PlayedFinding> {
  const { program, options, role, clock, seed } = subject
  const connected = given ?? (await connectProgram(subject))
  if ('sentence' in connected) return connected
  const { running } = connected
  const own = role === 'client' ? 'server' : 'client'
  const protocol = toWatchedProtocol(program, options)
  // the watch does not see the CR, because a line that ends in CR LF is the same message
  const wire = crLf ? new CrLfTransport(connected.transport) : connected.transport
  const watch = new WireWatch(wire, protocol, own, clock)
  const rules = faults === undefined ? [] : parseFaults(faults)
  if ('refused' in rules) throw new RangeError(rules.refused)
  let intended: CountingTransport | undefined
  let promptBefore = ''
  const disturb = (transport: Transport) => {
    const faulty = rules.length === 0 ? transport : addFaults(transport, { rules, seed, side: own, program: protocol, clock })
    intended = new CountingTransport(faulty)
    const hold = async () => {
      await pauseFor(running, HOLD, clock)
      promptBefore = running.output.prompt
    }
    return holdsFirst ? new HoldingTransport(intended, hold) : intended
  }
  const match = await playMatch({
    ...{ ...subject, running, transport: wrap?.(watch) ?? watch, disturb, silence, text, script, pause },
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
  const garbled = findGarbled(running.output.text(), watch.observations, role)
  const finding = toFinding({
    subject,
    match,
    end,
    running,
    watch,
    spins,
    endWait: END_WAIT,
    garbled,
    intended: intended?.written ?? 0,
    closesEarly: wrap !== undefined,
  })
  const isForked = role === 'server' && running.holdsForkedSocket()
  // a program may print a note when the judge stops it
  const printed = toScreen(running.output.chunks)
  const lastAt = watch.observations.findLast(({ kind }) => kind === 'message')?.at ?? 0
  if (!keepsRunning) await running.stop()
  const played: PlayedFinding = {
    ...{ observations: watch.observations, ...finding, visited: watch.visited, steps: toSteps(watch.observations) },
    isRefused: match.trouble instanceof Disconnected && match.trouble.reason === 'violation',
    ...{ complaints: match.complaints, games: match.outcomes, typed: match.typed, printed, isForked },
    ...{ isPrompted: match.prompts.first !== '', inputEnded: match.inputEnded },
    promptBefore,
    promptAfter: match.prompts.last,
    ending: toScreen(running.output.chunks.filter(({ at }) => at >= lastAt)),
    said: isSameGame({ role, observations: watch.observations, match }) ? match.said : undefined,
  }
  return { ...played, ...(await findStaleNumber(subject, played)) }
}

/** Checks whether a program uses the processor although it has nothing left to do. */
export function isSpinning(running: RunningProgram, { clock }: Pick<CheckSubject, 'clock'>): Promise<boolean> {
  return isBusy(running, { busy: BUSY, idle: IDLE }, clock)
}
