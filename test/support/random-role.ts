import { type MessageSpec, parseMessage } from '../../src/protocol/automaton.ts'
import type { Peer } from '../../src/protocol/peer.ts'

/** Returns the fields of a message's example, which a random role sends. */
export function exampleFields({ text, example }: MessageSpec): readonly string[] {
  const parts = text.split(/\{\w+\}/).map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('(.*?)')}$`, 's').exec(example)?.slice(1) ?? []
}

/** Checks whether a role would read now: something is unread, and it is the peer's turn, or the message is legal all the same. */
export function hasReadable(peer: Peer): boolean {
  const { awaited, connection, standing, other } = peer
  const next = connection.nextMessage
  const isLegal = standing.steps.some(
    ({ from, form }) => next !== undefined && from === other && !form.closes && parseMessage(form, next) !== undefined,
  )
  return connection.unread > 0 && (awaited || isLegal)
}
