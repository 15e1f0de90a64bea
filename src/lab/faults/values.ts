import { formatSpan } from '../../base/durations.ts'
import type { FaultValue } from './rule.ts'
import { type FaultUnit, specOf, type Verb } from './verbs.ts'

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }
const LONGEST = 600_000
const LARGEST = 65_536
const SIZES: Readonly<Record<string, number>> = { B: 1, KB: 1000, MB: 1_000_000 }
/** Maximum bandwidth in bytes a second; above it, a user of one machine would not notice the limit. */
const FASTEST = 1_000_000_000

/** Parses the value of a fault; `undefined` for an invalid value. */
export function parseValue(verb: Verb, text: string): FaultValue | undefined {
  const { unit, range, words = [] } = specOf(verb)
  if (words.includes(text)) return text === 'char' ? 'char' : 'message'
  const [low = '', high, more] = text.split('..')
  const from = PARSERS[unit](low)
  if (high === undefined) return from
  const to = PARSERS[unit](high)
  return !range || more !== undefined || from === undefined || to === undefined || from > to ? undefined : [from, to]
}

/** Formats a value as `parseValue` reads it. */
export function formatValue(verb: Verb, value: FaultValue): string {
  if (typeof value === 'string') return value
  const { unit } = specOf(verb)
  const format = (one: number) => (unit === 'time' ? formatSpan(one) : `${one}${{ bytes: '', rate: '/s', chance: '%' }[unit]}`)
  return typeof value === 'number' ? format(value) : value.map(format).join('..')
}

/** Returns the error text for an invalid or missing value: the values that the fault takes, and the value in the rule. */
export function formatValueExpected(verb: Verb, text?: string): string {
  const { unit, range, words = [], kind } = specOf(verb)
  const { takes, example } = FORMS[unit]
  const others = [...(range ? [`a range such as ${example}`] : []), ...words.map((word) => JSON.stringify(word))]
  const alternatives =
    others.length > 1 ? `, ${others.slice(0, -1).join(', ')} or ${others.at(-1)}` : others.map((one) => `, or ${one}`).join('')
  const more = kind === 'datagram' ? ', or a datagram by its number, such as 3rd' : ''
  const given = text === undefined ? ', and has none' : `, not ${JSON.stringify(text)}`
  return backwards(verb, text ?? '') ?? `${verb} takes ${takes}${alternatives}${more}${given}`
}

/** Returns the error text for a range from high to low; `undefined` for other mistakes. */
function backwards(verb: Verb, text: string): string | undefined {
  const [low = '', high = '', more] = text.split('..')
  const turned = `${high}..${low}`
  return more === undefined && parseValue(verb, turned) !== undefined
    ? `${verb} ${text} has its range in the wrong order: write ${turned}`
    : undefined
}

/** The form of the values of each unit, for error texts and for the reference page. */
export const FORMS: Readonly<Record<FaultUnit, { readonly takes: string; readonly example: string; readonly grammar: string }>> = {
  bytes: { takes: `a number of bytes from 1 to ${LARGEST}`, example: '1..5', grammar: `a number of bytes from 1 to ${LARGEST}` },
  time: {
    takes: 'a time such as 5ms or 2s, up to 10m',
    example: '5ms..20ms',
    grammar: 'a number and "ms", "s" or "m", up to 10 minutes; "ms" by default',
  },
  rate: {
    takes: 'bytes a second, such as 2000/s or 64KB/s',
    example: '2000/s',
    grammar: 'a number and "/s", "B/s", "KB/s" or "MB/s"; bytes a second by default',
  },
  chance: { takes: 'a probability such as 20%', example: '20%', grammar: 'a number above 0, up to 100, and "%"' },
}

const PARSERS: Readonly<Record<FaultUnit, (text: string) => number | undefined>> = {
  bytes(text) {
    const size = /^\d{1,6}$/.test(text) ? Number(text) : 0
    return size >= 1 && size <= LARGEST ? size : undefined
  },
  time(text) {
    const [, number, unit = 'ms'] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)?$/.exec(text) ?? []
    const time = number === undefined ? Number.NaN : Math.round(1000 * Number(number) * (TIMES[unit] ?? 1)) / 1000
    return time <= LONGEST ? time : undefined
  },
  rate(text) {
    const [, number, unit = 'B'] = /^(\d{1,10})(?:(B|KB|MB)?\/s)?$/.exec(text) ?? []
    const rate = number === undefined ? 0 : Number(number) * (SIZES[unit] ?? 1)
    return rate >= 1 && rate <= FASTEST ? rate : undefined
  },
  chance(text) {
    const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1] ?? 0)
    return percent > 0 && percent <= 100 ? percent : undefined
  },
}
