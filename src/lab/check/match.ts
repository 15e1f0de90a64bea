import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../games/game.ts'
import { seededRandom } from '../../games/random.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import { CopyingTransport } from './copying-transport.ts'
import { LingeringTransport } from './lingering-transport.ts'
import { QUOTED } from './program-output.ts'
import type { RunningProgram } from './sandbox.ts'
import { enoughLines, type Script, SEQUENCES, startScriptedSide } from './script.ts'
import type { Typist } from './typist.ts'
import { pauseFor, programClock } from './waiting.ts'

/*
 * The judge plays against a program whose state it cannot read. It has to know when the program waits for its person, and which line
 * leads to a legal message. No worksheet describes these moments and lines in a form for programs. But Parlor's own role of the same side shows them,
 * because it asks its console at the same moments.
 *
 * So a shadow of the program's side runs beside the program. It reads the messages of the judge to the program, and the judge drops the
 * messages of the shadow. When the shadow asks for a line, the judge chooses a line, types it into the program, and gives the same line to
 * the shadow. The program and the shadow stay in the same state as long as the program follows its protocol. The judge's own side is a
 * usual conversation, which finds every violation.
 */

/** Milliseconds between two checks of the timeouts. */
const TICK = 100
/**
 * Milliseconds for which a program is idle before a line is typed, if it shows no prompt. The judge cannot recognize a prompt that ends
 * with a line end.
 */
const PROMPT_WAIT = 100
/**
 * Milliseconds in place of `PROMPT_WAIT` if the program has shown a prompt for the line before: a busy machine may deliver a message late.
 */
const NEXT_PROMPT_WAIT = 1500
/** Milliseconds for the rest of a message of which a part has arrived: the monitor waits for the same time before it reports the part. */
const REST_WAIT = 2050
/** Milliseconds for a late program to send the bytes of its buffer, after the judge has ended the connection. */
const LINGER = 1500

export interface MatchOptions {
  readonly program: Program
  readonly options: Options
  /** The side of the program under test. */
  readonly role: Side
  readonly running: RunningProgram
  /** The judge's end of the connection. */
  readonly transport: Transport
  readonly seed: number
  /** The lines that both people type; by default, the script of the seed. */
  readonly script?: Script | undefined
  /** Randomness that the options of the program prescribe for the judge's side. */
  readonly random?: Random | undefined
  /** Milliseconds for each answer of the program, in its own time, which passes only while it is idle. */
  readonly silence: number
  /** Text that the judge types, for its side and into the program, if a side may send any text; by default, the example of the message. */
  readonly text?: string | undefined
  /** Milliseconds for which the program is idle before the judge's person types each line; by default, 0. */
  readonly pause?: number | undefined
  /** Called when the program is late, before the judge ends the connection. */
  readonly onLate?: (() => void) | undefined
  /**
   * Adds faults to the bytes that the judge sends. The judge types when the program has received a message, and not already when the
   * message was sent.
   */
  readonly disturb?: ((transport: Transport) => Transport) | undefined
  /** Stops the match when it aborts. */
  readonly until?: AbortSignal
  readonly clock: Clock
}

/** MatchEnd is the end of a match. */
export interface MatchEnd {
  /** Why the conversation ended early; missing if it ended as its protocol ends. */
  readonly trouble: Error | undefined
  /** True if the judge has stopped a conversation whose protocol has no end. */
  readonly stopped: boolean
  /** The state of the judge's side. */
  readonly state: string
  /** True if the judge has ended the program's input, as Ctrl-D does. */
  readonly inputEnded: boolean
  /** The lines that the judge has typed into the program. */
  readonly typed: readonly string[]
  /** The outcomes of the games at which the judge's role sat, in words. */
  readonly outcomes: readonly string[]
  /** The last situation of the last of these games as text; `undefined` without a game. */
  readonly board: string | undefined
  /** The messages that Parlor's own role of the program's side sent in its place. */
  readonly expected: readonly string[]
  /** The line that was typed for each of these messages. The key is the number of messages before that message. */
  readonly lineFor: ReadonlyMap<number, string>
  /**
   * The lines that this role refused because the game does not allow them. The key is the number of messages that the role had sent before.
   */
  readonly refused: ReadonlyMap<number, string>
  /**
   * The prompts that the program showed for the first line, for the latest line, and at the end of the conversation; `''` without a prompt.
   */
  readonly prompts: { readonly first: string; readonly latest: string; readonly last: string }
  /** True if this role found a fault in a message of the judge, so that the role plays another game than the program. */
  readonly shadowBroke: boolean
  /** The lines that Parlor's own role of the program's side has printed, if its conversation has ended as its protocol ends. */
  readonly said: readonly string[]
  /** The sentences of the judge's role on messages that the role has answered, although they are wrong. */
  readonly complaints: readonly string[]
  /** The last lines of the program's output when the conversation ended, without the output that the end caused. */
  readonly lines: readonly string[]
}

/** Plays one conversation with a program under test, from the connection to its end. */
export async function playMatch({
  program,
  options,
  role,
  running,
  transport,
  seed,
  script = { seed },
  random,
  silence,
  text,
  pause = 0,
  onLate,
  disturb = (undisturbed) => undisturbed,
  until,
  clock,
}: MatchOptions): Promise<MatchEnd> {
  const typed: string[] = []
  const isEndless = enoughLines(program) !== undefined
  let stopped = false
  let inputEnded = false
  const [copy, shadowEnd] = memoryPair()
  const expected: string[] = []
  const lineFor = new Map<number, string>()
  const refused = new Map<number, string>()
  let firstPrompt = ''
  let latestPrompt = ''
  let sentBefore = -1
  // the judge drops the messages of the shadow
  copy.open({ data: (bytes) => void expected.push(...splitLines(decode(bytes))), finished() {}, closed() {} })
  const typeLine = async (line: string | undefined) => {
    await waitForPrompt(running, clock, latestPrompt !== '' ? NEXT_PROMPT_WAIT : PROMPT_WAIT)
    const { prompt } = running.output
    latestPrompt = prompt
    if (typed.length === 0) firstPrompt = prompt
    // the program has sent its message already, so it does not ask for the empty line that stands for an omitted part of the message
    if (line === '' && own.conversation.state !== shadow.conversation.state) return
    if (line === undefined && isEndless) return stop()
    if (line === undefined) {
      inputEnded = true
      return running.endInput()
    }
    const last = typed.at(-1)
    if (last !== undefined && sentBefore === expected.length) refused.set(sentBefore, last)
    sentBefore = expected.length
    lineFor.set(sentBefore, line)
    typed.push(line)
    running.type(line)
  }
  const stop = () => {
    stopped = true
    own.conversation.end('the judge has seen enough')
  }
  const time = programClock(running, clock)
  const people = new Set<Typist>()
  const progress = () => {
    for (const typist of people) typist.progress()
  }
  const sent = disturb(new CopyingTransport(transport, copy, progress))
  const lingering = new LingeringTransport(sent, () => pauseFor(running, LINGER, clock))
  const terms = { program, options, script, people, text, clock }
  const { programTypist, judgeTypist, programRole, judgeRole } = SEQUENCES
  const shadow = startScriptedSide(
    { ...terms, side: role, transport: shadowEnd, random: seededRandom(script.seed + programRole), typed: typeLine },
    programTypist,
  )
  const own = startScriptedSide(
    {
      ...{ ...terms, clock: time },
      side: role === 'server' ? 'client' : 'server',
      transport: lingering,
      random: random ?? seededRandom(script.seed + judgeRole),
      typed: async (line) => {
        if (line === undefined && isEndless) stop()
        else if (pause > 0) await pauseFor(running, pause, clock)
      },
    },
    judgeTypist,
  )
  const { conversation } = own
  const check = () => {
    cancel = clock.after(TICK, check)
    const limit = conversation.connection.unfinished ? Math.min(silence, REST_WAIT) : silence
    const before = conversation.connection.end
    conversation.checkTimeout(time.monotonic(), { first: limit, idle: limit })
    if (lingering.isLate || before !== undefined || conversation.connection.end === undefined) return
    lingering.isLate = true
    onLate?.()
  }
  let cancel = clock.after(TICK, check)
  let isShadowDone = false
  void shadow.conversation.ended.then((error) => {
    isShadowDone = error === undefined
  })
  until?.addEventListener('abort', stop)
  const ended = await conversation.ended
  const { state } = conversation
  const lines = running.output.lastLines(QUOTED)
  const lastPrompt = running.output.prompt
  const trouble = (await conversation.closed) ?? ended
  const said = isShadowDone ? [...shadow.said] : []
  cancel()
  shadow.conversation.end('the match is over')
  // without this call, the shadow would wait for the end of the connection, with timers that do not delay the end of the process
  copy.destroy()
  const broken = await shadow.conversation.closed
  return {
    trouble: stopped ? undefined : trouble,
    stopped,
    inputEnded,
    state,
    typed,
    outcomes: own.outcomes,
    board: own.board(),
    expected,
    lineFor,
    refused,
    prompts: { first: firstPrompt, latest: latestPrompt, last: lastPrompt },
    shadowBroke: isViolation(broken),
    said,
    complaints: own.complaints,
    lines,
  }
}

/** PausedMatch is a match that has come to a moment, after which the judge's side is silent. */
export interface PausedMatch<Moment> {
  /** The value to which the moment resolved; `undefined` if the match ended before the moment. */
  readonly reached: Moment | undefined
  /** Ends the program and then the match. */
  leave(): Promise<void>
}

/** Plays until `moment` resolves, or until the match ends. */
export async function playUntil<Moment>(options: Omit<MatchOptions, 'until'>, moment: Promise<Moment>): Promise<PausedMatch<Moment>> {
  const over = new AbortController()
  const match = playMatch({ ...options, until: over.signal })
  const reached = await Promise.race([moment, match.then(() => undefined)])
  const leave = async () => {
    await options.running.stop()
    over.abort()
    await match
  }
  return { reached, leave }
}

function isViolation(error: Error | undefined): boolean {
  return error instanceof Disconnected && error.reason === 'violation'
}

/** Splits the text of one write of a role into messages. */
function splitLines(text: string): readonly string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '')
}

/** Resolves when the program waits at a prompt, has ended, or has been quiet for `wait` milliseconds of its own time. */
export async function waitForPrompt(running: RunningProgram, clock: Clock, wait = PROMPT_WAIT): Promise<void> {
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  void pauseFor(running, wait, clock, over.signal).then(() => over.abort())
  while (!over.signal.aborted && running.output.prompt === '') await running.output.next(over.signal)
  over.abort()
}
