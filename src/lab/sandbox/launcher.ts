import type { ProgramStart } from '../check/sandbox.ts'

/** Launch is the process that runs a program in its sandbox. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Folder in which the process itself starts. */
  readonly cwd: string
  /** Name and value of a variable that marks the program's processes, if the system has no other way to find them. */
  readonly mark?: string
  /**
   * Resolves with the end of the program after the process has ended. The method is missing if the end of the process is the end of the
   * program.
   */
  report?(): Promise<LaunchReport | undefined>
}

/** LaunchReport is the report of the first process of a program's namespace. */
export interface LaunchReport {
  /** Exit code as a shell gives it: above 128 for a signal. */
  readonly code: number
  /** Milliseconds of processor time of the program and its children. */
  readonly processor: number
}

/** Launcher prepares the processes of one sandbox. */
export interface Launcher {
  readonly notes: readonly string[]
  launch(start: ProgramStart): Promise<Launch>
  /** Removes the files. */
  close(): Promise<void>
}

/** Variables of this process that the tools of a program may need. The launcher passes no other variable on. */
const PASSED = ['JAVA_HOME', 'GOROOT', 'PYENV_ROOT', 'PYENV_VERSION', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'NVM_DIR', 'RUSTUP_HOME', 'SystemRoot']

/** Returns the clean environment of a program: the same for every user, and without the secrets of this process. */
export function cleanEnvironment(home: string, temporary: string, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(passed),
    // tools of the sandbox are in the folders of the administrator, which are not on every user's path
    PATH: [process.env.PATH ?? '/usr/bin:/bin', ...(process.platform === 'win32' ? [] : ['/usr/sbin:/sbin'])].join(':'),
    HOME: home,
    USER: 'student',
    LOGNAME: 'student',
    LANG: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: temporary,
    ...own,
  }
}
