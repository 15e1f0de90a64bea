import { closestMatch } from 'leven'
import { parse, TomlError } from 'smol-toml'
import { givenTwice } from '../wire/text.ts'
import { ConfigError, distanceFor, FLAGS, fullName, type Layer, origin, put, settingNames, splitName } from './config.ts'

const LISTS: readonly string[] = ['only', 'iterative']

/** The layer of a file. Throws a ConfigError where it is no TOML. */
export function fileLayer(file: string, toml: string): Layer {
  try {
    const lines = linesOf(toml)
    // a table within a line stands where its name does
    const lineOf = (setting: string) => {
      const [named] = [...lines.keys()].filter((name) => name === setting || withFullName(name) === setting)
      return lines.get(named ?? splitName(setting)[0] ?? setting)
    }
    return { values: parse(toml), from: () => file, lineOf }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [, what = error.message] = /^Invalid TOML document: (.*)/.exec(error.message) ?? []
    const line = toml.split('\n')[error.line - 1] ?? ''
    throw new ConfigError(`${file}, line ${error.line}, column ${error.column}: ${what}; ${flagRemedy(line) ?? remedyFor(what)}`)
  }
}

/** Advice for a mistake in TOML, by the library's words for it. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/redefine/, 'this setting or table stands further up already: leave one of the two'],
  [/leading zero/, 'a number has no 0 in front'],
  [/escape/, 'in double quotes a \\ is written as \\\\, and in single quotes as it is'],
  [/control characters|string/, 'a text ends with its quote, on the same line'],
  [/comma|structure/, 'a list ends with ], and a table in a line with }'],
  [/followed by/, 'each setting stands on a line of its own'],
  [/key/, 'a setting is written as first = "2m", and a table as [limits]'],
]

function remedyFor(what: string): string {
  const [, remedy = 'texts stand in quotes, as in first = "2m"'] = REMEDIES.find(([says]) => says.test(what)) ?? []
  return remedy
}

/** Advice for a line that gives a truth value by a word of another language. */
function flagRemedy(line: string): string | undefined {
  const [, name, word = ''] = /^\s*([\w.-]+)\s*=\s*(yes|no|on|off|true|false)\s*(?:#.*)?$/i.exec(line) ?? []
  if (name === undefined || !FLAGS.has(name)) return undefined
  return `${name} is true or false, as in ${name} = ${/^(?:yes|on|true)$/i.test(word)}`
}

/** The line of each setting and table in a file, by its name as it is written there. */
function linesOf(toml: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  let table: readonly string[] = []
  for (const [at, line] of toml.split('\n').entries()) {
    const [, header, key] = /^\s*(?:\[\s*([^[\]]+?)\s*\]|([^=#[\]]+?)\s*=)/.exec(line) ?? []
    if (header !== undefined) table = partsOf(header)
    const name = [...table, ...(key === undefined ? [] : partsOf(key))].join('.')
    if ((header ?? key) !== undefined && !found.has(name)) found.set(name, at + 1)
  }
  return found
}

/** The name of a setting with the full name of its program, if it is that of a port. */
function withFullName(name: string): string {
  const [table, key] = splitName(name)
  return table === 'ports' ? `${table}.${fullName(key)}` : name
}

/** The parts of a dotted key of TOML, each without its quotes. */
function partsOf(key: string): readonly string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|[^\s."']+/g)].map(([whole, double, single]) => double ?? single ?? whole)
}

/** The layer of the environment: `PARLOR_HOST`, `PARLOR_LIMITS_TABLES`; lists and ports separated by commas. */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const values: Record<string, unknown> = {}
  for (const setting of settingNames) {
    const given = environment[variableOf(setting)]
    if (given === undefined || given === '') continue
    const items = given
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    if (setting === 'ports') values.ports = portsIn(items, variableOf(setting))
    else put(values, setting, LISTS.includes(setting) ? items : given)
  }
  return { values, from: variableOf }
}

/** Returns what in the environment seems to be meant for Parlor and is no setting, in sentences. */
export function strays(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = ['PARLOR_CONFIG', ...settingNames.map(variableOf)]
  const unknown = Object.keys(environment).filter((name) => name.startsWith('PARLOR_') && !known.includes(name))
  return unknown.flatMap((name) => {
    const meant = closestMatch(name, known, { maxDistance: Math.min(2, distanceFor(name.slice('PARLOR_'.length))) })
    if (meant === undefined && OTHERS.test(name)) return []
    const [inside] = known.filter((one) => one.startsWith(`${name}_`))
    const hint =
      meant !== undefined
        ? `did you mean ${meant}?`
        : `"parlor config" shows all settings${inside === undefined ? '' : `, and those of ${name} are written as ${inside}`}`
    return [`${name} is no setting, and is not looked at; ${hint}`]
  })
}

/**
 * Variables that others make of the name: systems that run several machines together for a service called parlor or
 * parlor-web, and Parlor for its own start and tests.
 */
const OTHERS = /^PARLOR_(?:RELAUNCHED|ORIGINALS)$|_SERVICE_(?:HOST|PORT)|_(?:PORT|NAME)$|_PORT_\d+_(?:TCP|UDP)|_ENV_/

function variableOf(setting: string): string {
  return `PARLOR_${(splitName(setting)[0] === 'ports' ? 'ports' : setting).replace('.', '_').toUpperCase()}`
}

/** The ports by program that items such as `guess=9000` give. Throws a ConfigError for two ports of one name. */
function portsIn(items: readonly string[], variable: string): Record<string, string> {
  const ports: Record<string, string> = {}
  for (const [name, port] of items.map(pairOf)) {
    const before = ports[name]
    if (before !== undefined && before !== port)
      throw new ConfigError(givenTwice(origin(`ports.${name}`, variable, undefined), [before, port]))
    ports[name] = port
  }
  return ports
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
