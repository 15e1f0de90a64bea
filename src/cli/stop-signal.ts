import { readFileSync, readlinkSync } from 'node:fs'
import { EXIT } from '../terminal/exit-codes.ts'
import { isReaderGone, printError } from './diagnostics.ts'

/** Milliseconds between two checks; each check finds out whether the ancestors of the process still run. */
const INTERVAL = 500
/** Maximum number of milliseconds between a SIGHUP to this process and the end of npm, if the same SIGHUP ends npm. */
const SAME_HANGUP = 10_000

/**
 * Returns an AbortSignal that aborts at SIGINT, SIGTERM or SIGHUP. Its reason is the exit code. Under `nohup` the process ignores SIGHUP.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort(EXIT.interrupted))
  process.on('SIGTERM', () => stop.abort(EXIT.terminated))
  process.on('SIGHUP', () => {
    if (!isUnderNohup()) stop.abort(EXIT.hungUp)
  })
  return stop.signal
}

/** Returns a `launcherSignal` for a program at a terminal. The signal also aborts when standard output closes or has an error. */
export function terminalSignal(): AbortSignal {
  const stop = new AbortController()
  const started = launcherSignal()
  started.addEventListener('abort', () => stop.abort(started.reason))
  process.stdout.once('error', (error) => {
    if (isReaderGone(error)) printError('the reader of standard output has closed it')
    stop.abort(EXIT.trouble)
  })
  return stop.signal
}

/**
 * Returns a `stopSignal` that also aborts if a user sends the signal to the `npm start` or `npx` that started this process.
 *
 * npm runs a shell, and the shell runs this process. npm forwards SIGTERM and SIGINT to the shell, and forwards SIGHUP to
 * no process.
 *
 * - SIGTERM ends the shell. The parent of this process is then another process.
 * - SIGHUP ends npm. An ancestor of this process then no longer exists.
 * - SIGINT ends neither the shell nor npm, because dash and other shells continue to wait for this process. The only sign is that the
 *   system has woken the shell, because a shell that waits for its only child otherwise sleeps. A shell also wakes when all processes
 *   continue after a suspension (a closed laptop) or a stop (Ctrl-Z). This process detects a suspension by a long time between two checks,
 *   and detects a stop by SIGCONT.
 */
export function launcherSignal(): AbortSignal {
  const ancestors = process.env.npm_lifecycle_event === undefined ? [] : npmAncestors()
  const [parent] = ancestors
  if (parent === undefined) return stopSignal()
  const ancestorGone = new AbortController()
  const nohup = isUnderNohup()
  const shell = ancestors.length > 1 ? parent : undefined
  let hungUp = Number.NEGATIVE_INFINITY
  let woken = shell === undefined ? 0 : timesWoken(shell)
  let checkedAt = uptime()
  process.on('SIGHUP', () => {
    hungUp = performance.now()
  })
  process.on('SIGCONT', () => {
    checkedAt = Number.NEGATIVE_INFINITY
  })
  const end = (code: number) => {
    clearInterval(timer)
    ancestorGone.abort(code)
  }
  const timer = setInterval(() => {
    if (process.ppid !== parent || !(nohup || ancestors.every(isAlive))) {
      clearInterval(timer)
      // a closed terminal sends SIGHUP to npm, the shell and this process; nohup ignores it, and this process may receive it after npm has
      // ended
      setImmediate(() => {
        if (!(nohup && performance.now() - hungUp < SAME_HANGUP)) end(EXIT.terminated)
      })
      return
    }
    const frozen = uptime() - checkedAt > 3 * INTERVAL
    const times = shell === undefined ? 0 : timesWoken(shell)
    checkedAt = uptime()
    if (times > woken && !frozen) return end(EXIT.interrupted)
    woken = times
  }, INTERVAL)
  timer.unref()
  return AbortSignal.any([stopSignal(), ancestorGone.signal])
}

/**
 * Checks whether `nohup` started this process. Node resets an ignored SIGHUP before any script runs, so this function checks the other
 * effects of nohup. The shell sets the variable `_` to the path of nohup. nohup replaces a terminal on standard input by a write-only
 * /dev/null. It replaces a terminal on standard output by nohup.out.
 */
function isUnderNohup(): boolean {
  if (/(?:^|\/)nohup$/.test(process.env._ ?? '')) return true
  return isWriteOnlyNull(0) || ['1', '2'].some((fd) => linkOf(fd)?.endsWith('/nohup.out') === true)
}

function isWriteOnlyNull(fd: number): boolean {
  const [, flags = '0'] = /^flags:\s*(\d+)/m.exec(textOf(`/proc/self/fdinfo/${fd}`) ?? '') ?? []
  return linkOf(String(fd)) === '/dev/null' && (Number.parseInt(flags, 8) & 3) === 1
}

/**
 * Returns the process ids of npm and of the shell between npm and this process, if there is such a shell. The shell is first. Returns an
 * empty list if npm did not start this process.
 */
function npmAncestors(): readonly number[] {
  const parent = process.ppid
  if (isNpm(parent)) return [parent]
  const grandparent = parentOf(parent)
  return /(?:^|\/)\w*sh\0-c\0/.test(commandOf(parent)) && isNpm(grandparent) ? [parent, grandparent] : []
}

function isNpm(pid: number): boolean {
  return /\bnp[mx]\b/.test(commandOf(pid).split('\0')[0] ?? '')
}

/** Returns the command line of a process, with a NUL after each argument. */
function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`) ?? ''
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1] ?? 0)
}

/** Returns how often a process woke after a voluntary wait; 0 on systems without that counter. */
function timesWoken(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1] ?? 0)
}

/** Returns the milliseconds since the start of the system, including the time of suspensions. */
function uptime(): number {
  return Number.parseFloat(textOf('/proc/uptime') ?? '0') * 1000
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM means that the process exists and belongs to another user
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Returns the text of a file of /proc; `undefined` on systems without it. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}
