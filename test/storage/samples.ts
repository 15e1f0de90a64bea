import type { Store, TableEvent, TableEventData } from '../../src/hall/ports.ts'

/** Opens a new, empty store. */
export type Open = (onError?: (error: unknown) => void) => Promise<Store>

/** An event as it is in a log. */
export function event(n: number, data: TableEventData): TableEvent {
  return { n, at: 1_760_000_000_000 + n, ...data }
}

/** A move that contains its table and number. */
export function move(table: number, n: number): TableEvent {
  return event(n, { type: 'moved', seat: n % 2, move: `${table}/${n}` })
}

/** A game at a table, from its opening to its end. */
export function game(table: number): TableEvent[] {
  const seats = ['ada', 'grace'].map((name) => ({ person: `guest:${name}`, name }))
  const opened = { type: 'opened', game: 'g', options: {}, state: { left: 3 }, seats, rated: false, private: false, clock: {} } as const
  return [event(1, { ...opened, seed: table }), move(table, 2), move(table, 3), event(4, { type: 'ended', outcome: { winners: [0] } })]
}

/** Returns the result of a promise: `kept`, or the name of the error. */
export function fate(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'kept',
    (reason) => reason.name,
  )
}

/** Returns the result of each promise. */
export function fates(promises: readonly Promise<unknown>[]): Promise<string[]> {
  return Promise.all(promises.map(fate))
}
