import type { Clock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import type { Refusal } from '../games/game.ts'
import type { Lobby, LobbyListener, RatingChanges, SeekInfo, SeekTerms, TableEventView, TableSnapshot } from '../hall/api.ts'
import type { RoleContext } from '../protocol/definition.ts'
import type { Peer } from '../protocol/peer.ts'
import { receiveUntilClosed } from '../protocol/roles.ts'
import { requireLobby } from '../protocol/seating.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { Telnet } from '../wire/telnet.ts'
import type { DoorMessage, DoorState } from './door-automaton.ts'
import { type ArrivalKind, formatRatingChanges } from './event-text.ts'
import { formatFarewell, formatSeatLeft } from './held-seats-text.ts'
import { applyErasures, countFirstScreen, joinSentences, toSafeLine, toSentence, wrapLines } from './layout.ts'
import { formatGameOver } from './results.ts'
import { formatChallenge } from './seek-parser.ts'
import { TableScreen } from './table-screen.ts'
import { TableScreens } from './table-screens.ts'

/** Warnings before a password, for a client without telnet and for a telnet client that hides the password. */
const SEEN = '(Your screen shows the password. It travels unencrypted unless you use TLS.)'
const UNSEEN = '(Your screen hides the password. It travels unencrypted unless you use TLS.)'

/** CommandOutput is the output of a command: lines or a refusal; `undefined` if an event prints the result. */
export type CommandOutput = string | readonly string[] | Refusal | undefined

/** ListenerCall is a call of the listener that the session makes later. */
type ListenerCall = (listener: LobbyListener) => void

/**
 * DoorSession is one user's session at the front door. It reads lines and prints text.
 *
 * The output of a command follows the typed line directly. An empty line precedes everything else that the session prints,
 * because the user may be in the middle of typing. The session therefore does not print an event when the lobby reports it. It
 * collects all events of one turn of the event loop and prints them together, in a microtask. An error in the microtask cannot reach the
 * caller that caused the event; instead, `broken` rejects and ends the conversation.
 *
 * Three queues contain the output that the session has not printed yet: `#pending` has the calls of the lobby, in order; `#notices` has
 * lines that belong to no table; each `TableScreen` has the lines and the board of its own table. `flush` empties all three queues before
 * every output of a command. While the user types a password, the notices wait in their queue.
 *
 * "style json" hands the same lobby over to the native protocol. `switchToNative` stops all printing, and `handOver` passes the
 * pending calls, and all later calls, to the new listener.
 */
export class DoorSession {
  readonly lobby: Lobby
  readonly clock: Clock
  readonly peer: Peer<DoorMessage, DoorState>
  /** The telnet filter of the connection, if it has a filter. */
  readonly telnet: Telnet | undefined
  /** Rejects if the session could not print an event. */
  readonly broken: Promise<never>
  /** Fetches the next page of the list that the session has shown last. */
  more: (() => CommandOutput | Promise<CommandOutput>) | undefined
  /** Lines that did not fit on the screen, for "more". */
  #rest: readonly string[] = []
  /** The terms of the last seek; a rematch has the same terms. */
  lastSeek: SeekTerms | undefined
  readonly #break: (reason: unknown) => void
  /** The listener for events: this session, until `handOver`. */
  #listener: LobbyListener = {
    seated: (snapshot) => this.addTable(snapshot, 'seated'),
    tableEvent: (update) => this.#applyEvent(update),
    closed: (table, reason) => this.#close(table, reason),
    recorded: (recorded) => this.#record(recorded),
    finished: (game) => this.#notices.push(formatGameOver(game)),
    challenged: (seeker) => this.#notices.push(...formatChallenge(this.lobby.catalog, seeker)),
    challengeWithdrawn: (seeker) => {
      if (this.#withdrawn) this.#withdrawn.push(seeker)
      else this.#notices.push(`${toSafeLine(seeker.name)} no longer waits for you.`)
    },
    messageReceived: ({ name, text }) => this.#notices.push(`${toSafeLine(name)} tells you: ${toSafeLine(text)}`),
    seekCanceled: ({ game }) => this.#notices.push(`Another connection of yours has canceled your seek, ${game}.`),
    seekFailed: ({ game }, reason) => this.#notices.push(`You no longer wait for a game of ${game}: ${reason}.`),
    challengeRefused: ({ name, game }) =>
      this.#notices.push(`${toSafeLine(name)} refuses your game of ${game}. You no longer wait for an opponent.`),
  }
  /** The tables of this session. */
  readonly tables = new TableScreens()
  /** Events that the session has not passed to its listener yet. */
  #pending: ListenerCall[] = []
  /** Lines that concern no table of this session. If the user is typing a password, the session prints them later. */
  #notices: string[] = []
  #asking = false
  /** True if the session has answered Ctrl-C since the last line of the user. */
  #interrupted = false
  /** Challenges that this session itself ends; `undefined` outside `collectWithdrawn`. */
  #withdrawn: SeekInfo[] | undefined
  /** True if the user has typed the last line on the screen. */
  #fresh = true
  #over = false
  #program = false
  #handedOver = false
  /** The reason why the server closes the connection, after the session has printed it. */
  #dismissal: string | undefined
  /** True if the server has stopped while this user was at a table. */
  #stopped = false
  /** Resume tokens that the user has seen. */
  readonly #tokens = new Set<string>()
  /** True during `withNewTableShown`. */
  #going = false

  constructor(peer: Peer<DoorMessage, DoorState>, { seating, clock }: Pick<RoleContext<unknown>, 'seating' | 'clock'>) {
    const { transport } = peer.connection
    this.peer = peer
    this.clock = clock
    this.telnet = transport instanceof Telnet ? transport : undefined
    if (this.telnet) this.telnet.onInterrupt = () => this.#interrupt()
    const { promise, reject } = Promise.withResolvers<never>()
    this.broken = promise
    this.#break = reject
    // no caller has to handle a rejection after the end of the session
    promise.catch(() => {})
    this.lobby = requireLobby(seating, {
      seated: (snapshot) => this.#enqueue((listener) => listener.seated(snapshot)),
      tableEvent: (update) => this.#enqueue((listener) => listener.tableEvent(update)),
      closed: (table, reason) => this.#enqueue((listener) => listener.closed(table, reason)),
      recorded: (recorded) => this.#enqueue((listener) => listener.recorded(recorded)),
      challenged: (seeker) => this.#enqueue((listener) => listener.challenged(seeker)),
      challengeWithdrawn: (seeker) => this.#enqueue((listener) => listener.challengeWithdrawn(seeker)),
      challengeRefused: (by) => this.#enqueue((listener) => listener.challengeRefused(by)),
      messageReceived: (message) => this.#enqueue((listener) => listener.messageReceived(message)),
      finished: (game) => this.#enqueue((listener) => listener.finished?.(game)),
      lobbyChanged: (change) => this.#enqueue((listener) => listener.lobbyChanged?.(change)),
      seekCanceled: (seek) => this.#enqueue((listener) => listener.seekCanceled?.(seek)),
      seekFailed: (seek, reason) => this.#enqueue((listener) => listener.seekFailed?.(seek, reason)),
    })
    const bye = (reason: Error) => {
      this.#dismissal = reason.message
      // `ours` means that another connection has taken over the name or account, together with the seat
      this.#leave(`${toSentence(formatFarewell(reason))} Bye.`, !(reason instanceof Disconnected && reason.reason === 'ours'))
    }
    peer.farewell = { bye }
  }

  /** The table that receives moves and chat; `undefined` without a table. */
  get present(): TableScreen | undefined {
    return this.tables.current
  }

  /** Formats a refusal as a sentence, with the names of users unchanged. */
  sentence(refused: string, names: readonly string[] = []): string {
    return toSentence(refused, [...names, ...(this.present?.company.names ?? [])], (text) => this.lobby.isOnline(text))
  }

  /** True if the session has ended, or has switched to the native protocol. */
  get over(): boolean {
    return this.#over
  }

  /** Reads the next typed line; `undefined` at the end of the session. */
  async read(): Promise<string | undefined> {
    if (this.#over) return undefined
    const line = await receiveUntilClosed(this.peer, 'closed')
    if (line === undefined) this.#over = true
    this.#fresh = true
    this.#interrupted = false
    return line && applyErasures(line)
  }

  /** Prints lines. If the user has just typed a line, prints directly below that line; otherwise prints a block of its own. */
  say(...lines: readonly string[]): void {
    this.flush()
    this.#print(this.#fresh ? lines : ['', ...lines])
  }

  /** Prints as many lines as fit on a screen; "more" shows the rest. */
  sayScreen(lines: readonly string[]): void {
    const all = wrapLines(lines)
    const shown = all.slice(0, countFirstScreen(all))
    this.#rest = all.slice(shown.length)
    const left = this.#rest.length > 0 ? [`-- ${formatCount(this.#rest.length, 'more line')}: type "more" --`] : []
    this.say(...shown, ...left)
  }

  /** Returns the lines that did not fit on the screen; `undefined` if all lines fitted. */
  rest(): readonly string[] | undefined {
    return this.#rest.length > 0 ? this.#rest : undefined
  }

  /** Drops the lines and pages that "more" would show, because the user has typed another command. */
  clearPages(): void {
    this.#rest = []
    this.more = undefined
  }

  /** Runs `act` while the telnet client does not show typed text. */
  async withHiddenInput<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    this.telnet?.hide()
    try {
      return await act()
    } finally {
      this.telnet?.show()
    }
  }

  /** Asks for a password in `withHiddenInput`; `undefined` for an empty line. With `warns`, says whether the screen shows the password. */
  async askSecret(question: readonly string[], warns = true): Promise<string | undefined> {
    this.say(...question, ...(warns ? [this.telnet?.active ? UNSEEN : SEEN] : []))
    this.#asking = true
    const line = await this.read()
    this.#asking = false
    if (line?.trim().toLowerCase() === 'quit') this.quit()
    return this.#over || line === '' ? undefined : line
  }

  /**
   * Adds a table. The session shows the table unless the user plays at another table, because a move that the user is typing must not
   * reach the wrong table. If the user only watches the shown table, or if its game is over, the session leaves that table.
   */
  addTable(snapshot: TableSnapshot, coming: ArrivalKind): void {
    this.#printUpdates()
    const before = this.present
    const aside = coming === 'seated' && !this.#going && before?.playing === true && before.table !== snapshot.table
    if (!aside && before && !before.playing && before.table !== snapshot.table) {
      this.#noteUnwatched(before)
      this.lobby.leave(before.table)
      this.tables.remove(before.table)
    }
    const token = coming === 'seated' && !this.#tokens.has(snapshot.token ?? '') ? snapshot.token : undefined
    if (snapshot.token) this.#tokens.add(snapshot.token)
    this.tables.add(new TableScreen(snapshot, { clock: this.clock, me: this.lobby.me?.name ?? '', coming, token }), aside)
  }

  /** Runs `act`, and shows the table at which `act` seats the user, even during another game. */
  async withNewTableShown<Answer>(act: () => Answer | Promise<Answer>): Promise<Answer> {
    this.#going = true
    try {
      const answer = await act()
      this.flush()
      return answer
    } finally {
      this.#going = false
    }
  }

  /** Runs `act`, which ends challenges of other users, and returns these challenges instead of announcing them. */
  async collectWithdrawn<Answer>(
    act: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly withdrawn: readonly SeekInfo[] }> {
    this.flush()
    const withdrawn: SeekInfo[] = []
    this.#withdrawn = withdrawn
    try {
      const answer = await act()
      this.#deliverPending()
      return { answer, withdrawn }
    } finally {
      this.#withdrawn = undefined
    }
  }

  /** Shows another table of this session. Leaves the previously shown table if the user only watched it, or if its game is over. */
  show(screen: TableScreen): void {
    const before = this.present
    this.#printUpdates()
    if (before && before !== screen && !before.playing && !this.lobby.leave(before.table)) {
      this.#noteUnwatched(before)
      this.tables.remove(before.table)
    }
    this.tables.show(screen)
  }

  /** Notes that the session has stopped watching a table during the game. */
  #noteUnwatched({ seated, over, table }: TableScreen): void {
    if (!seated && !over) this.#notices.push(`You no longer watch table ${table}: "watch ${table}" returns to it.`)
  }

  /** Removes a table, by default the shown table. */
  leaveTable(table = this.present?.table): void {
    this.#printUpdates()
    if (table !== undefined) this.tables.remove(table)
  }

  /** Removes all tables, because the user now has another identity. */
  leaveAll(): void {
    this.#printUpdates()
    this.tables.clear()
  }

  /** Prints all events that the session has collected. */
  flush(): void {
    if (this.#program) return
    this.#deliverPending()
    this.#printUpdates()
  }

  /** Ends the session at the request of the user. */
  quit(): void {
    this.#leave(this.telnet?.active ? 'Bye.' : 'Bye. If your terminal does not return, press Ctrl-C.')
  }

  /** True after the switch to the native protocol. */
  get isNative(): boolean {
    return this.#program
  }

  /** Logs advice on a line of another protocol. If the line is JSON, the log does not report that as a further mistake. */
  noteForeign(sentence: string): void {
    this.peer.language = 'JSON'
    this.peer.report(sentence)
    this.peer.language = undefined
  }

  /** Switches to the native protocol: the session prints nothing more, and events wait for the next listener. */
  switchToNative(): void {
    this.flush()
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
    this.flush()
    // a server without a store does not hold seats during a restart
    const holds = this.#stopped ? this.lobby.keepsGames : leaves
    const left = this.tables.playing.filter(({ table }) => this.#stopped || !this.lobby.isHeldElsewhere(table))
    const held = holds ? left.map((one) => formatSeatLeft(one, this.lobby.me, this.#stopped)) : []
    const invited = this.lobby.ownInvitation && !this.lobby.hasOtherSessions ? ['Your invitation is canceled: its code is invalid.'] : []
    this.say(...joinSentences([word, ...invited, ...held]))
    this.#over = true
  }

  #applyEvent(update: TableEventView): void {
    if (update.what.type === 'said' && !this.lobby.isUnmuted(update.what.name)) return
    const screen = this.tables.get(update.table)
    screen?.addEvent(update)
    // a player whose rematch is at another table has left this table
    if (update.what.type !== 'continued' || !screen?.seated || screen === this.present) return
    this.#notices.push(...screen.takeNotices())
    this.tables.remove(update.table)
  }

  /** Adds the change of the ladder after a game to the game's table, or to the notices if the session has left the table. */
  #record(recorded: RatingChanges): void {
    const screen = this.tables.get(recorded.table)
    if (screen) screen.addRatingChanges(recorded)
    else this.#notices.push(`Table ${recorded.table}: ${formatRatingChanges(recorded, this.lobby.me?.name ?? '')}`)
  }

  /** Queues an event. The session prints all events of one turn together, in a microtask. */
  #enqueue(call: ListenerCall): void {
    if (this.#handedOver) return call(this.#listener)
    this.#pending.push(call)
    if (this.#pending.length > 1) return
    queueMicrotask(() => {
      try {
        this.flush()
      } catch (reason) {
        this.#break(reason)
      }
    })
  }

  #deliverPending(): void {
    for (const call of this.#pending.splice(0)) call(this.#listener)
  }

  #close(table: number, reason: string): void {
    const screen = this.tables.get(table)
    if (!screen) return
    if (reason === this.#dismissal) {
      this.#stopped = true
      return
    }
    this.leaveTable(table)
    // the user has never seen the number of a table that the server could not open
    this.#print(['', toSentence(screen.seen ? `table ${table} is closed: ${reason}` : reason)])
  }

  /** Answers Ctrl-C, which a telnet client sends as a command. The answer follows in a microtask, after the answer of the telnet filter. */
  #interrupt(): void {
    if (this.#interrupted || this.#program) return
    this.#interrupted = true
    const way = this.#asking ? 'An empty line cancels, and "quit" disconnects.' : 'To disconnect, type "quit".'
    queueMicrotask(() => this.#print(['', way]))
  }

  /** Prints the updates of all tables, with the shown table last, because the user may have to answer there. */
  #printUpdates(): void {
    const notices = this.#asking ? [] : [...this.#notices, ...this.tables.takeNotices()]
    if (!this.#asking) this.#notices = []
    for (const lines of [notices, this.present?.takeUpdates() ?? []]) if (lines.length > 0) this.#print(['', ...lines])
  }

  #print(lines: readonly string[]): void {
    this.#fresh = false
    if (this.peer.state === 'end') return
    for (const line of wrapLines(lines)) this.peer.send('text', line)
  }
}
