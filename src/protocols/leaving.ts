import { Ended } from '../wire/ends.ts'
import type { Peer } from './peer.ts'

/**
 * Returns what the peer says next; `undefined` when it has left, where it may leave at any time and `leaves` is how. One that
 * ends with something unread breaks the connection off, and has left as well (PROTOCOLS Q17).
 */
export async function nextUntilGone<Name extends string>(peer: Peer<Name>, leaves: Name): Promise<string | undefined> {
  try {
    const { name, text } = await peer.receive()
    return name === leaves ? undefined : text
  } catch (error) {
    if (error instanceof Ended && error.how === 'reset') return undefined
    throw error
  }
}
