/** A number of something: `1 table`, `2 tables`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Milliseconds to wait, in whole seconds: `1 second`, `20 seconds`. */
export function secondsOf(ms: number): string {
  return counted(Math.ceil(ms / 1000), 'second')
}

const UNITS = { ms: 1, s: 1000, m: 60_000 }

/** A time span in milliseconds: `100ms`, `2s`, `1m`; a bare number is in `unit`. `undefined` for a text that is none. */
export function readSpan(text: string, unit: keyof typeof UNITS): number | undefined {
  const [, number, given] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  return Number(number) * UNITS[given === 'ms' || given === 's' || given === 'm' ? given : unit]
}

/** A time span as one writes it, in the largest unit of which it is a whole number. */
export function printSpan(ms: number): string {
  if (ms === 0) return '0s'
  if (ms % UNITS.m === 0) return `${ms / UNITS.m}m`
  return ms % UNITS.s === 0 ? `${ms / UNITS.s}s` : `${ms}ms`
}
