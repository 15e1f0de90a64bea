import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { ProgramLimits, ProgramStart } from '../check/sandbox.ts'
import { cleanEnvironment, type Launch, type Launcher } from './launcher.ts'
import { countThreads } from './process-tree.ts'
import { FolderTooLarge, type ProgramFiles, stageFolder } from './program-files.ts'
import { PLAIN_SETUP } from './setup-script.ts'

const NOT_CONTAINED =
  'this system gives the program no namespaces of its own, so the program can read and change your files, and reach the network; check only programs that you would run yourself'
const LARGE = 'so it runs in its own folder, and not in a copy of it'

/** PlainLauncher starts programs on a system without namespaces: with a copy of their files, a HOME of their own, and the limits of a shell. */
export class PlainLauncher implements Launcher {
  readonly notes: readonly string[]
  readonly #files: ProgramFiles
  readonly #limits: ProgramLimits
  readonly #folder: string

  /** Copies the program's files, and resolves with the launcher. */
  static async open(files: ProgramFiles, limits: ProgramLimits): Promise<PlainLauncher> {
    const folder = await mkdtemp(join(tmpdir(), 'parlor-check-'))
    try {
      await Promise.all(['home', 'tmp', 'stage'].map((name) => mkdir(join(folder, name))))
      const notes = files.own.flatMap((own) => stage(own, folder))
      return new PlainLauncher(files, limits, folder, [NOT_CONTAINED, ...notes])
    } catch (error) {
      await rm(folder, { recursive: true })
      throw error
    }
  }

  private constructor(files: ProgramFiles, limits: ProgramLimits, folder: string, notes: readonly string[]) {
    this.#files = files
    this.#limits = limits
    this.#folder = folder
    this.notes = notes
  }

  async launch({ words, environment }: ProgramStart): Promise<Launch> {
    const mark = `PARLOR_CHECK=${randomUUID()}`
    const [name, value] = mark.split('=') as [string, string]
    const env = { ...cleanEnvironment(join(this.#folder, 'home'), join(this.#folder, 'tmp'), environment), [name]: value }
    const copy = this.#copyOf(this.#files.cwd)
    const cwd = existsSync(copy) ? copy : this.#files.cwd
    const [first = '', ...others] = words.map((word, at) => this.#inCopy(word, at))
    if (process.platform === 'win32') return { file: first, args: others, env, cwd, mark }
    const limits = {
      SBX_CWD: cwd,
      SBX_SECONDS: String(Math.ceil(this.#limits.time / 1000) + 1),
      SBX_BLOCKS: String(Math.ceil(this.#limits.files / 512)),
      SBX_PROCESSES: process.platform === 'linux' ? String(countThreads(process.getuid?.() ?? 0) + this.#limits.processes) : '',
    }
    return { file: 'sh', args: ['-c', PLAIN_SETUP, 'sh', first, ...others], env: { ...env, ...limits }, cwd: '/', mark }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  #copyOf(path: string): string {
    return join(this.#folder, 'stage', relative('/', path))
  }

  /** Replaces an absolute path in a copied folder by its path in the copy; returns any other word of the command unchanged. */
  #inCopy(word: string, at: number): string {
    const copy = this.#copyOf(word)
    return word.startsWith('/') && (at > 0 || this.#files.own.some((folder) => word.startsWith(`${folder}/`))) && existsSync(copy)
      ? copy
      : word
  }
}

/** Copies a folder of the program. Returns a note if the folder is too large. */
function stage(path: string, folder: string): readonly string[] {
  try {
    stageFolder(path, join(folder, 'stage'))
    return []
  } catch (error) {
    if (error instanceof FolderTooLarge) return [`${error.message}, ${LARGE}`]
    throw error
  }
}
