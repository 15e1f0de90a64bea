import { toHands } from './boards.ts'
import type { MessageOf } from './messages.ts'
import { addEvent, type TableModel, toTable } from './table-model.ts'

/*
 * A replay shows a finished game again, from the record of the game: the events of the table in the view of a watcher. Each position is the
 * table after some number of moves, with the talk and the clocks of that time. The page computes a position from the record, with the same
 * function that adds the events of a table in play.
 */

/** RecordEvent is one event of a finished game. */
export type RecordEvent = MessageOf<'record'>['events'][number]
/** TableRecord is a finished game with all its events; for a game that the page cannot draw, the events have the boards as text. */
export type TableRecord = Omit<MessageOf<'record'>, 'type' | 'id' | 'next'>

/** ReplayPosition is a moment of a replay. */
export interface ReplayPosition {
  /** Number of moves before this moment. */
  readonly move: number
  readonly table: TableModel
  /** Milliseconds that the player has used for the last move; missing before the first move. */
  readonly taken?: number
}

/** Returns the number of moves of a finished game. */
export function countMoves({ events }: TableRecord): number {
  return events.filter(({ what }) => what.type === 'moved').length
}

/**
 * Returns the position after a number of moves, with all events before the next move. `rules` is the name of the game's rules; the record
 * has only the public name of the game.
 */
export function toPosition(record: TableRecord, rules: string, move: number): ReplayPosition {
  const { table: id, names, settings, rated, clock } = record
  const terms = { table: id, game: rules, names, settings, rated, ...(clock ? { clock } : {}) }
  let table = toTable({ type: 'watching', ...terms }, 0)
  let moves = 0
  let taken: number | undefined
  const times = new TurnTimes(rules, names.length)
  for (const event of record.events) {
    const { what, n, at, view } = event
    if (what.type === 'moved' && ++moves > move) break
    // a rematch is at another table
    if (what.type === 'continued') continue
    taken = times.add(event) ?? taken
    const ended = what.type === 'ended' ? { outcome: record.outcome } : {}
    const left = clock ? times.left(clock) : {}
    const sight = view === undefined ? {} : { sight: { view, turn: false, toMove: [], ...ended, ...left } }
    table = addEvent({ ...table, n: n - 1 }, { type: 'event', table: id, n, at, what, ...sight }, at)
    if (event.board !== undefined) table = { ...table, board: { n, text: event.board } }
    if (event.move !== undefined) table = { ...table, moves: [...table.moves.slice(0, -1), { ...lastOf(table), text: event.move }] }
  }
  return { move: Math.min(move, moves), table, ...(taken === undefined ? {} : { taken }) }
}

function lastOf({ moves }: TableModel): TableModel['moves'][number] {
  const last = moves.at(-1)
  if (!last) throw new RangeError('the table has no move')
  return last
}

/**
 * TurnTimes measures the time that each player uses for moves. After a restart of the server, the clocks do not run until the next login.
 */
class TurnTimes {
  readonly #rules: string
  readonly #used: number[]
  #since: number | undefined
  #stopped: number | undefined
  #rounds = 0

  constructor(rules: string, seats: number) {
    this.#rules = rules
    this.#used = Array<number>(seats).fill(0)
  }

  /** Adds an event. If the event is a move, returns the milliseconds that the player has used for the move. */
  add({ what, at, view }: RecordEvent): number | undefined {
    this.#since ??= at
    if (what.type === 'suspended') this.#stopped ??= at
    if (what.type === 'back' && this.#stopped !== undefined) {
      this.#since += at - this.#stopped
      this.#stopped = undefined
    }
    if (what.type !== 'moved') return undefined
    const taken = Math.max(0, at - this.#since)
    this.#used[what.seat] = (this.#used[what.seat] ?? 0) + taken
    if (this.#isTurnOver(view)) this.#since = at
    return taken
  }

  /** Returns the remaining times of the seats, in the form of a view. */
  left({ total, turn }: NonNullable<TableRecord['clock']>): { readonly left?: number[]; readonly moveLeft?: number[] } {
    return {
      ...(total === undefined ? {} : { left: this.#used.map((used) => Math.max(0, total - used)) }),
      ...(turn === undefined ? {} : { moveLeft: this.#used.map(() => turn) }),
    }
  }

  /**
   * Checks whether the turn is over after a move. In the game `hands`, both players choose at the same time, so the turn ends after both
   * moves.
   */
  #isTurnOver(view: unknown): boolean {
    if (this.#rules !== 'hands') return true
    const rounds = toHands(view)?.rounds.length ?? 0
    const isOver = rounds > this.#rounds
    this.#rounds = rounds
    return isOver
  }
}
