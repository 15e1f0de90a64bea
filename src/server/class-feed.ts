import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { ClassConsole } from '../lab/class/class-console.ts'
import { CLASS_VERSION, type ClassLine, formatClassLine, parseClassLine } from '../lab/class/class-lines.ts'
import type { Connection } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { connectToAdmin } from './admin-link.ts'

/**
 * ClassRequest requests a snapshot of the class console and, with `follow`, the changes after the snapshot. If `client` is given, it
 * requests only the messages of that connection.
 */
export const ClassRequest = z.strictObject({
  action: z.literal('class'),
  version: z.literal(CLASS_VERSION),
  follow: z.boolean(),
  client: z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) }).exactOptional(),
})
export type ClassRequest = z.infer<typeof ClassRequest>

/** Milliseconds between two rounds of changes, so that a busy class costs little. */
const ROUND = 200
/** Maximum number of operators that follow the console at the same time. */
const FOLLOWERS = 16

/**
 * ClassFeeds sends the class console to operators. It sends changes in rounds. If a connection has changed several times in a round,
 * ClassFeeds sends only the last row. So an operator that reads slowly gets fewer rows, and occupies no memory of the server. The server
 * disconnects an operator that reads nothing for 30 s.
 */
export class ClassFeeds {
  readonly #console: ClassConsole
  readonly #clock: Clock
  readonly #following = new Set<Connection>()

  constructor(console: ClassConsole, clock: Clock) {
    this.#console = console
    this.#clock = clock
  }

  /** Sends the requested lines. Resolves when it has sent these lines, or when the operator has disconnected. */
  async serve(operator: Connection, request: ClassRequest): Promise<void> {
    const { follow, client } = request
    const row = client && this.#console.find(client)
    if (client && !row) {
      const where = client.port === 0 ? client.host : `${client.host}, port ${client.port}`
      return operator.send(JSON.stringify({ refused: `no connection from ${where} is known: "parlor class" lists the connections` }))
    }
    if (follow && this.#following.size >= FOLLOWERS)
      return operator.send(
        JSON.stringify({ refused: `${FOLLOWERS} other operators follow the class already: end one of their views, or use --once` }),
      )
    const feed = new ClassFeed(this.#console, operator, row?.connection)
    // this call is before the snapshot, so that the operator misses no change
    const end = follow ? this.#console.subscribe(({ connection, isGone }) => feed.note(connection, isGone)) : () => {}
    try {
      await feed.sendSnapshot()
      if (follow) await this.#follow(operator, feed)
    } finally {
      end()
    }
  }

  /** Disconnects the operators that follow, because the server stops. */
  close(): void {
    for (const operator of this.#following) operator.fail(new Disconnected('ours', 'the server was stopped'))
  }

  async #follow(operator: Connection, feed: ClassFeed): Promise<void> {
    this.#following.add(operator)
    try {
      const gone = ignoreLines(operator)
      while (await Promise.race([gone, feed.changed()])) {
        await feed.sendChanges()
        await Promise.race([gone, new Promise<void>((resolve) => this.#clock.after(ROUND, resolve))])
      }
    } finally {
      this.#following.delete(operator)
    }
  }
}

/** ClassFeed sends the console to one operator. */
class ClassFeed {
  readonly #console: ClassConsole
  readonly #operator: Connection
  /** The only connection that the feed sends, with its observations; `undefined` if the feed sends all connections. */
  readonly #only: number | undefined
  /**
   * Connections that have changed since the last row that the operator has received; the value is true if the console no longer stores the
   * connection.
   */
  #changed = new Map<number, boolean>()
  #onChange: (() => void) | undefined
  /** Number of the last observation that the feed has sent. */
  #sent = 0

  constructor(console: ClassConsole, operator: Connection, only: number | undefined) {
    this.#console = console
    this.#operator = operator
    this.#only = only
  }

  /** Notes that a connection has changed. */
  note(connection: number, isGone: boolean): void {
    if (this.#only !== undefined && connection !== this.#only) return
    this.#changed.set(connection, isGone)
    this.#onChange?.()
  }

  /** Resolves to true when a connection has changed. */
  changed(): Promise<true> {
    return new Promise((resolve) => {
      if (this.#changed.size > 0) return resolve(true)
      this.#onChange = () => resolve(true)
    })
  }

  async sendSnapshot(): Promise<void> {
    this.#send({ type: 'class', version: CLASS_VERSION })
    const rows = this.#console.list().filter(({ connection }) => this.#only === undefined || connection === this.#only)
    for (const row of rows) await this.#sendWhenReady({ type: 'connection', row })
    await this.#sendObservations()
    this.#send({ type: 'snapshot', unwatched: this.#console.unwatched })
  }

  async sendChanges(): Promise<void> {
    const changed = this.#changed
    this.#changed = new Map()
    this.#onChange = undefined
    for (const [connection, isGone] of changed) {
      const row = isGone ? undefined : this.#console.get(connection)
      await this.#sendWhenReady(row ? { type: 'connection', row } : { type: 'gone', connection })
    }
    await this.#sendObservations()
  }

  async #sendObservations(): Promise<void> {
    const connection = this.#only
    if (connection === undefined) return
    for (const one of this.#console.observations(connection, this.#sent)) {
      this.#sent = one.number
      await this.#sendWhenReady({ type: 'observation', connection, ...one })
    }
  }

  async #sendWhenReady(line: ClassLine): Promise<void> {
    await this.#operator.ready()
    this.#send(line)
  }

  #send(line: ClassLine): void {
    this.#operator.send(formatClassLine(line))
  }
}

/** Reads and drops all bytes of an operator. Resolves to false when the operator has disconnected. */
async function ignoreLines(operator: Connection): Promise<false> {
  try {
    for (;;) await operator.receive()
  } catch {
    return false
  }
}

/**
 * Requests the class console from the server that has a folder open. Yields the lines of the snapshot and, with `follow`, the lines of all
 * changes until the server stops or the signal aborts. Returns `undefined` if there is no server.
 */
export async function openClassFeed(
  folder: string,
  request: Omit<ClassRequest, 'action' | 'version'>,
  signal?: AbortSignal,
): Promise<AsyncIterable<ReturnType<typeof parseClassLine>> | undefined> {
  const server = await connectToAdmin(folder)
  if (!server) return undefined
  signal?.addEventListener('abort', () => server.fail(new Disconnected('ours', 'the operator has finished')), { once: true })
  server.send(JSON.stringify({ action: 'class', version: CLASS_VERSION, ...request } satisfies ClassRequest))
  return readLines(server)
}

async function* readLines(server: Connection): AsyncGenerator<ReturnType<typeof parseClassLine>> {
  try {
    for (;;) yield parseClassLine(await server.receive())
  } catch (reason) {
    if (!(reason instanceof Disconnected)) throw reason
  } finally {
    await server.close(0)
  }
}
