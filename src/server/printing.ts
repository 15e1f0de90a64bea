import { stringify } from 'smol-toml'
import { z } from 'zod'
import { Config, flat, type Settings, settingNames, splitName } from './config.ts'

/** What is told of settings that may be missing. */
const MISSING: Readonly<Record<string, string>> = {
  only: 'all programs',
  portBase: 'each program has a port of its own',
  wait: '10s at the front door, and not at all elsewhere, but for fh/tictactoe, which waits for a client',
  framing: 'lines',
  words: 'those that come with Parlor',
  questions: 'those that come with Parlor',
  strict: 'false',
  split: 'all is sent as it is said',
  glue: 'all is sent as it is said',
  delay: 'all is sent at once',
  seed: 'by chance',
  trace: 'false',
  secrets: 'false',
}

/** The settings as a `parlor.toml`, with where each comes from. */
export function printToml(settings: Settings): string {
  const rows = printed(settings)
  const width = Math.max(...rows.map(({ line }) => line.length))
  const lines = rows.flatMap(({ table, line, note }, at) => [
    ...(table !== rows[at - 1]?.table ? ['', `[${table}]`] : []),
    `${line.padEnd(width)}  # ${note}`,
  ])
  return `# The settings of "parlor serve", as they are here; it reads them from a parlor.toml.\n${lines.join('\n')}\n`
}

/** The settings and where each comes from, for programs: by their names. */
export function printJson(settings: Settings): string {
  const rows = [...flat(z.encode(Config, settings.config))]
  const entries = rows.map(([setting, value]) => [setting, { value, from: settings.from.get(setting) }])
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
}

function printed({ config, from }: Settings) {
  const encoded = new Map(flat(z.encode(Config, config)))
  const plain = settingNames.filter((setting) => setting !== 'ports' && !setting.includes('.'))
  const inTables = [...encoded.keys()].filter((setting) => setting.includes('.'))
  return [...plain, ...inTables].map((setting) => {
    const [table, key] = splitName(setting)
    const value = encoded.get(setting)
    const line = value === undefined ? `# ${key} =` : stringify({ [key]: value }).trimEnd()
    return { table, line, note: from.get(setting)?.replaceAll(/\s+/g, ' ') ?? `not set: ${MISSING[setting]}` }
  })
}
