/** Formats a count: `1 table`, `2 tables`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Joins items to `a`, `a or b`, `a, b or c`. */
export function joinWords(items: readonly string[], last: 'and' | 'or'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

/** Parses a whole number in decimal digits. Returns `undefined` for any other text, and for a number outside the range. */
export function parseWhole(text: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}
