import { type Clock, createSystemClock } from '../base/clock.ts'
import { toError } from '../base/errors.ts'
import type { Game, Random, Seat } from '../games/game.ts'
import type { PeerEndpoint, PeerLink } from '../hall/api.ts'
import type { Budget } from '../wire/allowance.ts'
import { Connection } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { RunQueue } from '../wire/run-queue.ts'
import type { Transport } from '../wire/transport.ts'
import { type Automaton, expectation, isEndless } from './automaton.ts'
import { ConversationNotes, type ConversationObserver } from './conversation-notes.ts'
import {
  type Console,
  EndOfInput,
  noConsole,
  type Options,
  type Program,
  type Protocol,
  type RoleContext,
  readOption,
} from './definition.ts'
import type { Side } from './message-spec.ts'
import { Peer } from './peer.ts'
import { playAtConsole } from './roles.ts'
import { type ClientSeating, LocalSeating, type OpponentFor, type PeerHandle, type Player } from './seating.ts'
import { pace as paceOption } from './shared-options.ts'
import { quoteUnfinished } from './violation-text.ts'

/** Default pause of paced protocols in milliseconds: `near` for a peer on this machine, and `far` for a peer over a network. */
const PACE = { near: 150, far: 250 }

/** Maximum milliseconds between an early goodbye and the peer's close. The time is short, because a person waits for the prompt. */
const AFTER_GOODBYE = 300

/** The sentence for the peer after an exception of a role, if the protocol has a message that can contain a sentence. */
const FAILED = 'this side has failed, and has to end the conversation'

export interface ConversationOptions {
  readonly program: Program
  /** This side. */
  readonly side: Side
  readonly transport: Transport
  readonly options: Options
  readonly random: Random
  /** Console of this side; by default, `noConsole`. */
  readonly console?: Console
  /** Chooses the players of the other seats; by default, the console. */
  readonly opponentFor?: OpponentFor
  /** Creates the seating of this conversation; by default, a `LocalSeating`. `opponentFor` chooses the players of the other seats. */
  readonly createSeating?: (peer: PeerHandle, opponentFor: OpponentFor) => ClientSeating
  /** Message budget of the peer; no limit by default. */
  readonly budget?: Budget | undefined
  /** Queue in which conversations take turns; without a queue, the conversation handles every message immediately. */
  readonly runQueue?: RunQueue | undefined
  readonly clock?: Clock
  /** The name or address of the server, as the person at the client's terminal has given it. */
  readonly dialed?: string
  /** The port of the server to which the peer has connected. */
  readonly endpoint?: PeerEndpoint | undefined
  /** Receives notes on irregularities, and the end of the conversation. */
  readonly observer?: ConversationObserver
}

/**
 * Conversation is the communication of one program with one peer. It builds the connection, starts the role, and ends both.
 *
 * The problem: a conversation has many endings. The role returns; the peer disconnects, breaks the protocol or is silent;
 * the person types Ctrl-D; the server stops; another player cannot continue. Several endings can happen at the same time. The conversation
 * must still send the best possible goodbye, notify every table, give all callers the same reason, and close the socket.
 *
 * The idea: two methods handle all endings. `stop` ends the conversation early. It takes the first reason, and ignores all later reasons.
 * It tries the protocol's goodbye (`Peer.dismiss`), and then fails the connection, so that a pending `receive` rejects and the role
 * unwinds. At last, it closes the seating. `#conclude` follows the role, turns its exceptions into `stop`, and then always ends the parts
 * in the same order. A role that returns before the conversation is over (`Peer.mayReturn`) has a bug, so the conversation ends in the same
 * way as after an exception.
 *
 * Invariants:
 * - The first reason wins. Later reasons are consequences of the first reason.
 * - `ended` resolves when this side sends no more messages; bytes may still be in flight. `closed` resolves when the connection is
 *   closed. If an error appears after `ended` has resolved, only `closed` has this error.
 * - The conversation notifies the observer of the end after the role has ended, and never during the constructor.
 * - The conversation closes the connection gracefully if it ended well, the peer disconnected first, or the console's input ended
 *   in a protocol that has an end. After an early goodbye, the peer has `AFTER_GOODBYE` milliseconds to close, too. In all other cases, the
 *   conversation aborts the connection, because a graceful close would look like the protocol's regular end, and a reset shows the peer
 *   that
 *   the end was early.
 * - The idle timeout runs only while the role waits for the peer (`waitingSince`) and the peer may send.
 */
export class Conversation implements PeerHandle {
  readonly program: Program
  readonly connection: Connection
  /** Resolves when the connection has closed: to the result of `ended`, or to an error that has appeared after `ended` resolved. */
  readonly closed: Promise<Error | undefined>
  readonly #peer: Peer
  readonly #seating: ClientSeating
  readonly #automaton: Automaton
  readonly #idle: number
  readonly #observer: ConversationObserver | undefined
  readonly #clock: Clock
  readonly #endpoint: PeerEndpoint | undefined
  #error: Error | undefined
  #isOver = false
  #over: PromiseWithResolvers<Error | undefined> | undefined
  readonly #notices: ConversationNotes | undefined
  /** True if the peer received a goodbye of the protocol. */
  #goodbye = false

  constructor(terms: ConversationOptions) {
    const { program, side, transport, options, random, console = noConsole, opponentFor, createSeating, budget, runQueue, observer } = terms
    const { clock = createSystemClock(), dialed, endpoint } = terms
    this.#endpoint = endpoint
    this.program = program
    const { protocol, words } = program
    const { toServer, toClient } = protocol.framing(options)
    const paced = protocol.paced && side === 'server'
    const pace = paced ? (readOption(options, paceOption) ?? (transport.loopback ? PACE.near : PACE.far)) : 0
    const [incoming, outgoing] = side === 'server' ? [toServer, toClient] : [toClient, toServer]
    const carrier = (side === 'server' && protocol.over?.(transport)) || transport
    this.connection = new Connection(carrier, { incoming, outgoing, pace, budget, runQueue, clock })
    this.#automaton = protocol.automaton
    this.#idle = program.idle ?? 0
    this.#observer = observer
    this.#clock = clock
    this.#peer = new Peer(this.connection, protocol.automaton, side)
    this.#notices = observer?.onNote && new ConversationNotes(this.#peer, observer, this.isEndless)
    const opponents: OpponentFor = opponentFor ?? ((game) => atTerminal(protocol, setting, game))
    this.#seating = createSeating?.(this, opponents) ?? new LocalSeating(opponents, random, (reason) => this.stop(reason))
    const interruptible = console === noConsole ? noConsole : abortedByPeer(console, this.connection, (end) => this.#peer.explain(end))
    const setting: RoleContext<unknown> = { words, console: interruptible, seating: this.#seating, options, random, clock, dialed }
    this.closed = this.#concludeAfter(startRole(protocol, side, this.#peer, setting), side)
  }

  /**
   * Resolves when this side sends no more messages: to `undefined` if the conversation ended normally, otherwise to the error.
   */
  get ended(): Promise<Error | undefined> {
    if (this.#isOver) return Promise.resolve(this.#error)
    this.#over ??= Promise.withResolvers()
    return this.#over.promise
  }

  get address(): string {
    return this.connection.transport.remote.host
  }

  get loopback(): boolean {
    return this.connection.transport.loopback
  }

  get link(): PeerLink | undefined {
    // at the front door, a client switches to JSON by "style json"; at the port for browsers, JSON is the only language, so no client
    // switches
    const isSwitched = this.#peer.language === 'JSON' && this.#endpoint?.transport !== 'websocket'
    return this.#endpoint && (isSwitched ? { ...this.#endpoint, json: true } : this.#endpoint)
  }

  /** True if the peer may send a message other than a goodbye now. */
  get awaited(): boolean {
    return this.#peer.awaited
  }

  /** True if the protocol has no end state, so that a peer can end the conversation only by closing the connection. */
  get isEndless(): boolean {
    return isEndless(this.#automaton)
  }

  /** Current state of the protocol's automaton. */
  get state(): string {
    return this.#peer.state
  }

  /**
   * Ends the conversation early. If the peer is still connected and the protocol's goodbye is legal now, sends the goodbye; otherwise
   * aborts the connection.
   */
  stop(reason: unknown): void {
    if (this.#error || this.#isOver) return
    if (reason instanceof Disconnected && reason.reason === 'ours') this.#notices?.stop(this.#clock.monotonic())
    this.#error = toError(reason)
    const { end } = this.connection
    const isReachable = end === undefined || (end.reason === 'much' && this.#peer.farewell !== undefined)
    this.#goodbye = isReachable && this.#dismiss(this.#error)
    this.connection.fail(new Disconnected('ours', this.#error.message))
    this.#seating.close(this.#error)
  }

  end(reason: string): void {
    this.stop(new Disconnected('ours', reason))
  }

  ready(): Promise<void> {
    return this.connection.ready()
  }

  charge(cost: number): void {
    this.connection.charge(cost)
  }

  endOnDisconnect(on: boolean): void {
    this.connection.whenPeerClosed(on ? (end) => this.stop(this.#peer.explain(end, true)) : undefined)
  }

  /**
   * Ends the conversation if the peer has exceeded its timeout; otherwise reports irregularities such as an incomplete message.
   * `now` is monotonic time; limits are in milliseconds.
   */
  checkTimeout(now: number, limits: { first: number; idle: number }): void {
    const { waitingSince, hasReceived } = this.connection
    const limit = hasReceived ? Math.max(limits.idle, this.#idle) : limits.first
    const late = waitingSince !== undefined && now - waitingSince >= limit && this.#peer.awaited
    if (late) this.stop(this.#peer.explain(this.#late(limit)))
    else this.#notices?.check(now, limit)
  }

  #late(limit: number): Disconnected {
    const { unfinished } = this.connection
    const silence = unfinished ? `has sent ${quoteUnfinished(this.#peer.speaker, unfinished)}` : 'sent nothing'
    return new Disconnected('late', `the other side ${silence} for ${limit / 1000} s`, unfinished)
  }

  /**
   * Sends the goodbye. Returns false if no goodbye is legal. If the role's own goodbye throws an exception, also returns false, and the
   * exception replaces the reason.
   */
  #dismiss(reason: Error): boolean {
    // the peer gets no details of a mistake in a role
    const isPublic = this.#peer.farewell !== undefined || reason instanceof Disconnected || reason instanceof EndOfInput
    try {
      return this.#peer.dismiss(isPublic ? reason : new Disconnected('ours', FAILED))
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error))
      return false
    }
  }

  /** Ends the conversation after its role. An async function that waits for the role would take 300 bytes more for each conversation. */
  #concludeAfter(role: Promise<void>, side: Side): Promise<Error | undefined> {
    return role.then(
      () => this.#conclude(side),
      (error) => this.#conclude(side, { error }),
    )
  }

  /** Ends the conversation after its role has returned, or has failed with an error. */
  async #conclude(side: Side, failure?: { readonly error: unknown }): Promise<Error | undefined> {
    try {
      if (failure) throw failure.error
      this.#checkReturn(side)
      if (this.#seating.isBusy) await this.#seating.finished()
    } catch (error) {
      // the end of the input is not an error if this side may close the connection
      if (error instanceof EndOfInput && this.#peer.mayClose) this.#seating.close(error)
      else this.stop(error)
    }
    this.#error ??= this.#unreadViolation()
    const error = this.#error
    if (error) this.#notices?.ended(error instanceof Disconnected && error.reason === 'violation')
    this.#seating.close(error)
    this.#isOver = true
    this.#over?.resolve(error)
    try {
      this.#observer?.onEnd?.(error)
    } finally {
      await this.#close(error)
      this.#error ??= this.#unreadViolation()
      if (this.#error && !error) this.#observer?.onNote?.('garbled', this.#error.message)
      // the role has already reported this error to the observer
      this.#error ??= this.#peer.failure
      this.#observer?.onClose?.()
    }
    return this.#error
  }

  /** Throws an Error if the role has returned before the end, although the peer is connected and nothing has stopped the conversation. */
  #checkReturn(side: Side): void {
    const { mayReturn, state } = this.#peer
    if (mayReturn || this.#error || this.connection.end) return
    throw new Error(
      `a mistake in ${this.program.name}: its ${side} returned in the state ${state}, which is neither an end nor quiet; ${expectation(this.#automaton, state, side)}`,
    )
  }

  /** Returns the violation in bytes that the role has not read. A role that only sends never reads such bytes. */
  #unreadViolation(): Error | undefined {
    const { end } = this.connection
    return end?.reason === 'violation' ? this.#peer.explain(end) : undefined
  }

  #close(error: Error | undefined): Promise<void> {
    const isPeerClosed = error instanceof Disconnected && error.isPeerClosed
    // in a protocol without an end, only a reset shows the peer that the end was early
    const isInputOver = error instanceof EndOfInput && !this.isEndless
    if (this.#goodbye) return this.connection.close(AFTER_GOODBYE)
    return !error || isPeerClosed || isInputOver ? this.connection.close() : this.connection.abort()
  }
}

/**
 * Starts the role of a side. If the role throws, rejects as an async function does. The role of a plug-in in JavaScript may return no
 * promise.
 */
function startRole(protocol: Program['protocol'], side: Side, peer: Peer, setting: RoleContext<unknown>): Promise<void> {
  try {
    return Promise.resolve(protocol[side](peer, setting))
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * Returns a player at this side's console. The player uses the prompts of the protocol. If the protocol has no prompts, the player uses the
 * game's notation.
 */
function atTerminal<State, Move, View, Options>(
  { opposite }: Protocol,
  setting: RoleContext<unknown>,
  game: Game<State, Move, View, Options>,
): Player<Move, View> {
  if (!opposite) return (seat) => playAtConsole(game, seat, setting.console)
  return (seat) => opposite(seat as Seat<unknown, unknown>, setting, game.name)
}

/** Wraps a console so that its questions abort when the peer disconnects, even while the person types. */
function abortedByPeer(console: Console, connection: Connection, explain: (end: Disconnected) => Disconnected): Console {
  return {
    say: (text) => console.say(text),
    warn: (sentence) => console.warn?.(sentence),
    async ask(prompt, atEnd, signal) {
      const abort = new AbortController()
      connection.whenPeerClosed((end) => abort.abort(explain(end)))
      try {
        return await console.ask(prompt, atEnd, signal ? AbortSignal.any([abort.signal, signal]) : abort.signal)
      } finally {
        connection.whenPeerClosed(undefined)
      }
    },
  }
}
