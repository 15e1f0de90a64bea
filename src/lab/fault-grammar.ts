import type { FaultPlan, Faults } from './faults.ts'

/*
 * The grammar of network faults, the same for options of the command line, settings, and experiments:
 *
 *   network   = rule *("," rule)
 *   rule      = [direction ":"] verb value        such as  split 8   in:delay 5ms..20ms
 *   direction = "out" / "in" / "both"             "out" is what this side sends, and the default
 *   verb      = "split" / "glue" / "delay" / "dribble" / "reset" / "stop"
 *   value     = size / time, or for split and delay a range of them, low ".." high
 *   size      = 1 to 65536 bytes                  time = number ["ms" / "s" / "m"], up to 10 minutes; "ms" is the default
 *
 * Each verb is a row of VERBS; a new verb needs a new row and its effect in `faults.ts`. The option `--split in:8,out:4` has the
 * same meaning as `in:split 8,out:split 4`.
 */

/** FaultSettings has the faults of each direction: the part of a FaultPlan that has a text form. */
export type FaultSettings = Pick<FaultPlan, 'toPeer' | 'fromPeer'>

/** The verbs that are also options. */
export const optionVerbs = ['split', 'glue', 'delay'] as const
/** OptionVerb is a verb that is also an option. */
export type OptionVerb = (typeof optionVerbs)[number]

type Verb = OptionVerb | 'dribble' | 'reset' | 'stop'
type Value = number | readonly [number, number]

const VERBS: Readonly<Record<Verb, { readonly unit: 'bytes' | 'time'; readonly range: boolean }>> = {
  split: { unit: 'bytes', range: true },
  glue: { unit: 'time', range: false },
  delay: { unit: 'time', range: true },
  dribble: { unit: 'time', range: false },
  reset: { unit: 'bytes', range: false },
  stop: { unit: 'bytes', range: false },
}

const DIRECTIONS = { out: ['toPeer'], in: ['fromPeer'], both: ['toPeer', 'fromPeer'] } as const
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }
const LONGEST = 600_000
const LARGEST = 65_536

/** Parses fault rules such as `split 8,in:delay 5ms..20ms`. Returns the reason as `refused` if the text is invalid. */
export function parseFaults(text: string): FaultSettings | { readonly refused: string } {
  const network: { toPeer?: Faults; fromPeer?: Faults } = {}
  for (const rule of text.split(',')) {
    const [, direction = 'out', verb = '', written = ''] = /^\s*(?:(\w+)\s*:)?\s*([a-z]+)\s+(\S+)\s*$/.exec(rule) ?? []
    if (!isVerb(verb))
      return { refused: `${JSON.stringify(rule.trim())} is not a network rule, such as "split 8", "in:delay 5ms..20ms" or "glue 80ms"` }
    if (!isDirection(direction)) return { refused: `a direction is in, out or both, not ${JSON.stringify(direction)}` }
    const value = parseValue(verb, written)
    if (value === undefined) return { refused: backwards(verb, written) ?? formatExpected(verb, written) }
    for (const way of DIRECTIONS[direction]) {
      if (network[way]?.[verb] !== undefined) return { refused: `${verb} is given twice for one direction` }
      network[way] = { ...network[way], [verb]: value }
    }
  }
  return network
}

/** Formats faults as `parseFaults` reads them; `''` if there are none. */
export function formatFaults({ toPeer = {}, fromPeer = {} }: FaultSettings): string {
  const rules = (direction: string, faults: Faults) =>
    verbs.flatMap((verb) => (faults[verb] === undefined ? [] : [`${direction}:${verb} ${printValue(verb, faults[verb])}`]))
  return [...rules('out', toPeer), ...rules('in', fromPeer)].join(',')
}

/** Converts the value of an option to rules: `in:8,out:4` of `--split` becomes `in:split 8,out:split 4`. */
export function toRules(verb: OptionVerb, value: string): string {
  return value
    .split(',')
    .map((one) => one.replace(/^\s*(\w+\s*:)?\s*(.*?)\s*$/, `$1${verb} $2`))
    .join(',')
}

/** Checks whether the faults depend on random numbers. */
export function hasChance({ toPeer = {}, fromPeer = {} }: FaultSettings): boolean {
  return [toPeer, fromPeer].some((faults) => Array.isArray(faults.split) || Array.isArray(faults.delay))
}

const verbs = Object.keys(VERBS) as Verb[]

function isVerb(text: string): text is Verb {
  return Object.hasOwn(VERBS, text)
}

function isDirection(text: string): text is keyof typeof DIRECTIONS {
  return Object.hasOwn(DIRECTIONS, text)
}

function parseValue(verb: Verb, text: string): Value | undefined {
  const { unit, range } = VERBS[verb]
  const read = unit === 'bytes' ? parseSize : parseTime
  const [low = '', high, more] = text.split('..')
  const from = read(low)
  if (high === undefined) return from
  const to = read(high)
  return !range || more !== undefined || from === undefined || to === undefined || from > to ? undefined : [from, to]
}

/** Returns the error text for a range from high to low; `undefined` if something else is wrong. */
function backwards(verb: Verb, text: string): string | undefined {
  const [low = '', high = '', more] = text.split('..')
  const turned = `${high}..${low}`
  return more === undefined && parseValue(verb, turned) !== undefined ? `${verb} ${text} runs backwards: write ${turned}` : undefined
}

function parseSize(text: string): number | undefined {
  const size = /^\d{1,6}$/.test(text) ? Number(text) : 0
  return size >= 1 && size <= LARGEST ? size : undefined
}

function parseTime(text: string): number | undefined {
  const [, number, unit = 'ms'] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)?$/.exec(text) ?? []
  const time = number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? 1)
  return time <= LONGEST ? time : undefined
}

/** Returns the error text for an invalid value: the values that the verb takes, and the given value. */
export function formatExpected(verb: Verb, text: string): string {
  const { unit, range } = VERBS[verb]
  const one = unit === 'bytes' ? `a number of bytes from 1 to ${LARGEST}` : 'a time such as 5ms or 2s, up to 10m'
  const example = unit === 'bytes' ? '1..5' : '5ms..20ms'
  return `${verb} takes ${one}${range ? `, or a range such as ${example}` : ''}, not ${JSON.stringify(text)}`
}

function printValue(verb: Verb, value: Value): string {
  const unit = VERBS[verb].unit === 'bytes' ? '' : 'ms'
  return typeof value === 'number' ? `${value}${unit}` : value.map((one) => `${one}${unit}`).join('..')
}
