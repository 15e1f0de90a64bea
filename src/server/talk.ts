import { isRefusal } from '../games/game.ts'
import { foldName } from '../hall/names.ts'
import type { Visitor } from '../hall/people.ts'
import { Bucket } from '../hall/throttle.ts'
import type { Line } from '../protocols/house.ts'
import type { LobbyListener, LobbyRefusal } from '../protocols/lobby.ts'
import type { Attended } from './attended.ts'
import { notHere } from './refusals.ts'
import type { Rooms } from './rooms.ts'

/** Sentences that one user may say at once, and after how many milliseconds each comes back: others want to see the board. */
const TALK = { burst: 10, refill: 1000 }
/** Characters of a message to one user. */
const LONGEST = 1000
/** Names that one user can mute. */
const MUTED = 100

/** TalkOptions is what talk is made of. */
export interface TalkOptions {
  readonly rooms: Rooms
  readonly line: Line
  readonly tables: Attended
}

/** Muted is a name that is muted, as it was given, and folded. */
interface Muted {
  readonly key: string
  readonly name: string
}

/** Talk is what one session says, at tables and to other users, and whom it does not want to hear. */
export class Talk {
  readonly #rooms: Rooms
  readonly #line: Line
  readonly #tables: Attended
  readonly #bucket = new Bucket(TALK)
  /** The names that are muted, by their folded form. */
  readonly #muted = new Map<string, Muted>()
  /** The connections that had a name when it was muted, and may have taken others since. */
  readonly #mutedAs = new WeakMap<object, Muted>()

  constructor({ rooms, line, tables }: TalkOptions) {
    this.#rooms = rooms
    this.#line = line
    this.#tables = tables
  }

  /** Says something at a table. */
  async say(name: string, table: number, text: string): Promise<LobbyRefusal | undefined> {
    return (isBroken(text) ? BROKEN : undefined) ?? this.#throttled() ?? this.#tables.say(table, name, text)
  }

  /** Sends a message to another user, wherever that one is connected with a lobby. */
  tell({ name: from, person }: Visitor, name: string, text: string): LobbyRefusal | undefined {
    const wrong = checkText(text) ?? this.#throttled()
    if (wrong) return wrong
    const { people, calls } = this.#rooms
    const found = people.named(name)
    if (!found) return notHere(name)
    if (found.person === person) return OWN_NAME
    if (!calls.reaches(found.person)) {
      return { code: 'not-now', refused: `${found.name} is here only through a worksheet program, and cannot be told anything` }
    }
    const told = calls.tell(found.person, { from, text, address: this.#line.address })
    return isRefusal(told) ? told : undefined
  }

  /** Mutes a user by name: what that one says, tells and asks is not heard in this session. */
  async mute({ name: own }: Visitor, typed: string): Promise<LobbyRefusal | undefined> {
    if (foldName(typed) === foldName(own)) return OWN_NAME
    const { people } = this.#rooms
    if (this.#muted.size >= MUTED) return { code: 'too-many', refused: `you have muted ${MUTED} names, the maximum: unmute one first` }
    const name = people.named(typed)?.name ?? (await people.registeredName(typed))
    if (name === undefined) return notHere(typed)
    const key = foldName(name)
    const muted = this.#muted.get(key) ?? { key, name }
    // the last one muted is the last of the list, also if it was muted before
    this.#muted.delete(key)
    this.#muted.set(key, muted)
    for (const { connection } of this.#connectionsOf(name)) if (!this.#mutedThrough(connection)) this.#mutedAs.set(connection, muted)
    return undefined
  }

  /** Hears a user again, under the name that was muted and those that its connections have taken since. */
  unmute(name: string): LobbyRefusal | undefined {
    const keys = [foldName(name), ...this.#connectionsOf(name).map(({ connection }) => this.#mutedThrough(connection)?.key)]
    const unmuted = keys.filter((key) => key !== undefined && this.#muted.delete(key))
    return unmuted.length > 0 ? undefined : { code: 'not-now', refused: `you have not muted "${name}"` }
  }

  /** The names that are muted. */
  get muted(): readonly string[] {
    return [...this.#muted.values()].map(({ name }) => name)
  }

  /** Checks whether a user of this name is heard. */
  hears(name: string): boolean {
    if (this.#muted.size === 0) return true
    if (this.#muted.has(foldName(name))) return false
    return this.#connectionsOf(name).every(({ connection }) => !this.#mutedThrough(connection))
  }

  /** The connections of the user who is here under a name. */
  #connectionsOf(name: string): readonly Visitor[] {
    const { people } = this.#rooms
    const found = people.named(name)
    return found ? people.of(found.person) : []
  }

  /** Returns the name for which a connection is not heard. */
  #mutedThrough(connection: object): Muted | undefined {
    const muted = this.#mutedAs.get(connection)
    return muted && this.#muted.get(muted.key) === muted ? muted : undefined
  }

  /** A listener that is called only for users who are heard, and otherwise like another one. */
  heard(listener: LobbyListener): LobbyListener & { hears(name: string): boolean } {
    return {
      hears: (name) => this.hears(name),
      seated: (attendance) => listener.seated(attendance),
      news: (news) => listener.news(news),
      closed: (table, sentence) => listener.closed(table, sentence),
      // a session hears of its tables from these
      recorded: (recorded) => !this.#tables.has(recorded.table) && listener.recorded(recorded),
      finished: (game) => !this.#tables.has(game.table) && listener.finished?.(game),
      sought: (seeker) => this.hears(seeker.name) && listener.sought(seeker),
      withdrawn: (seeker) => this.hears(seeker.name) && listener.withdrawn(seeker),
      refused: (by) => listener.refused(by),
      told: (message) => listener.told(message),
    }
  }

  #throttled(): LobbyRefusal | undefined {
    const wait = this.#bucket.take(this.#rooms.hall.clock.monotonic())
    return wait > 0 ? { code: 'throttled', refused: 'you say a lot at once: wait a moment' } : undefined
  }
}

const OWN_NAME: LobbyRefusal = { code: 'not-now', refused: 'that is your own name: name another user' }

const BROKEN: LobbyRefusal = {
  code: 'not-now',
  refused: 'the text arrived broken, for it is not UTF-8, and was not passed on: set your terminal or program to UTF-8',
}

/** Checks whether bytes that are no UTF-8 were replaced in a text. */
function isBroken(text: string): boolean {
  return text.includes('\ufffd')
}

function checkText(text: string): LobbyRefusal | undefined {
  if (isBroken(text)) return BROKEN
  if (text.trim() === '') return { code: 'not-now', refused: 'say something' }
  return text.length > LONGEST ? { code: 'not-now', refused: `say at most ${LONGEST} characters at once` } : undefined
}
