import { errorMessage } from '../base/errors.ts'
import { findBestMove, isSearchable } from '../games/ai/search.ts'
import { type AnyGame, type GameScreen, isRefusal, type Random, type Refusal, RulesError, type SeatNumber } from '../games/game.ts'
import { PacedEffort } from './paced-effort.ts'
import type { TimeLimit } from './time-limit.ts'

/*
 * The rules of a plug-in are foreign code in the server's process. A shipped game never throws, and returns immediately. A plug-in's game
 * may throw, or compute forever, in any hook, and the server calls every hook on the event loop that serves all tables.
 *
 * `guardGame` wraps a game so that the hall can treat it like a shipped game. Each hook runs with a time limit. A failure of `play`
 * refuses the move. Before the guard returns the result of a move, it also calls all hooks that the table needs for the new state. If a
 * hook fails, the guard refuses the move, so no table reaches such a state. If a hook for a text fails, the text is empty. If any other
 * hook fails, the guard throws a RulesError; the hall then closes the table, or does not open it.
 *
 * `loop-limit.ts` bounds the roles of a plug-in's program. A role that throws ends its own conversation, like a role of a shipped program.
 */

/** Maximum number of legal moves that a game lists for a client. */
const LISTED = 100

/**
 * FailureObserver is the callback for failures of hooks: the guard calls it once for each failing hook of a game, with a sentence for the
 * log.
 */
export type FailureObserver = (sentence: string, reason: unknown) => void

/** Returns a game whose hooks cannot harm other tables. */
export function guardGame(game: AnyGame, limit: TimeLimit, onFailure: FailureObserver): AnyGame {
  return new Guard(game, limit, onFailure).guarded()
}

class Guard {
  readonly #game: AnyGame
  readonly #limit: TimeLimit
  readonly #onFailure: FailureObserver
  readonly #effort = new PacedEffort()
  readonly #reported = new Set<string>()

  constructor(game: AnyGame, limit: TimeLimit, onFailure: FailureObserver) {
    this.#game = game
    this.#limit = limit
    this.#onFailure = onFailure
  }

  guarded(): AnyGame {
    const game = this.#game
    const { moves, whole: _, key: __, ...others } = game
    const { options, points, choose, screen, notation } = game
    return {
      ...others,
      setup: (given, random) => this.#call('setup', () => game.setup(given, random)),
      toMove: (state) => this.#call('toMove', () => game.toMove(state)),
      play: (state, seat, move, random) => this.#play(state, seat, move, random),
      outcome: (state) => this.#call('outcome', () => game.outcome(state)),
      view: (state, viewer, outcome) => this.#call('view', () => game.view(state, viewer, outcome)),
      ...(options && { options: async (settings, assets) => this.#options(() => options.call(game, settings, assets)) }),
      ...(moves && {
        moves: (state, seat) => this.#try('moves', () => [...Iterator.from(moves.call(game, state, seat)).take(LISTED)], []),
      }),
      ...(points && { points: (state) => this.#try('points', () => points.call(game, state), []) }),
      ...(choose || isSearchable(game) ? { choose: (view, seat, random) => this.#choose(view, seat, random) } : {}),
      ...(screen && { screen: this.#screen(screen) }),
      notation: {
        parse: (text) => this.#try('notation.parse', () => notation.parse(text), { refused: 'the game cannot read this text as a move' }),
        print: (move) => this.#try('notation.print', () => notation.print(move), ''),
        render: (view) => this.#try('notation.render', () => notation.render(view), 'The board cannot be rendered.'),
      },
    }
  }

  /** Makes a move, and checks that the table can continue after the move. */
  #play(state: unknown, seat: SeatNumber, move: unknown, random: Random): unknown {
    const game = this.#game
    const work = () => {
      const next = game.play(state, seat, move, random)
      if (isRefusal(next)) return next
      const outcome = game.outcome(next)
      game.toMove(next)
      game.points?.(next)
      for (const viewer of [...Array(game.seats.max).keys(), 'watcher'] as const) game.view(next, viewer, outcome)
      return next
    }
    const refusal: Refusal = { refused: `the rules of ${game.name} failed at this move: make another move` }
    return this.#try('play', work, refusal)
  }

  /**
   * Returns the house's move: the game's own choice or, if the game does not choose, the result of a search. If the search fails, returns
   * any legal move.
   */
  #choose(view: unknown, seat: SeatNumber, random: Random): unknown {
    const game = this.#game
    if (game.choose) return this.#call('choose', () => game.choose?.(view, seat, random))
    if (!isSearchable(game)) throw new RulesError(`the house cannot play ${game.name}`)
    const any = () => random.choice([...game.moves(game.whole(view), seat)])
    const best = this.#try('moves', () => findBestMove(game, game.whole(view), random, this.#effort), undefined)
    this.#effort.spendPending()
    return best ?? this.#call('moves', any)
  }

  async #options(work: () => unknown): Promise<unknown> {
    try {
      return await this.#limit.resolve(work)
    } catch (reason) {
      throw this.#failed('options', reason)
    }
  }

  #screen({ marks, board, last, end, givenUp }: GameScreen<unknown>): GameScreen<unknown> {
    return {
      ...(marks && { marks }),
      ...(board && { board: (view, players) => this.#try('screen.board', () => board(view, players), undefined) }),
      ...(last && { last: (view) => this.#try('screen.last', () => last(view), undefined) }),
      ...(end && { end: (view, won) => this.#try('screen.end', () => end(view, won), '') }),
      ...(givenUp && { givenUp: (view) => this.#try('screen.givenUp', () => givenUp(view), '') }),
    }
  }

  /** Returns the result of a hook of the game. Throws a RulesError if the hook fails. */
  #call<Result>(hook: string, work: () => Result): Result {
    try {
      return this.#limit.run(work)
    } catch (reason) {
      throw this.#failed(hook, reason)
    }
  }

  /** Returns the result of a hook; returns `otherwise` if the hook fails. */
  #try<Result>(hook: string, work: () => Result, otherwise: Result): Result {
    try {
      return this.#limit.run(work)
    } catch (reason) {
      this.#failed(hook, reason)
      return otherwise
    }
  }

  #failed(hook: string, reason: unknown): RulesError {
    const { name } = this.#game
    if (!this.#reported.has(hook)) this.#onFailure(`${hook} of the game ${name} failed`, reason)
    this.#reported.add(hook)
    return new RulesError(`the rules of ${name} failed (${hook}: ${errorMessage(reason)})`, { cause: reason })
  }
}
