import { DIRECTIONS } from './grammar.ts'
import { ORDINALS, WHOSE } from './moment-grammar.ts'
import { FORMS } from './values.ts'
import { type FaultUnit, placesOf, specOf, verbs } from './verbs.ts'

const UNIT_NAMES: Readonly<Record<FaultUnit, string>> = { bytes: 'size', time: 'time', rate: 'rate', chance: 'chance' }

/** Formats the grammar of faults from the tables with which the parser reads rules. */
export function formatGrammar(): string {
  const directions = Object.entries(DIRECTIONS).map(([name, meaning]) => [quote(name), meaning] as const)
  const width = Math.max(...directions.map(([name]) => name.length))
  const places = (kind: 'span' | 'point') => [...new Set(verbs.filter((verb) => specOf(verb).kind === kind).flatMap(placesOf))].map(quote)
  const units = Object.entries(UNIT_NAMES) as [FaultUnit, string][]
  const rows: readonly (readonly [string, string])[] = [
    ['faults', 'rule *("," rule)'],
    ['rule', '[direction ":"] fault [moment]'],
    ...directions.map(([name, meaning], at) => [at === 0 ? 'direction' : '', `${name.padEnd(width)}   ${meaning}`] as const),
    ...verbs.map((verb, at) => [at === 0 ? 'fault' : '', formatVerb(verb)] as const),
    ['range', 'low ".." high'],
    ['moment', 'place *("the" / "each" / "every" / whose / ordinal) message / "at byte" number'],
    ['place', `${places('span').join(' / ')} for a fault that lasts, ${places('point').join(' / ')} for a fault that happens once`],
    ['whose', `${Object.keys(WHOSE).map(quote).join(' / ')}`],
    [
      'ordinal',
      `"1st" / "2nd" / ... or ${quote(ORDINALS[0] ?? '')} to ${quote(ORDINALS.at(-1) ?? '')}; of a datagram fault, in place of the chance`,
    ],
    ['message', 'a name, text or first word of a message of the program, or "message" for any'],
    ...units.map(([unit, name]) => [name, FORMS[unit].grammar] as const),
  ]
  return rows.map(([name, text]) => (name === '' ? `          / ${text}` : `${name.padEnd(9)} = ${text}`)).join('\n')
}

/** Returns the rows of the table of faults: an example, the effect, and the connections that the fault can disturb. */
export function toFaultRows(): readonly (readonly string[])[] {
  return verbs.map((verb) => {
    const { example, effect, carriers } = specOf(verb)
    return [`\`${example}\``, effect, carriers === 'both' ? 'TCP, UDP' : carriers === 'streams' ? 'TCP' : 'UDP']
  })
}

function formatVerb(verb: (typeof verbs)[number]): string {
  const { unit, range, words = [], optional, kind } = specOf(verb)
  const value = UNIT_NAMES[unit]
  const values = [value, ...(range ? [`range of ${value}s`] : []), ...words.map(quote), ...(kind === 'datagram' ? ['ordinal'] : [])].join(
    ' / ',
  )
  return `${quote(verb).padEnd(12)} ${optional ? `[${values}]` : values}`
}

function quote(word: string): string {
  return `"${word}"`
}
