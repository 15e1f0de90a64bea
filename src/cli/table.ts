import { displayWidth, wrap } from '../games/text/graphemes.ts'
import { UsageError } from './diagnostics.ts'

/** Column declares a column of a table; columns are in order of importance. */
export interface Column {
  readonly title: string
  /** True for a column with right-aligned cells. */
  readonly isNumber?: boolean
  /**
   * Minimum width in terminal columns. If the table is too wide, the cells of this column wrap to at least this width; by default, they do
   * not wrap.
   */
  readonly narrowest?: number
}

/** Minimum width of a column of user names, in terminal columns, because most names are not wider than this minimum. */
export const NAME_COLUMNS = 20

/** Blanks between two cells. */
const GAP = 2

/**
 * Formats rows below the titles of the columns. A column is as wide as its widest cell. If the table is wider than `width`, wraps the cells
 * of the column that has a `narrowest`. If the table is still too wide, drops columns from the end, except the first two.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const all = [columns.map(({ title }) => title), ...rows]
  const full = columns.map((_, at) => all.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? '')), 0))
  const least = columns.map(({ narrowest = Number.POSITIVE_INFINITY }, at) => Math.min(full[at] ?? 0, narrowest))
  let count = columns.length
  while (count > 2 && total(least.slice(0, count)) > width) count--
  const shown = columns.slice(0, count)
  const widths = shown.map(({ narrowest }, at) => {
    const others = total(full.slice(0, count).toSpliced(at, 1)) + GAP
    return narrowest === undefined ? (full[at] ?? 0) : Math.max(GAP, Math.min(full[at] ?? 0, width - others))
  })
  const lines = all.flatMap((row) => {
    const cells = shown.map(({ narrowest }, at) => (narrowest === undefined ? [row[at] ?? ''] : wrap(row[at] ?? '', widths[at] ?? 0)))
    const height = Math.max(...cells.map(({ length }) => length))
    return Array.from({ length: height }, (_, line) =>
      shown
        .map(({ isNumber = false }, at) => padded(cells[at]?.[line] ?? '', widths[at] ?? 0, isNumber))
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
  })
  return `${lines.join('\n')}\n`
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one + GAP, -GAP)
}

function padded(cell: string, width: number, isNumber: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(cell)))
  return isNumber ? blanks + cell : cell + blanks
}

/** Throws a UsageError if the user has requested both formats. */
export function checkFormat({ json, csv }: { readonly json?: boolean | undefined; readonly csv?: boolean | undefined }): void {
  if (json && csv) throw new UsageError('--json and --csv exclude each other: leave one of them out')
}

/**
 * Formats rows as CSV (RFC 4180): lines end in CR LF, and a field with a comma, a quote or a line end is in quotes. A text that a
 * spreadsheet would treat as a formula begins with an apostrophe.
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
