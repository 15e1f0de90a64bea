import { type Game, isRefusal, type Seat } from '../games/game.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { Console } from './definition.ts'
import type { Peer } from './peer.ts'

/*
 * Steps that occur in the roles of several programs.
 */

/**
 * Receives the next message; resolves to `undefined` when the peer closes or sends `leaves`. A reset counts as leaving, because the
 * system resets the connection of a peer that closes it with unread data.
 */
export async function receiveUntilClosed<Name extends string>(peer: Peer<Name>, leaves: Name): Promise<string | undefined> {
  try {
    const { name, text } = await peer.receive()
    return name === leaves ? undefined : text
  } catch (error) {
    if (error instanceof Disconnected && error.reason === 'reset') return undefined
    throw error
  }
}

/**
 * Asks a person, but withdraws the question when `interruption` settles first. Resolves to the answer; to `undefined` for a
 * withdrawn question.
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
 * Checks whether the name with which a server welcomes this side is the name that was sent; the server may spell it as it was
 * registered.
 */
export function isSameName(welcomed = '', sent = ''): boolean {
  return comparable(welcomed) === comparable(sent)
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll('_', ' ').trim()
}

/** What a person types to give up a game; the end of the input (Ctrl-D) stands for it. */
const GIVE_UP = 'END'

/**
 * Plays a seat for the person at a console until the game is over: shows the board, asks for a move until the rules accept one, and
 * prints why they refuse a move and which player has won. `opposite` of a plug-in's protocol calls it.
 */
export async function playAtConsole<State, Move, View, Options>(
  { notation }: Game<State, Move, View, Options>,
  seat: Seat<Move, View>,
  console: Console,
  prompt = `Your move (${GIVE_UP} to give up): `,
): Promise<void> {
  for (;;) {
    const { view, outcome } = await seat.turn()
    console.say(notation.render(view))
    if (outcome)
      return console.say(outcome.winners.length === 0 ? 'A draw.' : outcome.winners.includes(seat.number) ? 'You win!' : 'You lose.')
    // a refused move makes no situation, so `turn` would wait for ever
    for (let moved = false; !moved; ) {
      const typed = await console.ask(prompt, GIVE_UP)
      if (typed.trim().toUpperCase() === GIVE_UP) {
        seat.leave()
        break
      }
      const move = notation.parse(typed)
      const refusal = isRefusal(move) ? move : seat.play(move)
      if (refusal) console.say(`${refusal.refused}.`)
      moved = refusal === undefined
    }
  }
}
