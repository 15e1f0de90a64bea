import { formatCount } from './counts.ts'

const UNITS = { ms: 1, s: 1000, m: 60_000 }

/**
 * Parses a time span such as `100ms`, `2s` or `1m` to milliseconds; a bare number is in `unit`. Returns `undefined` if the text is
 * not a time span.
 */
export function parseSpan(text: string, unit: keyof typeof UNITS): number | undefined {
  const [, number, given] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  return Number(number) * UNITS[given === 'ms' || given === 's' || given === 'm' ? given : unit]
}

/** Formats milliseconds as a whole number of the largest unit that divides them: `2m`, `90s`, `1500ms`. */
export function formatSpan(ms: number): string {
  if (ms === 0) return '0s'
  if (ms % UNITS.m === 0) return `${ms / UNITS.m}m`
  return ms % UNITS.s === 0 ? `${ms / UNITS.s}s` : `${ms}ms`
}

/** Formats milliseconds as whole seconds, rounded up: `1 second`, `20 seconds`. */
export function formatSeconds(ms: number): string {
  return formatCount(Math.ceil(ms / 1000), 'second')
}
