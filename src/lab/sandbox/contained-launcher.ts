import { randomInt } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ProgramLimits, type ProgramStart, SandboxError } from '../check/sandbox.ts'
import { cleanEnvironment, type Launch, type Launcher, type LaunchReport } from './launcher.ts'
import { countThreads } from './process-tree.ts'
import { FolderTooLarge, type ProgramFiles, SYSTEM_FOLDERS, stageFolder } from './program-files.ts'
import { SETUP } from './setup-script.ts'

const HOME = '/home/sandbox'
/** User ids without an account; each sandbox that the administrator opens takes a random id. */
const USERS = { from: 0x70000000, to: 0x7fffffff }
/** Number of threads of the sandbox itself, because these threads count for the limit in a user namespace. */
const OWN_THREADS = 32
/** The first version of the kernel in which the limit of processes counts only the processes of the user namespace. */
const COUNTS_BY_NAMESPACE = [5, 14] as const

/** Options of `unshare` that give a sandbox its network, for the administrator and for other users. */
export function networkNamespaces(isAdministrator: boolean): readonly string[] {
  return isAdministrator ? ['--net', '--ipc'] : ['--user', '--map-root-user', '--net', '--ipc']
}

interface Settings {
  readonly files: ProgramFiles
  readonly limits: ProgramLimits
  /** The process whose namespaces the program enters. */
  readonly agent: number
  readonly isAdministrator: boolean
}

/** ContainedLauncher starts programs in namespaces of their own: processes, mounts, network, IPC, and users. */
export class ContainedLauncher implements Launcher {
  readonly notes: readonly string[]
  readonly #settings: Settings
  readonly #folder: string
  readonly #copied: readonly string[]
  readonly #shown: readonly string[]
  readonly #user: string
  #runs = 0

  /** Copies the program's files, and resolves with the launcher. */
  static async open(settings: Settings): Promise<ContainedLauncher> {
    const folder = await mkdtemp(join(tmpdir(), 'parlor-check-'))
    try {
      await Promise.all(['root', 'stage'].map((name) => mkdir(join(folder, name))))
      return new ContainedLauncher(
        settings,
        folder,
        settings.files.own.map((own) => stage(own, folder, settings.isAdministrator)),
      )
    } catch (error) {
      await rm(folder, { recursive: true })
      throw error
    }
  }

  private constructor(settings: Settings, folder: string, staged: readonly StagedFolder[]) {
    this.#settings = settings
    this.#folder = folder
    this.#copied = staged.filter(({ note }) => note === undefined).map(({ path }) => path)
    const large = staged.filter(({ note }) => note !== undefined)
    this.#shown = [...SYSTEM_FOLDERS, ...settings.files.tools, ...large.map(({ path }) => path)]
    this.notes = large.map(({ note }) => `${note}, so the program sees the folder itself, read-only, and not a copy of it`)
    this.#user = settings.isAdministrator ? String(randomInt(USERS.from, USERS.to)) : ''
  }

  /** Returns a launcher of the same files for the namespaces of another process. */
  withAgent(agent: number): Launcher {
    return { notes: [], launch: (start) => this.launch(start, agent), close: async () => {} }
  }

  async launch({ words, environment, keepsFiles = false }: ProgramStart, agent = this.#settings.agent): Promise<Launch> {
    const { files, limits, isAdministrator } = this.#settings
    const report = join(this.#folder, `report-${++this.#runs}`)
    const users = isAdministrator ? [] : ['--user', '--preserve-credentials']
    const namespaces = ['--pid', '--mount', '--fork', '--kill-child=KILL']
    return {
      file: 'nsenter',
      args: [
        ...['--target', String(agent), ...users, '--net', '--ipc', '--'],
        // if the judge is killed, the system kills the program, too
        ...['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...namespaces, '--', 'sh', '-c', SETUP, 'sh'],
        ...words,
      ],
      env: {
        ...cleanEnvironment(HOME, '/tmp', environment),
        SBX_ROOT: join(this.#folder, 'root'),
        SBX_STAGE: join(this.#folder, 'stage'),
        SBX_REPORT: report,
        SBX_KEPT: join(this.#folder, 'kept.tar'),
        SBX_KEEPS: keepsFiles ? 'yes' : '',
        SBX_COPIED: this.#copied.join('\n'),
        SBX_SHOWN: this.#shown.join('\n'),
        SBX_CWD: files.cwd,
        SBX_UID: this.#user,
        SBX_FILES: String(limits.files),
        SBX_LIMITS: this.#limits(limits).join(' '),
      },
      cwd: '/',
      report: () => readReport(report),
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  /**
   * Returns the limits as options of `prlimit`. The limit of data counts memory that the program can write, but not addresses that it has
   * only reserved.
   */
  #limits({ processes, memory, files, time }: ProgramLimits): readonly string[] {
    const others = this.#settings.isAdministrator ? 0 : OWN_THREADS + (countsByNamespace() ? 0 : countThreads(process.getuid?.() ?? 0))
    return [
      `--nproc=${processes + others}`,
      `--data=${memory}`,
      `--fsize=${files}`,
      '--core=0',
      '--nofile=512',
      // the judge's own time limit passes before this limit, so that the judge knows the cause
      `--cpu=${Math.ceil(time / 1000) + 1}`,
    ]
  }
}

/**
 * StagedFolder is a folder of the program. The sandbox has a copy of the folder or, if the folder is too large for a copy, a note that says
 * so.
 */
interface StagedFolder {
  readonly path: string
  readonly note?: string
}

/** Copies a folder of the program, if it is not too large. Throws a SandboxError if the program cannot see the folder. */
function stage(path: string, folder: string, isAdministrator: boolean): StagedFolder {
  try {
    stageFolder(path, join(folder, 'stage'))
    return { path }
  } catch (error) {
    if (!(error instanceof FolderTooLarge)) throw error
    if (isAdministrator && !isOpen(path))
      throw new SandboxError(`${error.message}, and only some users may read it; check it as one of them, and not as root`)
    return { path, note: error.message }
  }
}

/** Checks whether every user may read a folder, because the program may run as another user. */
function isOpen(folder: string): boolean {
  return (statSync(folder).mode & 0o005) === 0o005
}

function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const [since, sinceMinor] = COUNTS_BY_NAMESPACE
  return major > since || (major === since && minor >= sinceMinor)
}

/**
 * Reads the report of the setup script: two lines of `times`, and the exit code. Resolves to `undefined` if the script ended before it
 * wrote the report.
 */
async function readReport(file: string): Promise<LaunchReport | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const code = /^code (\d+)$/m.exec(text)?.[1]
  if (code === undefined) return undefined
  // the second line has the times of the children
  const spans = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  const seconds = spans.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0)
  return { code: Number(code), processor: Math.round(seconds * 1000) }
}
