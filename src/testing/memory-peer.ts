import type { Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import { Peer } from '../protocol/peer.ts'
import { Connection } from '../wire/connection.ts'
import type { Framing } from '../wire/framing/framing.ts'
import { type MemoryTransport, memoryPair } from '../wire/transports/memory.ts'

/** PeerInMemory has the peer of a role, and the two ends of the connection in memory. */
export interface PeerInMemory {
  readonly peer: Peer
  readonly ours: MemoryTransport
  /** The test's end of the connection; the test has to open this end. */
  readonly theirs: MemoryTransport
  /** The framing of the messages to the role's side. */
  readonly incoming: Framing
}

/**
 * Creates the peer of a role of a program. `side` is the side of the role, and `state` is the state of the conversation (default: the
 * start).
 */
export function createPeer({ protocol, defaults = {} }: Program, side: Side, state?: string): PeerInMemory {
  const { toServer, toClient } = protocol.framing(defaults)
  const [incoming, outgoing] = side === 'server' ? [toServer, toClient] : [toClient, toServer]
  const [ours, theirs] = memoryPair()
  const peer = new Peer(new Connection(ours, { incoming, outgoing }), protocol.automaton, side, state)
  return { peer, ours, theirs, incoming }
}
