/** Formats a count: `1 table`, `2 tables`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Formats milliseconds as whole seconds, rounded up: `1 second`, `20 seconds`. */
export function formatSeconds(ms: number): string {
  return formatCount(Math.ceil(ms / 1000), 'second')
}

/** Parses a whole number in decimal digits. Returns `undefined` if the text is not such a number, or outside the range. */
export function parseWhole(text: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

const UNITS = { ms: 1, s: 1000, m: 60_000 }

/** Parses a time span such as `100ms`, `2s` or `1m` to milliseconds; a bare number is in `unit`. Returns `undefined` if invalid. */
export function parseSpan(text: string, unit: keyof typeof UNITS): number | undefined {
  const [, number, given] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  return Number(number) * UNITS[given === 'ms' || given === 's' || given === 'm' ? given : unit]
}

/** Formats milliseconds as a whole number of the largest unit that divides them. */
export function formatSpan(ms: number): string {
  if (ms === 0) return '0s'
  if (ms % UNITS.m === 0) return `${ms / UNITS.m}m`
  return ms % UNITS.s === 0 ? `${ms / UNITS.s}s` : `${ms}ms`
}
