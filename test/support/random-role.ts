import type { Random } from '../../src/games/game.ts'
import { type Automaton, legalTransitions } from '../../src/protocol/automaton.ts'
import { type MessageSpec, parseMessage, type Side } from '../../src/protocol/message-spec.ts'
import type { Peer } from '../../src/protocol/peer.ts'
import { GARBAGE } from '../../src/testing/protocol.ts'

/** Returns the fields of a message's example, which a random role sends. */
export function exampleFields({ text, example }: MessageSpec): readonly string[] {
  const parts = text.split(/\{\w+\}/).map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('(.*?)')}$`, 's').exec(example)?.slice(1) ?? []
}

/** Checks whether a role would read now: something is unread, and it is the peer's turn, or the message is legal all the same. */
export function hasReadable(peer: Peer): boolean {
  const { awaited, connection, conversationState, other } = peer
  const next = connection.nextMessage
  const isLegal = conversationState.steps.some(
    ({ from, form }) => next !== undefined && from === other && !form.closes && parseMessage(form, next) !== undefined,
  )
  return connection.unread > 0 && (awaited || isLegal)
}

/** Something that a peer may say: mostly a legal message, sometimes one of another state, or nonsense. */
export function randomSaying(automaton: Automaton, state: string, side: Side, random: Random): string {
  const of = (steps: readonly { form: { example: string; closes?: true } }[]) =>
    steps.filter(({ form }) => !form.closes).map(({ form }) => form.example)
  const legal = of(
    legalTransitions(automaton, state).filter(({ from, form }) => from === side && (!form.bye || random.integer(0, 4) === 0)),
  )
  const all = of(Object.values(automaton.messages).map((form) => ({ form })))
  const kind = random.integer(0, 9)
  if (kind < 6 && legal.length > 0) return random.choice(legal)
  return kind < 8 && all.length > 0 ? random.choice(all) : random.choice(GARBAGE)
}
