import { TokenBucket } from '../base/rate-limit.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type {
  DirectMessage,
  FinishedGame,
  LobbyListener,
  LobbyRefusal,
  RatingChanges,
  SeekInfo,
  TableEventView,
  TableSnapshot,
} from '../hall/api.ts'
import { foldName } from '../hall/names/names.ts'
import type { SessionContext } from './context.ts'
import { notHere } from './errors.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { NoticeListener } from './user-notices.ts'
import { TALK, type UserSessions } from './user-sessions.ts'

/** Maximum number of characters in a message to one user. */
const LONGEST = 1000
/** Maximum number of names that a session can mute. */
const MUTED = 100

export interface LobbyTalkOptions {
  readonly session: SessionContext & {
    /** The sessions of the user, which share one rate limit of talk; `undefined` without a name. */
    readonly sessions: UserSessions | undefined
  }
  readonly tables: Subscriptions
}

/** Muted has a muted name in the user's spelling and in its folded form. */
interface Muted {
  readonly key: string
  readonly name: string
}

/** Mutes has the names and the connections that one session has muted. */
interface Mutes {
  /** Muted names, by their folded form. */
  readonly names: Map<string, Muted>
  /** Connections that had a muted name when the user muted it; they may have taken other names since then. */
  readonly connections: WeakMap<object, Muted>
}

/**
 * LobbyTalk sends a session's talk to tables and its messages to users, and filters the messages that muted users send to the session.
 * Muting a name also mutes the connections that have the name at that time; they stay muted after they take other names.
 */
export class LobbyTalk {
  readonly #session: LobbyTalkOptions['session']
  readonly #tables: Subscriptions
  /** Missing before the first talk. */
  #bucket: TokenBucket | undefined
  /** Missing until the user mutes a name, because most users never mute a name. */
  #mutes: Mutes | undefined

  constructor({ session, tables }: LobbyTalkOptions) {
    this.#session = session
    this.#tables = tables
  }

  /** Sends a chat message to a table. */
  async say(name: string, table: number, text: string): Promise<LobbyRefusal | undefined> {
    return (isBroken(text) ? BROKEN : undefined) ?? this.#throttled() ?? this.#tables.say(table, name, text)
  }

  /** Sends a message to another user, at each of that user's lobby sessions. */
  async sendMessage({ name: from, person }: OnlineUser, name: string, text: string): Promise<LobbyRefusal | undefined> {
    const wrong = checkText(text) ?? this.#throttled()
    if (wrong) return wrong
    const { people, userNotifier } = this.#session.context
    const found = people.named(name)
    if (!found) return notHere(name)
    if (found.person === person) return OWN_NAME
    return userNotifier.sendMessage(found, { from, text, address: this.#session.peer.address })
  }

  /** Mutes a user by name: this session gets no talk, messages or challenges from that user. */
  async mute({ name: own }: OnlineUser, typed: string): Promise<LobbyRefusal | undefined> {
    if (foldName(typed) === foldName(own)) return OWN_NAME
    const { people } = this.#session.context
    const mutes = this.#mutes ?? { names: new Map<string, Muted>(), connections: new WeakMap<object, Muted>() }
    if (mutes.names.size >= MUTED) return { code: 'too-many', refused: `you have muted ${MUTED} names, the maximum: unmute one first` }
    const name = people.named(typed)?.name ?? (await people.registeredName(typed))
    if (name === undefined) return notHere(typed)
    const key = foldName(name)
    this.#mutes = mutes
    const muted = mutes.names.get(key) ?? { key, name }
    // a name that the user has muted already moves to the end of the list
    mutes.names.delete(key)
    mutes.names.set(key, muted)
    for (const { connection } of this.#connectionsOf(name)) if (!this.#mutedThrough(connection)) mutes.connections.set(connection, muted)
    return undefined
  }

  /** Unmutes a user, by the muted name or by a later name of a muted connection. */
  unmute(name: string): LobbyRefusal | undefined {
    const keys = [foldName(name), ...this.#connectionsOf(name).map(({ connection }) => this.#mutedThrough(connection)?.key)]
    const unmuted = keys.filter((key) => key !== undefined && this.#mutes?.names.delete(key))
    return unmuted.length > 0 ? undefined : { code: 'not-now', refused: `you have not muted "${name}"` }
  }

  /** Muted names, in the order in which the user muted them. */
  get muted(): readonly string[] {
    return [...(this.#mutes?.names.values() ?? [])].map(({ name }) => name)
  }

  /** Returns true if the session has muted neither this name nor a connection of the user with this name. */
  isUnmuted(name: string): boolean {
    const muted = this.#mutes?.names
    if (!muted || muted.size === 0) return true
    if (muted.has(foldName(name))) return false
    return this.#connectionsOf(name).every(({ connection }) => !this.#mutedThrough(connection))
  }

  #connectionsOf(name: string): readonly OnlineUser[] {
    const { people } = this.#session.context
    const found = people.named(name)
    return found ? people.of(found.person) : []
  }

  /** Returns the muted name that is the reason why a connection is muted. */
  #mutedThrough(connection: object): Muted | undefined {
    const muted = this.#mutes?.connections.get(connection)
    return muted && this.#mutes?.names.get(muted.key) === muted ? muted : undefined
  }

  /** Wraps a listener so that it receives no challenges of muted users. */
  withoutMuted(listener: LobbyListener): NoticeListener {
    return new UnmutedListener(this, this.#tables, listener)
  }

  #throttled(): LobbyRefusal | undefined {
    const now = this.#session.context.hall.clock.monotonic()
    // the bucket belongs to the connection, even after the connection takes another name
    this.#bucket ??= new TokenBucket(TALK)
    const wait = this.#bucket.take(now) || (this.#session.sessions?.talk.take(now) ?? 0)
    return wait > 0 ? { code: 'throttled', refused: 'you send messages too fast: wait a moment' } : undefined
  }
}

/**
 * UnmutedListener passes notices to the listener of a session, except challenges of muted users. It is a class because ten closures for
 * each session take 600 bytes.
 */
class UnmutedListener implements NoticeListener {
  readonly #talk: LobbyTalk
  readonly #tables: Subscriptions
  readonly #listener: LobbyListener

  constructor(talk: LobbyTalk, tables: Subscriptions, listener: LobbyListener) {
    this.#talk = talk
    this.#tables = tables
    this.#listener = listener
  }

  isUnmuted(name: string): boolean {
    return this.#talk.isUnmuted(name)
  }

  seated(snapshot: TableSnapshot): void {
    this.#listener.seated(snapshot)
  }

  tableEvent(update: TableEventView): void {
    this.#listener.tableEvent(update)
  }

  closed(table: number, sentence: string): void {
    this.#listener.closed(table, sentence)
  }

  recorded(recorded: RatingChanges): void {
    // the session's tables already notify the session of their ends
    if (!this.#tables.has(recorded.table)) this.#listener.recorded(recorded)
  }

  finished(game: FinishedGame): void {
    if (!this.#tables.has(game.table)) this.#listener.finished?.(game)
  }

  challenged(seeker: SeekInfo): void {
    if (this.isUnmuted(seeker.name)) this.#listener.challenged(seeker)
  }

  challengeWithdrawn(seeker: SeekInfo): void {
    if (this.isUnmuted(seeker.name)) this.#listener.challengeWithdrawn(seeker)
  }

  challengeRefused(by: SeekInfo): void {
    this.#listener.challengeRefused(by)
  }

  messageReceived(message: DirectMessage): void {
    this.#listener.messageReceived(message)
  }
}

const OWN_NAME: LobbyRefusal = { code: 'not-now', refused: 'that is your own name: name another user' }

const BROKEN: LobbyRefusal = {
  code: 'not-now',
  refused: 'the text is not UTF-8, and was not sent: set your terminal or program to UTF-8',
}

/** Checks whether a text has U+FFFD; the decoder replaces bytes that are not UTF-8 by this character. */
function isBroken(text: string): boolean {
  return text.includes('\ufffd')
}

function checkText(text: string): LobbyRefusal | undefined {
  if (isBroken(text)) return BROKEN
  if (text.trim() === '') return { code: 'not-now', refused: 'the message is empty: write a text' }
  return text.length > LONGEST ? { code: 'not-now', refused: `the message is too long: write at most ${LONGEST} characters` } : undefined
}
