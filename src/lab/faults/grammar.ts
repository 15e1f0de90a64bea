import { joinWords } from '../../base/counts.ts'
import { findNearest } from '../../base/nearest.ts'
import { formatMoment, formatMomentExpected, parseMoment, parseOrdinal } from './moment-grammar.ts'
import { ANY, type FaultDirection, type FaultRefusal, type FaultRule, isAtMessage } from './rule.ts'
import { formatValue, formatValueExpected, parseValue } from './values.ts'
import { type FaultPlace, isVerb, specOf, verbs } from './verbs.ts'

/*
 * The grammar of faults, the same for options of the command line, settings and experiments:
 *
 *   faults = rule *("," rule)
 *   rule   = [direction ":"] verb [value] [moment]        such as  split 8   in:delay 5ms..20ms   reset before 2nd LOW
 *
 * `verbs.ts` has the verbs, `values.ts` has their values, and `moment-grammar.ts` has the moments; the reference page has the whole grammar.
 * Names of messages depend on the program, so `resolve.ts` checks them. The option `--split in:8,out:4` has the same meaning as `in:split
 * 8,out:split 4`.
 */

/** The verbs that are also options. */
export const optionVerbs = ['split', 'glue', 'delay'] as const
/** OptionVerb is a verb that is also an option. */
export type OptionVerb = (typeof optionVerbs)[number]

/** The directions, with their meanings. */
export const DIRECTIONS: Readonly<Record<FaultDirection, string>> = {
  out: 'all bytes that this side sends',
  in: 'all bytes that this side reads',
  both: 'both',
  client: 'all bytes that the client sends',
  server: 'all bytes that the server sends',
}

const PLACES: readonly string[] = ['at', 'before', 'inside', 'after'] satisfies readonly FaultPlace[]

/** Parses fault rules such as `split 8,in:delay 5ms..20ms`. Returns the reason as `refused` if the text is invalid. */
export function parseFaults(text: string): readonly FaultRule[] | FaultRefusal {
  const rules: FaultRule[] = []
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const rule = parseRule(part)
    if ('refused' in rule) return rule
    for (const key of keysOf(rule)) {
      if (seen.has(key)) return { refused: `${rule.verb} is given twice for one direction${rule.moment ? ' and one moment' : ''}` }
      seen.add(key)
    }
    rules.push(rule)
  }
  return rules
}

/** Formats rules as `parseFaults` reads them. */
export function formatFaults(rules: readonly FaultRule[]): string {
  return rules.map(formatRule).join(',')
}

/** Formats one rule as `parseFaults` reads it. */
export function formatRule({ direction, verb, value, moment }: FaultRule): string {
  const words = [verb, ...(value === undefined ? [] : [formatValue(verb, value)]), ...(moment ? [formatMoment(moment)] : [])]
  return `${direction === undefined ? '' : `${direction}:`}${words.join(' ')}`
}

/** Converts the value of an option to rules: `in:8,out:4` of `--split` becomes `in:split 8,out:split 4`. */
export function toRules(verb: OptionVerb, value: string): string {
  return value
    .split(',')
    .map((one) => one.replace(/^\s*(\w+\s*:)?\s*(.*?)\s*$/, `$1${verb} $2`))
    .join(',')
}

function parseRule(text: string): FaultRule | FaultRefusal {
  const [, direction, rest = ''] = /^\s*(?:([\w-]+)\s*:)?\s*(.*?)\s*$/s.exec(text) ?? []
  const [verb = '', ...words] = rest.split(/\s+/)
  if (verb === '')
    return {
      refused: `${JSON.stringify(text.trim())} is not a fault rule, such as "split 8", "in:delay 5ms..20ms" or "reset before GAMEOVER"`,
    }
  if (direction !== undefined && !isDirection(direction)) return { refused: unknownDirection(direction) }
  if (!isVerb(verb)) return { refused: unknownVerb(verb) }
  const at = words.findIndex((word) => PLACES.includes(word))
  const [values, place, moment] = at < 0 ? [words, undefined, []] : [words.slice(0, at), words[at], words.slice(at + 1)]
  const written = values.join(' ')
  const numbered = specOf(verb).kind === 'datagram' && place === undefined ? parseOrdinal(written) : undefined
  if (numbered !== undefined) return { direction, verb, moment: { place: 'at', ordinal: numbered, message: ANY } }
  const value = written === '' ? undefined : parseValue(verb, written)
  if (written === '' ? !specOf(verb).optional : value === undefined) return { refused: formatValueExpected(verb, written || undefined) }
  const parsed = place === undefined ? undefined : parseMoment(verb, place as FaultPlace, moment)
  if (parsed && 'refused' in parsed) return parsed
  return complete({ direction, verb, value, moment: parsed })
}

/** Checks that a rule sets each part of its moment once. */
function complete(rule: FaultRule): FaultRule | FaultRefusal {
  const { verb, value, moment } = rule
  const { kind, unit } = specOf(verb)
  if (kind === 'span' || (verb === 'stall' && (value ?? moment) === undefined)) return rule
  if ((value ?? moment) === undefined) return { refused: kind === 'datagram' ? formatValueExpected(verb) : formatMomentExpected(verb) }
  if (kind !== 'point' || unit !== 'bytes' || moment === undefined) return rule
  if (value !== undefined) return { refused: `${verb} takes a number of bytes or a moment, not both` }
  return isAtMessage(moment) || moment.byte === 0 ? rule : { ...rule, value: moment.byte, moment: undefined }
}

/**
 * Returns the keys of a rule; no other rule may have one of these keys. A key is the verb and the moment of the rule, with one of its
 * directions.
 */
function keysOf({ direction, verb, moment }: FaultRule): readonly string[] {
  const what = moment ? `${verb} ${formatMoment(moment)}` : verb
  const usual = isAtMessage(moment) ? 'its own' : 'out'
  return (direction === 'both' ? ['out', 'in'] : [direction ?? usual]).map((one) => `${one}:${what}`)
}

function isDirection(text: string): text is FaultDirection {
  return Object.hasOwn(DIRECTIONS, text)
}

function unknownDirection(direction: string): string {
  const names = Object.keys(DIRECTIONS)
  return `a direction is ${joinWords(names, 'or')}, not ${JSON.stringify(direction)}`
}

function unknownVerb(verb: string): string {
  const meant = findNearest(verb, verbs)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return `there is no fault ${JSON.stringify(verb)}${hint || '.'} The faults are ${verbs.join(', ')}`
}
