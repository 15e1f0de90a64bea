import {
  type Game,
  isRefusal,
  type Notation,
  type Outcome,
  type Refusal,
  type Seat,
  type SeatNumber,
  type Situation,
} from '../games/game.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { ReceivedMessage } from './automaton.ts'
import type { Console } from './definition.ts'
import type { Peer } from './peer.ts'

/*
 * This file has steps that occur in the roles of several programs.
 */

/**
 * Receives the next message; resolves to `undefined` when the peer closes or sends `leaves`. The role treats a reset like a close, because
 * the system sends a reset if the peer closes its connection before it has read all data.
 */
export function receiveUntilClosed<Name extends string>(peer: Peer<Name>, leaves: Name): Promise<string | undefined> {
  // each idle client waits here, and an async function would cost 250 more bytes per client
  return peer.receive().then(({ name, text }) => (name === leaves ? undefined : text), ignoreReset)
}

function ignoreReset(error: unknown): undefined {
  if (!(error instanceof Disconnected && error.reason === 'reset')) throw error
}

/**
 * Asks a person, but withdraws the question when `interruption` settles first. Resolves to the answer; for a withdrawn question, resolves
 * to `undefined`.
 */
export async function askUntil(
  interruption: Promise<unknown>,
  console: Console,
  { prompt, atEnd }: { prompt: string; atEnd: string },
): Promise<string | undefined> {
  const controller = new AbortController()
  const withdraw = () => controller.abort()
  interruption.then(withdraw, withdraw)
  try {
    return await console.ask(prompt, atEnd, controller.signal)
  } catch (error) {
    if (controller.signal.aborted) return undefined
    throw error
  }
}

/**
 * Checks whether the name with which a server welcomes this side is the name that this side has sent; the server may use the
 * registered spelling.
 */
export function isSameName(welcomed = '', sent = ''): boolean {
  return comparable(welcomed) === comparable(sent)
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll('_', ' ').trim()
}

/** The text that a person types to give up a game; the end of the input (Ctrl-D) has the same effect. */
const GIVE_UP = 'END'

/**
 * Plays a seat for the person at a console until the game is over: shows the board, asks until the rules accept a move, prints why the
 * rules refuse a move, and prints which player has won. This function is the default `opposite` of a protocol.
 */
export async function playAtConsole<State, Move, View, Options>(
  { notation }: Game<State, Move, View, Options>,
  seat: Seat<Move, View>,
  console: Console,
  prompt = `Your move (${GIVE_UP} to give up): `,
): Promise<void> {
  let coming = seat.next()
  for (let hasMoved = false; ; ) {
    const { view, turn, outcome } = await coming
    if (turn || outcome) console.say(notation.render(view))
    if (outcome) return console.say(formatOutcome(outcome, seat.number))
    if (turn && hasMoved) console.say('You move again.')
    hasMoved = turn
    // this call precedes the question, because the next situation withdraws the question
    coming = seat.next()
    if (turn) await askMove(notation, seat, () => askUntil(coming, console, { prompt, atEnd: GIVE_UP }), console)
  }
}

/** Asks for moves until the rules accept a move, the person gives up, or `ask` withdraws the question. */
async function askMove<Move, View>(
  notation: Notation<Move, View>,
  seat: Seat<Move, View>,
  ask: () => Promise<string | undefined>,
  console: Console,
): Promise<void> {
  for (;;) {
    const typed = await ask()
    if (typed === undefined) return
    if (typed.trim().toUpperCase() === GIVE_UP) return seat.leave()
    const move = notation.parse(typed)
    const refusal = isRefusal(move) ? move : seat.play(move)
    if (!refusal) return
    // a refused move causes no new situation, so the person has to type another move
    console.say(`${refusal.refused}.`)
  }
}

function formatOutcome({ winners, left }: Outcome, seat: SeatNumber): string {
  if (left !== undefined) return left === seat ? 'You have left the game.' : 'The opponent has left the game. You win!'
  return winners.length === 0 ? 'A draw.' : winners.includes(seat) ? 'You win!' : 'You lose.'
}

/** SeatBridge translates between a protocol and a game, for `playForPeer`. */
export interface SeatBridge<Move, View, Name extends string> {
  /** Messages with which the peer gives up the game. */
  readonly leaves: readonly Name[]
  /**
   * Sends the peer the messages for a situation of its seat, if the situation has messages. Called once for each situation; `before` is the
   * previous situation.
   */
  report(situation: Situation<View>, before: Situation<View> | undefined): void
  /** Returns the move in a message of the peer, or a refusal. Not called for the messages in `leaves`. */
  read(message: ReceivedMessage<Name>): Move | Refusal
}

/**
 * Plays a seat for the peer until the game is over or the peer leaves. Waits for the seat and for the peer at the same time, so that the
 * role notifies the peer immediately if the opponent leaves during the peer's turn. `peer.refuse` answers a move that the rules refuse.
 */
export async function playForPeer<Move, View, Name extends string, State extends string>(
  peer: Peer<Name, State>,
  seat: Seat<Move, View>,
  { leaves, report, read }: SeatBridge<Move, View, Name>,
): Promise<void> {
  let coming = seat.next()
  let message: Promise<ReceivedMessage<Name>> | undefined
  let before: Situation<View> | undefined
  for (;;) {
    // in a state in which the peer may not send, its message stays unread
    if (peer.maySend) message ??= peer.receive()
    const situated = coming.then((situation) => ({ situation }))
    const event = await Promise.race(message ? [situated, message.then((said) => ({ said }))] : [situated])
    if ('situation' in event) {
      report(event.situation, before)
      if (event.situation.outcome) return
      before = event.situation
      coming = seat.next()
      continue
    }
    message = undefined
    if (leaves.includes(event.said.name)) return seat.leave()
    const move = read(event.said)
    const refusal = isRefusal(move) ? move : seat.play(move)
    if (refusal) peer.refuse(refusal.refused)
  }
}
