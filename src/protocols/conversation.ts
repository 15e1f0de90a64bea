import type { Random } from '../games/game.ts'
import type { Budget } from '../wire/allowance.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import { Connection } from '../wire/connection.ts'
import { Ended } from '../wire/ends.ts'
import type { RunQueue } from '../wire/run-queue.ts'
import type { Transport } from '../wire/transport.ts'
import { type Automaton, endless, type Side } from './automaton.ts'
import { type Holder, type Household, type Line, LocalHouse, type Opposite } from './house.ts'
import { Notices, type Witness } from './notices.ts'
import { Peer } from './peer.ts'
import { EndOfInput, nobody, type Options, type Person, type Program, type Protocol, type Setting } from './protocol.ts'
import { quotedUnfinished } from './sentences.ts'

/** The pause of protocols that need one, in milliseconds: on this machine, and over a network (PROTOCOLS Q1, Q2). */
const PACE = { near: 150, far: 250 }

/** How long a peer that heard a goodbye in the middle may take to go too, in milliseconds: somebody wants to leave. */
const AFTER_GOODBYE = 300

/** Terms is what a conversation is made of. */
export interface Terms {
  readonly program: Program
  /** Our side. */
  readonly side: Side
  readonly transport: Transport
  readonly options: Options
  readonly random: Random
  /** Who reads and types here: nobody, where not said. */
  readonly person?: Person
  /** Who takes the other seats; by default the person, as the protocol has it. */
  readonly opposite?: Opposite
  /** Where the peer is seated, instead. */
  readonly house?: (line: Line) => Household
  /** Budget of the peer; no limit by default. */
  readonly budget?: Budget | undefined
  /** Queue in which it takes turns with other conversations; without one, it runs as long as it can. */
  readonly runQueue?: RunQueue | undefined
  readonly clock?: Clock
  /** Told how it ends, as `over` and `done` are. */
  readonly witness?: Witness
}

/** Conversation is one program's dealing with one peer: its role, the seats it asks for, and a proper end. */
export class Conversation implements Line {
  readonly program: Program
  readonly connection: Connection
  /** As `over`, when the connection is closed as well, which can take a moment longer; also to what went wrong in that moment. */
  readonly done: Promise<Error | undefined>
  readonly #peer: Peer
  readonly #house: Household
  readonly #automaton: Automaton
  readonly #idle: number
  readonly #witness: Witness | undefined
  readonly #clock: Clock
  #trouble: Error | undefined
  /** All is said. */
  #isOver = false
  #over: PromiseWithResolvers<Error | undefined> | undefined
  readonly #notices: Notices | undefined
  /** Whether the peer was told in the protocol's own words that this is the end. */
  #goodbye = false

  constructor(terms: Terms) {
    const { program, side, transport, options, random, person = nobody, opposite, house, budget, runQueue, witness } = terms
    const { clock = wallClock } = terms
    this.program = program
    const { protocol, words } = program
    const { toServer, toClient } = protocol.framing(options)
    const pace = protocol.paced && side === 'server' ? (options.pace ?? (transport.loopback ? PACE.near : PACE.far)) : 0
    const [incoming, outgoing] = side === 'server' ? [toServer, toClient] : [toClient, toServer]
    const carrier = (side === 'server' && protocol.over?.(transport)) || transport
    this.connection = new Connection(carrier, { incoming, outgoing, pace, budget, runQueue, clock })
    this.#automaton = protocol.automaton
    this.#idle = program.idle ?? 0
    this.#witness = witness
    this.#clock = clock
    this.#peer = new Peer(this.connection, protocol.automaton, side)
    this.#notices = witness?.noticed && new Notices(this.#peer, witness, this.isEndless)
    this.#house =
      house?.(this) ??
      new LocalHouse(opposite ?? ((game) => atTerminal(protocol, setting, game.name)), random, (reason) => this.stop(reason))
    const attentive = person === nobody ? nobody : attending(person, this.connection, (end) => this.#peer.explain(end))
    const setting: Setting<unknown> = { words, person: attentive, house: this.#house, options, random, clock }
    this.done = this.#hold(program, side, setting)
  }

  /** Resolves when all is said: to `undefined` when it ended as its protocol ends, else to what went wrong. */
  get over(): Promise<Error | undefined> {
    if (this.#isOver) return Promise.resolve(this.#trouble)
    this.#over ??= Promise.withResolvers()
    return this.#over.promise
  }

  get address(): string {
    return this.connection.transport.remote.host
  }

  get loopback(): boolean {
    return this.connection.transport.loopback
  }

  /** Whether the peer is to say something now that is more than a goodbye. */
  get awaited(): boolean {
    return this.#peer.awaited
  }

  /** True if its protocol has no end, so that a peer can end it only by closing. */
  get isEndless(): boolean {
    return endless(this.#automaton)
  }

  /** Where the conversation stands: a state of the protocol's automaton. */
  get state(): string {
    return this.#peer.state
  }

  /**
   * Ends the conversation in the middle, for a reason of ours. A peer that is still there hears the protocol's own
   * goodbye if this side may say it now; otherwise the connection is broken off (PROTOCOLS Q4).
   */
  stop(reason: unknown): void {
    if (this.#trouble || this.#isOver) return
    if (reason instanceof Ended && reason.how === 'ours') this.#notices?.stop(this.#clock.monotonic())
    this.#trouble = reason instanceof Error ? reason : new Error(String(reason))
    const { end } = this.connection
    const listens = end === undefined || (end.how === 'much' && this.#peer.farewell !== undefined)
    this.#goodbye = listens && this.#dismissed(this.#trouble)
    this.connection.fail(new Ended('ours', this.#trouble.message))
    this.#house.close(this.#trouble)
  }

  end(reason: string): void {
    this.stop(new Ended('ours', reason))
  }

  ready(): Promise<void> {
    return this.connection.ready()
  }

  charge(cost: number): void {
    this.connection.charge(cost)
  }

  watch(on: boolean): void {
    this.connection.whenGone(on ? (end) => this.stop(this.#peer.explain(end)) : undefined)
  }

  /**
   * Ends the conversation if the peer has let this side wait for its next message for too long; else looks for what is to be
   * noticed about it. `now` is monotonic time.
   */
  checkPatience(now: number, limits: { first: number; idle: number }): void {
    const { waitingSince, heard } = this.connection
    const limit = heard ? Math.max(limits.idle, this.#idle) : limits.first
    const late = waitingSince !== undefined && now - waitingSince >= limit && this.#peer.awaited
    if (late) this.stop(this.#peer.explain(this.#late(limit)))
    else this.#notices?.check(now, limit)
  }

  #late(limit: number): Ended {
    const { unfinished } = this.connection
    const silence = unfinished ? `has sent ${quotedUnfinished(this.#peer.speaker, unfinished)}` : 'said nothing'
    return new Ended('late', `the other side ${silence} for ${limit / 1000} s`, unfinished)
  }

  /** Whether the peer was told why it has to go. A role that fails at that has failed altogether. */
  #dismissed(reason: Error): boolean {
    try {
      return this.#peer.dismiss(reason)
    } catch (mistake) {
      this.#trouble = mistake instanceof Error ? mistake : new Error(String(mistake))
      return false
    }
  }

  async #hold({ protocol }: Program, side: Side, setting: Setting<unknown>): Promise<Error | undefined> {
    try {
      await protocol[side](this.#peer, setting)
      if (this.#house.busy) await this.#house.finished()
    } catch (error) {
      // where this side may close, a person who has gone is no trouble
      if (error instanceof EndOfInput && this.#peer.mayClose) this.#house.close(error)
      else this.stop(error)
      // nobody is told from within the constructor
      await undefined
    }
    this.#trouble ??= this.#unheard()
    const trouble = this.#trouble
    if (trouble) this.#notices?.ended(trouble instanceof Ended && trouble.how === 'violation')
    this.#house.close(trouble)
    this.#isOver = true
    this.#over?.resolve(trouble)
    try {
      this.#witness?.over?.(trouble)
    } finally {
      await this.#close(trouble)
      this.#trouble ??= this.#unheard()
      if (this.#trouble && !trouble) this.#witness?.noticed?.('garbled', this.#trouble.message)
      // it was noticed when it was answered
      this.#trouble ??= this.#peer.failure
      this.#witness?.done?.()
    }
    return this.#trouble
  }

  /** What was wrong with bytes of the peer that a role which only speaks did not wait for. */
  #unheard(): Error | undefined {
    const { end } = this.connection
    return end?.how === 'violation' ? this.#peer.explain(end) : undefined
  }

  #close(trouble: Error | undefined): Promise<void> {
    const peerIsGone = trouble instanceof Ended && trouble.peerHasGone
    // a peer that no protocol ever tells of an end does not see one either, unless it is broken off
    const personIsGone = trouble instanceof EndOfInput && !this.isEndless
    if (this.#goodbye) return this.connection.close(AFTER_GOODBYE)
    return !trouble || peerIsGone || personIsGone ? this.connection.close() : this.connection.abort()
  }
}

/** The person at this terminal as a holder of seats, where the protocol has that. */
function atTerminal({ opposite }: Protocol, setting: Setting<unknown>, game: string): Holder<unknown, unknown> | undefined {
  return opposite && ((seat) => opposite(seat, setting, game))
}

/** A person who is told at once, also in the middle of typing, that the peer has gone. */
function attending(person: Person, connection: Connection, explain: (end: Ended) => Ended): Person {
  return {
    say: (text) => person.say(text),
    complain: (sentence) => person.complain?.(sentence),
    async ask(prompt, atEnd, signal) {
      const abort = new AbortController()
      connection.whenGone((end) => abort.abort(explain(end)))
      try {
        return await person.ask(prompt, atEnd, signal ? AbortSignal.any([abort.signal, signal]) : abort.signal)
      } finally {
        connection.whenGone(undefined)
      }
    },
  }
}
