import { counted } from '../../base/counts.ts'
import type { Clock } from '../../wire/clock.ts'
import { Ended } from '../../wire/ends.ts'
import { MESSAGE_LIMIT } from '../../wire/framing.ts'
import { Telnet } from '../../wire/telnet.ts'
import { lobbyOf } from '../house.ts'
import { nextUntilGone } from '../leaving.ts'
import type { Attendance, GameWish, Lobby, LobbyListener, Recorded, Seeker, TableNews } from '../lobby.ts'
import type { Peer } from '../peer.ts'
import type { Setting } from '../protocol.ts'
import type { Name } from './automaton.ts'
import { Presence } from './presence.ts'
import { Presences } from './presences.ts'
import type { Reply } from './reply.ts'
import { overElsewhere } from './results.ts'
import { spanOf } from './terms.ts'
import { edited, firstScreen, inLine, inSentences, inWidth, sentence } from './text.ts'
import { callOf } from './wish.ts'
import { type Coming, standings } from './wording.ts'

/** What is said before a password where nothing hides it. */
const SEEN = '(It will show on your screen, and travel unencrypted unless you came by TLS.)'
const UNSEEN = '(It will not show; it travels unencrypted unless you came by TLS.)'

/** Something that has happened, to be told to whoever listens. */
type Telling = (listener: LobbyListener) => void

/**
 * Visit is one somebody's stay at the front door: lines in, text out. What a person is told by itself begins with an
 * empty line, since somebody may be in the middle of typing; what is said to a typed line follows it directly.
 */
export class Visit {
  readonly lobby: Lobby
  readonly clock: Clock
  readonly peer: Peer<Name>
  /** Where telnet is laid over the connection. */
  readonly telnet: Telnet | undefined
  /** Rejects when what happened could not be told. */
  readonly broken: Promise<never>
  /** The next page of the list that was shown last. */
  more: (() => Reply | Promise<Reply>) | undefined
  /** Lines that did not fit on the screen. */
  #rest: readonly string[] = []
  /** What was wanted last, to be wanted again. */
  wish: GameWish | undefined
  readonly #break: (reason: unknown) => void
  /** Who is told what happens: this visit, until somebody else listens. */
  #listener: LobbyListener = {
    seated: (attendance) => this.attend(attendance, 'seated'),
    news: (news) => this.#take(news),
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
  /** The tables at which this one is. */
  readonly tables = new Presences()
  /** What has happened and was not told yet. */
  #pending: Telling[] = []
  /** What is to be told that has to do with no table; not while a secret is typed. */
  #notices: string[] = []
  #asking = false
  /** True if Ctrl-C was answered since the last line. */
  #interrupted = false
  /** Challenges that are ended by this visit itself just now. */
  #withdrawn: Seeker[] | undefined
  /** The last line is a typed one. */
  #fresh = true
  #over = false
  #program = false
  #handedOver = false
  /** Why this one is sent away, which is said once. */
  #dismissal: string | undefined
  /** The server was stopped while this one was at a table. */
  #stopped = false
  /** Resume tokens that were shown. */
  readonly #tokens = new Set<string>()
  /** True while the user goes to a table, and wants to see it. */
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
    // who is broken when nobody waits any more has nothing to tell
    promise.catch(() => {})
    this.lobby = lobbyOf(house, {
      seated: (attendance) => this.#happened((listener) => listener.seated(attendance)),
      news: (news) => this.#happened((listener) => listener.news(news)),
      closed: (table, reason) => this.#happened((listener) => listener.closed(table, reason)),
      recorded: (recorded) => this.#happened((listener) => listener.recorded(recorded)),
      sought: (seeker) => this.#happened((listener) => listener.sought(seeker)),
      withdrawn: (seeker) => this.#happened((listener) => listener.withdrawn(seeker)),
      refused: (by) => this.#happened((listener) => listener.refused(by)),
      told: (message) => this.#happened((listener) => listener.told(message)),
      finished: (game) => this.#happened((listener) => listener.finished?.(game)),
    })
    peer.farewell = (reason) => {
      this.#dismissal = reason.message
      // a user whose name or account is taken over has lost the seat
      const leaves = !(reason instanceof Ended) || reason.how !== 'ours'
      this.#leave(`${sentence(farewellFor(reason))} Bye.`, leaves)
    }
  }

  /** The table at which this one is. */
  get present(): Presence | undefined {
    return this.tables.current
  }

  /** A refusal as a sentence, in which names of people are left as they are. */
  sentence(refused: string, names: readonly string[] = []): string {
    return sentence(refused, [...names, ...(this.present?.company.names ?? [])], (text) => this.lobby.isHere(text))
  }

  /** Whether nothing more is said here. */
  get over(): boolean {
    return this.#over
  }

  /** The next line that is typed; `undefined` when none will be. */
  async read(): Promise<string | undefined> {
    if (this.#over) return undefined
    const line = await nextUntilGone(this.peer, 'closed')
    if (line === undefined) this.#over = true
    this.#fresh = true
    this.#interrupted = false
    return line && edited(line)
  }

  /** Says lines, below what was typed or else as a block of their own. */
  say(...lines: readonly string[]): void {
    this.settle()
    this.#print(this.#fresh ? lines : ['', ...lines])
  }

  /** Says lines as far as they fit on a screen; "more" shows the rest. */
  sayScreen(lines: readonly string[]): void {
    const all = inWidth(lines)
    const shown = all.slice(0, firstScreen(all))
    this.#rest = all.slice(shown.length)
    const left = this.#rest.length > 0 ? [`-- ${counted(this.#rest.length, 'more line')}: type "more" --`] : []
    this.say(...shown, ...left)
  }

  /** The lines that did not fit on the screen; `undefined` if all did. */
  rest(): readonly string[] | undefined {
    return this.#rest.length > 0 ? this.#rest : undefined
  }

  /** Another command than "more" is typed: what did not fit on the screen is not shown any more. */
  turnPage(): void {
    this.#rest = []
    this.more = undefined
  }

  /** Does something during which a telnet client does not show what is typed. */
  async hide<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    this.telnet?.hide()
    try {
      return await act()
    } finally {
      this.telnet?.show()
    }
  }

  /** Asks for a password, within `hide`, and warns where it shows; `undefined` where nothing is answered. */
  async askSecret(question: readonly string[], warns = true): Promise<string | undefined> {
    this.say(...question, ...(warns ? [this.telnet?.active ? UNSEEN : SEEN] : []))
    this.#asking = true
    const line = await this.read()
    this.#asking = false
    if (line?.trim().toLowerCase() === 'quit') this.quit()
    return this.#over || line === '' ? undefined : line
  }

  /**
   * Comes to a table, which is shown unless a game goes on at another: then a move that is being typed is not to go to the
   * wrong one. A table that was watched, or whose game is over, is left.
   */
  attend(attendance: Attendance, coming: Coming): void {
    this.#tell()
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

  /** Does something from which a seat may come, which is shown then. */
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

  /** Runs `act`, which ends challenges of other users. These are returned, and are no news. */
  withdrawing<Answer>(act: () => Answer): { readonly answer: Answer; readonly withdrawn: readonly Seeker[] } {
    this.settle()
    const withdrawn: Seeker[] = []
    this.#withdrawn = withdrawn
    try {
      const answer = act()
      this.#tellPending()
      return { answer, withdrawn }
    } finally {
      this.#withdrawn = undefined
    }
  }

  /** Shows another table of this visit; one that was only watched, or whose game is over, is left. */
  show(presence: Presence): void {
    const before = this.present
    this.#tell()
    if (before && before !== presence && !before.playing && !this.lobby.leave(before.table)) {
      this.#noteUnwatched(before)
      this.tables.remove(before.table)
    }
    this.tables.show(presence)
  }

  /** Notes that a table where a game goes on is no longer watched, because another one is shown. */
  #noteUnwatched({ seated, over, table }: Presence): void {
    if (!seated && !over) this.#notices.push(`You no longer watch table ${table}: "watch ${table}" looks on again.`)
  }

  /** Is no longer at a table, the shown one if none is given. */
  leaveTable(table = this.present?.table): void {
    this.#tell()
    if (table !== undefined) this.tables.remove(table)
  }

  /** Is at no table any more. */
  leaveAll(): void {
    this.#tell()
    this.tables.clear()
  }

  /** Shows what has happened up to now. */
  settle(): void {
    if (this.#program) return
    this.#tellPending()
    this.#tell()
  }

  /** Ends the visit, as this one wants it. */
  quit(): void {
    this.#leave(this.telnet?.active ? 'Bye.' : 'Bye. If your terminal does not come back, press Ctrl-C.')
  }

  /** Whether a program speaks from now on. */
  get program(): boolean {
    return this.#program
  }

  /** Notes for the log that a line is of another program, and what to do; that it looks like JSON is no fault of its own here. */
  noteForeign(sentence: string): void {
    this.peer.speaks = 'JSON'
    this.peer.note(sentence)
    this.peer.speaks = undefined
  }

  /** A program speaks from now on: nothing more is said to people, and what happens waits for who listens then. */
  forProgram(): void {
    this.settle()
    this.#program = true
    this.#over = true
  }

  /** Tells somebody else from now on what happens, when all that is said in this turn was said. */
  handOver(listener: LobbyListener): void {
    this.#listener = listener
    queueMicrotask(() => {
      this.#handedOver = true
      this.#tellPending()
    })
  }

  #leave(word: string, leaves = true): void {
    this.settle()
    // a server that keeps nothing does not go on with a game
    const holds = this.#stopped ? this.lobby.keeps : leaves
    const held = holds ? this.tables.playing.map((one) => this.#held(one)) : []
    const invited = this.lobby.ownInvitation ? ['Your invitation ends with that: its code is void.'] : []
    this.say(...inSentences([word, ...invited, ...held]))
    this.#over = true
  }

  /** Says how long a seat is held, and which command resumes it. */
  #held({ table, token, grace }: Presence): string {
    const time = this.#stopped ? ' over a restart' : grace === undefined ? '' : ` for ${spanOf(grace)}`
    const back = this.lobby.me?.registered || token === undefined ? `"resume ${table}" takes it up again.` : `resume ${token}`
    return `Your seat at table ${table} is held${time}: ${back}`
  }

  #take(news: TableNews): void {
    if (news.what.type === 'said' && !this.lobby.hears(news.what.name)) return
    const presence = this.tables.get(news.table)
    presence?.take(news)
    // a player who continues elsewhere has left this table
    if (news.what.type !== 'continued' || !presence?.seated || presence === this.present) return
    this.#notices.push(...presence.notices())
    this.tables.remove(news.table)
  }

  /** Notes what came of a game for the ladder, where it is shown or as news of a table where this one is not. */
  #record(recorded: Recorded): void {
    const presence = this.tables.get(recorded.table)
    if (presence) presence.record(recorded)
    else this.#notices.push(`Table ${recorded.table}: ${standings(recorded, this.lobby.me?.name ?? '')}`)
  }

  /** Something has happened. All that happens in one turn is told to people together, where it cannot hurt who made it happen. */
  #happened(telling: Telling): void {
    if (this.#handedOver) return telling(this.#listener)
    this.#pending.push(telling)
    if (this.#pending.length > 1) return
    queueMicrotask(() => {
      try {
        this.settle()
      } catch (reason) {
        this.#break(reason)
      }
    })
  }

  #tellPending(): void {
    const pending = this.#pending
    this.#pending = []
    for (const telling of pending) telling(this.#listener)
  }

  #close(table: number, reason: string): void {
    const presence = this.tables.get(table)
    if (!presence) return
    if (reason === this.#dismissal) {
      this.#stopped = true
      return
    }
    this.leaveTable(table)
    // the number of a table that could not be opened means nothing to the user
    this.#print(['', sentence(presence.seen ? `table ${table} is closed: ${reason}` : reason)])
  }

  /** Says how to leave: telnet sends Ctrl-C as a command, and shows nothing before the answer to what it sends with it. */
  #interrupt(): void {
    if (this.#interrupted || this.#program) return
    this.#interrupted = true
    const way = this.#asking ? 'An empty line goes back, and "quit" leaves.' : 'To leave, type "quit".'
    queueMicrotask(() => this.#print(['', way]))
  }

  /** Tells what has happened: what is to be answered at a table comes last. */
  #tell(): void {
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

/** Explains why somebody is sent away, in words for that one. */
export function farewellFor(reason: Error): string {
  if (!(reason instanceof Ended)) return 'something went wrong here, and it is not your fault'
  if (reason.how === 'much') return `a line may have ${MESSAGE_LIMIT} bytes here`
  return reason.how === 'late' ? 'you have said nothing for a long time' : reason.message
}
