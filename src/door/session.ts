import type { Clock } from '../base/clock.ts'
import { counted } from '../base/counts.ts'
import type { Attendance, GameWish, Lobby, LobbyListener, Recorded, Seeker, TableNews } from '../hall/api.ts'
import type { Setting } from '../protocol/definition.ts'
import type { Peer } from '../protocol/peer.ts'
import { nextUntilGone } from '../protocol/receive-until-closed.ts'
import { lobbyOf } from '../protocol/seating.ts'
import { Ended } from '../wire/disconnect.ts'
import { MESSAGE_LIMIT } from '../wire/framing/framing.ts'
import { Telnet } from '../wire/telnet.ts'
import type { Name } from './automaton.ts'
import { type Coming, standings } from './event-text.ts'
import { edited, firstScreen, inLine, inSentences, inWidth, sentence } from './layout.ts'
import type { Reply } from './reply.ts'
import { overElsewhere } from './results.ts'
import { callOf } from './seek-parser.ts'
import { Presence } from './table-screen.ts'
import { Presences } from './table-screens.ts'
import { spanOf } from './terms-text.ts'

/** Warnings before a password: without telnet, and with a telnet client that hides it. */
const SEEN = '(It will show on your screen, and travel unencrypted unless you use TLS.)'
const UNSEEN = '(It will not show; it travels unencrypted unless you use TLS.)'

/** ListenerCall is a call of the listener that is made later. */
type ListenerCall = (listener: LobbyListener) => void

/**
 * DoorSession is one user's session at the front door: lines in, text out.
 *
 * The reply to a typed line follows it directly. Everything else that the session prints begins with an empty line, because
 * the user may be in the middle of typing. The session therefore does not print an event when the lobby reports it: it
 * collects all events of one turn of the event loop and prints them together, in a microtask, where an error cannot reach
 * the caller that made the event happen. `broken` then rejects and ends the conversation.
 *
 * Three queues hold what is not printed yet: `#pending` has the calls of the lobby, in order; `#notices` has lines that
 * belong to no table; each `TableScreen` has the lines and the board of its own table. `flush` empties all three before
 * every reply. While the user types a password, notices wait.
 *
 * "style json" hands the same lobby over to the native protocol. `switchToNative` stops all printing, and `handOver` passes the
 * calls that are still pending, and all later ones, to the new listener.
 */
export class Visit {
  readonly lobby: Lobby
  readonly clock: Clock
  readonly peer: Peer<Name>
  /** The telnet filter of the connection, if it has one. */
  readonly telnet: Telnet | undefined
  /** Rejects if an event could not be printed. */
  readonly broken: Promise<never>
  /** Fetches the next page of the list that was shown last. */
  more: (() => Reply | Promise<Reply>) | undefined
  /** Lines that did not fit on the screen. */
  #rest: readonly string[] = []
  /** The terms of the last seek, for a rematch. */
  wish: GameWish | undefined
  readonly #break: (reason: unknown) => void
  /** The listener for events: this session, until `handOver`. */
  #listener: LobbyListener = {
    seated: (attendance) => this.attend(attendance, 'seated'),
    news: (news) => this.#applyEvent(news),
    closed: (table, reason) => this.#close(table, reason),
    recorded: (recorded) => this.#record(recorded),
    finished: (game) => this.#notices.push(overElsewhere(game)),
    sought: (seeker) => this.#notices.push(...callOf(seeker)),
    withdrawn: (seeker) => {
      if (this.#withdrawn) this.#withdrawn.push(seeker)
      else this.#notices.push(`${inLine(seeker.name)} no longer waits for you.`)
    },
    told: ({ name, text }) => this.#notices.push(`${inLine(name)} tells you: ${inLine(text)}`),
    refused: ({ name, game }) => this.#notices.push(`${inLine(name)} refuses your game of ${game}. You no longer wait.`),
  }
  /** The tables of this session. */
  readonly tables = new Presences()
  /** Events that are not delivered yet. */
  #pending: ListenerCall[] = []
  /** Lines about no table of this session; they wait while the user types a password. */
  #notices: string[] = []
  #asking = false
  /** True if the session has answered Ctrl-C since the last line. */
  #interrupted = false
  /** Challenges that this session itself is ending; `undefined` outside `collectWithdrawn`. */
  #withdrawn: Seeker[] | undefined
  /** True if the last line on the screen is a typed one. */
  #fresh = true
  #over = false
  #program = false
  #handedOver = false
  /** The reason for which the server closes the connection, to print it only once. */
  #dismissal: string | undefined
  /** True if the server was stopped while this user was at a table. */
  #stopped = false
  /** Resume tokens that the user has seen. */
  readonly #tokens = new Set<string>()
  /** True during `withNewTableShown`. */
  #going = false

  constructor(peer: Peer<Name>, { house, clock }: Pick<Setting<unknown>, 'house' | 'clock'>) {
    const { transport } = peer.connection
    this.peer = peer
    this.clock = clock
    this.telnet = transport instanceof Telnet ? transport : undefined
    if (this.telnet) this.telnet.onInterrupt = () => this.#interrupt()
    const { promise, reject } = Promise.withResolvers<never>()
    this.broken = promise
    this.#break = reject
    // a rejection after the end of the session concerns no caller
    promise.catch(() => {})
    this.lobby = lobbyOf(house, {
      seated: (attendance) => this.#enqueue((listener) => listener.seated(attendance)),
      news: (news) => this.#enqueue((listener) => listener.news(news)),
      closed: (table, reason) => this.#enqueue((listener) => listener.closed(table, reason)),
      recorded: (recorded) => this.#enqueue((listener) => listener.recorded(recorded)),
      sought: (seeker) => this.#enqueue((listener) => listener.sought(seeker)),
      withdrawn: (seeker) => this.#enqueue((listener) => listener.withdrawn(seeker)),
      refused: (by) => this.#enqueue((listener) => listener.refused(by)),
      told: (message) => this.#enqueue((listener) => listener.told(message)),
      finished: (game) => this.#enqueue((listener) => listener.finished?.(game)),
    })
    peer.farewell = (reason) => {
      this.#dismissal = reason.message
      // `ours`: another connection has taken over the name or account, and with it the seat
      const leaves = !(reason instanceof Ended) || reason.how !== 'ours'
      this.#leave(`${sentence(farewellFor(reason))} Bye.`, leaves)
    }
  }

  /** The shown table. */
  get present(): Presence | undefined {
    return this.tables.current
  }

  /** Formats a refusal as a sentence, with the names of users unchanged. */
  sentence(refused: string, names: readonly string[] = []): string {
    return sentence(refused, [...names, ...(this.present?.company.names ?? [])], (text) => this.lobby.isHere(text))
  }

  /** True if the session has ended, or has switched to the native protocol. */
  get over(): boolean {
    return this.#over
  }

  /** Reads the next typed line; `undefined` at the end of the session. */
  async read(): Promise<string | undefined> {
    if (this.#over) return undefined
    const line = await nextUntilGone(this.peer, 'closed')
    if (line === undefined) this.#over = true
    this.#fresh = true
    this.#interrupted = false
    return line && edited(line)
  }

  /** Prints lines, directly below a typed line or else as a block of their own. */
  say(...lines: readonly string[]): void {
    this.settle()
    this.#print(this.#fresh ? lines : ['', ...lines])
  }

  /** Prints as many lines as fit on a screen; "more" shows the rest. */
  sayScreen(lines: readonly string[]): void {
    const all = inWidth(lines)
    const shown = all.slice(0, firstScreen(all))
    this.#rest = all.slice(shown.length)
    const left = this.#rest.length > 0 ? [`-- ${counted(this.#rest.length, 'more line')}: type "more" --`] : []
    this.say(...shown, ...left)
  }

  /** Returns the lines that did not fit on the screen; `undefined` if all did. */
  rest(): readonly string[] | undefined {
    return this.#rest.length > 0 ? this.#rest : undefined
  }

  /** Drops the lines and pages that "more" would show, because the user has typed another command. */
  turnPage(): void {
    this.#rest = []
    this.more = undefined
  }

  /** Runs `act` while the telnet client does not show typed text. */
  async hide<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    this.telnet?.hide()
    try {
      return await act()
    } finally {
      this.telnet?.show()
    }
  }

  /** Asks for a password, within `withHiddenInput`. `warns` prints whether it shows on the screen. `undefined` after an empty line. */
  async askSecret(question: readonly string[], warns = true): Promise<string | undefined> {
    this.say(...question, ...(warns ? [this.telnet?.active ? UNSEEN : SEEN] : []))
    this.#asking = true
    const line = await this.read()
    this.#asking = false
    if (line?.trim().toLowerCase() === 'quit') this.quit()
    return this.#over || line === '' ? undefined : line
  }

  /**
   * Adds a table. It becomes the shown table unless the user plays at another, because a move that the user is typing must
   * not go to the wrong table. If the shown table is only watched, or its game is over, the session leaves it.
   */
  attend(attendance: Attendance, coming: Coming): void {
    this.#printNews()
    const before = this.present
    const aside = coming === 'seated' && !this.#going && before?.playing === true && before.table !== attendance.table
    if (!aside && before && !before.playing && before.table !== attendance.table) {
      this.#noteUnwatched(before)
      this.lobby.leave(before.table)
      this.tables.remove(before.table)
    }
    const token = coming === 'seated' && !this.#tokens.has(attendance.token ?? '') ? attendance.token : undefined
    if (attendance.token) this.#tokens.add(attendance.token)
    this.tables.add(new Presence(attendance, { clock: this.clock, me: this.lobby.me?.name ?? '', coming, token }), aside)
  }

  /** Runs `act`; if it seats the user, the new table is shown even during another game. */
  async going<Answer>(act: () => Answer | Promise<Answer>): Promise<Answer> {
    this.#going = true
    try {
      const answer = await act()
      this.settle()
      return answer
    } finally {
      this.#going = false
    }
  }

  /** Runs `act`, which ends challenges of other users, and returns these instead of announcing them. */
  withdrawing<Answer>(act: () => Answer): { readonly answer: Answer; readonly withdrawn: readonly Seeker[] } {
    this.settle()
    const withdrawn: Seeker[] = []
    this.#withdrawn = withdrawn
    try {
      const answer = act()
      this.#deliverPending()
      return { answer, withdrawn }
    } finally {
      this.#withdrawn = undefined
    }
  }

  /** Shows another table of this session. Leaves the one shown before, if it was only watched or its game is over. */
  show(presence: Presence): void {
    const before = this.present
    this.#printNews()
    if (before && before !== presence && !before.playing && !this.lobby.leave(before.table)) {
      this.#noteUnwatched(before)
      this.tables.remove(before.table)
    }
    this.tables.show(presence)
  }

  /** Notes that the session no longer watches a table with a game under way. */
  #noteUnwatched({ seated, over, table }: Presence): void {
    if (!seated && !over) this.#notices.push(`You no longer watch table ${table}: "watch ${table}" returns to it.`)
  }

  /** Removes a table, by default the shown one. */
  leaveTable(table = this.present?.table): void {
    this.#printNews()
    if (table !== undefined) this.tables.remove(table)
  }

  /** Removes all tables. */
  leaveAll(): void {
    this.#printNews()
    this.tables.clear()
  }

  /** Prints everything that has happened so far. */
  settle(): void {
    if (this.#program) return
    this.#deliverPending()
    this.#printNews()
  }

  /** Ends the session at the request of the user. */
  quit(): void {
    this.#leave(this.telnet?.active ? 'Bye.' : 'Bye. If your terminal does not come back, press Ctrl-C.')
  }

  /** True after the switch to the native protocol. */
  get program(): boolean {
    return this.#program
  }

  /** Logs that a line belongs to another protocol, and what to do. With `speaks` set, the log does not report JSON as a further mistake. */
  noteForeign(sentence: string): void {
    this.peer.speaks = 'JSON'
    this.peer.note(sentence)
    this.peer.speaks = undefined
  }

  /** Switches to the native protocol: the session prints nothing more, and events wait for the next listener. */
  forProgram(): void {
    this.settle()
    this.#program = true
    this.#over = true
  }

  /** Passes all pending and later events to another listener, after the output of this turn. */
  handOver(listener: LobbyListener): void {
    this.#listener = listener
    queueMicrotask(() => {
      this.#handedOver = true
      this.#deliverPending()
    })
  }

  #leave(word: string, leaves = true): void {
    this.settle()
    // a server without a store does not hold seats over a restart
    const holds = this.#stopped ? this.lobby.keeps : leaves
    const held = holds ? this.tables.playing.map((one) => this.#formatHeldSeat(one)) : []
    const invited = this.lobby.ownInvitation ? ['Your invitation is cancelled: its code is void.'] : []
    this.say(...inSentences([word, ...invited, ...held]))
    this.#over = true
  }

  /** Returns how long a seat is held, and which command resumes it. */
  #formatHeldSeat({ table, token, grace }: Presence): string {
    const time = this.#stopped ? ' over a restart' : grace === undefined ? '' : ` for ${spanOf(grace)}`
    const back = this.lobby.me?.registered || token === undefined ? `"resume ${table}" takes it up again.` : `resume ${token}`
    return `Your seat at table ${table} is held${time}: ${back}`
  }

  #applyEvent(news: TableNews): void {
    if (news.what.type === 'said' && !this.lobby.hears(news.what.name)) return
    const presence = this.tables.get(news.table)
    presence?.take(news)
    // a player whose rematch is at another table has left this one
    if (news.what.type !== 'continued' || !presence?.seated || presence === this.present) return
    this.#notices.push(...presence.notices())
    this.tables.remove(news.table)
  }

  /** Notes the change of the ladder after a game, at its table or, if the session has left that, as a notice. */
  #record(recorded: Recorded): void {
    const presence = this.tables.get(recorded.table)
    if (presence) presence.record(recorded)
    else this.#notices.push(`Table ${recorded.table}: ${standings(recorded, this.lobby.me?.name ?? '')}`)
  }

  /** Queues an event. All events of one turn are printed together, in a microtask. */
  #enqueue(call: ListenerCall): void {
    if (this.#handedOver) return call(this.#listener)
    this.#pending.push(call)
    if (this.#pending.length > 1) return
    queueMicrotask(() => {
      try {
        this.settle()
      } catch (reason) {
        this.#break(reason)
      }
    })
  }

  #deliverPending(): void {
    const pending = this.#pending
    this.#pending = []
    for (const call of pending) call(this.#listener)
  }

  #close(table: number, reason: string): void {
    const presence = this.tables.get(table)
    if (!presence) return
    if (reason === this.#dismissal) {
      this.#stopped = true
      return
    }
    this.leaveTable(table)
    // the user has never seen the number of a table that could not be opened
    this.#print(['', sentence(presence.seen ? `table ${table} is closed: ${reason}` : reason)])
  }

  /** Answers Ctrl-C, which telnet sends as a command. The answer comes in a microtask, after the reply of the telnet filter. */
  #interrupt(): void {
    if (this.#interrupted || this.#program) return
    this.#interrupted = true
    const way = this.#asking ? 'An empty line cancels, and "quit" disconnects.' : 'To disconnect, type "quit".'
    queueMicrotask(() => this.#print(['', way]))
  }

  /** Prints all news; the shown table comes last, because the user may have to answer there. */
  #printNews(): void {
    const notices = this.#asking ? [] : [...this.#notices, ...this.tables.notices()]
    if (!this.#asking) this.#notices = []
    for (const lines of [notices, this.present?.tell() ?? []]) if (lines.length > 0) this.#print(['', ...lines])
  }

  #print(lines: readonly string[]): void {
    this.#fresh = false
    if (this.peer.state === 'end') return
    for (const line of inWidth(lines)) this.peer.send('text', line)
  }
}

/** Explains to the user why the server closes the connection. */
export function farewellFor(reason: Error): string {
  if (!(reason instanceof Ended)) return 'an error occurred in the server; it is not your fault'
  if (reason.how === 'much') return `your line is longer than ${MESSAGE_LIMIT} bytes, the maximum`
  return reason.how === 'late' ? 'you have sent nothing for too long' : reason.message
}
