import type { Clock } from '../../base/clock.ts'
import { seededRandom } from '../../games/random.ts'
import { isEndless } from '../../protocol/automaton.ts'
import { Conversation } from '../../protocol/conversation.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import type { CheckSubject } from '../check/check.ts'
import { type Connected, connectProgram } from '../check/connecting.ts'
import { waitForPrompt } from '../check/match.ts'
import { QUOTED } from '../check/program-output.ts'
import type { ProgramEnd, RunningProgram } from '../check/sandbox.ts'
import { Typist } from '../check/typist.ts'
import { endWithin } from '../check/waiting.ts'
import { ConversationMonitor, toWatchedProtocol } from '../monitor/monitor.ts'
import type { Observation, WireEvent } from '../monitor/observation.ts'
import { otherSide, SIDES } from '../monitor/sides.ts'
import { Relay } from '../tap/relay.ts'
import { judgePair, type PairEnd, type PairFinding } from './pair-verdict.ts'

/*
 * Two hand-ins play one conversation. Each program is in a sandbox of its own, and cannot reach the other program: the judge listens in the network
 * of the client, connects in the network of the server, and relays the bytes. So each hand-in sees only the bytes of the other hand-in.
 *
 * The judge plays no side, but it types into both programs, in place of the persons at the programs. It must know when a person would type.
 * For this purpose, it runs Parlor's own role of the same side beside each program, as in a check. This role is the shadow of the program: it reads
 * the bytes that the program receives, and the judge drops the messages that it sends.
 */

/** If there is no byte and no typed line for this number of milliseconds, a conversation is stuck. */
export const SILENCE = 4000
/** Milliseconds between two checks of the time. */
const TICK = 100
/**
 * If the conversation is over and one side has ended, the other side must end within this number of milliseconds. The judge waits for the
 * exit code of an ended program for the same time.
 */
const END_WAIT = 500
/** Lines of each side after which the judge stops a conversation whose protocol has no end. */
const EXCHANGES = 6
/** Maximum number of quoted observations in a finding. */
const STORED = 2000

export interface PairOptions {
  readonly client: CheckSubject
  readonly server: CheckSubject
  /** The options that both sides share. */
  readonly options: Options
  /** If there is no byte and no typed line for this number of milliseconds, the conversation is stuck. */
  readonly silence?: number
}

/** Plays one conversation between two programs, and resolves to the finding. */
export async function playPair({ client, server, options, silence = SILENCE }: PairOptions): Promise<PairFinding> {
  const [one, other] = await Promise.all([connectProgram(client), connectProgram(server)])
  if ('sentence' in one || 'sentence' in other) {
    for (const each of [one, other]) if ('running' in each) await giveUp(each)
    // a client is not at fault if its server does not run
    const [atFault, finding] = 'sentence' in other ? (['server', other] as const) : (['client', one] as const)
    return 'sentence' in finding ? { ...finding, atFault } : { sentence: '' }
  }
  const match = new PairMatch({ client: one, server: other }, client, options, silence)
  const end = await match.play()
  await Promise.all([one.running.stop(), other.running.stop()])
  return judgePair(end)
}

async function giveUp({ transport, running }: Connected): Promise<void> {
  transport.open({ data() {}, finished() {}, closed() {} })
  transport.reset()
  await running.stop()
}

/** PairMatch is one conversation of two programs. */
class PairMatch {
  readonly #sides: Readonly<Record<Side, Connected>>
  readonly #program: Program
  readonly #clock: Clock
  readonly #monitor: ConversationMonitor
  readonly #observations: Observation[] = []
  readonly #shadows: Readonly<Record<Side, Shadow>>
  readonly #over = Promise.withResolvers<PairEnd['how']>()
  readonly #silence: number
  #lastAt: number
  #endedAt: number | undefined

  constructor(sides: Readonly<Record<Side, Connected>>, { program, clock, seed }: CheckSubject, options: Options, silence: number) {
    this.#sides = sides
    this.#silence = silence
    this.#program = program
    this.#clock = clock
    this.#monitor = new ConversationMonitor(toWatchedProtocol(program, options))
    this.#lastAt = clock.monotonic()
    const terms = { program, options: { ...program.defaults, ...options }, clock, stop: () => this.#over.resolve('stopped') }
    const shadowOf = (side: Side, own: number) =>
      new Shadow({ ...terms, side, seed: own, running: sides[side].running, onTyped: () => this.#touch() })
    this.#shadows = { client: shadowOf('client', seed), server: shadowOf('server', seed + 1) }
  }

  async play(): Promise<PairEnd> {
    const relay = new Relay(this.#sides.client.transport, this.#sides.server.transport, {
      bytes: (from, bytes) => this.#takeBytes(from, bytes),
      ended: (from, broken) => this.#takeEnd(from, broken),
      closed: () => this.#over.resolve('closed'),
    })
    const check = () => {
      cancel = this.#clock.after(TICK, check)
      this.#checkTime()
    }
    let cancel = this.#clock.after(TICK, check)
    relay.open()
    const how = await this.#over.promise
    cancel()
    if (how !== 'closed') this.#observe({ kind: 'time', at: this.#clock.monotonic() })
    const { isOver, state, turn } = this.#monitor
    const observations = [...this.#observations]
    const [client, server] = await Promise.all([this.#endOf('client'), this.#endOf('server')])
    relay.reset()
    for (const side of SIDES) this.#shadows[side].end()
    const lines = { client: this.#linesOf('client'), server: this.#linesOf('server') }
    return {
      automaton: this.#program.protocol.automaton,
      how,
      isOver,
      state,
      turn,
      observations,
      ends: { client, server },
      lines,
      silence: this.#silence,
    }
  }

  #takeBytes(from: Side, bytes: Uint8Array): void {
    this.#touch()
    this.#observe({ kind: 'bytes', at: this.#clock.monotonic(), from, bytes })
    this.#shadows[otherSide(from)].receive(bytes)
    for (const side of SIDES) this.#shadows[side].progress()
  }

  #takeEnd(from: Side, broken: string | undefined): void {
    this.#touch()
    this.#endedAt ??= this.#clock.monotonic()
    this.#observe({ kind: 'end', at: this.#clock.monotonic(), from, how: broken === undefined ? 'finished' : 'reset' })
    this.#shadows[otherSide(from)].finish()
  }

  /** Ends the match if it is over and one side has disconnected, or if it is stuck. */
  #checkTime(): void {
    const now = this.#clock.monotonic()
    this.#observe({ kind: 'time', at: now })
    if (this.#endedAt !== undefined && this.#monitor.isOver && now - this.#endedAt > END_WAIT) this.#over.resolve('closed')
    else if (now - this.#lastAt > this.#silence) this.#over.resolve('silent')
  }

  #observe(event: WireEvent): void {
    const seen = this.#monitor.observe(event)
    if (this.#observations.length < STORED) this.#observations.push(...seen)
  }

  #touch(): void {
    this.#lastAt = this.#clock.monotonic()
  }

  #endOf(side: Side): Promise<ProgramEnd | undefined> {
    return endWithin(this.#sides[side].running, END_WAIT, this.#clock)
  }

  #linesOf(side: Side): readonly string[] {
    return this.#sides[side].running.output.lastLines(QUOTED)
  }
}

interface ShadowOptions {
  readonly program: Program
  readonly options: Options
  readonly side: Side
  readonly seed: number
  readonly running: RunningProgram
  readonly clock: Clock
  readonly onTyped: () => void
  /** Called if the protocol has no end, and the typists have typed enough lines. */
  readonly stop: () => void
}

/**
 * Shadow is Parlor's role of one side. It reads the bytes that the program of that side receives, and types into the program when a person
 * would type.
 */
class Shadow {
  readonly #typist: Typist
  readonly #conversation: Conversation
  readonly #feed: ReturnType<typeof memoryPair>[0]

  constructor({ program, options, side, seed, running, clock, onTyped, stop }: ShadowOptions) {
    const { automaton } = program.protocol
    const [feed, end] = memoryPair()
    this.#feed = feed
    // the judge drops the messages of the shadow
    feed.open({ data() {}, finished() {}, closed() {} })
    const enough = isEndless(automaton) ? EXCHANGES : undefined
    const typed = async (line: string | undefined) => {
      await waitForPrompt(running, clock)
      onTyped()
      if (line !== undefined) running.type(line)
      else if (enough === undefined) running.endInput()
      else stop()
    }
    const state = () => this.#conversation.state
    this.#typist = new Typist({ automaton, side, declared: program.typed, enough, random: seededRandom(seed), state, typed })
    const terms = { program, options, side, transport: end, clock, random: seededRandom(seed + 2), console: this.#typist }
    this.#conversation = new Conversation(terms)
  }

  receive(bytes: Uint8Array): void {
    this.#feed.write(bytes)
  }

  finish(): void {
    this.#feed.finish()
  }

  /** Notes that the conversation has continued, so the judge may type lines of earlier turns again. */
  progress(): void {
    this.#typist.progress()
  }

  end(): void {
    this.#conversation.end('the match is over')
  }
}
