import { closestMatch } from 'leven'
import { parse, TomlError } from 'smol-toml'
import { formatDuplicate } from '../wire/text.ts'
import {
  ConfigError,
  type ConfigSource,
  formatOrigin,
  maxDistance,
  parlorSchema,
  type SettingsSchema,
  setValue,
  splitName,
  toShippedName,
} from './config.ts'

const LISTS: readonly string[] = ['plugins', 'only', 'iterative', 'faults', 'webHosts', 'webOrigins', 'webProxies']

/** Parses a settings file; `file` is its name for error texts. Throws a ConfigError if the file is not TOML. */
export function parseConfigFile(file: string, toml: string, { flags }: Pick<SettingsSchema, 'flags'> = parlorSchema): ConfigSource {
  try {
    const lines = linesOf(toml)
    // TOML gives no line for the settings of an inline table, so they get the line of the table's name
    const lineOf = (setting: string) => {
      const [named] = [...lines.keys()].filter((name) => name === setting || withFullName(name) === setting)
      return lines.get(named ?? splitName(setting)[0] ?? setting)
    }
    return { values: parse(toml), from: () => file, lineOf }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [, what = error.message] = /^Invalid TOML document: (.*)/.exec(error.message) ?? []
    const line = toml.split('\n')[error.line - 1] ?? ''
    throw new ConfigError(`${file}, line ${error.line}, column ${error.column}: ${what}; ${flagRemedy(line, flags) ?? remedyFor(what)}`)
  }
}

/** Advice for each error in TOML, by the message of the TOML library. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/redefine/, 'this setting or table appears earlier in the file: remove one of the two'],
  [/leading zero/, 'a number has no leading 0'],
  [/escape/, 'in double quotes, write \\\\ for a \\; in single quotes, write the \\ itself'],
  [/control characters|string/, 'a text ends with its quote, on the same line'],
  [/comma|structure/, 'a list ends with ], and a table in a line ends with }'],
  [/followed by/, 'each setting is on a line of its own'],
  [/key/, 'a setting has the form first = "2m", and a table has the form [limits]'],
]

function remedyFor(what: string): string {
  const [, remedy = 'texts are in quotes, as in first = "2m"'] = REMEDIES.find(([says]) => says.test(what)) ?? []
  return remedy
}

/** Returns advice for a line with another word in place of a truth value, such as yes or off. */
function flagRemedy(line: string, flags: ReadonlySet<string>): string | undefined {
  const [, name, word = ''] = /^\s*([\w.-]+)\s*=\s*(yes|no|on|off|true|false)\s*(?:#.*)?$/i.exec(line) ?? []
  if (name === undefined || !flags.has(name)) return undefined
  return `${name} is true or false, as in ${name} = ${/^(?:yes|on|true)$/i.test(word)}`
}

/** Returns the line of each setting and each table of a file, by the name in the file. */
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

/** Returns the name of a setting; the name of a port has the full name of its program. */
function withFullName(name: string): string {
  const [table, key] = splitName(name)
  return table === 'ports' ? `${table}.${toShippedName(key)}` : name
}

/** Splits a dotted key of TOML into its parts, without their quotes. */
function partsOf(key: string): readonly string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|[^\s."']+/g)].map(([whole, double, single]) => double ?? single ?? whole)
}

/** The environment variables of a process. */
type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings in the environment: `PARLOR_HOST`, `PARLOR_LIMITS_TABLES`; commas separate the items of lists and the ports. */
export function parseEnvironment(environment: Environment, { names }: Pick<SettingsSchema, 'names'> = parlorSchema): ConfigSource {
  const values: Record<string, unknown> = {}
  for (const setting of names) {
    const given = environment[variableOf(setting)]
    if (given === undefined || given === '') continue
    const items = given
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    if (setting === 'ports') values.ports = portsIn(items, variableOf(setting))
    else setValue(values, setting, LISTS.includes(setting) ? items : given)
  }
  return { values, from: variableOf }
}

/** Returns a sentence for each variable that looks like a setting of Parlor, but has another name. */
export function findUnknownVariables(environment: Environment, { names }: Pick<SettingsSchema, 'names'> = parlorSchema): string[] {
  const known = ['PARLOR_CONFIG', ...names.map(variableOf)]
  const unknown = Object.keys(environment).filter((name) => name.startsWith('PARLOR_') && !known.includes(name))
  return unknown.flatMap((name) => {
    const meant = closestMatch(name, known, { maxDistance: Math.min(2, maxDistance(name.slice('PARLOR_'.length))) })
    if (meant === undefined && OTHERS.test(name)) return []
    const [inside] = known.filter((one) => one.startsWith(`${name}_`))
    const hint =
      meant !== undefined
        ? `did you mean ${meant}?`
        : `"parlor config" shows all settings${inside === undefined ? '' : `, and those of ${name} are written as ${inside}`}`
    return [`${name} is not a setting, and is ignored; ${hint}`]
  })
}

/**
 * Variables that begin like settings, but are not settings. Container systems set some of them for a service called parlor or
 * parlor-web; Parlor itself uses some of them at its start and in its tests.
 */
const OTHERS = /^PARLOR_(?:RELAUNCHED|ORIGINALS)$|_SERVICE_(?:HOST|PORT)|_(?:PORT|NAME)$|_PORT_\d+_(?:TCP|UDP)|_ENV_/

function variableOf(setting: string): string {
  return `PARLOR_${(splitName(setting)[0] === 'ports' ? 'ports' : setting).replace('.', '_').toUpperCase()}`
}

/** Parses items such as `guess=9000` to ports by program. Throws a ConfigError if a program has two ports. */
function portsIn(items: readonly string[], variable: string): Record<string, string> {
  const ports: Record<string, string> = {}
  for (const [name, port] of items.map(pairOf)) {
    const before = ports[name]
    if (before !== undefined && before !== port)
      throw new ConfigError(formatDuplicate(formatOrigin(`ports.${name}`, variable, undefined), [before, port]))
    ports[name] = port
  }
  return ports
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
