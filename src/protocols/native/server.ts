import type { Name } from '../door/automaton.ts'
import { farewellFor } from '../door/visit.ts'
import { nextUntilGone } from '../leaving.ts'
import type { Lobby, LobbyListener } from '../lobby.ts'
import type { Peer } from '../peer.ts'
import { NativeSession } from './native.ts'

/** What this server calls itself. */
const SOFTWARE = 'parlor'

/**
 * Speaks the native protocol on the lines of the front door, until the program quits or goes. `handOver` takes who is
 * told from now on what happens.
 */
export async function serveNative(peer: Peer<Name>, lobby: Lobby, handOver: (listener: LobbyListener) => void): Promise<void> {
  const session = new NativeSession(
    () => lobby,
    (message) => {
      // what happens while the program goes is told to nobody
      if (peer.state !== 'end') peer.send('text', JSON.stringify(message))
    },
    (cost) => peer.connection.charge(cost),
  )
  handOver(session)
  peer.speaks = 'JSON'
  peer.farewell = (reason) => session.bye(farewellFor(reason))
  session.open(SOFTWARE)
  for (let line = await nextUntilGone(peer, 'closed'); line !== undefined; line = await nextUntilGone(peer, 'closed')) {
    if (!(await session.handle(line))) return
  }
}
