import { type Automaton, alternatives, expectation, legalTransitions } from '../protocol/automaton.ts'
import { maySpeak } from '../protocol/conversation-state.ts'
import { parseMessage, type Side } from '../protocol/message-spec.ts'
import { quoteText } from '../wire/text.ts'
import type { Actor, SeatWait } from './wait-tracker.ts'
import type { JudgedMessage } from './wire-recorder.ts'

/** StuckSide is one side of a stuck walk: the state of the side, and the functions that wait. */
export interface StuckSide {
  readonly side: Side
  readonly state: string
  readonly actors: readonly Actor[]
}

/** Maximum number of messages that a sentence quotes. */
const QUOTED = 5

/**
 * Returns sentences about a stuck walk: the state of each side, the operations for which the side waits, the likely cause, and the last
 * messages.
 */
export function formatStandstill(automaton: Automaton, sides: readonly StuckSide[], messages: readonly JudgedMessage[]): string {
  const waits = sides.map(({ side, state, actors }) => {
    const clauses = actors.map((actor) => `${actor.name} ${formatWaits(automaton, state, side, actor)}`)
    return `the ${side} is in the state "${state}": ${clauses.join(', and ')}`
  })
  return `${waits.join('; ')}. ${findCause(automaton, sides, messages)}. ${formatMessages(messages)}`
}

/** Quotes the last messages of a conversation, in a sentence. */
export function formatMessages(messages: readonly JudgedMessage[]): string {
  if (messages.length === 0) return 'No message was sent before.'
  const said = messages.slice(-QUOTED).map(({ from, text }) => `${from} ${quoteText(text)}`)
  return `The last messages: ${said.join(', ')}.`
}

function formatWaits(automaton: Automaton, state: string, side: Side, { waits, hasReturned }: Actor): string {
  if (hasReturned) return 'has returned'
  const clauses = [...waits].map((wait) => {
    if (wait === 'line') return 'for a line of the console'
    if (wait === 'message')
      return `for a message of the ${other(side)}${mayBeSent(automaton, state, other(side)) ? '' : ', which may not send now'}`
    if (wait.method === 'turn') return `for its turn in the seat ${wait.seat}`
    return `for the next situation of the seat ${wait.seat}`
  })
  return clauses.length === 0 ? 'waits for something else' : `waits ${clauses.join(' and ')}`
}

/** Returns the likely cause of a standstill, as a sentence without the full stop. */
function findCause(automaton: Automaton, sides: readonly StuckSide[], messages: readonly JudgedMessage[]): string {
  const actors = sides.flatMap((one) => one.actors.map((actor) => ({ ...one, actor })))
  for (const { actor } of actors) {
    const wait = [...actor.waits].find(
      (one): one is SeatWait => typeof one === 'object' && one.refused !== undefined && one.method !== 'observe',
    )
    if (wait)
      return `The likely cause: ${actor.name} calls ${wait.method}() after the seat has refused a move (${quoteText(wait.refused ?? '')}); the seat shows no situation after a refused move, so get another move, and play it`
  }
  const early = actors.find(({ actor }) => actor.name === '`opposite`' && actor.hasReturned)
  if (early) return 'The likely cause: `opposite` has returned before the game is over, so no player moves in the other seat'
  const deaf = actors.find(({ actor, state, side }) => actor.waits.has('message') && !mayBeSent(automaton, state, other(side)))
  if (deaf) return `The likely cause: ${formatDeaf(automaton, deaf, messages)}`
  const silent = actors.find(({ actor, state, side }) => !actor.waits.has('message') && maySpeak(legalTransitions(automaton, state), side))
  if (silent?.actor.name === '`opposite`') return 'The likely cause: the player in the other seat does not move'
  if (silent)
    return `The likely cause: ${silent.actor.name} waits although ${expectation(automaton, silent.state, silent.side, 'its')} from it`
  return 'The likely cause: a role, or `opposite`, waits for a message or for a turn that does not come'
}

/** Returns the reason why a role waits in a state in which the peer may not send. */
function formatDeaf(automaton: Automaton, { state, side }: StuckSide, messages: readonly JudgedMessage[]): string {
  const { refusal } = automaton
  const form = refusal === undefined ? undefined : automaton.messages[refusal]
  const last = messages.findLast(({ from }) => from === 'server')
  const peer = other(side)
  if (side === 'client' || !form || !last || parseMessage(form, last.text) === undefined) {
    const due = legalTransitions(automaton, state).filter(({ from }) => from === side)
    return `the ${side}'s role receives in the state "${state}", in which only the ${side} may send; expected the role to send ${alternatives(automaton, due)}`
  }
  const before = messages.findLast(({ from }) => from === peer)?.state ?? automaton.start
  return last.state === state && !legalTransitions(automaton, state).some(({ name }) => name === refusal)
    ? `the server's role refuses a move in the state "${state}", which has no ${refusal}, so the state does not change and the client may not send again; add ${refusal} to that state, and let ${refusal} lead to "${before}", the state in which the client has sent the move`
    : `${refusal} leads from "${last.state}" to "${state}", in which the client may not send another move; let ${refusal} lead to "${before}", the state in which the client has sent the refused move`
}

function mayBeSent(automaton: Automaton, state: string, side: Side): boolean {
  return legalTransitions(automaton, state).some(({ from, form }) => from === side && !form.closes && !form.bye)
}

function other(side: Side): Side {
  return side === 'server' ? 'client' : 'server'
}
