import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../games/game.ts'
import { seededRandom } from '../../games/random.ts'
import { isEndless, type Side } from '../../protocol/automaton.ts'
import { Conversation } from '../../protocol/conversation.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import { HouseSeating } from '../../protocol/house-seating.ts'
import type { PeerHandle } from '../../protocol/seating.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import { QUOTED } from './program-output.ts'
import type { RunningProgram } from './sandbox.ts'
import { Typist } from './typist.ts'

/*
 * The judge plays against a program whose state it cannot read. It has to know when the program waits for its person, and which line
 * leads to a legal message. No worksheet says that in a form that a program can read. But Parlor's own role of the same side knows both,
 * because it asks its console at the same moments.
 *
 * So a shadow of the program's side runs beside it. It reads what the judge sends to the program, and the judge drops what it sends. When
 * the shadow asks for a line, the judge chooses a line, types it into the program, and answers the shadow with it. The program and the
 * shadow stay in the same state as long as the program does what its protocol says. The judge's own side is a usual conversation, which
 * finds every violation.
 */

/** Milliseconds between two checks of the timeouts. */
const TICK = 100
/** Lines of each side after which the judge stops a conversation whose protocol has no end. */
const EXCHANGES = 6
/** Milliseconds to wait for a prompt before a line is typed. A prompt that ends its line cannot be recognised. */
const PROMPT_WAIT = 150

export interface MatchOptions {
  readonly program: Program
  readonly options: Options
  /** The side of the program under test. */
  readonly role: Side
  readonly running: RunningProgram
  /** The judge's end of the connection. */
  readonly transport: Transport
  readonly seed: number
  /** Randomness that the options of the program prescribe for the judge's side. */
  readonly random?: Random | undefined
  /** Milliseconds for each answer of the program. */
  readonly silence: number
  /** Text that the judge types where its side may send any text; by default, the example of the message. */
  readonly text?: string | undefined
  /** Stops the match when it aborts. */
  readonly until?: AbortSignal
  readonly clock: Clock
}

/** MatchEnd is how a match has ended. */
export interface MatchEnd {
  /** Why the conversation ended early; missing if it ended as its protocol ends. */
  readonly trouble: Error | undefined
  /** True if the judge has stopped a conversation whose protocol has no end. */
  readonly stopped: boolean
  /** The state of the judge's side. */
  readonly state: string
  /** True if the judge has ended the program's input, as Ctrl-D does. */
  readonly inputEnded: boolean
  /** The lines that were typed into the program. */
  readonly typed: readonly string[]
  /** The last lines of the program's output when the conversation ended, without what followed from the end. */
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
  random,
  silence,
  text,
  until,
  clock,
}: MatchOptions): Promise<MatchEnd> {
  const { automaton } = program.protocol
  const typed: string[] = []
  const enough = isEndless(automaton) ? EXCHANGES : undefined
  let stopped = false
  let inputEnded = false
  const [copy, shadowEnd] = memoryPair()
  // what the shadow sends is dropped
  copy.open({ data() {}, finished() {}, closed() {} })
  const typeLine = async (line: string | undefined) => {
    await waitForPrompt(running, clock)
    if (line === undefined && enough !== undefined) return stop()
    if (line === undefined) {
      inputEnded = true
      return running.endInput()
    }
    typed.push(line)
    running.type(line)
  }
  const stop = () => {
    stopped = true
    conversation.end('the judge has seen enough')
  }
  const typing = { automaton, declared: program.typed, enough }
  const shadowTypist = new Typist({ ...typing, side: role, random: seededRandom(seed), state: () => shadow.state, typed: typeLine })
  const own = role === 'server' ? 'client' : 'server'
  const ownTypist = new Typist({
    ...typing,
    text,
    side: own,
    random: seededRandom(seed + 1),
    state: () => conversation.state,
    typed: async (line) => (line === undefined && enough !== undefined ? stop() : undefined),
  })
  const progress = () => {
    shadowTypist.progress()
    ownTypist.progress()
  }
  const terms = { program, options, clock }
  const seatings = (side: Side, chance: Random) =>
    program.needs && side === 'server' ? { createSeating: (peer: PeerHandle) => new HouseSeating(peer, chance) } : {}
  const shadowRandom = seededRandom(seed + 2)
  const ownRandom = random ?? seededRandom(seed + 3)
  const shadow = new Conversation({
    ...terms,
    side: role,
    transport: shadowEnd,
    random: shadowRandom,
    console: shadowTypist,
    ...seatings(role, shadowRandom),
  })
  const conversation = new Conversation({
    ...terms,
    side: own,
    transport: new CopyingTransport(transport, copy, progress),
    random: ownRandom,
    console: ownTypist,
    ...seatings(own, ownRandom),
  })
  const check = () => {
    cancel = clock.after(TICK, check)
    conversation.checkTimeout(clock.monotonic(), { first: silence, idle: silence })
  }
  let cancel = clock.after(TICK, check)
  until?.addEventListener('abort', stop)
  const ended = await conversation.ended
  const { state } = conversation
  const lines = running.output.lastLines(QUOTED)
  const trouble = (await conversation.closed) ?? ended
  cancel()
  shadow.end('the match is over')
  // otherwise the shadow would wait for it, with timers that do not keep the process alive
  copy.destroy()
  await shadow.closed
  return { trouble: stopped ? undefined : trouble, stopped, inputEnded, state, typed, lines }
}

/** Resolves when the program waits at a prompt, has ended, or has been quiet for a moment. */
async function waitForPrompt(running: RunningProgram, clock: Clock): Promise<void> {
  const pause = new AbortController()
  const cancel = clock.after(PROMPT_WAIT, () => pause.abort())
  void running.ended.then(() => pause.abort())
  while (!pause.signal.aborted && running.output.prompt === '') await running.output.next(pause.signal)
  cancel()
}

/** CopyingTransport writes everything that the judge sends to a second transport, too. */
class CopyingTransport extends TransportFilter {
  readonly #copy: Transport
  readonly #onProgress: () => void

  constructor(inner: Transport, copy: Transport, onProgress: () => void) {
    super(inner)
    this.#copy = copy
    this.#onProgress = onProgress
  }

  override write(data: string | Uint8Array): void {
    this.#onProgress()
    this.#copy.write(data)
    super.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#onProgress()
    super.data(bytes)
  }

  override finish(): void {
    this.#copy.finish()
    super.finish()
  }

  override destroy(): void {
    this.#copy.destroy()
    super.destroy()
  }

  override reset(): void {
    this.#copy.reset()
    super.reset()
  }
}
