import { z } from 'zod'
import { ConfigError, type ConfigSource, faultsOf, toShippedName } from './config.ts'
import { oneOf, text, whole, written } from './setting-schemas.ts'
import { parseConfigFile } from './sources.ts'

/** The name of the settings file of `parlor check`. */
export const CHECK_FILE = 'parlor-check.toml'

/** Hundredths of a point, the unit of weights, so that sums are exact. */
const HUNDREDTHS = 100
const MOST_POINTS = 10_000

function points(expected: string, least: number) {
  const schema = z.number({ error: expected }).min(least, { error: expected }).max(MOST_POINTS, { error: expected })
  return schema.refine((value) => Math.round(value * HUNDREDTHS) / HUNDREDTHS === value, { error: expected })
}

const command = (example: string) => text(`a command line, such as ${JSON.stringify(example)}`)

/**
 * The schema of `parlor-check.toml`: the program of a hand-in, the commands that start the program, and the points of its
 * checks.
 */
const CheckSettings = z.strictObject({
  program: text('the name of a program, such as "guess"'),
  client: command('python3 client.py {HOST} {PORT}'),
  server: command('./server {PORT}'),
  build: command('cc -o client client.c'),
  folder: text('a folder, such as "src"'),
  port: written('a port from 1 to 65535', (given) => whole(given, 1, 65_535), Number),
  level: oneOf('worksheet', 'robust'),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, or true' }), {
    error: 'a table of options of the program',
  }),
  points: points('the points of all checks together: a number from 0.01, with at most two digits after the point', 1 / HUNDREDTHS),
  weights: z.record(z.string(), points('a number from 0, with at most two digits after the point', 0), {
    error: 'a table of checks and numbers',
  }),
})

const Part = CheckSettings.partial()

/** CheckSettings has the settings of one `parlor-check.toml`; all settings are optional. */
export type CheckSettings = z.output<typeof Part>

/** Names of all settings, in the spelling of the file. */
const checkSettingNames: readonly string[] = Object.keys(CheckSettings.shape)

/** CheckFile has the settings of a file, and the place of each setting in the file, for sentences. */
export interface CheckFile {
  readonly settings: CheckSettings
  readonly source: ConfigSource
}

/** Parses a `parlor-check.toml`; `file` is its name for sentences. Throws a ConfigError with a sentence for each mistake. */
export function parseCheckFile(file: string, toml: string): CheckFile {
  const source = parseConfigFile(file, toml, { flags: new Set() })
  const schema = { part: Part, names: checkSettingNames, toProgramName: toShippedName }
  const [fault, ...others] = faultsOf(source, schema, 'docs/checking.md')
  if (fault !== undefined) throw new ConfigError(fault, ...others)
  return { settings: Part.parse(source.values), source }
}
