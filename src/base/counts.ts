/** Formats a count: `1 table`, `2 tables`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Parses a whole number from `low` to `high`. Returns `undefined` for any other text. */
export function parseWhole(text: string, low: number, high: number): number | undefined {
  const value = Number(/^\s*\d+\s*$/.test(text) ? text : Number.NaN)
  return value >= low && value <= high ? value : undefined
}
