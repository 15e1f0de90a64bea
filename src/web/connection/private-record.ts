import type { ToClient } from '../../native/messages.ts'
import type { Wish } from '../model/messages.ts'
import type { TableRecord } from '../model/replay.ts'
import { texts } from '../texts.ts'
import { isReadRefusal, type ReadRefusal, readRecord, type UserGamesPage } from './read-api.ts'

/*
 * The read API has only public games, because its requests have no user. The page requests the record of a private game over the WebSocket:
 * this connection has a user, or the request has the token of a seat.
 */

/** Ask sends a command, and resolves to the answer, or to `undefined` if the connection is lost. */
export type Ask = (wish: Wish) => Promise<ToClient | undefined>

/** FoundRecord is a record, and whether only the players of the game can read this record (`isPrivate`). */
export interface FoundRecord {
  readonly record: TableRecord
  readonly isPrivate: boolean
}

/** Maximum number of events or games in one answer. */
const ROWS = 100

/**
 * Reads the record of a finished game: over HTTP or, if the game is private, over the connection, with the rights of the user or with the
 * token of a seat.
 */
export async function findRecord(
  table: number,
  isDrawn: (game: string) => boolean,
  { ask, token }: { readonly ask: Ask; readonly token: string | undefined },
): Promise<FoundRecord | ReadRefusal> {
  const found = await readRecord(table, isDrawn)
  if (!isReadRefusal(found)) return { record: found, isPrivate: false }
  if (found.code !== 'no-such-table') return found
  const read = (boards: boolean) => readOwnRecord({ table, ...(token === undefined ? {} : { token }), ...(boards ? { boards } : {}) }, ask)
  const own = await read(false)
  if (isReadRefusal(own)) return own
  const record = isDrawn(own.game) ? own : await read(true)
  return isReadRefusal(record) ? record : { record, isPrivate: true }
}

/** Reads the latest finished games of the connection's user, including private games if the user is registered. */
export async function readOwnGames(ask: Ask): Promise<UserGamesPage | ReadRefusal> {
  const answer = await ask({ type: 'history', limit: ROWS })
  if (answer?.type === 'error') return { code: answer.code, message: answer.message }
  return answer?.type === 'history' ? answer : { code: 'unavailable', message: texts.unreachable }
}

/** Reads all pages of a record over the connection; with `boards`, the events have the boards as text. */
async function readOwnRecord(
  range: { readonly table: number; readonly token?: string; readonly boards?: true },
  ask: Ask,
): Promise<TableRecord | ReadRefusal> {
  let record: TableRecord | undefined
  for (let after: number | undefined = 0; after !== undefined; ) {
    const answer = await ask({ type: 'record', ...range, after, limit: ROWS })
    if (answer?.type === 'error') return { code: answer.code, message: answer.message }
    if (answer?.type !== 'record') return { code: 'unavailable', message: texts.unreachable }
    const { type: _, id: __, next, ...page } = answer
    record = record ? { ...record, events: [...record.events, ...page.events] } : page
    after = next
  }
  return record ?? { code: 'no-such-table', message: texts.noTableWhy }
}
