import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CheckSubject } from '../lab/check/check.ts'
import { CommandError, parseCommand } from '../lab/check/command.ts'
import { SandboxError } from '../lab/check/sandbox.ts'
import { openSandbox } from '../lab/sandbox/open-sandbox.ts'
import type { Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import { wallClock } from './clock.ts'
import { UsageError } from './diagnostics.ts'
import { createRandom, type ProgramFlags, resolveOptions } from './program-options.ts'

/** Port of a program that has no port of its own. In the network of the sandbox, every port is free. */
const ANY_PORT = 9999

/** SubjectTerms describe the program under test, and its start. */
export interface SubjectTerms {
  readonly program: Program
  readonly role: Side
  /** The words of the command that starts the program, and of the command that builds it. */
  readonly words: readonly string[]
  readonly build?: readonly string[] | undefined
  /** Absolute path of the folder in which the program runs. */
  readonly folder: string
  /** True if the commands come from a hand-in, which may not name files elsewhere. */
  readonly confined: boolean
  readonly port?: number | undefined
  /** True if the program runs over UDP. */
  readonly datagrams?: boolean
  readonly seed: number
  /** The options of the program. The judge's side uses only the options that the judge's side takes. */
  readonly flags: ProgramFlags
  /** True if some options may be for the other side, because both sides are under test. */
  readonly isBoth: boolean
}

/** Opens the sandbox of a program under test. Rejects with a UsageError. */
export async function openSubject(terms: SubjectTerms): Promise<CheckSubject & AsyncDisposable> {
  const { program, role, words, build, folder, confined, datagrams = false, seed, flags, isBoth } = terms
  const own = role === 'client' ? 'server' : 'client'
  const given = flags.given.filter(({ option }) => !isBoth || option.side === own || option.side === 'both')
  const options = await resolveOptions(program, own, { ...flags, given })
  const random = program.takes?.some(({ name }) => name in options) ? await createRandom(program, options) : undefined
  const sandbox = await openSandbox({ words, build, cwd: folder, confined, clock: wallClock }).catch((error) => {
    throw error instanceof SandboxError ? new UsageError(error.message) : error
  })
  const usual = role === 'client' ? (program.join?.port ?? program.port) : program.port
  const port = terms.port ?? (usual === 0 ? ANY_PORT : usual)
  return {
    ...{ program, options: { ...program.defaults, ...options }, role, words, port, datagrams, sandbox, random, seed, clock: wallClock },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** Splits a command into words. Throws a UsageError if the command cannot run. */
export function wordsOf(command: string): readonly string[] {
  try {
    return parseCommand(command)
  } catch (error) {
    throw error instanceof CommandError ? new UsageError(error.message) : error
  }
}

/**
 * Resolves to the absolute path of a folder. Rejects with a UsageError if there is no such folder. The error message ends with `what`, a
 * text about the folder.
 */
export async function findFolder(folder: string, what: string): Promise<string> {
  const path = resolve(folder)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return path
  throw new UsageError(`there is no folder ${folder}; ${what}`)
}

/** Resolves to the absolute path of the folder in which a program runs. Rejects with a UsageError if there is no such folder. */
export function findProgramFolder(folder = '.'): Promise<string> {
  return findFolder(folder, '--folder is the folder in which your program runs')
}
