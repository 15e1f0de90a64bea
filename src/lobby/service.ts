import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { warmUpSearch } from '../games/ai/house.ts'
import type { Catalog } from '../games/catalog.ts'
import type { AnyGame, GameAssets, Random } from '../games/game.ts'
import { shippedGames } from '../games/index.ts'
import { chance } from '../games/random.ts'
import { Passwords } from '../hall/accounts/passwords.ts'
import { People } from '../hall/accounts/people.ts'
import type { RandomBytes } from '../hall/accounts/tokens.ts'
import type { Lobby, LobbyListener } from '../hall/api.ts'
import { Hall, type HallOptions } from '../hall/hall.ts'
import type { Store } from '../hall/ports.ts'
import type { ClientSeating, PeerHandle } from '../protocol/seating.ts'
import { APPEND_LIMITS, type BatchLimits, FSYNC_LIMITS } from '../wire/transports/batching.ts'
import { type HallLimits, type LobbyContext, type SeatingObserver, type SessionPeer, unlimitedHall } from './context.ts'
import { DiskQuotas } from './disk-quota.ts'
import { refuseWhenUnavailable } from './errors.ts'
import { notifyOfEnd, notifyOfRecord, recordForGuests } from './game-ends.ts'
import { LobbyFeed } from './lobby-feed.ts'
import { ProgramSeating } from './program-seating.ts'
import { isPublic } from './projections.ts'
import { RecordReader } from './records.ts'
import { LobbySession } from './session.ts'
import { UserNotifier } from './user-notices.ts'
import { SessionRegistry } from './user-sessions.ts'

export interface LobbyServiceOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Source of tokens, codes and salts. Default: the source of the platform. */
  readonly bytes?: RandomBytes
  /** The games of this server. Default: the shipped games. */
  readonly catalog?: Catalog
  /** The rules of the games by name. Default: the rules of the games in the catalog. */
  readonly games?: ReadonlyMap<string, AnyGame>
  /** Words and questions for the games. Default: the shipped words and questions. */
  readonly stock?: GameAssets
  /** Milliseconds that a user waits for an opponent before the house takes the seat; see `LobbyContext`. */
  readonly wait?: number | undefined
  /** Limits of seats and tables. Default: no limits. */
  readonly limits?: HallLimits
  /** Called when the game at a table has ended. */
  readonly onEnded?: HallOptions['onEnded']
  /** Called with errors that do not stop the server. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** LobbyService owns the parts that the peers of one server share: the hall, the online users, the notifier, and the store. */
export class LobbyService implements LobbyContext {
  readonly hall: Hall
  readonly people: People
  readonly userNotifier: UserNotifier
  readonly sessions: SessionRegistry
  readonly catalog: Catalog
  readonly records: RecordReader
  readonly feed: LobbyFeed
  readonly stock: GameAssets
  readonly wait: number | undefined
  readonly limits: HallLimits
  readonly bytes: RandomBytes
  readonly keeps: boolean
  readonly spendings: DiskQuotas
  /** Limits for batches of the clients' input. The more time a write of the store takes, the more commands one write should have. */
  readonly batchLimits: BatchLimits
  readonly onError: LobbyContext['onError']
  readonly #store: Store

  constructor(options: LobbyServiceOptions) {
    const { store, clock, random, bytes = randomBytes, onError, stock = {}, wait, limits = unlimitedHall } = options
    const { catalog = shippedGames, games = catalog.games } = options
    this.catalog = catalog
    this.stock = stock
    this.wait = wait
    this.limits = limits
    this.bytes = bytes
    this.onError = onError
    this.spendings = new DiskQuotas(clock, limits.disk ?? Number.POSITIVE_INFINITY, { usage: store.usage, onError })
    this.#store = store
    this.batchLimits = store.waitsForDisk ? FSYNC_LIMITS : APPEND_LIMITS
    this.keeps = store.isDurable === true
    this.userNotifier = new UserNotifier({ clock, notices: store.meeting.notices, onError })
    this.sessions = new SessionRegistry(onError)
    this.hall = new Hall({
      ...{ store, games, clock, random, onError, isListed: isPublic, bytes, idle: limits.move, limits },
      onEnded: (table) => {
        recordForGuests(this.people, table)
        notifyOfEnd(this.userNotifier, table)
        options.onEnded?.(table)
      },
      onRecorded: (table, changes) => notifyOfRecord(this.userNotifier, table, changes),
    })
    const passwords = new Passwords({ random: bytes })
    this.people = new People({
      ...{ accounts: store.accounts, passwords, clock, random: bytes, seats: this.hall, catalog, onError },
      presence: { presence: store.meeting.presence, lease: () => this.hall.lease() },
    })
    this.records = new RecordReader(this)
    this.feed = new LobbyFeed(this)
  }

  /** Restores the tables that were open when the last process ended. The caller awaits this call before it serves clients. */
  async open(): Promise<void> {
    for (const { game, setup } of this.catalog.entries) await warmUpSearch(game, () => setup({}, this.stock), chance)
    await this.people.load()
    await this.spendings.open()
    await this.hall.restore()
  }

  /**
   * Creates the seating of one conversation; the seating gives the conversation's role a lobby session. `defaultName` is the name
   * of a peer that gives no name; the session notifies `observer` of each seat that the peer takes.
   */
  createSeating(peer: PeerHandle, defaultName: string, observer?: SeatingObserver): ClientSeating {
    return new ProgramSeating(this, peer, defaultName, observer)
  }

  /**
   * Opens a lobby session for a peer without a conversation, such as a WebSocket. The session notifies the listener of the events
   * that concern the user. The caller calls `close` when the connection ends, also after `peer.end`.
   */
  openSession(peer: SessionPeer, listener: LobbyListener, observer?: SeatingObserver): Lobby & { close(): void } {
    return refuseWhenUnavailable(new LobbySession(this, peer, observer).listen(listener))
  }

  /** Closes the hall for a reason: releases all seats, and does not change the tables in the log. */
  closeHall(reason: Error): void {
    this.feed.close()
    this.userNotifier.close()
    this.people.close()
    this.hall.close(reason)
  }

  /** Waits for writes that are under way, and closes the store. */
  async close(): Promise<void> {
    await this.hall.settled()
    await this.spendings.close()
    await this.#store.close()
  }
}
