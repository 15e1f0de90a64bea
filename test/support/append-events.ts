import type { TableEvent, TableId, TableLog } from '../../src/hall/ports.ts'

/** Appends to a log; resolves when the events are persisted, and rejects if they cannot be. */
export function appendEvents(log: TableLog, table: TableId, expected: number, events: readonly TableEvent[]): Promise<void> {
  return new Promise((resolve, reject) => {
    log.append(table, expected, events, (failure) => (failure ? reject(failure) : resolve()))
  })
}
