import type { Clock } from '../../base/clock.ts'
import type { Availability } from '../../hall/ports.ts'
import type { Logs } from './logs.ts'

/** Milliseconds after a logged outage in which further ones are not logged. */
const QUIET = 60_000

/** Logs when a store cannot write, and when it can again: one line each. Returns a function that ends that. */
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
      logs.log('error', `${availability.failure.message}. Moves and registrations are refused and games pause until it can be written`)
    } else if (since !== undefined) {
      const seconds = Math.round((now - since) / 1000)
      since = undefined
      if (isLogged) logs.log('warn', `the folder can be written again, after ${seconds} s: games continue`)
    }
  })
}
