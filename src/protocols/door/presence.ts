import { entryOf } from '../../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../../games/game.ts'
import type { Clock } from '../../wire/clock.ts'
import type { Attendance, Recorded, Sight, TableNews } from '../lobby.ts'
import { boardOf, ending, lastOf } from './manners.ts'
import { conditions, remaining } from './terms.ts'
import { inLine, inSentences, listed, SCREEN } from './text.ts'
import { type Coming, type Company, introduction, inWords, type Offer, players, standings } from './wording.ts'

/** What being at a table needs beside the table. */
interface PresenceOptions {
  readonly clock: Clock
  /** The own name. */
  readonly me: string
  readonly coming: Coming
  /** What is to be told of the way back. */
  readonly token?: string | undefined
}

/** Presence is being at a table, in a seat or watching: what is seen there and what happens, as lines to be read. */
export class Presence {
  readonly company: Company
  /** Token that leads back to the own seat. */
  readonly token: string | undefined
  /** Milliseconds for which the own seat is held. */
  readonly grace: number | undefined
  readonly #clock: Clock
  readonly #rules: Attendance['game']
  /** How a move is typed. */
  readonly #moves: string | undefined
  #sight: Sight | undefined
  /** Time at which that was seen, in monotonic milliseconds. */
  #seenAt: number
  /** Offers that are not answered yet, as far as they were seen. */
  #offers: readonly Offer[] = []
  /** Introduction of the table for a user who has come there, until it is shown. */
  #introduction: readonly string[]
  /** What is to be told: lines, who has moved, and whether something else is seen. */
  #lines: string[] = []
  #movers: readonly SeatNumber[] = []
  #changed: boolean
  /** The board as it was shown last. */
  #shown = ''
  /** Whether it was told how a move is typed. */
  #explained = false

  constructor(attendance: Attendance, { clock, me, coming, token }: PresenceOptions) {
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
      ...(token ? [`Should the connection break, come back with: resume ${token}`] : []),
    ]
    for (const one of offers) this.take({ what: { type: 'offered', seat: one, what: this.over ? 'rematch' : 'draw' } })
  }

  get table(): number {
    return this.company.table
  }

  /** True if the table was opened, so that something is to be seen there. */
  get seen(): boolean {
    return this.#sight !== undefined
  }

  /** Whether this one has a seat. */
  get seated(): boolean {
    return this.company.seat !== undefined
  }

  /** Whether the game is over. */
  get over(): boolean {
    return this.#sight?.outcome !== undefined
  }

  /** Whether the own game goes on. */
  get playing(): boolean {
    return this.seated && !this.over
  }

  /** Whether this seat may move now. */
  get turn(): boolean {
    return this.#sight?.turn === true
  }

  /** Whether it is a game for one. */
  get alone(): boolean {
    return this.company.names.length === 1
  }

  /** What somebody else has offered. */
  get offered(): 'draw' | 'rematch' | undefined {
    return this.#offers.find(({ seat }) => seat !== this.company.seat)?.what
  }

  /** Whether a text is a move, as the game writes moves. */
  isMove(text: string): boolean {
    return !isRefusal(this.#rules.notation.parse(text))
  }

  /** Takes what has happened, to be told. */
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
    // who moves on has not taken up the other's offer
    if (what.type === 'moved') this.#offers = this.#offers.filter(({ seat }) => seat === what.seat)
  }

  /** Takes the change of the ladder after the game, to be shown. */
  record(recorded: Recorded): void {
    this.#lines.push(standings(recorded, this.company.me))
  }

  /** What has happened since this was asked last, as lines; none while nothing was seen yet. */
  tell(): readonly string[] {
    if (!this.#sight) return []
    const lines = [...this.#introduction, ...this.#lines]
    const board = this.#changed ? this.#newBoard(this.#sight) : []
    const closing = this.#changed ? this.#closing(this.#sight) : []
    this.#clear()
    return together(lines, board, closing)
  }

  /** Takes the news since the last call, one line each, for a table that is not shown. */
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

  /** Shows the table as it stands to a user who continues there; its news are not repeated. */
  open(): readonly string[] {
    this.#clear()
    if (this.#sight) this.#newBoard(this.#sight)
    return this.page()
  }

  /** The game and its players. */
  get title(): string {
    return players(this.company)
  }

  /** State of the table, in a few words. */
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

  /** The table as it stands. */
  page(): readonly string[] {
    const title = `Table ${this.table}: ${players(this.company)}.`
    return together([title], this.#sight ? this.#board(this.#sight) : [], this.status())
  }

  /** Whose turn it is, or how it has ended and what can be done now. */
  status(): readonly string[] {
    if (!this.#sight) return ['The game begins in a moment.']
    return this.over ? this.#end(this.#sight) : inSentences(this.#turn(this.#sight, true))
  }

  #board({ view }: Sight): string[] {
    const lines = (boardOf(this.#rules.name, view, this.company) ?? this.#rules.notation.render(view)).split('\n')
    while (lines.at(-1) === '') lines.pop()
    return lines.map((line) => inLine(line).trimEnd())
  }

  /** The board, unless it looks as it did before. */
  #newBoard(sight: Sight): string[] {
    const board = this.#board(sight)
    const text = board.join('\n')
    if (text === this.#shown) return []
    this.#shown = text
    return board
  }

  /** What stands below a board: who has moved and whose turn it is, or how it has ended. */
  #closing(sight: Sight): readonly string[] {
    if (sight.outcome) return this.#end(sight)
    // alone it is always the own turn
    if (this.alone && this.#explained) return []
    return inSentences([...this.#moved(sight), ...this.#turn(sight, !this.#explained)])
  }

  /** Who else has moved, and where, as far as one sees that. */
  #moved({ view, toMove }: Sight): string[] {
    // if all move at once, a move that has completed a round is on the board, and the next one is still to come
    const others = this.#movers.filter((seat) => seat !== this.company.seat && !(toMove.length > 1 && toMove.includes(seat)))
    const [only, ...more] = others
    if (only === undefined) return []
    const names = listed(others.map((seat) => this.company.names[seat] ?? ''))
    if (more.length > 0) return [`${names} have moved.`]
    const last = lastOf(this.#rules.name, view, only)
    return [`${names} has moved${last === undefined ? '' : `: ${last}`}.`]
  }

  /** Whose turn it is, in sentences. */
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

  /** What somebody who is to move has left by now, in words. */
  #timeLeft({ left, moveLeft }: Sight, seat: SeatNumber): string | undefined {
    const spent = this.#clock.monotonic() - this.#seenAt
    const now = (times: readonly number[] | undefined) => times && (times[seat] ?? 0) - spent
    return remaining({ move: now(moveLeft), total: now(left) })
  }

  /** How it has ended, and what can be done now. */
  #end(sight: Sight): string[] {
    const next = this.seated ? '"rematch" plays it again, "play GAME" something else.' : '"leave" goes away from here.'
    return [this.#outcome(sight), next].filter((line) => line !== '')
  }

  #outcome({ view, outcome }: Sight): string {
    const { rules, names, seat } = this.company
    return outcome ? ending({ game: rules, names, seat, view, outcome }) : ''
  }
}

/** Blocks of lines one below the other, each apart from the next, unless they fit on a screen only without that. */
function together(lines: readonly string[], board: readonly string[], closing: readonly string[]): string[] {
  const blocks = [lines, board, closing].filter((block) => block.length > 0)
  const apart = blocks.flat().length + blocks.length - 1 <= SCREEN ? [''] : []
  return blocks.flatMap((block, at) => (at === 0 ? block : [...apart, ...block]))
}
