import { Disconnected } from '../wire/disconnect.ts'
import type { Peer } from './peer.ts'

/**
 * Receives the next message; resolves with `undefined` when the peer closes or sends `leaves`. A reset counts as leaving,
 * because the system resets the connection of a peer that closes while it has unread data.
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
