import type { Clock } from '../../base/clock.ts'
import type { Availability } from '../../hall/ports.ts'
import type { Logs } from './logs.ts'

/** Milliseconds between two checks. */
const INTERVAL = 1000
/** Milliseconds after a logged outage or shortage; the server logs no further outage or shortage in this time. */
const QUIET = 60_000

/**
 * Logs, at most once a minute, that this process can open no more files, and later that this process can open files again. While the
 * process can open no files, libuv closes new connections and does not notify the program, so the failure to open a file is the only sign.
 * `open` opens a file and closes it, or rejects with the system's error. Returns a function that ends the checks.
 */
export function watchDescriptors(open: () => Promise<void>, clock: Clock, logs: Logs): () => void {
  let since: number | undefined
  let logged = Number.NEGATIVE_INFINITY
  let isLogged = false
  let cancel = () => {}
  let isOver = false
  const check = async () => {
    const isUsedUp = await open().then(() => false, isNoDescriptor)
    const now = clock.monotonic()
    if (isUsedUp && since === undefined) {
      since = now
      isLogged = now - logged >= QUIET
      if (isLogged) {
        logged = now
        logs.log('error', `${USED_UP}. Raise that limit (ulimit -n), or lower limits.connections`)
      }
    } else if (!isUsedUp && since !== undefined) {
      if (isLogged)
        logs.log('warn', `this process can open files again, after ${Math.round((now - since) / 1000)} s: the server accepts clients`)
      since = undefined
    }
    if (!isOver) cancel = clock.after(INTERVAL, () => void check())
  }
  cancel = clock.after(INTERVAL, () => void check())
  return () => {
    isOver = true
    cancel()
  }
}

const USED_UP = 'this process has reached its limit of open files, so the system closes new connections immediately'

/** Checks whether an error means that this process, or the system, has reached its limit of open files. */
function isNoDescriptor(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')
}

/**
 * Logs, at most once a minute, that a store cannot write, and later that the store can write again. Returns a function that ends the
 * logging.
 */
export function logOutages(availability: Availability, clock: Clock, logs: Logs): () => void {
  let since: number | undefined
  let logged = Number.NEGATIVE_INFINITY
  let isLogged = false
  return availability.onChange(() => {
    const now = clock.monotonic()
    if (availability.failure) {
      since ??= now
      isLogged = now - logged >= QUIET
      if (!isLogged) return
      logged = now
      logs.log(
        'error',
        `${availability.failure.message}. The server refuses moves and registrations, and games pause, until it can write the folder`,
      )
    } else if (since !== undefined) {
      const seconds = Math.round((now - since) / 1000)
      since = undefined
      if (isLogged) logs.log('warn', `the server can write the folder again, after ${seconds} s: games continue`)
    }
  })
}
