/** Formats a count: `1 table`, `2 tables`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Parses a whole number in decimal digits. Returns `undefined` for any other text, and for a number outside the range. */
export function parseWhole(text: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}
