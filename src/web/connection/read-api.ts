import type { ProtocolList, ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { lobbyTexts } from '../lobby-texts.ts'
import type { MessageOf } from '../model/messages.ts'
import type { TableRecord } from '../model/replay.ts'
import { texts } from '../texts.ts'

/*
 * The page reads finished games, histories and ladders over HTTP. These answers need no login and no WebSocket, so a link to a game, a
 * history or a ladder works immediately.
 */

/** ReadRefusal is the reason why the server has not sent the data that the page requested. */
export interface ReadRefusal {
  readonly code: string
  /** A sentence for people. */
  readonly message: string
}

/** UserGamesPage is a page of the finished games of a user, with the newest game first. */
export type UserGamesPage = Pick<MessageOf<'history'>, 'name' | 'games' | 'total'>
/** RecentPage is a page of the finished games of all users, with the last finished game first. */
export type RecentPage = Pick<MessageOf<'recent'>, 'games' | 'total'>
/** LadderPage is the top of the ladder of a game. */
export type LadderPage = Pick<MessageOf<'ladder'>, 'game' | 'best'>

/** Number of events that the page requests in one request, which is the maximum of the server. */
const EVENTS = 500
/** Number of rows of a list that the page requests in one request, which is the maximum of the server. */
const ROWS = 100

/** Checks whether an answer is a refusal. */
export function isReadRefusal(answer: object): answer is ReadRefusal {
  return 'code' in answer && 'message' in answer
}

/** Reads the finished games of a user. */
export function readUserGames(name: string): Promise<UserGamesPage | ReadRefusal> {
  return read(`users/${encodeURIComponent(name)}/games?limit=${ROWS}`)
}

/** Reads the finished games of all users. */
export function readRecent(): Promise<RecentPage | ReadRefusal> {
  return read(`recent?limit=${ROWS}`)
}

/** Reads the ladder of a game. */
export function readLadder(game: string): Promise<LadderPage | ReadRefusal> {
  return read(`games/${encodeURIComponent(game)}/ladder?limit=${ROWS}`)
}

/** Lists the programs of the server. */
export function readProtocols(): Promise<ProtocolList | ReadRefusal> {
  return read('protocols')
}

/** Reads the reference of a program. */
export function readProtocol(name: string): Promise<ProtocolReference | ReadRefusal> {
  return read(`protocols/${encodeURIComponent(name)}`)
}

/** RecordPage is a part of a record; `next` is the number of the last event of the part, and is missing on the last page. */
type RecordPage = TableRecord & { readonly next?: number }

/**
 * Reads the record of a finished game with all its events. For a game that the page cannot draw, the events have the boards as text.
 */
export async function readRecord(table: number, isDrawn: (game: string) => boolean): Promise<TableRecord | ReadRefusal> {
  const found = await readRecordPage(table, 0, false)
  if (isReadRefusal(found)) return found
  const hasBoards = !isDrawn(found.game)
  const first = hasBoards ? await readRecordPage(table, 0, true) : found
  if (isReadRefusal(first)) return first
  let { next, ...record } = first
  while (next !== undefined) {
    const page = await readRecordPage(table, next, hasBoards)
    if (isReadRefusal(page)) return page
    record = { ...record, events: [...record.events, ...page.events] }
    next = page.next
  }
  return record
}

function readRecordPage(table: number, after: number, hasBoards: boolean): Promise<RecordPage | ReadRefusal> {
  return read(`tables/${table}/record?after=${after}&limit=${EVENTS}&boards=${hasBoards}`)
}

/**
 * Finds out why a server refuses the WebSocket of the page, because a script cannot read the answer to an upgrade. Resolves to `undefined` if
 * the page cannot reach the server.
 */
export async function findRefusal(): Promise<string | undefined> {
  try {
    return (await fetch('health')).ok ? lobbyTexts.full : lobbyTexts.notServing
  } catch (reason) {
    // `fetch` rejects with a TypeError if it cannot reach the server
    if (reason instanceof TypeError) return undefined
    throw reason
  }
}

/** Reads an address of the read API. The server sends only answers that match the schema of that address. */
async function read<Answer extends object>(address: string): Promise<Answer | ReadRefusal> {
  try {
    const answer = await fetch(`api/${address}`)
    if (!answer.headers.get('content-type')?.includes('json')) return { code: 'failed', message: texts.unreadable }
    return (await answer.json()) as Answer | ReadRefusal
  } catch (reason) {
    // `fetch` rejects with a TypeError if it cannot reach the server
    if (reason instanceof TypeError) return { code: 'unavailable', message: texts.unreachable }
    throw reason
  }
}
