import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHECK_FILE, type CheckFile, type CheckSettings, parseCheckFile } from '../config/check-settings.ts'
import { ConfigError, formatOrigin } from '../config/config.ts'
import { selectChecks } from '../lab/check/registry.ts'
import type { Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { cannotRead } from '../terminal/system-errors.ts'
import { quoteText } from '../wire/text.ts'
import { UsageError } from './diagnostics.ts'
import { type GivenOption, spellOption } from './option-parsers.ts'
import { decodeTextFile } from './text-file.ts'

/** Maximum size of a settings file in bytes. The file may be part of a hand-in, so Parlor does not read a larger file. */
const LARGEST = 64 * 1024

/**
 * The settings with which Parlor starts a program. A file beside a hand-in may have only these settings, because the author of a hand-in
 * may not set marks.
 */
const OF_START = ['client', 'server', 'build', 'folder', 'port'] as const

/** StartSettings are the settings for the start of a hand-in. */
export type StartSettings = Pick<CheckSettings, (typeof OF_START)[number]>

/**
 * Reads the `parlor-check.toml` of a folder; resolves to `undefined` if there is no such file. Rejects with a UsageError if the file is not
 * valid.
 */
export async function readCheckFile(folder: string): Promise<CheckFile | undefined> {
  const file = join(folder, CHECK_FILE)
  try {
    const found = await lstat(file)
    if (!found.isFile()) throw new UsageError(`${file} is not a file but a link, a folder or a device; put the file itself there`)
    if (found.size > LARGEST) throw new UsageError(`${file} has more than ${LARGEST / 1024} kB, the maximum of a settings file`)
    return parseCheckFile(file, decodeTextFile(file, await readFile(file)))
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(...error.sentences)
    if (error instanceof UsageError) throw error
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw new UsageError(cannotRead(file, error))
  }
}

/** Divides the settings of a file: returns the settings for the start of a hand-in, and the names of all other settings. */
export function startSettingsOf({ settings }: CheckFile): { readonly start: StartSettings; readonly others: readonly string[] } {
  const isOfStart = (name: string) => OF_START.some((one) => one === name)
  const { true: own = [], false: others = [] } = Object.groupBy(Object.entries(settings), ([name]) => `${isOfStart(name)}`)
  return { start: Object.fromEntries(own), others: others.map(([name]) => name) }
}

/**
 * Returns the options that a file gives for a program, in the same form as options that a user has typed. Throws a UsageError with the
 * lines of the options that the program does not take.
 */
export function optionsOfFile({ name, takes = [] }: Program, { settings, source }: CheckFile): readonly GivenOption[] {
  const sentences: string[] = []
  const given = Object.entries(settings.options ?? {}).flatMap(([written, value]): readonly GivenOption[] => {
    const option = takes.find((one) => one.name === written || spellOption(one) === `--${written}`)
    const at = originOf(source, `options.${written}`)
    if (!option) sentences.push(`${at} is not an option of ${name}; parlor check ${name} --help lists them`)
    const parsed = option && parseOption(option, value)
    if (option && parsed === undefined) sentences.push(`${at} is ${quoteText(String(value))}, and must be ${expectedOf(option)}`)
    return option && parsed !== undefined && parsed !== false ? [{ option, value: parsed }] : []
  })
  const [first, ...others] = sentences
  if (first !== undefined) throw new UsageError(first, ...others)
  return given
}

/** Parses the value of an option; `undefined` if the value is not valid. */
function parseOption(option: ProgramOption, value: string | number | boolean): unknown {
  if (option.kind === 'flag') return typeof value === 'boolean' ? value : undefined
  if (typeof value === 'boolean') return undefined
  return option.kind === 'file' ? String(value) : option.parse(String(value))
}

function expectedOf(option: ProgramOption): string {
  if (option.kind === 'flag') return 'true or false'
  return option.kind === 'file' ? 'the name of a file' : option.expected
}

/** Throws a UsageError for the weight of a check that neither side of the program has at any level. */
export function checkWeights(program: Program, { settings, source }: CheckFile): void {
  const names = (['client', 'server'] satisfies Side[]).flatMap((role) =>
    selectChecks(program, role, 'robust').map(({ name }) => [name, `${role}:${name}`] as const),
  )
  const known = new Set(names.flat())
  const list = [...new Set(names.map(([name]) => name))].join(', ')
  const [first, ...others] = Object.keys(settings.weights ?? {})
    .filter((name) => !known.has(name))
    .map(
      (name) =>
        `${originOf(source, `weights.${name}`)} is not a check of ${program.name}; there are: ${list}; client:${names[0]?.[0]} is for one side`,
    )
  if (first !== undefined) throw new UsageError(first, ...others)
}

function originOf(source: CheckFile['source'], setting: string): string {
  return formatOrigin(setting, source.from(setting), source.lineOf?.(setting))
}
