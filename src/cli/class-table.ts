import { formatCount } from '../base/counts.ts'
import { displayWidth, wrap } from '../games/text/graphemes.ts'
import type { ClassConnection } from '../lab/class/class-view.ts'
import { toClassVerdict } from '../lab/class/class-view.ts'
import { formatAddress } from '../terminal/system-errors.ts'
import { escapeInvisible } from '../wire/text.ts'
import { formatTable } from './table.ts'

/** ClassTableOptions are the size of the table, and whether the table has colors. */
export interface ClassTableOptions {
  readonly columns: number
  readonly color: boolean
  /** Maximum number of lines, at a terminal. The last line shows the number of connections that do not fit. */
  readonly lines?: number
}

const CLIENT = { title: 'client' }
/** The columns after the client and its desk or name. */
const COLUMNS = [
  { title: 'program' },
  { title: 'state' },
  { title: 'turn' },
  { title: 'states', isNumber: true },
  { title: 'games', isNumber: true },
  { title: 'quiet', isNumber: true },
]
/** Widest cell of a name, an address or a state. */
const WIDEST = { desk: 14, name: 12, client: 22, state: 16 }
/** Blanks before a fault, below its row. */
const INDENT = '  '
/** Maximum number of lines of a fault, if the table has a limit of lines. */
const FAULT_LINES = 2

/** Escape sequences of a terminal. */
const RED = '\x1b[31m'
const DIM = '\x1b[2m'
const RESET = '\x1b[0m'

/** Formats the console as a table. Each connection has a row, with its last fault below the row. */
export function formatClassTable(rows: readonly ClassConnection[], options: ClassTableOptions): readonly string[] {
  const { columns, lines = Number.POSITIVE_INFINITY } = options
  const head = formatSummary(rows)
  if (rows.length === 0) return [head]
  const sorted = rows.toSorted((one, other) => rankOf(one) - rankOf(other) || one.connection - other.connection)
  // a terminal of 80 columns has no room for desks and names
  const hasDesks = rows.some(({ desk }) => desk !== undefined)
  const [titles = '', ...cells] = formatTable(
    hasDesks ? [{ title: 'desk' }, CLIENT, ...COLUMNS] : [CLIENT, { title: 'name' }, ...COLUMNS],
    sorted.map((row) => toCells(row, hasDesks)),
    columns,
  )
    .trimEnd()
    .split('\n')
  const blocks = sorted.map((row, at) => formatBlock(row, cells[at] ?? '', options))
  const shown: string[] = []
  let count = 0
  for (const block of blocks) {
    // the last line is for the number of connections that do not fit
    if (shown.length + block.length + 3 > lines) break
    shown.push(...block)
    count++
  }
  const left = blocks.length - count
  return [head, titles, ...shown, ...(left > 0 ? [`... and ${left} more: a taller window shows them, or --once`] : [])]
}

/** Formats a connection as one line, for a pipe. */
export function formatClassRow(row: ClassConnection, columns = Number.POSITIVE_INFINITY): string {
  const { desk, name, program, state, progress, fault } = row
  const { visited, states, games } = progress
  const parts = [
    ...(desk === undefined ? [] : [escapeInvisible(desk)]),
    formatAddress(row),
    program,
    ...(name === undefined ? [] : [escapeInvisible(name)]),
    `${escapeInvisible(state)} (${toTurn(row)})`,
    `${visited} of ${states} states`,
    formatCount(games, 'game'),
  ]
  const line = `${parts.join('  ')}${fault ? `: ${fault.stands ? '' : '(corrected) '}${escapeInvisible(fault.sentence)}` : ''}`
  return columns === Number.POSITIVE_INFINITY ? line : wrap(line, columns).join('\n')
}

/** Formats the numbers of connections: all, open, with a fault, finished. */
export function formatSummary(rows: readonly ClassConnection[]): string {
  if (rows.length === 0) return 'No client has connected yet.'
  const open = rows.filter(({ isOpen }) => isOpen).length
  const verdicts = rows.map(toClassVerdict)
  const count = (one: string) => verdicts.filter((verdict) => verdict === one).length
  const all = formatCount(rows.length, 'connection')
  return `${all}, ${open} open; ${count('failed')} with a fault, ${count('passed')} finished`
}

/**
 * Returns the rank of a connection in the table: open connections are before closed connections, and an open connection whose last fault is
 * not corrected is before the other open connections.
 */
function rankOf({ fault, isOpen }: ClassConnection): number {
  return (isOpen ? 0 : 2) + (fault?.stands ? 0 : 1)
}

function toCells(row: ClassConnection, hasDesks: boolean): readonly string[] {
  const { name = '', desk = name, program, state, progress, isOpen, quietFor } = row
  const client = shortenStart(formatAddress(row), WIDEST.client)
  return [
    ...(hasDesks ? [shorten(escapeInvisible(desk), WIDEST.desk), client] : [client, shorten(escapeInvisible(name), WIDEST.name)]),
    program,
    shorten(escapeInvisible(state), WIDEST.state),
    toTurn(row),
    `${progress.visited}/${progress.states}`,
    String(progress.games),
    isOpen ? formatAge(quietFor) : '',
  ]
}

function toTurn({ isOpen, isLost, turn }: ClassConnection): string {
  if (!isOpen) return 'closed'
  return isLost ? 'not watched' : turn
}

function formatBlock(row: ClassConnection, line: string, { columns, color, lines }: ClassTableOptions): readonly string[] {
  const { fault, isOpen } = row
  const paint = (text: string, code: string) => (color ? `${code}${text}${RESET}` : text)
  const shown = isOpen ? line : paint(line, DIM)
  if (!fault) return [shown]
  const sentence = `${fault.stands ? '' : '(corrected) '}${escapeInvisible(fault.sentence)}`
  const wrapped = wrap(sentence, columns - INDENT.length)
  const cut =
    lines !== undefined && wrapped.length > FAULT_LINES
      ? [...wrapped.slice(0, FAULT_LINES - 1), shorten(wrapped.slice(1).join(' '), columns - 2)]
      : wrapped
  return [shown, ...cut.map((one) => paint(`${INDENT}${one}`, fault.stands ? RED : DIM))]
}

/** Formats milliseconds roughly: 12s, 3m, 2h. */
function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 100) return `${seconds}s`
  return seconds < 6000 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 3600)}h`
}

/** Cuts the beginning of an address, because the end contains the port, or the name of the socket. */
function shortenStart(text: string, columns: number): string {
  return text.length <= columns ? text : `…${text.slice(1 - columns)}`
}

function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let shown = ''
  for (const character of text) {
    if (displayWidth(`${shown}${character}`) > columns - 1) break
    shown += character
  }
  return `${shown}…`
}
