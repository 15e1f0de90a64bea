import { Buffer } from 'node:buffer'
import type { Clock } from '../../base/clock.ts'
import { TokenBucket } from '../../base/rate-limit.ts'
import { isRefusal } from '../../games/game.ts'
import { RecordingError } from '../../lab/recordings/recording.ts'
import type { LoggedConnection } from '../../lab/wire/connection-logs.ts'
import { exportConnection, hasTalk } from '../../lab/wire/wire-export.ts'
import { type WireConnection, WireFromPage, type WireToPage } from '../../lab/wire/wire-messages.ts'
import { toLegalMessages, WireView } from '../../lab/wire/wire-view.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { WireAccess, WireGrant } from './wire-access.ts'

/** WireServices has the parts of the server that show the wire. */
export interface WireServices {
  readonly access: WireAccess
  /** Checks whether the moves at a table are secret now. */
  readonly isSecret: (table: number) => boolean
  /** The programs with their ports, for a page that waits for a program. */
  readonly programs: readonly { readonly program: string; readonly port: number }[]
  /** Finds the desk of a connection; missing on a server without a class. */
  readonly deskOf?: (connection: number) => string | undefined
}

/** WireLink is the WebSocket of a session. */
export interface WireLink {
  /** Number of bytes that the page has not read. */
  readonly unsent: number
  send(text: string): void
  /** Closes the WebSocket because of a violated limit. */
  refuse(reason: string): void
}

/** WireViewer is the client of a session, and the right of the client at the beginning of the session. */
export interface WireViewer {
  readonly grant: WireGrant
  readonly origin: RequestOrigin
}

/** Milliseconds between two rounds; in each round, the session sends the changes to the page. */
const ROUND = 100
/** Number of rounds from one list of all connections to the next list; more than 1, because such a list is long. */
const LONG_LIST = 10
/** Maximum number of unsent bytes at the beginning of a round, and maximum number of records that a round reads. */
const UNSENT = 64 * 1024
const RECORDS = 200
/** Rate of messages of the page: a burst of 20, then 5 a second. */
const MESSAGES = { burst: 20, refill: 200 }

/**
 * WireSession shows a browser the connections that the browser may see, and the rows of one connection. In each round, the session reads
 * the new records in the log of that connection. If a browser reads too slowly, the session skips rounds, and the rows of the next round
 * say how many bytes the browser has missed.
 */
export class WireSession {
  readonly #services: WireServices
  readonly #clock: Clock
  readonly #link: WireLink
  readonly #origin: RequestOrigin
  readonly #bucket = new TokenBucket(MESSAGES)
  #grant: WireGrant
  #view: WireView | undefined
  /** The last list of connections that the session has sent. */
  #listed = ''
  #isExporting = false
  #rounds = 0
  #cancel: (() => void) | undefined

  constructor(services: WireServices, clock: Clock, link: WireLink, { grant, origin }: WireViewer) {
    this.#services = services
    this.#clock = clock
    this.#link = link
    this.#grant = grant
    this.#origin = origin
    this.#round()
  }

  /** Ends the rounds. */
  close(): void {
    this.#cancel?.()
  }

  /** Handles a message of the page. */
  take(text: string): void {
    if (this.#bucket.take(this.#clock.monotonic()) > 0) return this.#link.refuse('too many messages')
    const message = WireFromPage.safeParse(parseJson(text))
    if (!message.success) return this.#refuse('bad-request', 'the server does not know this message: load the page again')
    const { data } = message
    if (data.type === 'watch') this.#watch(data.connection)
    else if (data.type === 'code') this.#takeCode(data.code)
    else if (data.type === 'ticket') this.#takeTicket(data.ticket)
    else void this.#export(data.format)
  }

  readonly #round = (): void => {
    if (this.#link.unsent <= UNSENT) {
      if (this.#grant.right !== 'operator' || this.#rounds % LONG_LIST === 0) this.#sendList()
      this.#sendRows()
    }
    this.#rounds++
    this.#cancel = this.#clock.after(ROUND, this.#round)
  }

  #sendList(): void {
    const { connections, why } = this.#services.access.list(this.#grant)
    const { right } = this.#grant
    const all = connections.map((one) => this.#toConnection(one))
    const { programs } = this.#services
    const list: WireToPage = {
      type: 'connections',
      connections: all,
      right,
      ...(why === undefined ? {} : { why }),
      programs: [...programs],
    }
    const text = JSON.stringify(list)
    if (text === this.#listed) return
    this.#listed = text
    this.#link.send(text)
  }

  #sendRows(): void {
    const view = this.#view
    if (!view || view.isOver) return
    const read = view.read(this.#clock.monotonic(), RECORDS)
    if (!read) return
    const { connection } = view.connection
    this.#send({ type: 'rows', connection, ...read, rows: [...read.rows] })
  }

  #watch(number: number): void {
    const connection = this.#find(number)
    if (!connection) return this.#refuse('not-found', 'you may not see this connection, or the server does not store it any more')
    this.#view = new WireView({
      connection,
      isMasked: this.#grant.right === 'operator',
      isHidden: () => connection.table !== undefined && this.#services.isSecret(connection.table),
    })
    this.#send({
      type: 'watching',
      connection: this.#toConnection(connection),
      serverPort: connection.server.port,
      start: connection.protocol.automaton.start,
      legal: toLegalMessages(connection),
    })
    this.#sendRows()
  }

  #takeCode(code: string): void {
    const taken = this.#services.access.takeCode(code, this.#origin)
    if (isRefusal(taken)) return this.#refuse(taken.code, taken.refused)
    this.#send({ type: 'ticket', ticket: taken.ticket })
    this.#setGrant(taken.grant)
  }

  #takeTicket(ticket: string): void {
    // an operator who has logged in may see more than any ticket allows
    if (this.#grant.right === 'operator') return
    const grant = this.#services.access.takeTicket(ticket, this.#origin)
    if (!isRefusal(grant)) return this.#setGrant(grant)
    // this message makes the page forget the ticket; then the page has only the right of its address again
    if (grant.code === 'bad-token') this.#send({ type: 'ticket', ticket: '' })
  }

  #setGrant(grant: WireGrant): void {
    this.#grant = grant
    this.#view = undefined
    this.#sendList()
  }

  async #export(format: 'pcapng' | 'html'): Promise<void> {
    const connection = this.#view?.connection
    if (!connection || this.#isExporting || this.#link.unsent > UNSENT)
      return this.#refuse('not-now', 'the server cannot export now: choose a connection, or wait for the previous file')
    if (connection.table !== undefined && this.#services.isSecret(connection.table))
      return this.#refuse('not-now', 'the messages are hidden until the game is over: export them then')
    if (this.#grant.right === 'operator' && hasTalk(connection))
      return this.#refuse(
        'not-now',
        'this protocol has talk, which an operator may not read, so the code of an operator does not allow the export of its connections',
      )
    this.#isExporting = true
    try {
      const data = Buffer.from(await exportConnection(connection, format)).toString('base64')
      const name = `${connection.protocol.name.replace('/', '-')}-${connection.connection}.${format}`
      this.#send({ type: 'file', name, format, data })
    } catch (reason) {
      if (!(reason instanceof RecordingError)) throw reason
      this.#refuse('failed', reason.message)
    } finally {
      this.#isExporting = false
    }
  }

  #find(number: number): LoggedConnection | undefined {
    return this.#services.access.list(this.#grant).connections.find(({ connection }) => connection === number)
  }

  #toConnection({ connection, protocol, client, transport, openedAt, isOpen, refusals, ending }: LoggedConnection): WireConnection {
    const desk = this.#grant.right === 'operator' ? this.#services.deskOf?.(connection) : undefined
    return {
      ...{ connection, program: protocol.name, host: client.host, port: client.port, transport, openedAt, isOpen },
      isBad: refusals.length > 0 || ending !== undefined,
      ...(desk === undefined ? {} : { desk }),
    }
  }

  #refuse(code: string, message: string): void {
    this.#send({ type: 'refused', code, message })
  }

  #send(message: WireToPage): void {
    this.#link.send(JSON.stringify(message))
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
