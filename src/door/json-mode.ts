import type { Lobby, LobbyListener } from '../hall/api.ts'
import { NativeSession } from '../native/session.ts'
import type { Peer } from '../protocol/peer.ts'
import { receiveUntilClosed } from '../protocol/roles.ts'
import { requireLobby, type Seating } from '../protocol/seating.ts'
import type { DoorMessage, DoorState } from './door-automaton.ts'
import { formatFarewell } from './held-seats-text.ts'

/** The name of this server in `hello`. */
const SOFTWARE = 'parlor'

/**
 * Serves the native protocol on the connection of the front door, until the client quits or disconnects. `handOver` receives the
 * listener for all further events of the lobby.
 */
export async function serveNative(
  peer: Peer<DoorMessage, DoorState>,
  lobby: Lobby,
  handOver: (listener: LobbyListener) => void,
): Promise<void> {
  const session = createSession(peer, () => lobby)
  handOver(session)
  await readCommands(peer, session)
}

/** NativeGreeting has the server's data about a client before its first message, and the data of `hello`. */
interface NativeGreeting {
  /** The token of the client's login session. */
  readonly token: string | undefined
  /** The port of the front door; missing if the server has no front door over TCP. */
  readonly door: number | undefined
}

/**
 * Serves the native protocol on a connection of its own, until the client quits or disconnects. If the client has the token of a login
 * session, logs the client in before the first message. If the token is no longer valid, `hello` has no name.
 */
export function serveNativeAlone(peer: Peer<DoorMessage, DoorState>, seating: Seating, { token, door }: NativeGreeting): Promise<void> {
  const session = createSession(peer, () => lobby)
  const lobby = requireLobby(seating, session)
  if (token === undefined) return readCommands(peer, session, door)
  return lobby.enterBySession(token).then(() => readCommands(peer, session, door))
}

function createSession(peer: Peer<DoorMessage, DoorState>, lobby: () => Lobby): NativeSession {
  const session = new NativeSession(
    lobby,
    (text) => {
      // events can still arrive after the client has disconnected
      if (peer.state !== 'end') peer.send('text', text)
    },
    (cost) => peer.connection.charge(cost),
  )
  peer.language = 'JSON'
  peer.farewell = (reason) => session.bye(formatFarewell(reason))
  return session
}

async function readCommands(peer: Peer<DoorMessage, DoorState>, session: NativeSession, door?: number): Promise<void> {
  session.open(SOFTWARE, door)
  for (let line = await receiveUntilClosed(peer, 'closed'); line !== undefined; line = await receiveUntilClosed(peer, 'closed')) {
    if (!(await session.handle(line))) return
  }
}
