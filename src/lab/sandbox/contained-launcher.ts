import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramLimits, ProgramStart } from '../check/sandbox.ts'
import { cleanEnvironment, type Launch, type Launcher, type LaunchReport } from './launcher.ts'
import { countThreads } from './process-tree.ts'
import { FolderTooLarge, type ProgramFiles, SYSTEM_FOLDERS, stageFolder } from './program-files.ts'
import { SETUP } from './setup-script.ts'

const HOME = '/home/sandbox'
/** Users of the system that no one has; each sandbox of the administrator takes one of them. */
const USERS = { from: 0x70000000, to: 0x7fffffff }
/** Threads of the sandbox itself, which count for the limit in a user namespace. */
const OWN_THREADS = 32
/** Since this kernel, the limit of processes counts those of a user namespace alone. */
const COUNTS_BY_NAMESPACE = [5, 14] as const

/** Options of `unshare` for the network of a sandbox, with which an administrator or another user gets it. */
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
    const [copied, shown, notes]: [string[], string[], string[]] = [[], [], []]
    await Promise.all(['root', 'stage'].map((name) => mkdir(join(folder, name))))
    for (const own of settings.files.own) {
      try {
        await stageFolder(own, join(folder, 'stage'))
        copied.push(own)
      } catch (error) {
        if (!(error instanceof FolderTooLarge)) throw error
        await rm(join(folder, 'stage', own), { recursive: true })
        shown.push(own)
        notes.push(`${error.message}, so the program sees the folder itself, read-only, and not a copy of it`)
      }
    }
    return new ContainedLauncher(settings, folder, copied, shown, notes)
  }

  private constructor(settings: Settings, folder: string, copied: readonly string[], shown: readonly string[], notes: readonly string[]) {
    this.#settings = settings
    this.#folder = folder
    this.#copied = copied
    this.#shown = [...SYSTEM_FOLDERS, ...settings.files.tools, ...shown]
    this.notes = notes
    this.#user = settings.isAdministrator ? String(randomInt(USERS.from, USERS.to)) : ''
  }

  async launch({ words, environment }: ProgramStart): Promise<Launch> {
    const { agent, files, limits, isAdministrator } = this.#settings
    const report = join(this.#folder, `report-${++this.#runs}`)
    const users = isAdministrator ? [] : ['--user', '--preserve-credentials']
    const namespaces = ['--pid', '--mount', '--fork', '--kill-child=KILL']
    return {
      file: 'nsenter',
      args: [
        ...['--target', String(agent), ...users, '--net', '--ipc', '--'],
        // if the judge is killed, the program ends with it
        ...['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...namespaces, '--', 'sh', '-c', SETUP, 'sh'],
        ...words,
      ],
      env: {
        ...cleanEnvironment(HOME, '/tmp', environment),
        SBX_ROOT: join(this.#folder, 'root'),
        SBX_STAGE: join(this.#folder, 'stage'),
        SBX_REPORT: report,
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

  /** Returns the limits as options of `prlimit`. The limit of data counts what a process can write to, and no reserved addresses. */
  #limits({ processes, memory, files, time }: ProgramLimits): readonly string[] {
    const others = this.#settings.isAdministrator ? 0 : OWN_THREADS + (countsByNamespace() ? 0 : countThreads(process.getuid?.() ?? 0))
    return [
      `--nproc=${processes + others}`,
      `--data=${memory}`,
      `--fsize=${files}`,
      '--core=0',
      '--nofile=512',
      // the time limit comes first, and the judge knows it
      `--cpu=${Math.ceil(time / 1000) + 1}`,
    ]
  }
}

function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const [since, sinceMinor] = COUNTS_BY_NAMESPACE
  return major > since || (major === since && minor >= sinceMinor)
}

/** Reads the report of the setup script: two lines of `times`, and the exit code. `undefined` if the script was ended before. */
async function readReport(file: string): Promise<LaunchReport | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const code = /^code (\d+)$/m.exec(text)?.[1]
  if (code === undefined) return undefined
  // the second line has the times of the children
  const spans = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  const seconds = spans.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0)
  return { code: Number(code), processor: Math.round(seconds * 1000) }
}
