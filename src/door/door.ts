import { type Program, type Protocol, plainLines } from '../protocol/definition.ts'
import type { Peer } from '../protocol/peer.ts'
import { askUntil } from '../protocol/roles.ts'
import { Telnet } from '../wire/telnet.ts'
import { runSession } from './dispatcher.ts'
import { automaton, type DoorMessage, type DoorState } from './door-automaton.ts'
import { DoorSession } from './session.ts'

/** The command that ends the session. */
const QUIT = 'quit'

const door: Protocol<DoorMessage, DoorState> = {
  name: 'door',
  title: 'the front door: every game, in plain words, for people with nc or telnet',
  automaton,
  framing: plainLines,
  over: (transport) => new Telnet(transport),

  async server(peer, { seating, clock }) {
    const session = new DoorSession(peer, { seating, clock })
    await Promise.race([runSession(session), session.broken])
    if (session.isNative) await serveProgram(peer, session)
  },

  async client(peer, { console }) {
    const closed = read(peer, (line) => console.say(line))
    for (let typed: string | undefined = ''; typed !== QUIT; ) {
      typed = await askUntil(closed, console, { prompt: '', atEnd: QUIT })
      // the server may have closed the connection while the user was typing
      if (typed === undefined || peer.state === 'end') break
      if (typed === 'telnet') console.say('This client does not support telnet, so it shows passwords.')
      else peer.send('line', typed)
    }
    await closed
  },
}

/** Shows every line of the server, until the server closes. */
async function read(peer: Peer<DoorMessage, DoorState>, show: (line: string) => void): Promise<void> {
  for (let said = await peer.receive(); said.name === 'text'; said = await peer.receive()) show(said.text)
}

/** Serves the rest of the connection in the native protocol. */
async function serveProgram(peer: Peer<DoorMessage, DoorState>, session: DoorSession): Promise<void> {
  const { serveNative } = await import('./json-mode.ts')
  return serveNative(peer, session.lobby, (listener) => session.handOver(listener))
}

/** The front door: the program for users without a client of their own. */
export const programs: readonly Program<DoorMessage, DoorState>[] = [
  {
    name: 'parlor/door',
    source: 'the front door',
    protocol: door,
    words: undefined,
    port: 4000,
    // 1 hour, because a user who watches or waits for a friend types nothing for a long time
    idle: 3_600_000,
    needs: 'lobby',
    join: {},
  },
]

/**
 * The option of the native program with the token of a login session. The gateway reads the token from a cookie. The option is not a
 * setting.
 */
const sessionToken = 'sessionToken'

/**
 * Creates the program of the gateway: the native protocol without the front door, over a transport whose messages are lines. The gateway
 * serves this program to WebSockets, and the program has no port of its own. `door` is the port of the front door, if the server has a
 * front door over TCP. `hello` has this port, so that a page can show how a user connects with nc.
 */
export function createNativeProgram(door: number | undefined): Program<DoorMessage, DoorState> {
  let code: typeof import('./json-mode.ts') | undefined
  const load = async () => {
    code = await import('./json-mode.ts')
    return code
  }
  return {
    name: 'parlor/web',
    source: 'the gateway',
    protocol: {
      name: 'native',
      title: 'the native protocol, one JSON message per line',
      automaton,
      framing: plainLines,
      server(peer, { seating, options }) {
        const token = options[sessionToken]
        const greeting = { token: typeof token === 'string' ? token : undefined, door }
        // an async function would cost 400 bytes per client until the end of the conversation
        if (code) return code.serveNativeAlone(peer, seating, greeting)
        return load().then(({ serveNativeAlone }) => serveNativeAlone(peer, seating, greeting))
      },
      client: (peer, { console }) => read(peer, (line) => console.say(line)),
    },
    words: undefined,
    port: 8080,
    // 1 hour, as at the front door
    idle: 3_600_000,
    needs: 'hall',
  }
}
