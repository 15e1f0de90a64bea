import type { WireConnection, WireRow, WireToPage } from '../../lab/wire/wire-messages.ts'

/* This file implements the wire view as a fold over the messages of the server, without a DOM. */

/** Maximum number of rows that the page stores; with more rows, the page drops the oldest row. */
const ROWS = 2000

type Connections = Extract<WireToPage, { type: 'connections' }>
type Watching = Extract<WireToPage, { type: 'watching' }>
type Rows = Extract<WireToPage, { type: 'rows' }>

/** WireModel is the state of the wire view. */
export interface WireModel {
  readonly link: 'connecting' | 'open' | 'lost'
  /** The connections that the page may see; `undefined` before the first list. */
  readonly list: Omit<Connections, 'type'> | undefined
  /** The connection whose rows the page shows. */
  readonly watching: Omit<Watching, 'type'> | undefined
  readonly rows: readonly WireRow[]
  /** Number of rows that the page has dropped. */
  readonly dropped: number
  readonly now: Pick<Rows, 'state' | 'turn' | 'isOpen' | 'isHidden'> & {
    /** Monotonic time of the last byte of either side. */
    readonly byteAt: number
  }
  /** The last refusal of the server. */
  readonly refusal: string | undefined
}

export const emptyWire: WireModel = {
  link: 'connecting',
  list: undefined,
  watching: undefined,
  rows: [],
  dropped: 0,
  now: { state: '', turn: 'none', isOpen: true, isHidden: false, byteAt: Number.POSITIVE_INFINITY },
  refusal: undefined,
}

/** Returns the model after a message of the server, which has arrived at a monotonic time. */
export function foldWire(model: WireModel, message: WireToPage, at: number): WireModel {
  switch (message.type) {
    case 'connections': {
      const { type: _, ...list } = message
      return { ...model, link: 'open', list }
    }
    case 'watching': {
      const { type: _, ...watching } = message
      return { ...model, watching, rows: [], dropped: 0, now: { ...emptyWire.now, state: watching.start }, refusal: undefined }
    }
    case 'rows': {
      if (message.connection !== model.watching?.connection.connection) return model
      const { state, turn, isOpen, isHidden, quiet } = message
      const all = message.isAnew ? message.rows : [...model.rows, ...message.rows]
      const rows = all.slice(-ROWS)
      const dropped = (message.isAnew ? 0 : model.dropped) + all.length - rows.length
      return { ...model, rows, dropped, now: { state, turn, isOpen, isHidden, byteAt: at - quiet } }
    }
    case 'refused':
      return { ...model, refusal: message.message }
    case 'ticket':
    case 'file':
      return { ...model, refusal: undefined }
  }
}

/** OwnMessage is a message on the page's own WebSocket, or the end of the WebSocket. */
export interface OwnMessage {
  /** Number of the message, from 1. */
  readonly number: number
  /** Milliseconds since the WebSocket was opened. */
  readonly at: number
  readonly from: 'client' | 'server'
  readonly kind: 'message' | 'end'
  /** The text, without its passwords and tokens. */
  readonly text: string
}

/** Maximum number of bytes that a row has in hexadecimal, for a message on the page's own WebSocket. */
const OWN_BYTES = 512

/** Returns the rows of the messages on the page's own WebSocket, with the type of the message as the name of the row. */
export function toOwnRows(messages: readonly OwnMessage[]): readonly WireRow[] {
  return messages.map(({ number, at, from, kind, text }) => {
    const bytes = new TextEncoder().encode(text)
    const [, name = ''] = /"type":"([\w-]+)"/.exec(text) ?? []
    const row = { row: number, at, from, pieces: [], marks: [], before: '', after: '', notes: [] }
    if (kind === 'end') return { ...row, kind, name: 'closes', text: '' }
    const more = bytes.length > OWN_BYTES ? { more: bytes.length - OWN_BYTES } : {}
    return { ...row, kind, number, name, text, hex: toHex(bytes.subarray(0, OWN_BYTES)).replaceAll(' ', ''), ...more }
  })
}

/** The causes of legal messages that the client has sent too soon. */
const TOO_SOON: ReadonlySet<string> = new Set(['out-of-turn', 'answered-twice'])

/**
 * Checks whether a row shows a violation. The view also treats three other mistakes of the client as violations: an unfinished message, a message that the
 * client has sent too soon, and a close before the end of the conversation. A program that hangs usually has made one of these mistakes.
 */
export function isViolation({ kind, from, notes, cause }: WireRow): boolean {
  if (notes.some(({ tone }) => tone === 'illegal')) return true
  if (from !== 'client') return false
  return kind === 'message' ? TOO_SOON.has(cause ?? '') : kind === 'broken' || cause !== undefined
}

/** RowFilter is the choice of rows: all rows, rows whose message was cut or glued, or violations. */
export type RowFilter = 'all' | 'cut' | 'violations'

/** Returns the rows that match a choice and contain a text. */
export function filterRows(rows: readonly WireRow[], choice: RowFilter, text: string): readonly WireRow[] {
  const wanted = text.trim().toLowerCase()
  return rows.filter((row) => {
    if (choice === 'cut' && row.marks.length === 0) return false
    if (choice === 'violations' && !isViolation(row)) return false
    if (wanted === '') return true
    const words = [row.name, row.text, row.before, row.after, row.hex ?? '', ...row.notes.map((note) => note.text)]
    return words.some((word) => word.toLowerCase().includes(wanted))
  })
}

/**
 * Chooses the connection that the page shows automatically, while the page shows no open connection. Chooses only among the connections
 * that the previous list did not contain: the newest open connection or, if no such connection is open, the newest closed connection. A
 * program with a mistake often ends before the page lists the connection. For an operator, the page chooses no connection, because the
 * operator sees all programs.
 */
export function chooseConnection({ list, watching }: WireModel, known: ReadonlySet<number>): WireConnection | undefined {
  const all = list?.connections ?? []
  const isFree = watching === undefined || all.find((one) => one.connection === watching.connection.connection)?.isOpen !== true
  if (!isFree || list?.right === 'operator') return undefined
  const fresh = all.filter(({ connection }) => !known.has(connection))
  return fresh.findLast(({ isOpen }) => isOpen) ?? fresh.at(-1)
}

/** If no byte arrives in the client's turn for this number of milliseconds, the view says that the client hangs. */
const STUCK = 5000

/** StuckClient describes a client that sends nothing in its turn: the duration of the silence in milliseconds, and the likely cause. */
export interface StuckClient {
  readonly quiet: number
  readonly cause: 'glued-read' | 'hangs'
}

/**
 * Checks whether the client sends nothing in its own turn. A client that has received two messages together has often read only one
 * message. After an unfinished message, returns `undefined`, because another row shows that message.
 */
export function findStuck(
  { rows, now: { isOpen, isHidden, turn, byteAt } }: Pick<WireModel, 'rows' | 'now'>,
  at: number,
): StuckClient | undefined {
  const quiet = at - byteAt
  const last = rows.at(-1)
  if (!isOpen || isHidden || turn !== 'client' || quiet < STUCK || last?.kind === 'broken') return undefined
  return { quiet, cause: last?.from === 'server' && last.marks.includes('glued') ? 'glued-read' : 'hangs' }
}

/** ByteCell is a character in a diagram of bytes: the character, and its bytes in hexadecimal. */
export interface ByteCell {
  readonly shown: string
  readonly hex: string
  readonly isEnd: boolean
  readonly isWrong: boolean
  /** If the message arrived in several reads, true for the first byte of each read except the first read. */
  readonly isCut: boolean
}

const NAMES: Readonly<Record<number, string>> = { 10: '\\n', 13: '\\r', 9: '\\t', 0: '\\0', 32: '·' }

/** Returns the cells of a row. Returns no cells if the bytes of the row are hidden. */
export function toByteCells({ hex = '', wrong, pieces }: WireRow): readonly ByteCell[] {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const cuts = new Set<number>()
  let end = 0
  for (const { size = 0 } of pieces) {
    if (end > 0) cuts.add(end)
    end += size
  }
  const cells: ByteCell[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    const own = bytes.slice(at, at + length)
    const isCut = cuts.has(at)
    const isWrong = wrong !== undefined && wrong >= at && wrong < at + length
    const [byte = 0] = own
    cells.push({ shown: showCharacter(own), hex: toHex(own), isEnd: byte === 10 || byte === 13, isWrong, isCut })
    at += length
  }
  return cells
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** Returns the number of bytes of the character at an index: 1 if the byte does not begin a character of UTF-8. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
  const own = bytes.slice(at, at + length)
  return own.length === length && !new TextDecoder().decode(own).includes('\ufffd') ? length : 1
}

function showCharacter(bytes: Uint8Array): string {
  const [byte = 0] = bytes
  if (bytes.length > 1) return new TextDecoder().decode(bytes)
  return NAMES[byte] ?? (byte > 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${toHex(bytes)}`)
}
