import { UsageError } from './diagnostics.ts'

/** Throws a UsageError if both formats are requested. */
export function checkFormat({ json, csv }: { readonly json?: boolean | undefined; readonly csv?: boolean | undefined }): void {
  if (json && csv) throw new UsageError('--json and --csv do not go together: leave one of them out')
}

/**
 * Formats rows as CSV (RFC 4180): lines end in CR LF, and fields with a comma, a quote or a line end are quoted. A text that
 * a spreadsheet would take for a formula gets an apostrophe before it.
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
