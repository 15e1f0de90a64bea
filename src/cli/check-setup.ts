import { relative, resolve } from 'node:path'
import type { CheckFile } from '../config/check-settings.ts'
import { EQUAL, type Weights } from '../lab/check/points.ts'
import type { CheckLevel } from '../lab/check/report.ts'
import { showLine } from '../lab/matrix/report.ts'
import type { Program } from '../protocol/definition.ts'
import { checkWeights, optionsOfFile, readCheckFile, type StartSettings, startSettingsOf } from './check-files.ts'
import { findProgramFolder } from './check-subject.ts'
import { printError, UsageError } from './diagnostics.ts'
import { type GivenOption, spellOption } from './option-parsers.ts'
import { loadRegistry, type ProgramFlags, requireNetworkProgram } from './program-options.ts'

/** CheckFlags are the options on the command line that a settings file may have, too. */
export interface CheckFlags extends ProgramFlags, StartSettings {
  readonly level?: CheckLevel
}

/** MatrixFlags are the options that are only for `--matrix`. */
export interface MatrixFlags {
  readonly csv?: string
  readonly html?: string
  /** Number of conversations at a time. */
  readonly jobs?: number
  /** The only pair that the judge plays, such as `ada/grace`. */
  readonly pair?: string
  /** The only hand-in that the judge judges. */
  readonly handIn?: string
}

/** CheckTerms are the terms of a check, from the command line and the files together. */
export interface CheckTerms {
  readonly program: Program
  readonly level: CheckLevel
  readonly weights: Weights
  /** True if a file gives weights or points. */
  readonly isWeighted: boolean
  readonly flags: ProgramFlags
}

/** Start has the commands that start and build a program, and their working folder. */
export interface Start extends Omit<StartSettings, 'folder'> {
  /** Absolute path. */
  readonly folder: string
  /** True if a file beside the program gives a command. */
  readonly confined: boolean
}

/**
 * Resolves to the terms of a check. A later file overrides an earlier file, and the command line overrides all files. Rejects with a
 * UsageError.
 */
export async function resolveTerms(name: string | undefined, options: CheckFlags, files: readonly CheckFile[]): Promise<CheckTerms> {
  const settings = files.map((file) => file.settings)
  const named = name ?? settings.findLast(({ program }) => program !== undefined)?.program
  if (named === undefined)
    throw new UsageError(
      'the program is missing: parlor check PROGRAM, or program = "..." in parlor-check.toml; all programs: parlor protocols',
    )
  const program = await requireNetworkProgram(named, await loadRegistry(options.plugin, [named]))
  for (const file of files) checkWeights(program, file)
  const weights = Object.assign({}, ...settings.map((one) => one.weights))
  const points = settings.findLast((one) => one.points !== undefined)?.points
  const table = new Map<string, number>(Object.entries(weights))
  const isWeighted = table.size > 0 || points !== undefined
  return {
    program,
    level: options.level ?? settings.findLast(({ level }) => level !== undefined)?.level ?? 'worksheet',
    // a weight without a side is for both sides
    weights: isWeighted
      ? { weightOf: (check) => table.get(check) ?? table.get(check.replace(/^(?:client|server):/, '')) ?? 1, points }
      : EQUAL,
    isWeighted,
    flags: {
      ...options,
      given: joinOptions(
        files.flatMap((file) => optionsOfFile(program, file)),
        options.given,
      ),
    },
  }
}

/** Joins the options of files and of the command line: a later file overrides an earlier file, and the command line overrides all files. */
function joinOptions(fromFiles: readonly GivenOption[], typed: readonly GivenOption[]): readonly GivenOption[] {
  return [...new Map([...fromFiles, ...typed].map((given) => [spellOption(given.option), given])).values()]
}

/**
 * Resolves to the `Start` of the program that `parlor check` judges, and to the settings file of the current folder, if that file exists.
 */
export async function resolveStart(options: CheckFlags): Promise<{ readonly start: Start; readonly files: readonly CheckFile[] }> {
  const here = await readCheckFile('.')
  const folder = await findProgramFolder(options.folder ?? here?.settings.folder)
  const beside = relative('.', folder) === '' ? undefined : await readCheckFile(folder)
  const own = beside && startBeside(beside, folder)
  const { client, server } = options
  const sides = client === undefined && server === undefined ? { ...here?.settings, ...own } : { client, server }
  const build = options.build ?? own?.build ?? here?.settings.build
  const ofHandIn = [own?.client, own?.server, own?.build]
  const start = {
    client: sides.client,
    server: sides.server,
    build,
    port: options.port ?? own?.port ?? here?.settings.port,
    folder: own?.folder === undefined ? folder : await findProgramFolder(resolve(folder, own.folder)),
    confined: [sides.client, sides.server, build].some((command) => command !== undefined && ofHandIn.includes(command)),
  }
  return { start, files: here ? [here] : [] }
}

/** Returns the settings of a file that start the hand-in beside the file. Prints the names of the settings that Parlor ignores. */
export function startBeside(file: CheckFile, folder: string): StartSettings {
  const { start, others } = startSettingsOf(file)
  if (others.length > 0)
    printError(
      showLine(
        `${relative('.', folder)}/parlor-check.toml is part of a hand-in, and may only give the commands that start the hand-in; Parlor ignores its other settings: ${others.join(', ')}`,
      ),
    )
  return start
}
