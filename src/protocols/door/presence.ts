import { entryOf } from '../../games/catalogue.ts'
import type { SeatNumber } from '../../games/game.ts'
import type { Clock } from '../../wire/clock.ts'
import type { Attendance, Sight, TableNews } from '../lobby.ts'
import { ending, signsOf } from './endings.ts'
import { clockTime, inLine, listed } from './text.ts'

type Offer = Extract<TableNews['what'], { type: 'offered' }>

/** How somebody came to a table. */
export type Coming = 'seated' | 'back' | 'watching'

/** Presence is being at a table, in a seat or watching: what is seen there and what happens, as lines to be read. */
export class Presence {
  readonly table: number
  /** The own seat; missing for who watches. */
  readonly seat: SeatNumber | undefined
  readonly names: readonly string[]
  /** The name of the game, as it is asked for. */
  readonly game: string
  readonly #clock: Clock
  readonly #rules: Attendance['game']
  readonly #moves: string | undefined
  readonly #me: string
  #sight: Sight | undefined
  /** When that was seen, in milliseconds since the Unix epoch. */
  #seenAt: number
  /** An offer of somebody else, not answered yet. */
  #offer: Offer | undefined
  /** What is to be said before the first board. */
  #opening: readonly string[]
  /** What has happened and was not told yet: lines, who has moved, and whether something else is seen. */
  #lines: string[] = []
  #movers: readonly SeatNumber[] = []
  #changed: boolean
  /** The board as it was shown last. */
  #shown = ''
  /** It was told how a move is typed. */
  #explained = false

  /** `me` is the own name, by which own talk is known; `token` is told, where there is one. */
  constructor(
    attendance: Attendance,
    { clock, me, coming, token }: { clock: Clock; me: string; coming: Coming; token?: string | undefined },
  ) {
    const entry = entryOf(attendance.game.name)
    this.table = attendance.table
    this.seat = attendance.seat
    this.names = attendance.names.map(inLine)
    this.game = entry?.name ?? attendance.game.name
    this.#rules = attendance.game
    this.#moves = entry?.moves
    this.#clock = clock
    this.#me = me
    this.#sight = attendance.now?.sight
    this.#seenAt = clock.now()
    this.#changed = this.#sight !== undefined
    this.#opening = [this.#introduction(coming), ...(token ? [`Should the connection break, come back with: resume ${token}`] : [])]
  }

  /** Whether the game is over. */
  get over(): boolean {
    return this.#sight?.outcome !== undefined
  }

  /** Whether somebody sits here who plays a game that goes on. */
  get playing(): boolean {
    return this.seat !== undefined && !this.over
  }

  /** Whether it is a game for one. */
  get alone(): boolean {
    return this.names.length === 1
  }

  /** What somebody else has offered, as far as it was seen. */
  get offered(): 'draw' | 'rematch' | undefined {
    return this.#offer?.what
  }

  /** Whether a text is a move, as it is written. */
  isMove(text: string): boolean {
    const move = this.#rules.notation.parse(text)
    return !(typeof move === 'object' && move !== null && 'refused' in move)
  }

  /** Takes what has happened, to be told. */
  take({ what, sight }: TableNews): void {
    if (sight) {
      this.#sight = sight
      this.#seenAt = this.#clock.now()
    }
    if (what.type === 'moved') this.#movers = [...new Set([...this.#movers, what.seat])]
    if (what.type === 'moved' || what.type === 'opened' || what.type === 'ended') this.#changed = true
    const line = this.#inWords(what)
    if (line) this.#lines.push(line)
    if (what.type === 'offered') this.#offer = what.seat === this.seat ? undefined : what
    else if (what.type !== 'said') this.#offer = this.#stillOpen(what)
  }

  /** What has happened since this was asked last, as lines; none where there is nothing to tell. */
  tell(): string[] {
    if (!this.#sight) return []
    const lines = [...this.#opening, ...this.#lines]
    const board = this.#changed ? this.#newBoard(this.#sight) : []
    const closing = this.#changed ? this.#closing(this.#sight) : []
    this.#opening = []
    this.#lines = []
    this.#movers = []
    this.#changed = false
    return together(lines, board, closing)
  }

  /** The table as it stands. */
  page(): string[] {
    if (!this.#sight) return [`${this.#title()} is being opened.`]
    return together([`${this.#title()}.`], this.#board(this.#sight), [this.status()])
  }

  /** Whose turn it is, or what can be done now, in a line. */
  status(): string {
    if (!this.#sight) return 'The game begins in a moment.'
    if (this.#sight.outcome) return [this.#ending(this.#sight), this.#further()].filter((text) => text !== '').join(' ')
    return this.#turn(this.#sight, true)
  }

  #introduction(coming: Coming): string {
    const { seat } = this
    const table = `Table ${this.table}: `
    if (seat === undefined) return `${table}you watch ${this.#players()}.`
    if (coming === 'back') return `${table}you are back at ${this.#players()}.`
    if (this.alone) return `${table}${this.game}. "resign" stops it.`
    const signs = signsOf(this.#rules.name)
    const others = this.names.flatMap((name, other) => (other === seat ? [] : [`${name} is ${signs[other] ?? 'the other'}`]))
    const first = this.#sight?.toMove ?? [0]
    return `${table}you are ${signs[seat] ?? 'here'}${first.length === 1 && first[0] === seat ? ' and begin' : ''}; ${listed(others)}.`
  }

  #title(): string {
    return `Table ${this.table}: ${this.#players()}`
  }

  /** `tictactoe, ada (O) against grace (X)` */
  #players(): string {
    const signs = signsOf(this.#rules.name)
    const players = this.names.map((name, seat) => `${seat === this.seat ? 'you' : name}${signs[seat] ? ` (${signs[seat]})` : ''}`)
    return this.alone && this.seat !== undefined ? this.game : `${this.game}, ${players.join(' against ')}`
  }

  /** One thing that has happened, where that is told in words. */
  #inWords(what: TableNews['what']): string | undefined {
    switch (what.type) {
      case 'said':
        return this.#saying(what)
      case 'offered':
        return this.#offering(what)
      case 'declined':
        return what.seat === this.seat ? 'You have declined.' : `${this.#name(what.seat)} declines.`
      case 'gone':
        return what.seat === this.seat ? undefined : `${this.#name(what.seat)} has lost the connection, and may come back.`
      case 'back':
        return what.seat === this.seat ? undefined : `${this.#name(what.seat)} is back.`
      case 'suspended':
        return 'The game stands still until somebody is back.'
      case 'continued':
        return this.seat === undefined ? `They go on at table ${what.table}: "watch ${what.table}".` : undefined
      default:
        return undefined
    }
  }

  #saying({ name, seat, text }: Extract<TableNews['what'], { type: 'said' }>): string | undefined {
    if (seat === undefined ? this.seat === undefined && name === this.#me : seat === this.seat) return undefined
    return `${inLine(name)}${seat === undefined ? ' (watching)' : ''} says: ${inLine(text)}`
  }

  #offering({ seat, what }: Offer): string | undefined {
    const asks = what === 'draw' ? 'a draw' : 'another game'
    // who accepts says the same
    if (seat === this.seat) return this.#offer ? undefined : `You have offered ${asks}.`
    if (this.seat === undefined) return `${this.#name(seat)} offers ${asks}.`
    return this.#offer?.what === what || this.#offer
      ? undefined
      : `${this.#name(seat)} offers ${asks}: "accept" or "decline"${what === 'draw' ? ', or move on' : ''}.`
  }

  /** The other's offer after something else has happened. */
  #stillOpen(what: TableNews['what']): Offer | undefined {
    const answered = what.type === 'declined' || what.type === 'ended' || (what.type === 'moved' && what.seat === this.seat)
    return answered ? undefined : this.#offer
  }

  #name(seat: SeatNumber): string {
    return this.names[seat] ?? 'somebody'
  }

  #board({ view }: Sight): string[] {
    const lines = this.#rules.notation.render(view).split('\n')
    return lines.map((line) => inLine(line).trimEnd()).filter((line, at) => line !== '' || at < lines.length - 1)
  }

  /** The board, unless it looks as it did before. */
  #newBoard(sight: Sight): string[] {
    const board = this.#board(sight)
    const text = board.join('\n')
    if (text === this.#shown) return []
    this.#shown = text
    return board
  }

  /** What stands below a board: who has moved, and whose turn it is; or how it has ended, and what can be done now. */
  #closing(sight: Sight): string[] {
    if (sight.outcome) return [this.#ending(sight), this.#further()].filter((line) => line !== '')
    if (this.alone && this.#explained) return []
    const others = this.#movers.filter((seat) => seat !== this.seat).map((seat) => this.#name(seat))
    const moved = others.length > 0 ? `${listed(others)} ${others.length === 1 ? 'has' : 'have'} moved. ` : ''
    return [moved + this.#turn(sight, !this.#explained)]
  }

  #turn({ turn, toMove, left }: Sight, explain: boolean): string {
    const spent = this.#clock.now() - this.#seenAt
    const time = (seat: SeatNumber) =>
      left?.[seat] === undefined ? undefined : clockTime(left[seat] - (toMove.includes(seat) ? spent : 0))
    if (!turn || this.seat === undefined) {
      const waited = toMove.map((seat) => this.#name(seat) + (time(seat) ? `, with ${time(seat)} left` : ''))
      return `${listed(waited)} ${waited.length === 1 ? 'is' : 'are'} to move.`
    }
    if (explain) this.#explained = true
    const own = time(this.seat)
    return `Your move${explain && this.#moves ? `: ${this.#moves}` : ''}.${own ? ` You have ${own} left.` : ''}`
  }

  #ending(sight: Sight): string {
    const { names, seat } = this
    return sight.outcome ? ending({ game: this.#rules.name, names, seat, view: sight.view, outcome: sight.outcome }) : ''
  }

  /** What can be done when the game is over. */
  #further(): string {
    return this.seat === undefined ? '"leave" goes away from here.' : '"rematch" plays it again, "play GAME" something else.'
  }
}

/** Blocks of lines one below the other, with empty lines around a board that has several. */
function together(lines: readonly string[], board: readonly string[], closing: readonly string[]): string[] {
  if (board.length === 0) return [...lines, ...closing]
  const apart = board.length > 1
  const below = closing.length === 0 ? [] : apart ? ['', ...closing] : closing
  return [...lines, ...(apart && lines.length > 0 ? [''] : []), ...board, ...below]
}
