import { type ClassConnection, toClassVerdict } from '../../lab/class/class-view.ts'

/*
 * This file implements the class console of the page: a fold over the lines of the server, and the computation of the tiles of the wall
 * from the rows.
 */

/** ClassMessage is one line of the console, with the fields that the page uses. */
export type ClassMessage =
  | { readonly type: 'connection'; readonly row: ClassConnection }
  | { readonly type: 'gone'; readonly connection: number }
  | { readonly type: 'snapshot'; readonly unwatched: number }
  | { readonly type: 'class' | 'observation' }

/** ClassModel has the rows of the console. Each row has the monotonic time at which it arrived. */
export interface ClassModel {
  readonly rows: ReadonlyMap<number, { readonly row: ClassConnection; readonly at: number }>
  /** True if all rows of the snapshot have arrived. */
  readonly isWhole: boolean
  /** Number of connections that the server does not watch. */
  readonly unwatched: number
}

/** TileStatus is the state of a program. The states of programs in trouble are first. */
export type TileStatus = 'bad' | 'stuck' | 'playing' | 'done' | 'left'

/** ClassTile is a program on the wall. */
export interface ClassTile {
  readonly row: ClassConnection
  readonly status: TileStatus
  /** The desk. Without a roster, the title is the name of the player; without a name, the title is the address. */
  readonly title: string
  /** Milliseconds since the last byte of either side. */
  readonly quiet: number
}

/** The states of programs in the order of the wall. */
export const STATUSES: readonly TileStatus[] = ['bad', 'stuck', 'playing', 'done', 'left']

/** A program is stuck if the program may send, and neither side has sent a byte for this number of milliseconds. */
export const STUCK = 30_000
/** Milliseconds for which the wall shows a closed connection, unless this connection is the last connection of a desk. */
const SHOWN_CLOSED = 300_000
/**
 * An address that has at most this number of connections at the same time is one desk. An address with more connections has several desks.
 */
const ONE_DESK = 4
/** The program of the page itself, which is not a program of a student. */
const BROWSER = 'parlor/web'

export const emptyClass: ClassModel = { rows: new Map(), isWhole: false, unwatched: 0 }

/** Returns the model after some lines, which have arrived at a monotonic time. */
export function foldClass(model: ClassModel, messages: readonly ClassMessage[], at: number): ClassModel {
  const rows = new Map(model.rows)
  let { isWhole, unwatched } = model
  for (const message of messages) {
    if (message.type === 'connection') rows.set(message.row.connection, { row: message.row, at })
    else if (message.type === 'gone') rows.delete(message.connection)
    else if (message.type === 'snapshot') {
      isWhole = true
      unwatched = message.unwatched
    }
  }
  return { rows, isWhole, unwatched }
}

/** Returns the number of connected browsers. */
export function countBrowsers({ rows }: ClassModel): number {
  return [...rows.values()].filter(({ row }) => row.program === BROWSER && row.isOpen).length
}

/**
 * Returns the tiles of the wall, with programs in trouble first. Each open connection of a program is a tile. A closed connection is a tile
 * if no later connection came from the same desk. If the desk of a closed connection is unknown, the connection is a tile for five minutes.
 */
export function toTiles({ rows }: ClassModel, now: number): ClassTile[] {
  const programs = [...rows.values()].filter(({ row }) => row.program !== BROWSER)
  const shared = findSharedHosts(programs.map(({ row }) => row))
  const deskOf = (row: ClassConnection) => row.desk ?? (shared.has(row.host) ? undefined : `${row.host} ${row.program}`)
  const last = new Map<string, number>()
  for (const { row } of programs) {
    const desk = deskOf(row)
    if (desk !== undefined) last.set(desk, Math.max(last.get(desk) ?? 0, row.connection))
  }
  const isShown = (row: ClassConnection, quiet: number) => {
    const desk = deskOf(row)
    return row.isOpen || (desk === undefined ? quiet < SHOWN_CLOSED : last.get(desk) === row.connection)
  }
  const tiles = programs.map(({ row, at }) => toTile(row, row.quietFor + now - at)).filter(({ row, quiet }) => isShown(row, quiet))
  const tilesOf = new Map<string, number>()
  for (const { row } of tiles) tilesOf.set(row.host, (tilesOf.get(row.host) ?? 0) + 1)
  return tiles.map((tile) => (tilesOf.get(tile.row.host) === 1 ? shortenTitle(tile) : tile)).sort(compareTiles)
}

/** Returns the tiles in an earlier order of connections, with new tiles at the end. */
export function keepOrder(tiles: readonly ClassTile[], order: readonly number[]): ClassTile[] {
  const places = new Map(order.map((connection, at) => [connection, at]))
  const placeOf = ({ row }: ClassTile) => places.get(row.connection) ?? order.length + row.connection
  return [...tiles].sort((one, other) => placeOf(one) - placeOf(other))
}

/** Formats the address of a program: `127.0.0.1:50123`, or the path of a Unix socket. */
export function formatPlace({ host, port }: Pick<ClassConnection, 'host' | 'port'>): string {
  if (host.includes('/')) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function toTile(row: ClassConnection, quiet: number): ClassTile {
  return { row, quiet, status: toStatus(row, quiet), title: row.desk ?? row.name ?? formatPlace(row) }
}

/** Leaves the port out of the title of a tile, if no other tile has the same address. A class can read a short title from a distance. */
function shortenTitle(tile: ClassTile): ClassTile {
  const { row, title } = tile
  return title === formatPlace(row) ? { ...tile, title: row.host } : tile
}

function toStatus(row: ClassConnection, quiet: number): TileStatus {
  const verdict = toClassVerdict(row)
  if (verdict === 'failed') return 'bad'
  if (!row.isOpen) return verdict === 'passed' ? 'done' : 'left'
  if (row.isOver && verdict === 'passed') return 'done'
  return quiet >= STUCK && row.turn !== 'server' && row.turn !== 'none' ? 'stuck' : 'playing'
}

function compareTiles(one: ClassTile, other: ClassTile): number {
  const ranks = STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status)
  return ranks || one.title.localeCompare(other.title, 'en', { numeric: true }) || one.row.connection - other.row.connection
}

/**
 * Finds the addresses that several desks share. An address is shared if more programs were connected from this address at the same time
 * than one desk can have.
 */
function findSharedHosts(rows: readonly ClassConnection[]): ReadonlySet<string> {
  const steps = rows
    .flatMap(({ host, openedAt, lastAt, isOpen }) => [
      { host, at: openedAt, step: 1 },
      { host, at: isOpen ? Number.POSITIVE_INFINITY : lastAt, step: -1 },
    ])
    .sort((one, other) => one.at - other.at || one.step - other.step)
  const open = new Map<string, number>()
  const shared = new Set<string>()
  for (const { host, step } of steps) {
    const count = (open.get(host) ?? 0) + step
    open.set(host, count)
    if (count > ONE_DESK) shared.add(host)
  }
  return shared
}
