import { readFileSync, readlinkSync } from 'node:fs'
import { EXIT } from '../terminal/trouble.ts'
import { complain, isReaderGone } from './diagnostics.ts'

/** Milliseconds between two checks that the parents of the process still run. */
const LOOK = 500
/** Milliseconds before its parent's end within which a hang-up has ended both. */
const TOGETHER = 10_000

/**
 * A signal that SIGINT, SIGTERM and SIGHUP set off; its reason is the exit code. SIGHUP does nothing under `nohup`.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort(EXIT.interrupted))
  process.on('SIGTERM', () => stop.abort(EXIT.terminated))
  process.on('SIGHUP', () => {
    if (!isUnderNohup()) stop.abort(EXIT.hungUp)
  })
  return stop.signal
}

/** Returns the `startedSignal` of a program at a terminal, which also aborts if its output is no longer read, or cannot be written. */
export function terminalSignal(): AbortSignal {
  const stop = new AbortController()
  const started = startedSignal()
  started.addEventListener('abort', () => stop.abort(started.reason))
  process.stdout.once('error', (error) => {
    if (isReaderGone(error)) complain('nobody reads what is printed here any more')
    stop.abort(EXIT.trouble)
  })
  return stop.signal
}

/**
 * Returns a `stopSignal` that also aborts if the signal is sent to the `npm start` or `npx` that started this process.
 *
 * npm hands SIGTERM and SIGINT to its child, which is a shell, and SIGHUP to no child. SIGTERM ends the shell, and so the
 * parent of this process is another one; of SIGHUP npm itself ends, and so is gone. At SIGINT dash and others wait on for
 * this process, which shows in nothing but that they were woken: a shell that waits for its only child sleeps otherwise,
 * except when all processes were frozen (a laptop that was closed) or stopped (Ctrl-Z) and go on.
 */
export function startedSignal(): AbortSignal {
  const ancestors = process.env.npm_lifecycle_event === undefined ? [] : npmAncestors()
  const [parent] = ancestors
  if (parent === undefined) return stopSignal()
  const gone = new AbortController()
  const nohup = isUnderNohup()
  const shell = ancestors.length > 1 ? parent : undefined
  let hungUp = Number.NEGATIVE_INFINITY
  let woken = shell === undefined ? 0 : timesWoken(shell)
  let looked = uptime()
  process.on('SIGHUP', () => {
    hungUp = performance.now()
  })
  process.on('SIGCONT', () => {
    looked = Number.NEGATIVE_INFINITY
  })
  const end = (code: number) => {
    clearInterval(timer)
    gone.abort(code)
  }
  const timer = setInterval(() => {
    if (process.ppid !== parent || !(nohup || ancestors.every(isAlive))) {
      clearInterval(timer)
      // a terminal that is closed hangs up on all of them, and nohup is for that; the signal may still be on its way here
      setImmediate(() => {
        if (!(nohup && performance.now() - hungUp < TOGETHER)) end(EXIT.terminated)
      })
      return
    }
    const frozen = uptime() - looked > 3 * LOOK
    const times = shell === undefined ? 0 : timesWoken(shell)
    looked = uptime()
    if (times > woken && !frozen) return end(EXIT.interrupted)
    woken = times
  }, LOOK)
  timer.unref()
  return AbortSignal.any([stopSignal(), gone.signal])
}

/**
 * Checks whether `nohup` started this process. Node undoes that SIGHUP is ignored before any script runs, so it shows in
 * what else nohup does: a shell names it in `_`, it replaces a terminal at standard input by a file that cannot be read,
 * and one at standard output by nohup.out.
 */
function isUnderNohup(): boolean {
  if (/(?:^|\/)nohup$/.test(process.env._ ?? '')) return true
  return isWriteOnlyNull(0) || ['1', '2'].some((fd) => linkOf(fd)?.endsWith('/nohup.out') === true)
}

function isWriteOnlyNull(fd: number): boolean {
  const [, flags = '0'] = /^flags:\s*(\d+)/m.exec(textOf(`/proc/self/fdinfo/${fd}`) ?? '') ?? []
  return linkOf(String(fd)) === '/dev/null' && (Number.parseInt(flags, 8) & 3) === 1
}

/** npm, if it started this process, and before it the shell in between, if there is one; nothing if something else did. */
function npmAncestors(): readonly number[] {
  const parent = process.ppid
  if (isNpm(parent)) return [parent]
  const grandparent = parentOf(parent)
  return /(?:^|\/)\w*sh\0-c\0/.test(commandOf(parent)) && isNpm(grandparent) ? [parent, grandparent] : []
}

function isNpm(pid: number): boolean {
  return /\bnp[mx]\b/.test(commandOf(pid).split('\0')[0] ?? '')
}

/** The command line of a process, a NUL after each argument. */
function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`) ?? ''
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1] ?? 0)
}

/** Counts the times that a process has resumed of its own accord after a wait; 0 on systems that do not count them. */
function timesWoken(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1] ?? 0)
}

/** Milliseconds since the system was started, those included in which it was suspended. */
function uptime(): number {
  return Number.parseFloat(textOf('/proc/uptime') ?? '0') * 1000
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // a process of another user is there, and cannot be signalled
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The text of a file of /proc; `undefined` on systems without it. */
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
