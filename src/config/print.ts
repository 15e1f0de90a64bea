import { stringify } from 'smol-toml'
import { z } from 'zod'
import { wrap } from '../games/text/graphemes.ts'
import { Config, flattenSettings, type ResolvedConfig, splitName } from './config.ts'

/** The defaults of optional settings, as phrases for people; programs declare the defaults of their own options. */
const MISSING: Readonly<Record<string, string>> = {
  only: 'all programs',
  portBase: 'each program has a port of its own',
  tls: 'false',
  cert: 'with tls, a new file at each start',
  key: 'with tls, a new file at each start',
  unix: 'the programs have ports',
  wait: '10s at the front door, and 0 elsewhere, except in fh/tictactoe, which waits for a client',
  strict: 'false',
  split: 'each write is sent whole',
  glue: 'each write is sent alone',
  delay: 'each write is sent immediately',
  faults: 'none',
  seed: 'random',
  trace: 'false',
  secrets: 'false',
  lab: 'false',
  classPassword: 'with lab, a new password at each start',
  roster: 'with lab, the desks have no names',
}

const TITLE = 'The settings of "parlor serve" on this machine; the command also reads them from a file parlor.toml.'

/**
 * Formats settings as a `parlor.toml`, with the source of each setting. A line is longer than `columns` only if its
 * value is too long.
 */
export function formatToml(settings: ResolvedConfig, columns = 80): string {
  const rows = toRows(settings)
  const width = Math.max(...rows.map(({ line }) => line.length).filter((length) => length <= columns / 2))
  const comment = (text: string, indent: number) => wrap(text, columns - indent - 2).map((line) => `${' '.repeat(indent)}# ${line}`)
  const lines = rows.flatMap(({ table, line, note }, at) => {
    const notes = comment(note, width + 2)
    const beside = line.length > width ? [line, ...notes] : [line + notes[0]?.slice(line.length), ...notes.slice(1)]
    return [...(table !== rows[at - 1]?.table ? ['', `[${table}]`] : []), ...beside]
  })
  return `${[...comment(TITLE, 0), ...lines].join('\n')}\n`
}

/** Formats settings and their sources as JSON, for programs. */
export function formatJson(settings: ResolvedConfig): string {
  const rows = [...encodeSettings(settings)]
  const entries = rows.map(([setting, value]) => [setting, { value, from: settings.from.get(setting) }])
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
}

/** Yields all settings that have a value, in the spelling of `parlor.toml` and in the order of the schema. */
function encodeSettings({ schema: { names }, config, options }: ResolvedConfig): Iterable<[string, unknown]> {
  const flat = flattenSettings({ ...z.encode(Config, config), ...options })
  const encoded = Array.from(flat, ([setting, value]): [string, unknown] => [setting, value])
  const placeOf = ([setting]: [string, unknown]) => names.indexOf(splitName(setting)[0] === 'ports' ? 'ports' : setting)
  return encoded.toSorted((one, other) => placeOf(one) - placeOf(other))
}

function toRows(settings: ResolvedConfig) {
  const { schema, from } = settings
  const encoded = new Map(encodeSettings(settings))
  const missing = { ...MISSING, ...Object.fromEntries(schema.options.map(({ name, unset }) => [name, unset])) }
  const plain = schema.names.filter((setting) => setting !== 'ports' && !setting.includes('.'))
  const inTables = [...encoded.keys()].filter((setting) => setting.includes('.'))
  return [...plain, ...inTables].map((setting) => {
    const [table, key] = splitName(setting)
    const value = encoded.get(setting)
    const line = value === undefined ? `# ${key} =` : stringify({ [key]: value }).trimEnd()
    return { table, line, note: from.get(setting)?.replaceAll(/\s+/g, ' ') ?? `not set: ${missing[setting]}` }
  })
}
