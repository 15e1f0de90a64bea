import type { Lobby, LobbyListener } from '../hall/api.ts'
import { type NativeClient, NativeSession } from '../native/session.ts'
import type { ReceivedMessage, ReceivedMessageReader } from '../protocol/automaton.ts'
import type { Peer } from '../protocol/peer.ts'
import { requireLobby, type Seating } from '../protocol/seating.ts'
import type { Farewell } from '../protocol/violation-text.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { DoorMessage, DoorState } from './door-automaton.ts'
import { formatFarewell } from './held-seats-text.ts'

/** The name of this server in `hello`. */
const SOFTWARE = 'parlor'

/**
 * Serves the native protocol on the connection of the front door, until the client quits or disconnects. `handOver` receives the
 * listener for all further events of the lobby.
 */
export function serveNative(peer: Peer<DoorMessage, DoorState>, lobby: Lobby, handOver: (listener: LobbyListener) => void): Promise<void> {
  const client = new PeerClient(peer)
  client.enter(lobby)
  handOver(client.session)
  return client.serve()
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
  const client = new PeerClient(peer)
  const lobby = requireLobby(seating, client.session)
  client.enter(lobby)
  if (token === undefined) return client.serve(door)
  return lobby.enterBySession(token).then(() => client.serve(door))
}

/**
 * PeerClient is a peer that speaks the native protocol. It passes each command to its session, after the answer to the previous command.
 *
 * A server can have very many idle clients. Therefore one object has the callbacks of the session, of the peer and of the role.
 * Closures, and an async function that waits for the next command, would take 900 bytes for each client.
 */
class PeerClient implements NativeClient, Farewell, ReceivedMessageReader<DoorMessage> {
  readonly session = new NativeSession(this)
  readonly #peer: Peer<DoorMessage, DoorState>
  #lobby: Lobby | undefined
  /** Ends the server's role in this conversation: with success or, if there is a promise, with the error of the promise. */
  #finish: ((failure?: Promise<never>) => void) | undefined

  constructor(peer: Peer<DoorMessage, DoorState>) {
    this.#peer = peer
    peer.language = 'JSON'
    peer.farewell = this
  }

  /** Sets the lobby, before the first message. */
  enter(lobby: Lobby): void {
    this.#lobby = lobby
  }

  /** Sends `hello`, and serves the client until it quits or disconnects. */
  serve(door?: number): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = resolve
      this.session.open(SOFTWARE, door)
      this.#peer.read(this)
    })
  }

  get lobby(): Lobby {
    if (!this.#lobby) throw new Error('the client is not in the lobby yet')
    return this.#lobby
  }

  write(text: string): void {
    // events can still arrive after the client has disconnected
    if (this.#peer.state !== 'end') this.#peer.send('text', text)
  }

  charge(cost: number): void {
    this.#peer.connection.charge(cost)
  }

  bye(reason: Error): void {
    this.session.bye(formatFarewell(reason))
  }

  resolve({ name, text }: ReceivedMessage<DoorMessage>): void {
    if (name === 'closed') return this.#finish?.()
    this.session
      .handle(text)
      .then((hasMore) => (hasMore ? this.#peer.read(this) : this.#finish?.()))
      .catch((error: unknown) => this.#finish?.(Promise.reject(error)))
  }

  reject(error: Error): void {
    // if a client closes the connection before it has read all data, its system resets the connection
    this.#finish?.(error instanceof Disconnected && error.reason === 'reset' ? undefined : Promise.reject(error))
  }
}
