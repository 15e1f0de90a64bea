import { widthOf, wrap } from '../games/characters.ts'

/** Column of a table, the least important one last. */
export interface Column {
  readonly title: string
  /** Numbers stand to the right. */
  readonly isNumber?: boolean
  /** Columns of the terminal from which on its cells are broken, if the table is too wide; they are whole by default. */
  readonly narrowest?: number
}

/** Columns of the terminal for a user's name: most names are no wider. */
export const NAME_COLUMNS = 20

/** Columns of the terminal between two cells. */
const GAP = 2

/**
 * Formats rows below their titles, in columns as wide as their cells. If that is more than `width`, the cells of the column
 * that has a `narrowest` are broken; if that is not enough, the last columns are left out, but for two.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const all = [columns.map(({ title }) => title), ...rows]
  const full = columns.map((_, at) => all.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0))
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
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)))
  return isNumber ? blanks + cell : cell + blanks
}
