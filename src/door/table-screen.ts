import type { Clock } from '../base/clock.ts'
import { entryOf } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type { Attendance, Recorded, Sight, TableNews } from '../hall/api.ts'
import { type Coming, type Company, introduction, inWords, type Offer, players, standings } from './event-text.ts'
import { boardOf, ending, lastOf } from './game-text.ts'
import { inLine, inSentences, listed, SCREEN } from './layout.ts'
import { conditions, remaining } from './terms-text.ts'

interface TableScreenOptions {
  readonly clock: Clock
  /** The name of this user. */
  readonly me: string
  readonly coming: Coming
  /** Resume token to print; `undefined` if the user has seen it. */
  readonly token?: string | undefined
}

/**
 * TableScreen renders one table for a player or a watcher. `addEvent` and `addRatingChanges` collect news; `takeNews`
 * (if the table is shown) and `takeNotices` (if it is not) return them as lines, once.
 */
export class Presence {
  readonly company: Company
  /** Token that resumes the seat. */
  readonly token: string | undefined
  /** Milliseconds for which the seat is held after a disconnect. */
  readonly grace: number | undefined
  readonly #clock: Clock
  readonly #rules: Attendance['game']
  /** How a move is typed. */
  readonly #moves: string | undefined
  #sight: Sight | undefined
  /** Time of `#sight`, in monotonic milliseconds. */
  #seenAt: number
  /** Open offers. */
  #offers: readonly Offer[] = []
  /** Introduction of the table, until it is printed. */
  #introduction: readonly string[]
  /** News since the last output: lines, the seats that have moved, and whether the board may have changed. */
  #lines: string[] = []
  #movers: readonly SeatNumber[] = []
  #changed: boolean
  /** The board as printed last. */
  #shown = ''
  /** True if the user has seen how to type a move. */
  #explained = false

  constructor(attendance: Attendance, { clock, me, coming, token }: TableScreenOptions) {
    const { table, game, seat, names, now, offers = [] } = attendance
    const entry = entryOf(game.name)
    this.company = { table, game: entry?.name ?? game.name, rules: game.name, seat, names: names.map(inLine), me }
    this.#clock = clock
    this.#rules = game
    this.#moves = entry?.moves
    this.#sight = now?.sight
    this.#seenAt = clock.monotonic()
    this.#changed = now !== undefined
    const terms = conditions(this.company, attendance)
    this.token = attendance.token
    this.grace = attendance.grace
    this.#introduction = [
      introduction(this.company, coming),
      ...(terms.length > 0 ? inSentences(terms) : []),
      ...(token ? [`If the connection breaks, come back with: resume ${token}`] : []),
    ]
    for (const one of offers) this.take({ what: { type: 'offered', seat: one, what: this.over ? 'rematch' : 'draw' } })
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

  /** Adds an event. */
  take({ what, sight }: Pick<TableNews, 'what' | 'sight'>): void {
    if (sight) {
      this.#sight = sight
      this.#seenAt = this.#clock.monotonic()
    }
    if (what.type === 'moved') this.#movers = [...new Set([...this.#movers, what.seat])]
    if (what.type === 'moved' || what.type === 'opened' || what.type === 'ended') this.#changed = true
    const line = inWords(what, this.company, this.#offers)
    if (line !== undefined) this.#lines.push(line)
    if (what.type === 'offered') this.#offers = [...this.#offers, what]
    if (what.type === 'declined' || what.type === 'ended' || (what.type === 'gone' && this.over)) this.#offers = []
    // a player who moves declines the offer of the opponent
    if (what.type === 'moved') this.#offers = this.#offers.filter(({ seat }) => seat === what.seat)
  }

  /** Adds the change of the ladder after the game. */
  record(recorded: Recorded): void {
    this.#lines.push(standings(recorded, this.company.me))
  }

  /** Returns the news since the last call, with the board if it has changed; empty before the game begins. */
  tell(): readonly string[] {
    if (!this.#sight) return []
    const lines = [...this.#introduction, ...this.#lines]
    const board = this.#changed ? this.#newBoard(this.#sight) : []
    const closing = this.#changed ? this.#closing(this.#sight) : []
    this.#clear()
    return together(lines, board, closing)
  }

  /** Returns the news since the last call, one line each, for a table that is not shown. */
  notices(): readonly string[] {
    if (!this.#sight) return []
    const here = this.#introduction.length > 0 ? [`To go there, type "go ${this.table}".`] : []
    const turn = this.#changed && this.playing && this.turn ? ['it is your turn.'] : []
    const end = this.#changed && this.over ? [this.#outcome(this.#sight)].filter((line) => line !== '') : []
    const notices = [...this.#lines, ...turn, ...end].map((line) => `Table ${this.table}: ${line}`)
    const lines = [...this.#introduction, ...notices, ...here]
    this.#clear()
    return lines
  }

  /** Returns the whole table for a user who goes to it, and drops its news. */
  open(): readonly string[] {
    this.#clear()
    if (this.#sight) this.#newBoard(this.#sight)
    return this.page()
  }

  /** The game and its players. */
  get title(): string {
    return players(this.company)
  }

  /** The state of the table, in a few words. */
  get standing(): string {
    if (!this.#sight) return 'begins in a moment'
    if (this.over) return 'over'
    if (this.turn) return 'your turn'
    const { toMove } = this.#sight
    return `${listed(toMove.map((seat) => this.company.names[seat] ?? ''))} to move`
  }

  #clear(): void {
    this.#introduction = []
    this.#lines = []
    this.#movers = []
    this.#changed = false
  }

  /** Returns the whole table: title, board and status. */
  page(): readonly string[] {
    const title = `Table ${this.table}: ${players(this.company)}.`
    return together([title], this.#sight ? this.#board(this.#sight) : [], this.status())
  }

  /** Describes whose turn it is, or how the game has ended and what the user can do now. */
  status(): readonly string[] {
    if (!this.#sight) return ['The game begins in a moment.']
    return this.over ? this.#end(this.#sight) : inSentences(this.#turn(this.#sight, true))
  }

  #board({ view }: Sight): string[] {
    const lines = (boardOf(this.#rules.name, view, this.company) ?? this.#rules.notation.render(view)).split('\n')
    while (lines.at(-1) === '') lines.pop()
    return lines.map((line) => inLine(line).trimEnd())
  }

  /** Returns the board; empty if it looks as before. */
  #newBoard(sight: Sight): string[] {
    const board = this.#board(sight)
    const text = board.join('\n')
    if (text === this.#shown) return []
    this.#shown = text
    return board
  }

  /** Returns the lines below the board: the last moves and whose turn it is, or the end of the game. */
  #closing(sight: Sight): readonly string[] {
    if (sight.outcome) return this.#end(sight)
    // in a game for one player it is always the turn of the user
    if (this.alone && this.#explained) return []
    return inSentences([...this.#moved(sight), ...this.#turn(sight, !this.#explained)])
  }

  /** Describes the moves of the other players, as far as this user may see them. */
  #moved({ view, toMove }: Sight): string[] {
    // if all players move at the same time, the board shows a finished round: only moves of the current round matter
    const others = this.#movers.filter((seat) => seat !== this.company.seat && !(toMove.length > 1 && toMove.includes(seat)))
    const [only, ...more] = others
    if (only === undefined) return []
    const names = listed(others.map((seat) => this.company.names[seat] ?? ''))
    if (more.length > 0) return [`${names} have moved.`]
    const last = lastOf(this.#rules.name, view, only)
    return [`${names} has moved${last === undefined ? '' : `: ${last}`}.`]
  }

  #turn(sight: Sight, explain: boolean): string[] {
    const { seat, names } = this.company
    const { turn, toMove } = sight
    if (!turn || seat === undefined) {
      const waited = toMove.map((one) => {
        const left = this.#timeLeft(sight, one)
        return `${names[one]}${left === undefined ? '' : `, with ${left},`}`
      })
      return [`${listed(waited)} ${waited.length === 1 ? 'is' : 'are'} to move.`]
    }
    if (explain) this.#explained = true
    const left = this.#timeLeft(sight, seat)
    return [`Your move${explain && this.#moves ? `: ${this.#moves}` : ''}.`, ...(left === undefined ? [] : [`You have ${left}.`])]
  }

  /** Formats the time that a seat has left now. */
  #timeLeft({ left, moveLeft }: Sight, seat: SeatNumber): string | undefined {
    const spent = this.#clock.monotonic() - this.#seenAt
    const now = (times: readonly number[] | undefined) => times && (times[seat] ?? 0) - spent
    return remaining({ move: now(moveLeft), total: now(left) })
  }

  /** Describes the end of the game and what the user can do now. */
  #end(sight: Sight): string[] {
    const next = this.seated ? '"rematch" plays it again, "play GAME" something else.' : '"leave" leaves the table.'
    return [this.#outcome(sight), next].filter((line) => line !== '')
  }

  #outcome({ view, outcome }: Sight): string {
    const { rules, names, seat } = this.company
    return outcome ? ending({ game: rules, names, seat, view, outcome }) : ''
  }
}

/** Joins blocks of lines, with an empty line between them if everything then still fits on a screen. */
function together(lines: readonly string[], board: readonly string[], closing: readonly string[]): string[] {
  const blocks = [lines, board, closing].filter((block) => block.length > 0)
  const apart = blocks.flat().length + blocks.length - 1 <= SCREEN ? [''] : []
  return blocks.flatMap((block, at) => (at === 0 ? block : [...apart, ...block]))
}
