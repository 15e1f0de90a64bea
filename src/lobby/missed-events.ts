import { RulesError, type SeatNumber } from '../games/game.ts'
import type { LobbyRefusal, MissedEvent, MissedEvents } from '../hall/api.ts'
import { RECENT, replay } from '../hall/history.ts'
import type { TableEvent } from '../hall/ports.ts'
import { type TableState, type TableStep, toOpenedTable } from '../hall/table.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { projectEvent } from '../hall/table-updates.ts'
import { findMove } from './records.ts'

/**
 * MissedRange describes the client that has missed events: its seat, if it is not a watcher, and the number of the last event that it has.
 */
export interface MissedRange {
  readonly viewer: SeatNumber | 'watcher'
  /** If the number is missing, the client has the events up to the last disconnection of its seat. */
  readonly after: number | undefined
}

/**
 * Lists the events of a table that a client has missed, at most the last `RECENT` events. Calls `readLog` only if the table's recent events
 * do not suffice, because a log may be long. Refuses a log that the present rules of the game do not allow.
 */
export async function listMissed(
  table: TableActor,
  readLog: () => Promise<readonly TableEvent[]>,
  { viewer, after: given }: MissedRange,
): Promise<MissedEvents | LobbyRefusal> {
  const { state } = table
  const { n, opened } = state
  const known = given === undefined ? await readLog() : undefined
  const after = given ?? findAbsence(known?.slice(0, n) ?? [], viewer) ?? n
  const first = Math.max(after, n - RECENT)
  try {
    const events: MissedEvent[] = []
    for (const step of table.history?.since(first) ?? stepsOf(known ?? (await readLog()), state, first)) {
      if (step.event.n <= n) events.push(toMissedEvent(step, viewer))
    }
    const seat = viewer === 'watcher' ? {} : { seat: viewer }
    const omitted = first > after ? { omitted: first - after } : {}
    return { after, names: opened.seats.map(({ name }) => name), ...seat, ...omitted, events }
  } catch (reason) {
    if (!(reason instanceof RulesError || reason instanceof TypeError)) throw reason
    return { code: 'not-now', refused: `this server cannot replay the game: ${reason.message}` }
  }
}

/** Yields the steps of a log after the event `after`, up to the state `until`, even if `until` is a suspension that the log does not have. */
export function* stepsOf(log: readonly TableEvent[], until: TableState, after: number): Iterable<TableStep> {
  const [first, ...others] = log.slice(0, until.n)
  if (!first) return
  const base = toOpenedTable(first, until.rules)
  if (after < 1) yield { event: first, state: base }
  yield* replay(base, others, after)
  const { n, at } = others.at(-1) ?? first
  if (n < until.n && until.suspended) yield { event: { type: 'suspended', n: until.n, at }, state: until }
}

/**
 * Returns the number of the last event before the last absence of a seat; `undefined` if the seat was never absent, or has moved since then.
 * A suspension is an absence of all seats, because the previous process has ended all connections.
 */
function findAbsence(log: readonly TableEvent[], viewer: SeatNumber | 'watcher'): number | undefined {
  let isAway = false
  let before: number | undefined
  for (const event of log) {
    const isOwn = 'seat' in event && event.seat === viewer
    if (event.type === 'suspended' || (isOwn && event.type === 'gone')) {
      if (!isAway) before = event.n - 1
      isAway = true
    } else if (isOwn && event.type === 'back') isAway = false
    else if (isOwn && event.type === 'moved') before = undefined
  }
  return before
}

function toMissedEvent({ event, state }: TableStep, viewer: SeatNumber | 'watcher'): MissedEvent {
  const { n, at, event: what, situation } = projectEvent(event, state, viewer)
  if (!situation || event.type !== 'moved') return { n, at, what }
  const isOwn = event.seat === viewer
  const move = isOwn ? state.rules.notation.print(event.move) : findMove(event, situation.view, state)
  return move === undefined ? { n, at, what } : { n, at, what, move }
}
