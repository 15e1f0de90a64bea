import { TransportFilter } from '../../wire/transport-filter.ts'
import type { CheckSubject } from './check.ts'
import { playMatch } from './match.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { RunningProgram } from './sandbox.ts'
import { pauseFor } from './waiting.ts'
import { watchWire } from './wire-watch.ts'

/**
 * Milliseconds: `CONNECT_WAIT` is for the connection of a client that leaves, `SILENCE` is for each answer to this client, and in `NOTICE`
 * the server can notice the end of the connection.
 */
const CONNECT_WAIT = 2000
const SILENCE = 4000
const NOTICE = 100

/**
 * Connects clients to a running server, one after the other. Each client plays the beginning of a game. When it is the client's turn again,
 * the client closes its connection. Resolves to the number of clients that the server has accepted.
 */
export async function playAndLeave(subject: CheckSubject, running: RunningProgram, game: Rehearsal): Promise<number> {
  let count = 0
  for (const after of leavingPoints(game.messages.filter(({ from }) => from === 'client').length)) {
    const connection = await subject.sandbox.connect(subject.port, CONNECT_WAIT).catch(() => undefined)
    if (!connection) return count
    count++
    const transport = new LeavingTransport(watchWire(subject, connection), after)
    const over = new AbortController()
    void transport.left.then(() => pauseFor(running, NOTICE, subject.clock)).then(() => over.abort())
    await playMatch({ ...subject, script: game.script, running, transport, silence: SILENCE, until: over.signal })
  }
  return count
}

/** Returns the numbers of messages after which the clients leave: after the first message, and in the middle of the game. */
function leavingPoints(messages: number): readonly number[] {
  if (messages < 2) return [0]
  return [...new Set([1, Math.ceil(messages / 2)])]
}

/** LeavingTransport sends some messages of the judge. In place of the next message, it closes the connection. */
class LeavingTransport extends TransportFilter {
  /** Resolves when the connection is closed. */
  readonly left: Promise<void>
  readonly #leaving = Promise.withResolvers<void>()
  #open: number

  constructor(inner: TransportFilter, after: number) {
    super(inner)
    this.#open = after
    this.left = this.#leaving.promise
  }

  override write(data: string | Uint8Array): void {
    this.#open--
    if (this.#open >= 0) return super.write(data)
    super.finish()
    this.#leaving.resolve()
  }
}
