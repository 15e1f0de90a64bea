import { expect, onTestFinished } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/games/random.ts'
import { LobbyService, type LobbyServiceOptions } from '../../src/lobby/service.ts'
import type { ToClient } from '../../src/native/messages.ts'
import type { Options } from '../../src/protocol/definition.ts'
import type { Server } from '../../src/server/server.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { ConnectionClosed, LineSocket } from './line-socket.ts'
import { type Command, NativeLink } from './native-link.ts'
import { openServer } from './open-server.ts'
import { program } from './play.ts'
import { ReceivedMessages } from './received-messages.ts'

/** Options of a server, all with defaults. */
interface StartServerOptions extends Partial<Omit<LobbyServiceOptions, 'onError'>> {
  readonly options?: Options
}

/** Starts a server of one program in this process, for clients over sockets; the end of the test stops it. */
export async function startServer(
  name = 'parlor/door',
  { options = {}, ...lobbyOptions }: StartServerOptions = {},
): Promise<StartedServer> {
  const troubles: string[] = []
  const onError = (sentence: string, reason: unknown) => troubles.push(`${sentence}: ${reason}`)
  const random = seededRandom(1)
  const service = new LobbyService({ store: memoryStore(), clock: createSystemClock(), random, ...lobbyOptions, onError })
  const { server, address } = await openServer(await program(name), {
    service,
    options,
    random,
    logs: { log: (_, sentence) => troubles.push(sentence) },
  })
  onTestFinished(async () => {
    await server.stop()
    expect(troubles).toEqual([])
  })
  return new StartedServer(server, service, address.port)
}

/** StartedServer is the server to which the clients of a test connect. */
export class StartedServer {
  readonly server: Server
  readonly service: LobbyService
  readonly port: number

  constructor(server: Server, service: LobbyService, port: number) {
    this.server = server
    this.service = service
    this.port = port
  }

  /** Connects a client that reads nothing yet. */
  reader(): LineClient {
    return new LineClient(new LineSocket(this.port))
  }

  /** Connects a user with `nc` who types lines; with a name, the user enters under it. */
  async caller(name?: string): Promise<LineClient> {
    const reader = this.reader()
    if (name === undefined) return reader
    await reader.until(/What is your name/)
    await reader.type(name, /^Type "play/)
    return reader
  }

  /** Connects a program that speaks the native protocol; with a name, it enters under it. */
  async program(name?: string): Promise<NativeClient> {
    const client = new NativeClient(this.port)
    if (name !== undefined) await client.ask({ type: 'enter', name })
    return client
  }
}

/** LineClient is a user who types lines and reads the answers. */
export class LineClient {
  /** All lines received. */
  readonly lines: string[] = []
  readonly #socket: LineSocket

  constructor(socket: LineSocket) {
    this.#socket = socket
    onTestFinished(() => socket.close())
  }

  /** Reads up to the first line that matches, and returns the lines since the last call. */
  async until(pattern: RegExp): Promise<readonly string[]> {
    const news: string[] = []
    do {
      const line = await this.#socket.hear()
      news.push(line)
      this.lines.push(line)
    } while (!pattern.test(news.at(-1) ?? ''))
    return news
  }

  /** Types a line, and reads up to the first line that matches. */
  type(line: string, pattern: RegExp): Promise<readonly string[]> {
    this.#socket.say(line)
    return this.until(pattern)
  }

  /** Reads up to the end of the connection, and returns the lines as `until` does. */
  async rest(): Promise<readonly string[]> {
    await this.#socket.gone
    const news: string[] = []
    try {
      for (;;) news.push(await this.#socket.hear())
    } catch (reason) {
      if (!(reason instanceof ConnectionClosed)) throw reason
    }
    this.lines.push(...news)
    return news
  }

  /** Disconnects immediately. */
  async leave(): Promise<void> {
    this.#socket.close()
    await this.#socket.gone
  }
}

/** NativeClient is a program at the front door, with the messages received. */
export class NativeClient extends ReceivedMessages {
  readonly #link: Promise<NativeLink>

  constructor(port: number) {
    super()
    this.#link = NativeLink.open(port, (message) => this.add(message))
    onTestFinished(() => this.leave())
  }

  /** Sends a command, and returns the answer to it. */
  async ask(command: Command): Promise<ToClient> {
    return (await this.#link).ask(command)
  }

  /** Waits until the connection is closed. */
  async gone(): Promise<void> {
    await (await this.#link).gone
  }

  /** Disconnects. */
  async leave(): Promise<void> {
    const link = await this.#link
    link.close()
    await link.gone
  }
}
