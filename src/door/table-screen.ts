import type { Clock } from '../base/clock.ts'
import { moveHintOf, publicNameOf } from '../games/catalog.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type { RatingChanges, TableEventView, TableSnapshot, TableView } from '../hall/api.ts'
import {
  type ArrivalKind,
  formatEvent,
  formatIntroduction,
  formatPlayers,
  formatRatingChanges,
  isOwnTalk,
  type Offer,
  type TableContext,
} from './event-text.ts'
import { findLastMove, formatEnd, renderBoard } from './game-text.ts'
import { formatList, joinSentences, SCREEN, toSafeLine } from './layout.ts'
import { formatTermSentences, formatTimeLeft } from './terms-text.ts'

interface TableScreenOptions {
  readonly clock: Clock
  /** The name of this user. */
  readonly me: string
  readonly coming: ArrivalKind
  /** The resume token that the screen prints; `undefined` if the user has already seen the token. */
  readonly token?: string | undefined
}

/**
 * TableScreen renders one table for a player or a watcher. `addEvent` and `addRatingChanges` collect updates. `takeUpdates`, for the shown
 * table, and `takeNotices`, for another table, return each update once, as lines.
 */
export class TableScreen {
  readonly company: TableContext
  /** Token that resumes the seat. */
  readonly token: string | undefined
  /** Milliseconds for which the server holds the seat after a disconnect. */
  readonly grace: number | undefined
  readonly #clock: Clock
  readonly #rules: TableSnapshot['game']
  /** Instruction for typing a move. */
  readonly #moves: string | undefined
  #sight: TableView | undefined
  /** Time of `#sight`, in monotonic milliseconds. */
  #seenAt: number
  /** The open offers: no player has answered them. */
  #offers: readonly Offer[] = []
  /** Introduction of the table; empty after the first output. */
  #introduction: readonly string[]
  /** True while the list of missed events, which is a part of the introduction, is not known. */
  #waits = false
  /** Updates since the last output: lines, the seats that have moved, and whether the board may have changed. */
  #lines: string[] = []
  #movers: readonly SeatNumber[] = []
  #changed: boolean
  /** The board that the screen has printed last. */
  #shown = ''
  /** Chat messages that the user sent from this terminal and whose events have not arrived yet. */
  #typed: readonly string[] = []
  /** True if the user has seen how to type a move. */
  #explained = false

  constructor(snapshot: TableSnapshot, { clock, me, coming, token }: TableScreenOptions) {
    const { table, game, seat, names, now, offers = [] } = snapshot
    this.company = { table, game: publicNameOf(game), rules: game, seat, names: names.map(toSafeLine), me }
    this.#clock = clock
    this.#rules = game
    this.#moves = moveHintOf(game)
    this.#sight = now?.sight
    this.#seenAt = clock.monotonic()
    this.#changed = now !== undefined
    const terms = formatTermSentences(this.company, snapshot)
    this.token = snapshot.token
    this.grace = snapshot.grace
    this.#introduction = [
      formatIntroduction(this.company, coming),
      ...(terms.length > 0 ? joinSentences(terms) : []),
      ...(token ? [`If the connection breaks, return with: resume ${token}`] : []),
    ]
    for (const one of offers) this.addEvent({ what: { type: 'offered', seat: one, what: this.over ? 'rematch' : 'draw' } })
  }

  /**
   * Collects updates until the call of `addMissed`, so that the missed events are above the board, and the board stays at the end of the
   * screen.
   */
  waitForMissed(): void {
    this.#waits = true
  }

  /** Adds the missed events, a line for each, to the introduction. */
  addMissed(lines: readonly string[]): void {
    this.#waits = false
    if (lines.length > 0) this.#introduction = [...this.#introduction, '', 'While you were away:', ...lines.map((line) => `  ${line}`)]
  }

  get table(): number {
    return this.company.table
  }

  /** True if the game has begun, so that the table has a board. */
  get seen(): boolean {
    return this.#sight !== undefined
  }

  get seated(): boolean {
    return this.company.seat !== undefined
  }

  get over(): boolean {
    return this.#sight?.outcome !== undefined
  }

  /** True if this user has a seat and the game is not over. */
  get playing(): boolean {
    return this.seated && !this.over
  }

  /** True if this user may move now. */
  get turn(): boolean {
    return this.#sight?.turn === true
  }

  /** True for a game for one player. */
  get alone(): boolean {
    return this.company.names.length === 1
  }

  /** The open offer of another player. */
  get offered(): 'draw' | 'rematch' | undefined {
    return this.#offers.find(({ seat }) => seat !== this.company.seat)?.what
  }

  /** Checks whether a text is a move in the notation of the game. */
  isMove(text: string): boolean {
    return !isRefusal(this.#rules.notation.parse(text))
  }

  /** Adds an event to the updates. */
  addEvent({ what, sight }: Pick<TableEventView, 'what' | 'sight'>): void {
    if (sight) {
      this.#sight = sight
      this.#seenAt = this.#clock.monotonic()
    }
    if (what.type === 'moved') this.#movers = [...new Set([...this.#movers, what.seat])]
    if (what.type === 'moved' || what.type === 'opened' || what.type === 'ended') this.#changed = true
    const line = this.#isTypedHere(what) ? undefined : formatEvent(what, this.company, this.#offers)
    if (line !== undefined) this.#lines.push(line)
    if (what.type === 'offered') this.#offers = [...this.#offers, what]
    if (what.type === 'declined' || what.type === 'ended' || (what.type === 'gone' && this.over)) this.#offers = []
    // a player who moves declines the offer of the opponent
    if (what.type === 'moved') this.#offers = this.#offers.filter(({ seat }) => seat === what.seat)
  }

  /**
   * Notes a chat message that the user sends from this terminal, because the terminal already shows the message. Returns a function that
   * forgets the message.
   */
  noteTyped(text: string): () => void {
    this.#typed = [...this.#typed, text]
    return () => this.#forgetTyped(text)
  }

  /**
   * Checks whether an event is a chat message that the user typed here, and forgets the message; the user's other messages come
   * from other connections.
   */
  #isTypedHere(what: TableEventView['what']): boolean {
    return what.type === 'said' && isOwnTalk(what, this.company) && this.#forgetTyped(what.text)
  }

  #forgetTyped(text: string): boolean {
    const at = this.#typed.indexOf(text)
    if (at >= 0) this.#typed = this.#typed.toSpliced(at, 1)
    return at >= 0
  }

  /** Adds the change of the ladder after the game. */
  addRatingChanges(recorded: RatingChanges): void {
    this.#lines.push(formatRatingChanges(recorded, this.company.me))
  }

  /** Returns the updates since the last call, with the board if it has changed; empty before the game begins. */
  takeUpdates(): readonly string[] {
    if (!this.#sight || this.#waits) return []
    const lines = [...this.#introduction, ...this.#lines]
    const board = this.#changed ? this.#newBoard(this.#sight) : []
    const closing = this.#changed ? this.#closing(this.#sight) : []
    this.#clear()
    return together(lines, board, closing)
  }

  /** Returns the updates since the last call, for a table that the session does not show. Each update is one line. */
  takeNotices(): readonly string[] {
    if (!this.#sight || this.#waits) return []
    const here = this.#introduction.length > 0 ? [`To show it, type "go ${this.table}".`] : []
    const turn = this.#changed && this.playing && this.turn ? ['it is your turn.'] : []
    const end = this.#changed && this.over ? [this.#outcome(this.#sight)].filter((line) => line !== '') : []
    const notices = [...this.#lines, ...turn, ...end].map((line) => `Table ${this.table}: ${line}`)
    const lines = [...this.#introduction, ...notices, ...here]
    this.#clear()
    return lines
  }

  /** Returns the whole table for a user who selects the table, and drops the updates of the table. */
  open(): readonly string[] {
    this.#clear()
    if (this.#sight) this.#newBoard(this.#sight)
    return this.page()
  }

  /** The game and its players. */
  get title(): string {
    return formatPlayers(this.company)
  }

  /** Returns the status of the game in a few words, for a list. */
  get shortStatus(): string {
    if (!this.#sight) return 'begins in a moment'
    if (this.over) return 'over'
    if (this.turn) return 'your turn'
    const { toMove } = this.#sight
    return `${formatList(toMove.map((seat) => this.company.names[seat] ?? ''))} to move`
  }

  #clear(): void {
    this.#introduction = []
    this.#lines = []
    this.#movers = []
    this.#changed = false
  }

  /** Returns the whole table: title, board and status. */
  page(): readonly string[] {
    const title = `Table ${this.table}: ${formatPlayers(this.company)}.`
    return together([title], this.#sight ? this.#board(this.#sight) : [], this.status())
  }

  /** Describes whose turn it is. If the game is over, describes how it ended, and the commands that the user can type now. */
  status(): readonly string[] {
    if (!this.#sight) return ['The game begins in a moment.']
    return this.over ? this.#end(this.#sight) : joinSentences(this.#turn(this.#sight, true))
  }

  #board({ view }: TableView): string[] {
    const lines = renderBoard(this.#rules, view, this.company).split('\n')
    while (lines.at(-1) === '') lines.pop()
    return lines.map((line) => toSafeLine(line).trimEnd())
  }

  /** Returns the board; empty if the board has not changed. */
  #newBoard(sight: TableView): string[] {
    const board = this.#board(sight)
    const text = board.join('\n')
    if (text === this.#shown) return []
    this.#shown = text
    return board
  }

  /** Returns the lines below the board: the last moves and whose turn it is, or the end of the game. */
  #closing(sight: TableView): readonly string[] {
    if (sight.outcome) return this.#end(sight)
    // in a game for one player, it is always the turn of the user
    if (this.alone && this.#explained) return []
    return joinSentences([...this.#moved(sight), ...this.#turn(sight, !this.#explained)])
  }

  /** Describes the last moves of the other players, as far as the rules let this user see these moves. */
  #moved({ view, toMove }: TableView): string[] {
    // if all players move at the same time, the board shows a finished round, so only moves of the current round matter
    const others = this.#movers.filter((seat) => seat !== this.company.seat && !(toMove.length > 1 && toMove.includes(seat)))
    const [only, ...more] = others
    if (only === undefined) return []
    const names = formatList(others.map((seat) => this.company.names[seat] ?? ''))
    if (more.length > 0) return [`${names} have moved.`]
    const last = findLastMove(this.#rules, view, only)
    return [`${names} has moved${last === undefined ? '' : `: ${last}`}.`]
  }

  #turn(sight: TableView, explain: boolean): string[] {
    const { seat, names } = this.company
    const { turn, toMove } = sight
    if (!turn || seat === undefined) {
      const waited = toMove.map((one) => {
        const left = this.#timeLeft(sight, one)
        return `${names[one]}${left === undefined ? '' : `, with ${left},`}`
      })
      return [`${formatList(waited)} ${waited.length === 1 ? 'is' : 'are'} to move.`]
    }
    if (explain) this.#explained = true
    const left = this.#timeLeft(sight, seat)
    return [`Your move${explain && this.#moves ? `: ${this.#moves}` : ''}.`, ...(left === undefined ? [] : [`You have ${left}.`])]
  }

  /** Formats the time that a seat has left at this moment. */
  #timeLeft({ left, moveLeft }: TableView, seat: SeatNumber): string | undefined {
    const spent = this.#clock.monotonic() - this.#seenAt
    const now = (times: readonly number[] | undefined) => times && (times[seat] ?? 0) - spent
    return formatTimeLeft({ move: now(moveLeft), total: now(left) })
  }

  /** Describes the end of the game and the commands that the user can type now. */
  #end(sight: TableView): string[] {
    const next = this.seated ? '"rematch" plays it again, "play GAME" begins another game.' : '"leave" leaves the table.'
    return [this.#outcome(sight), next].filter((line) => line !== '')
  }

  #outcome({ view, outcome }: TableView): string {
    const { rules, names, seat } = this.company
    return outcome ? formatEnd({ game: rules, names, seat, view, outcome }) : ''
  }
}

/** Joins blocks of lines, with an empty line between them if all lines still fit on a screen. */
function together(lines: readonly string[], board: readonly string[], closing: readonly string[]): string[] {
  const blocks = [lines, board, closing].filter((block) => block.length > 0)
  const apart = blocks.flat().length + blocks.length - 1 <= SCREEN ? [''] : []
  return blocks.flatMap((block, at) => (at === 0 ? block : [...apart, ...block]))
}
