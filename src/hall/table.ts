import type { Effort } from '../games/effort.ts'
import { isRefusal, type Outcome, type Random, type Refusal, type SeatNumber } from '../games/game.ts'
import type { AnyGame } from '../games/index.ts'
import { houseMove } from '../games/player.ts'
import { claimed } from './claims.ts'
import { type Clocks, nextExpiry, passed, presence, started, stopped } from './clocks.ts'
import { type Happening, HOUSE, type Seed, type TableEvent, type TableId } from './ports.ts'
import { drawsAt, isWeak } from './seeds.ts'

/** Opened is how a table began. */
export type Opened = Extract<Happening, { type: 'opened' }>

/** TableState is everything that follows from a table's log. Immutable, plain data beside the rules. */
export interface TableState {
  /** The number of the last event. */
  readonly n: number
  readonly rules: AnyGame
  readonly opened: Opened
  /** The game's own state. */
  readonly position: unknown
  /** Seed of the next move's draws. */
  readonly seed: Seed
  readonly toMove: readonly SeatNumber[]
  /** The time since which those who are to move have been waited for: of the last move, or of the first who came back. */
  readonly turnSince: number
  /** Number of the events that are moves. */
  readonly moves: number
  /** The time of the last move, or of the opening: no restart and no return of a player changes it. */
  readonly movedAt: number
  readonly outcome?: Outcome | undefined
  /** The outcome is in the log, so the table is over for good. */
  readonly ended: boolean
  readonly clocks: Clocks
  /** Clocks stand still until a seat is taken up again. */
  readonly suspended: boolean
  /** Who has offered what, and was not answered yet; all who want a rematch. */
  readonly offers: readonly SeatNumber[]
  /** Seats whose token is no longer valid. */
  readonly revoked: readonly SeatNumber[]
  /** Disconnections of each seat; empty while there are none. */
  readonly absences: readonly number[]
  /** Where those who sat here have gone on. */
  readonly successor?: TableId
}

/** Command is what somebody wants to happen at a table. */
export type Command =
  | { readonly type: 'play'; readonly seat: SeatNumber; readonly move: unknown }
  | { readonly type: 'say'; readonly name: string; readonly seat?: SeatNumber; readonly text: string }
  /** A draw while the game goes on, a rematch when it is over. The other's offer is accepted by offering the same. */
  | { readonly type: 'offer'; readonly seat: SeatNumber }
  | { readonly type: 'decline'; readonly seat: SeatNumber }
  /** Gives the game up: by saying so, or by going away. */
  | { readonly type: 'resign' | 'leave'; readonly seat: SeatNumber }
  /** Ends the game because the opponent is gone, or does not move: as a win, or without a result. */
  | { readonly type: 'claim' | 'abort'; readonly seat: SeatNumber }
  | { readonly type: 'gone'; readonly seat: SeatNumber }
  | { readonly type: 'back'; readonly seat: SeatNumber }
  /** Time has passed. */
  | { readonly type: 'tick' }
  | { readonly type: 'suspend' }
  /** Replaces a seed that can be computed from what players see. */
  | { readonly type: 'reseed'; readonly seed: Seed }
  /** Makes the token of a seat invalid. */
  | { readonly type: 'revoke'; readonly seat: SeatNumber }
  /** The table has been without a move for too long. */
  | { readonly type: 'abandon' }
  | { readonly type: 'continue'; readonly table: TableId }

type Moved = Extract<TableEvent, { type: 'moved' }>

/** Step is an event, and the state that it leads to. */
export interface Step {
  readonly event: TableEvent
  readonly state: TableState
}

/** Characters that somebody may say at once. */
const SAYING = 1000
/** Events at one table that are no moves, at most, before talk and offers are refused. */
export const EVENTS = 10_000
/** Disconnections of one seat at one table, at most; then its player gives the game up. */
export const ABSENCES = 1000
const NOBODY: readonly SeatNumber[] = []
const OVER: Refusal = { refused: 'the game is over' }

/**
 * Returns what happens when somebody wants something at `now`, step by step; a refusal where it may not happen. No steps, where
 * nothing does. What the rules throw at is thrown.
 */
export function decide(table: TableState, command: Command, now: number): Step[] | Refusal {
  if ('seat' in command && command.seat !== undefined && !table.opened.seats[command.seat]) {
    return { refused: 'there is no such seat at this table' }
  }
  if (command.type === 'play') return makeMove(table, command.seat, command.move, now)
  const happenings = happeningsOf(table, command, now)
  if (isRefusal(happenings)) return happenings
  let state = table
  return happenings.map((happening) => {
    const step = take(state, happening, now)
    state = step.state
    return step
  })
}

/** Returns what the house does at a table as long as it is to move. Throws an Error where it has no move. */
export function answer(table: TableState, now: number, random: Random, effort?: Effort): Step[] {
  let steps: Step[] = []
  for (let state = table; ; ) {
    const seat = houseToMove(state)
    if (seat === undefined) return steps
    const { rules, position } = state
    const made = makeMove(state, seat, houseMove(rules, seat, rules.view(position, seat), random, effort), now)
    if (isRefusal(made)) throw new Error(`the house made an illegal move at ${rules.name}: ${made.refused}`)
    steps = steps.length === 0 ? made : steps.concat(made)
    state = steps.at(-1)?.state ?? state
  }
}

function houseToMove({ toMove, opened: { seats } }: TableState): SeatNumber | undefined {
  for (const seat of toMove) if (seats[seat]?.person === HOUSE) return seat
  return undefined
}

/** What happens when somebody wants something that is no move. */
function happeningsOf(table: TableState, command: Exclude<Command, { type: 'play' }>, now: number): readonly Happening[] | Refusal {
  switch (command.type) {
    case 'say':
      return tooMany(table) ?? say(command)
    case 'offer':
      return tooMany(table) ?? offer(table, command.seat)
    case 'decline':
      return tooMany(table) ?? decline(table, command.seat)
    case 'resign':
      return leave(table, { ...leftBy(table, command.seat), resigned: true })
    case 'leave':
      return leave(table, leftBy(table, command.seat))
    case 'claim':
    case 'abort':
      return endEarly(table, command.seat, command.type, now)
    case 'gone':
      return move(table, command.seat, 'gone')
    case 'back':
      return move(table, command.seat, 'back')
    case 'tick':
      return tick(table, now)
    case 'suspend':
      return table.ended || table.suspended ? [] : [{ type: 'suspended' }]
    case 'reseed':
      return table.ended || !isWeak(table.seed) ? [] : [{ type: 'reseeded', seed: command.seed }]
    case 'revoke':
      return table.opened.seats[command.seat]?.token === undefined || table.revoked.includes(command.seat)
        ? []
        : [{ type: 'revoked', seat: command.seat }]
    case 'abandon':
      // no player loses, and the game does not count; those opposite see who did not move
      return table.ended ? [] : [{ type: 'ended', outcome: { winners: [], ...leftOpen(table), abandoned: true } }]
    case 'continue':
      if (!table.ended) return { refused: 'the game is not over' }
      return table.successor === undefined
        ? [{ type: 'continued', table: command.table }]
        : { refused: 'they go on at another table already' }
  }
}

/** One thing more that happens at a table. */
function take(table: TableState, happening: Happening, at: number): Step {
  const event: TableEvent = { ...happening, n: table.n + 1, at }
  return { event, state: evolve(table, event) }
}

/** A move, and the end that it may bring; the rules are asked once, where `evolve` would ask them again. */
function makeMove(table: TableState, seat: SeatNumber, move: unknown, at: number): Step[] | Refusal {
  const after = positionAfter(table, seat, move)
  if (isRefusal(after)) return after
  const event = { type: 'moved', seat, move, n: table.n + 1, at } as const
  const state = moved(table, event, after)
  const step = { event, state }
  return state.outcome ? [step, take(state, ended(table, state.outcome), at)] : [step]
}

/** The table after its first event. Throws a TypeError for a log that begins otherwise. */
export function opened(event: TableEvent, rules: AnyGame): TableState {
  if (event.type !== 'opened' || event.n !== 1) throw new TypeError('a table’s log begins with its opening')
  const { n, at, state, seed } = event
  const toMove = rules.toMove(state)
  const clocks = started(event.seats.length, isTimed(event) ? toMove : NOBODY, at)
  const outcome = rules.outcome(state)
  return {
    n,
    rules,
    opened: event,
    position: state,
    seed,
    toMove,
    turnSince: at,
    moves: 0,
    movedAt: at,
    outcome,
    ended: false,
    clocks,
    suspended: false,
    offers: NOBODY,
    revoked: NOBODY,
    absences: NOBODY,
  }
}

/** The table after one more event. Throws a TypeError for an event that cannot follow. */
export function evolve(table: TableState, event: TableEvent): TableState {
  if (event.n !== table.n + 1) throw new TypeError(`event ${event.n} cannot follow event ${table.n}`)
  const { n, at } = event
  switch (event.type) {
    case 'opened':
      throw new TypeError('a table is opened once')
    case 'moved':
      return replayed(table, event)
    case 'said':
      return { ...table, n }
    case 'offered':
      return { ...table, n, offers: [...table.offers, event.seat] }
    case 'declined':
      return { ...table, n, offers: NOBODY }
    case 'gone':
      return left(table, event)
    case 'back':
      return cameBack(table, event)
    case 'suspended':
      return { ...table, n, suspended: true, clocks: stopped(table.clocks, at) }
    case 'reseeded':
      return { ...table, n, seed: event.seed }
    case 'revoked':
      return { ...table, n, revoked: [...table.revoked, event.seat] }
    case 'ended':
      return { ...table, n, toMove: NOBODY, outcome: event.outcome, ended: true, offers: NOBODY, clocks: stopped(table.clocks, at) }
    case 'continued':
      return { ...table, n, successor: event.table }
  }
}

/** Returns when a `tick` will have something to say, if nothing happens before; `undefined` where no time is limited. */
export function nextTick(table: TableState): number | undefined {
  return table.ended || table.suspended ? undefined : nextExpiry(table.clocks, table.opened.clock)?.at
}

/** What the rules make of a move; a refusal where it may not be made now. */
function positionAfter(table: TableState, seat: SeatNumber, move: unknown): unknown {
  if (table.ended) return OVER
  if (table.suspended) return { refused: 'the game stands still until somebody is back' }
  const after = table.rules.play(table.position, seat, move, drawsAt(table.seed, table.n + 1))
  return isRefusal(after) || table.toMove.includes(seat) ? after : { refused: 'it is not your turn' }
}

function replayed(table: TableState, event: Moved): TableState {
  const position = table.rules.play(table.position, event.seat, event.move, drawsAt(table.seed, table.n + 1))
  if (isRefusal(position)) throw new TypeError(`the log has a move that the rules refuse: ${position.refused}`)
  return moved(table, event, position)
}

function moved(table: TableState, { n, seat, at }: Moved, position: unknown): TableState {
  const { rules, opened, offers, clocks } = table
  const toMove = rules.toMove(position)
  return {
    ...table,
    n,
    position,
    toMove,
    turnSince: at,
    moves: table.moves + 1,
    movedAt: at,
    outcome: rules.outcome(position),
    // who moves has not taken up the other's offer
    offers: offers.length === 0 ? offers : offers.filter((one) => one === seat),
    clocks: isTimed(opened) ? passed(clocks, toMove, seat, at) : clocks,
  }
}

/** Refuses what is no move at a table that has had too much of that. */
function tooMany({ n, moves }: TableState): Refusal | undefined {
  if (n - moves < EVENTS) return undefined
  return { refused: `${EVENTS} things beside moves have happened at this table, the limit: play on, or begin another game` }
}

function say({ name, seat, text }: Extract<Command, { type: 'say' }>): readonly Happening[] | Refusal {
  if (text.trim() === '') return { refused: 'say something' }
  if (text.length > SAYING) return { refused: `say at most ${SAYING} characters at once` }
  return [{ type: 'said', name, ...(seat === undefined ? {} : { seat }), text }]
}

function offer(table: TableState, seat: SeatNumber): readonly Happening[] | Refusal {
  const what = table.ended ? 'rematch' : 'draw'
  if (table.opened.seats.length < 2) return { refused: 'there is nobody to offer that to' }
  if (table.successor !== undefined) return { refused: 'they go on at another table already' }
  if (table.offers.includes(seat)) return { refused: `you have offered a ${what} already; wait for the answer` }
  const offered = { type: 'offered', seat, what } as const
  const all = table.offers.length + 1 === table.opened.seats.length
  if (what === 'draw' && all) return [offered, ended(table, { winners: [], agreed: true })]
  const house = table.opened.seats.findIndex(({ person }) => person === HOUSE)
  return what === 'draw' && house >= 0 ? [offered, { type: 'declined', seat: house }] : [offered]
}

function decline(table: TableState, seat: SeatNumber): readonly Happening[] | Refusal {
  return table.offers.length > 0 && !table.offers.includes(seat)
    ? [{ type: 'declined', seat }]
    : { refused: 'there is no offer to decline' }
}

function leave(table: TableState, outcome: Outcome): readonly Happening[] | Refusal {
  return table.ended ? OVER : [ended(table, outcome)]
}

function move(table: TableState, seat: SeatNumber, where: 'gone' | 'back'): readonly Happening[] {
  const isGone = table.clocks.gone[seat] !== undefined
  // who waits for an answer about another game is not to wait for ever
  if (table.ended && where === 'gone' && table.offers.length > 0 && table.successor === undefined) return [{ type: where, seat }]
  if (table.ended || (where === 'gone' ? isGone : !isGone && !table.suspended)) return []
  // a client that comes and goes without end does not fill the log
  if (where === 'gone' && (table.absences[seat] ?? 0) >= ABSENCES) return [ended(table, leftBy(table, seat))]
  return [{ type: where, seat }]
}

function tick(table: TableState, now: number): readonly Happening[] {
  const expiry = table.ended || table.suspended ? undefined : nextExpiry(table.clocks, table.opened.clock)
  if (!expiry || expiry.at > now) return []
  const { seat, what } = expiry
  return [ended(table, { ...leftBy(table, seat), ...(what === 'grace' ? {} : { late: true }) })]
}

function endEarly(table: TableState, seat: SeatNumber, what: 'claim' | 'abort', now: number): readonly Happening[] | Refusal {
  const outcome = claimed(table, seat, what, now)
  if (isRefusal(outcome)) return outcome
  return [outcome.aborted ? { type: 'ended', outcome } : ended(table, outcome)]
}

function ended({ opened }: TableState, outcome: Outcome): Happening {
  return opened.rated ? { type: 'ended', outcome, counts: true } : { type: 'ended', outcome }
}

/** Who leaves loses; of those who stay, all win. */
function leftBy({ opened: { seats } }: TableState, left: SeatNumber): Outcome {
  return { winners: [...seats.keys()].filter((seat) => seat !== left), left }
}

/** The first of those who are to move. */
function leftOpen({ toMove: [left] }: TableState): Pick<Outcome, 'left'> {
  return left === undefined ? {} : { left }
}

/** Applies a disconnection of a seat, which after the game withdraws the offers of a rematch. */
function left(table: TableState, { n, seat, at }: { n: number; seat: SeatNumber; at: number }): TableState {
  const { opened, ended, offers, clocks, absences } = table
  const counted = opened.seats.map((_, other) => (absences[other] ?? 0) + (other === seat ? 1 : 0))
  return { ...table, n, clocks: presence(clocks, seat, at), offers: ended ? NOBODY : offers, absences: counted }
}

/** With the first who comes back, clocks go on: whoever is to move has the turn anew, and the others are waited for. */
function cameBack(table: TableState, { n, seat, at }: { n: number; seat: SeatNumber; at: number }): TableState {
  const { opened, toMove, suspended } = table
  if (!suspended) return { ...table, n, clocks: presence(table.clocks, seat, undefined) }
  const { since } = started(opened.seats.length, isTimed(opened) ? toMove : NOBODY, at)
  const gone = opened.seats.map(({ person }, other) => (person === HOUSE || other === seat ? undefined : at))
  return { ...table, n, suspended: false, turnSince: at, clocks: { ...table.clocks, since, gone } }
}

/** Whether turns are timed; else nobody's time is kept. */
function isTimed({ clock }: Opened): boolean {
  return clock.total !== undefined || clock.turn !== undefined
}
