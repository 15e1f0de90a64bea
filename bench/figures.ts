/** Returns the median; for an even number of values, the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** Formats a number with separators and a fixed number of decimals. */
export function figure(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Formats a target and whether it holds. */
export function verdict(holds: boolean, text: string): string {
  return `- ${holds ? 'holds' : '**does not hold**'}: ${text}`
}

/** Formats a table in Markdown. */
export function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Formats the median of ratios, with the lowest and the highest. */
export function formatRatios(ratios: readonly number[]): string {
  return `**${figure(median(ratios), 2)}** (${figure(Math.min(...ratios), 2)} to ${figure(Math.max(...ratios), 2)})`
}
