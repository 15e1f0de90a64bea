import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import type { Cause, CheckLevel } from '../../../src/lab/check/report.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import type { JudgedHandIn } from '../../support/judge-hand-in.ts'
import { works } from '../../support/sandboxes.ts'

/** The folder of the programs that students could have written. */
export const STUDENTS = join(import.meta.dirname, 'students')

/** The folder of the project's examples, which must be correct, too. */
const EXAMPLES = join(import.meta.dirname, '../../../examples')

/** HandIn is a student's program: its file in `students/`, or in `examples/`; the program whose protocol it speaks, and its side. */
export interface HandIn {
  readonly file: string
  /** Files beside it that it needs: modules, or sources to compile with it. */
  readonly beside?: readonly string[]
  readonly program: string
  readonly role: Side
  /** Its arguments; by default, the address. */
  readonly args?: string
  /** True if it speaks over UDP. */
  readonly datagrams?: boolean
}

/** BrokenHandIn is a program with one mistake. */
export interface BrokenHandIn extends HandIn {
  /** What its author did wrong. */
  readonly mistake: string
  /** The check that finds it. */
  readonly check: string
  readonly cause: Cause
  /** Words of the sentence that names it. */
  readonly says: RegExp
}

/** CorrectHandIn is a program without a mistake. */
export interface CorrectHandIn extends HandIn {
  /** The checks of level robust that each run of the tests makes. `npm run test:check` makes all of them. */
  readonly robust: readonly string[]
  /** The level of `npm run test:check`; by default, robust. */
  readonly level?: CheckLevel
  /** A check that it does not pass, because it does not claim what that check proves. */
  readonly unclaimed?: string
}

/** PreparedHandIn is a hand-in that can be started: a copy in a folder of its own, compiled if it is in C. */
export interface PreparedHandIn extends Pick<JudgedHandIn, 'name' | 'role' | 'command' | 'cwd' | 'datagrams'>, Disposable {}

/** What starts a program, by the suffix of its file. */
const INTERPRETERS: Readonly<Record<string, string>> = { '.py': 'python3', '.js': 'node', '.c': 'cc' }

/** The suffixes of the programs that can be started here. */
export const startable: ReadonlySet<string> = new Set(
  Object.entries(INTERPRETERS).flatMap(([suffix, command]) => (works(command, '--version') ? [suffix] : [])),
)

/** Checks whether a hand-in can be started here. */
export function isStartable({ file }: HandIn): boolean {
  return startable.has(extname(file))
}

/** Copies or compiles a hand-in into a new folder, which `Symbol.dispose` removes. */
export function prepareHandIn({ file, program, role, beside = [], args = '{HOST} {PORT}', datagrams = false }: HandIn): PreparedHandIn {
  const cwd = mkdtempSync(join(tmpdir(), 'parlor-student-'))
  const [source, name, suffix] = [join(file.startsWith('examples/') ? join(EXAMPLES, '..') : STUDENTS, file), basename(file), extname(file)]
  const sources = [source, ...beside.map((other) => join(dirname(source), other))]
  // a student may ignore warnings
  if (suffix === '.c') execFileSync('cc', ['-w', '-o', join(cwd, 'program'), ...sources])
  else for (const one of sources) copyFileSync(one, join(cwd, basename(one)))
  const start = suffix === '.c' ? './program' : `${INTERPRETERS[suffix]} ${name}`
  const dispose = () => rmSync(cwd, { recursive: true, force: true })
  return { name: program, role, command: `${start} ${args}`, cwd, datagrams, [Symbol.dispose]: dispose }
}
