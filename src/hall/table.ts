import type { Effort } from '../games/ai/effort.ts'
import { chooseMove } from '../games/ai/house.ts'
import { type AnyGame, isRefusal, type Outcome, type Random, type Refusal, type SeatNumber } from '../games/game.ts'
import { refuseWait, toClaimOutcome } from './absence-wins.ts'
import type { ActType } from './events.ts'
import { HOUSE, type Seed, type TableEvent, type TableEventData, type TableId } from './ports.ts'
import { type Clocks, extendAbsences, nextExpiry, passTurn, setPresence, startClocks, stopClocks } from './seat-clocks.ts'
import { isWeak, toDraws } from './seeds.ts'

/*
 * The rules of a table, as pure functions: no storage, no clock, no connection. `decide` turns a command into events, or refuses
 * it. `evolve` applies one event to a state. A replay of a log through `evolve` returns the same states that `decide` has returned.
 * So a restart, an observer of another process and a test all see the same table.
 *
 * Determinism. The time is a parameter, and each event contains its time. The seed and the number of its event determine the random
 * numbers of a move (`seeds.ts`), so the log needs only the move. The rules of the game decide whether a move is legal. Exceptions
 * from the rules propagate to the caller; they change no state, because states are immutable.
 *
 * Cost. `makeMove` calls the rules once, for the refusal and for the next state; `evolve` would call them a second time.
 *
 * Two ends. The state has `outcome` when the rules or a command have ended the game, and `ended` when the event `ended` is in the
 * log; `decide` returns the last move and `ended` together. After `ended`, only talk, offers of a rematch and their answers,
 * disconnections that withdraw an offer, `revoked` and `continued` can follow.
 *
 * Limits. The number of moves has no limit. EVENTS bounds talk and offers, and ABSENCES bounds disconnections; without these
 * bounds, one client could fill the log.
 *
 * Invariants: the numbers of events have no gaps; the end empties `toMove` and `offers`; no clock runs while the table is
 * suspended or after its end.
 */

/** Opened is the first event of a table. */
export type Opened = Extract<TableEventData, { type: 'opened' }>

/** TableState is the state of a table after the events of its log: the rules, and immutable plain data. */
export interface TableState {
  /** Sequence number of the last event. */
  readonly n: number
  readonly rules: AnyGame
  readonly opened: Opened
  /** State of the game. */
  readonly position: unknown
  /** Seed of the random numbers of the next move. */
  readonly seed: Seed
  readonly toMove: readonly SeatNumber[]
  /** Time of the last move, or of the first reconnection after a suspension. */
  readonly turnSince: number
  /** Number of the events that are moves. */
  readonly moves: number
  /** Time of the last move, or of the opening: no restart and no reconnection changes this time. */
  readonly movedAt: number
  readonly outcome?: Outcome | undefined
  /** True after the event `ended`. */
  readonly ended: boolean
  readonly clocks: Clocks
  /** True while the clocks are stopped until a player reconnects. */
  readonly suspended: boolean
  /** Seats with an unanswered offer of a draw or, after the end, of a rematch. */
  readonly offers: readonly SeatNumber[]
  /** Seats whose token is no longer valid. */
  readonly revoked: readonly SeatNumber[]
  /** Number of disconnections of each seat; empty before the first disconnection. */
  readonly absences: readonly number[]
  /** Table of the rematch. */
  readonly successor?: TableId
  /** Time of the last event `waited`. */
  readonly waitedAt?: number
}

/** TableCommand is a request of a player, a watcher or the server to a table. */
export type TableCommand =
  | { readonly type: 'play'; readonly seat: SeatNumber; readonly move: unknown }
  | { readonly type: 'say'; readonly name: string; readonly seat?: SeatNumber; readonly text: string }
  /** An act of a player (`acts` in `events.ts`). */
  | { readonly [Act in ActType]: { readonly type: Act; readonly seat: SeatNumber } }[ActType]
  /** The player leaves and so loses the game. */
  | { readonly type: 'leave'; readonly seat: SeatNumber }
  /** The player has disconnected, or has reconnected. */
  | { readonly type: 'gone'; readonly seat: SeatNumber }
  | { readonly type: 'back'; readonly seat: SeatNumber }
  /** Ends the game if a time limit has passed at the time of the command. */
  | { readonly type: 'tick' }
  | { readonly type: 'suspend' }
  /** Replaces a seed that players can compute from their views. */
  | { readonly type: 'reseed'; readonly seed: Seed }
  /** Makes the token of a seat invalid. */
  | { readonly type: 'revoke'; readonly seat: SeatNumber }
  /** Ends the game without a result, because the table has been without a move for too long. */
  | { readonly type: 'abandon' }
  | { readonly type: 'continue'; readonly table: TableId }

type Moved = Extract<TableEvent, { type: 'moved' }>

/** TableStep is an event with the state after it. */
export interface TableStep {
  readonly event: TableEvent
  readonly state: TableState
}

/** Maximum number of UTF-16 code units in a line of talk. */
const LINE = 1000
/** Maximum number of events of one table that are not moves; above it, `decide` refuses talk and offers. */
export const EVENTS = 10_000
/** Maximum number of disconnections of one seat at one table; after one more disconnection, the seat loses the game. */
export const ABSENCES = 1000
const NO_SEATS: readonly SeatNumber[] = []
const OVER: Refusal = { refused: 'the game is over' }
const CONTINUED: Refusal = { refused: 'the players have moved to another table already' }

/**
 * Returns the events that follow from a command at the time `now`, with the state after each event, or a refusal. The array is
 * empty for a command that changes nothing. Exceptions from the rules propagate to the caller.
 */
export function decide(table: TableState, command: TableCommand, now: number): TableStep[] | Refusal {
  if ('seat' in command && command.seat !== undefined && !table.opened.seats[command.seat]) {
    return { refused: 'there is no such seat at this table' }
  }
  if (command.type === 'play') return makeMove(table, command.seat, command.move, now)
  const events = eventsFor(table, command, now)
  if (isRefusal(events)) return events
  let state = table
  return events.map((event) => {
    const step = stepAfter(state, event, now)
    state = step.state
    return step
  })
}

/** Returns the house's moves, until another player is to move. Throws an Error if the rules refuse a move of the house. */
export function answer(table: TableState, now: number, random: Random, effort?: Effort): TableStep[] {
  let steps: TableStep[] = []
  for (let state = table; ; ) {
    const seat = houseToMove(state)
    if (seat === undefined) return steps
    const { rules, position } = state
    const made = makeMove(state, seat, chooseMove(rules, seat, rules.view(position, seat), random, effort), now)
    if (isRefusal(made)) throw new Error(`the house made an illegal move at ${rules.name}: ${made.refused}`)
    steps = steps.length === 0 ? made : steps.concat(made)
    state = steps.at(-1)?.state ?? state
  }
}

function houseToMove({ toMove, opened: { seats } }: TableState): SeatNumber | undefined {
  for (const seat of toMove) if (seats[seat]?.person === HOUSE) return seat
  return undefined
}

/** Decides a command that is not a move. */
function eventsFor(table: TableState, command: Exclude<TableCommand, { type: 'play' }>, now: number): readonly TableEventData[] | Refusal {
  switch (command.type) {
    case 'say':
      return refuseIfFull(table) ?? say(command)
    case 'offer':
      return refuseIfFull(table) ?? offer(table, command.seat)
    case 'decline':
      return refuseIfFull(table) ?? decline(table, command.seat)
    case 'resign':
      return leave(table, { ...leftBy(table, command.seat), resigned: true })
    case 'leave':
      return leave(table, leftBy(table, command.seat))
    case 'claim':
    case 'abort':
      return endEarly(table, command.seat, command.type, now)
    case 'wait':
      return refuseIfFull(table) ?? refuseWait(table, command.seat, now) ?? [{ type: 'waited', seat: command.seat }]
    case 'gone':
      return changePresence(table, command.seat, 'gone')
    case 'back':
      return changePresence(table, command.seat, 'back')
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
      // no player loses, and the game is not rated; `left` is the player who did not move
      return table.ended ? [] : [{ type: 'ended', outcome: { winners: [], ...leftOpen(table), abandoned: true } }]
    case 'continue':
      if (!table.ended) return { refused: 'the game is not over' }
      return table.successor === undefined ? [{ type: 'continued', table: command.table }] : CONTINUED
  }
}

function stepAfter(table: TableState, data: TableEventData, at: number): TableStep {
  const event: TableEvent = { ...data, n: table.n + 1, at }
  return { event, state: evolve(table, event) }
}

/** Decides a move, and the end of the game if the move ends it. */
function makeMove(table: TableState, seat: SeatNumber, move: unknown, at: number): TableStep[] | Refusal {
  const after = positionAfter(table, seat, move)
  if (isRefusal(after)) return after
  const event = { type: 'moved', seat, move, n: table.n + 1, at } as const
  const state = afterMove(table, event, after)
  const step = { event, state }
  return state.outcome ? [step, stepAfter(state, endEvent(table, state.outcome), at)] : [step]
}

/** Returns the state of a new table after its first event. Throws a TypeError unless the event is `opened` with the number 1. */
export function toOpenedTable(event: TableEvent, rules: AnyGame): TableState {
  if (event.type !== 'opened' || event.n !== 1) throw new TypeError('a table’s log begins with its opening')
  const { n, at, state, seed } = event
  const toMove = rules.toMove(state)
  const clocks = startClocks(event.seats.length, isTimed(event) ? toMove : NO_SEATS, at)
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
    offers: NO_SEATS,
    revoked: NO_SEATS,
    absences: NO_SEATS,
  }
}

/** Returns the state after one more event. Throws a TypeError for an event that cannot follow the state. */
export function evolve(table: TableState, event: TableEvent): TableState {
  if (event.n !== table.n + 1) throw new TypeError(`event ${event.n} cannot follow event ${table.n}`)
  const { n, at } = event
  switch (event.type) {
    case 'opened':
      throw new TypeError('a table is opened once')
    case 'moved':
      return replayMove(table, event)
    case 'said':
      return { ...table, n }
    case 'offered':
      return { ...table, n, offers: [...table.offers, event.seat] }
    case 'declined':
      return { ...table, n, offers: NO_SEATS }
    case 'gone':
      return afterDisconnection(table, event)
    case 'back':
      return afterReconnection(table, event)
    case 'suspended':
      return { ...table, n, suspended: true, clocks: stopClocks(table.clocks, at) }
    case 'reseeded':
      return { ...table, n, seed: event.seed }
    case 'revoked':
      return { ...table, n, revoked: [...table.revoked, event.seat] }
    case 'ended':
      return { ...table, n, toMove: NO_SEATS, outcome: event.outcome, ended: true, offers: NO_SEATS, clocks: stopClocks(table.clocks, at) }
    case 'continued':
      return { ...table, n, successor: event.table }
    case 'waited':
      return { ...table, n, waitedAt: at, clocks: extendAbsences(table.clocks, event.seat, at) }
  }
}

/** Returns the earliest time at which a `tick` ends the game if no event happens earlier; `undefined` while no time limit runs. */
export function nextTick(table: TableState): number | undefined {
  return table.ended || table.suspended ? undefined : nextExpiry(table.clocks, table.opened.clock)?.at
}

/** Returns the position after a move, or a refusal. */
function positionAfter(table: TableState, seat: SeatNumber, move: unknown): unknown {
  if (table.ended) return OVER
  if (table.suspended) return { refused: 'the game is paused until a player reconnects' }
  const after = table.rules.play(table.position, seat, move, toDraws(table.seed, table.n + 1))
  return isRefusal(after) || table.toMove.includes(seat) ? after : { refused: 'it is not your turn' }
}

function replayMove(table: TableState, event: Moved): TableState {
  const position = table.rules.play(table.position, event.seat, event.move, toDraws(table.seed, table.n + 1))
  if (isRefusal(position)) throw new TypeError(`the log has a move that the rules refuse: ${position.refused}`)
  return afterMove(table, event, position)
}

function afterMove(table: TableState, { n, seat, at }: Moved, position: unknown): TableState {
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
    // a move declines the opponent's offer
    offers: offers.length === 0 ? offers : offers.filter((one) => one === seat),
    clocks: isTimed(opened) ? passTurn(clocks, toMove, seat, at) : clocks,
  }
}

function refuseIfFull({ n, moves }: TableState): Refusal | undefined {
  if (n - moves < EVENTS) return undefined
  return { refused: `this table has had ${EVENTS} events other than moves, the maximum: continue the game, or start another game` }
}

function say({ name, seat, text }: Extract<TableCommand, { type: 'say' }>): readonly TableEventData[] | Refusal {
  if (text.trim() === '') return { refused: 'say something' }
  if (text.length > LINE) return { refused: `write at most ${LINE} characters in one message` }
  return [{ type: 'said', name, ...(seat === undefined ? {} : { seat }), text }]
}

function offer(table: TableState, seat: SeatNumber): readonly TableEventData[] | Refusal {
  const what = table.ended ? 'rematch' : 'draw'
  if (table.opened.seats.length < 2) return { refused: 'this game has no opponent who could accept an offer' }
  if (table.successor !== undefined) return CONTINUED
  if (table.offers.includes(seat)) return { refused: `you have offered a ${what} already; wait for the answer` }
  const offered = { type: 'offered', seat, what } as const
  const all = table.offers.length + 1 === table.opened.seats.length
  if (what === 'draw' && all) return [offered, endEvent(table, { winners: [], agreed: true })]
  const house = table.opened.seats.findIndex(({ person }) => person === HOUSE)
  return what === 'draw' && house >= 0 ? [offered, { type: 'declined', seat: house }] : [offered]
}

function decline(table: TableState, seat: SeatNumber): readonly TableEventData[] | Refusal {
  return table.offers.length > 0 && !table.offers.includes(seat)
    ? [{ type: 'declined', seat }]
    : { refused: 'there is no offer to decline' }
}

function leave(table: TableState, outcome: Outcome): readonly TableEventData[] | Refusal {
  return table.ended ? OVER : [endEvent(table, outcome)]
}

function changePresence(table: TableState, seat: SeatNumber, where: 'gone' | 'back'): readonly TableEventData[] {
  const isGone = table.clocks.gone[seat] !== undefined
  // a disconnection after the game withdraws the offers of a rematch, so that no player waits forever for an answer
  if (table.ended && where === 'gone' && table.offers.length > 0 && table.successor === undefined) return [{ type: where, seat }]
  if (table.ended || (where === 'gone' ? isGone : !isGone && !table.suspended)) return []
  if (where === 'gone' && (table.absences[seat] ?? 0) >= ABSENCES) return [endEvent(table, leftBy(table, seat))]
  return [{ type: where, seat }]
}

function tick(table: TableState, now: number): readonly TableEventData[] {
  const expiry = table.ended || table.suspended ? undefined : nextExpiry(table.clocks, table.opened.clock)
  if (!expiry || expiry.at > now) return []
  const { seat, what } = expiry
  return [endEvent(table, { ...leftBy(table, seat), ...(what === 'grace' ? {} : { late: true }) })]
}

function endEarly(table: TableState, seat: SeatNumber, what: 'claim' | 'abort', now: number): readonly TableEventData[] | Refusal {
  const outcome = toClaimOutcome(table, seat, what, now)
  if (isRefusal(outcome)) return outcome
  return [outcome.aborted ? { type: 'ended', outcome } : endEvent(table, outcome)]
}

function endEvent({ opened }: TableState, outcome: Outcome): TableEventData {
  return opened.rated ? { type: 'ended', outcome, counts: true } : { type: 'ended', outcome }
}

/** Returns the outcome if one player leaves: all other players win. */
function leftBy({ opened: { seats } }: TableState, left: SeatNumber): Outcome {
  return { winners: [...seats.keys()].filter((seat) => seat !== left), left }
}

/** The outcome names the first seat whose turn it is as the seat that did not move. */
function leftOpen({ toMove: [left] }: TableState): Pick<Outcome, 'left'> {
  return left === undefined ? {} : { left }
}

function afterDisconnection(table: TableState, { n, seat, at }: { n: number; seat: SeatNumber; at: number }): TableState {
  const { opened, ended, offers, clocks, absences } = table
  const counted = opened.seats.map((_, other) => (absences[other] ?? 0) + (other === seat ? 1 : 0))
  return { ...table, n, clocks: setPresence(clocks, seat, at), offers: ended ? NO_SEATS : offers, absences: counted }
}

/**
 * Returns the state after a reconnection. The first reconnection after a suspension starts the clocks: the turn begins again, and
 * the players who are still disconnected have the default grace time.
 */
function afterReconnection(table: TableState, { n, seat, at }: { n: number; seat: SeatNumber; at: number }): TableState {
  const { opened, toMove, suspended } = table
  if (!suspended) return { ...table, n, clocks: setPresence(table.clocks, seat, undefined) }
  const { since } = startClocks(opened.seats.length, isTimed(opened) ? toMove : NO_SEATS, at)
  const gone = opened.seats.map(({ person }, other) => (person === HOUSE || other === seat ? undefined : at))
  return { ...table, n, suspended: false, turnSince: at, clocks: { ...table.clocks, since, gone } }
}

/** Checks whether the table has a time limit; a table without time limits does not measure turns. */
function isTimed({ clock }: Opened): boolean {
  return clock.total !== undefined || clock.turn !== undefined
}
