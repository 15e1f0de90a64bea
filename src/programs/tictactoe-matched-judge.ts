import { isRefusal, type Random } from '../games/game.ts'
import { type Board, tictactoe } from '../games/tictactoe.ts'

/** The source of randomness, which tic-tac-toe does not use. */
const NO_CHANCE: Random = {
  integer: (low) => low,
  choice: ([first]) => first as never,
}

/** MatchJudge replays a game from the server's messages, and finds messages that contradict the rules or each other. */
export class MatchJudge {
  readonly #us: string
  #game = ''
  #names: readonly string[] = []
  #board: Board = tictactoe.setup({}, NO_CHANCE)
  /** Cell that this side has sent, but that the server has not confirmed yet. */
  #chosen: number | undefined

  /** `us` is the name that the server welcomed. */
  constructor(us: string) {
    this.#us = us
  }

  /** Records the cell that this side sends. */
  choose(cell: number): void {
    this.#chosen = cell
  }

  /**
   * Checks a message of the server against the game so far. Returns the reason why the message is wrong; `undefined` for a message that can
   * be right.
   */
  check(name: string, [game = '', ...fields]: readonly string[]): string | undefined {
    const [first = '', second = '', third = ''] = fields
    if (name === 'init') return this.#begin(game, [first, second])
    if (name !== 'move' && name !== 'moved' && name !== 'GameEnd') return undefined
    if (game !== this.#game) return `the game that began is ${this.#game === '' ? 'none' : this.#game}`
    if (name === 'move') return this.#ask(first)
    return name === 'moved' ? this.#move(first, Number(second), third) : this.#end(first, second)
  }

  get #next(): string {
    return this.#names[this.#board.turn] ?? ''
  }

  #begin(game: string, names: readonly string[]): string | undefined {
    this.#game = game
    this.#chosen = undefined
    this.#names = names
    return names.includes(this.#us) ? undefined : `this side is ${this.#us}, who is neither of the two players`
  }

  #ask(cells: string): string | undefined {
    if (tictactoe.outcome(this.#board)) return 'the game is over; expected GameEnd'
    if (this.#next !== this.#us) return `it is the turn of ${this.#next}`
    return this.#checkBoard(cells)
  }

  #move(player: string, cell: number, cells: string): string | undefined {
    if (tictactoe.outcome(this.#board)) return 'the game is over; expected GameEnd'
    if (player !== this.#next) return `it is the turn of ${this.#next}`
    if (player === this.#us) {
      const chosen = this.#chosen ?? cell
      if (chosen !== cell) return `${player}, which is this side, has sent ${chosen}`
      this.#chosen = undefined
    }
    const next = tictactoe.play(this.#board, this.#board.turn, cell, NO_CHANCE)
    if (isRefusal(next)) return next.refused
    this.#board = next
    return this.#checkBoard(cells)
  }

  #end(winner: string, how: string): string | undefined {
    const outcome = tictactoe.outcome(this.#board)
    if (how === 'late' && !outcome && winner === this.#next) return `it is the turn of ${winner}, so only the other player can be late`
    if (how === 'left' || how === 'late') return this.#names.includes(winner) ? undefined : `${winner} is not a player of this game`
    if (!outcome) return `neither player has three in a row on ${this.#board.cells}, and there are free cells`
    const [seat] = outcome.winners
    const expected = seat === undefined ? 'draw@draw' : `${this.#names[seat]}@won`
    return `${winner}@${how}` === expected ? undefined : `the board is ${this.#board.cells}; expected ${expected}`
  }

  #checkBoard(cells: string): string | undefined {
    return cells === this.#board.cells ? undefined : `after the moves that were made, the board is ${this.#board.cells}`
  }
}
