import type { Clock } from '../../base/clock.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'

/*
 * How long does the judge wait for a program? On a busy machine a correct program gets the processor rarely, and on an idle one a wrong
 * program wastes every second of a long limit. So limits are not in the time of a clock. The time of a program is the time in which all
 * its processes sleep and use no processor: then it waits for something, and nothing that it has still to do makes it late. A program that
 * never sleeps is measured by the processor time that it uses. Neither depends on what else the machine does.
 */

/** Milliseconds between two looks at a program. */
const LOOK = 25

/** Resolves with a program's end, or with `undefined` when it has been idle, or has used the processor, for some milliseconds. */
export async function endWithin(running: RunningProgram, ms: number, clock: Clock): Promise<ProgramEnd | undefined> {
  let end: ProgramEnd | undefined
  const over = new AbortController()
  void running.ended.then((how) => {
    end = how
    over.abort()
  })
  await idleFor(running, ms, clock, over.signal)
  return end
}

/** Resolves when a program has been idle, or has used the processor, for some milliseconds from now on, or when `signal` aborts. */
export function idleFor(running: RunningProgram, ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  const since = running.usage()
  return new Promise((resolve) => {
    const look = () => {
      const { idle, processor } = running.usage()
      if (idle - since.idle >= ms || processor - since.processor >= ms) resolve()
      else cancel = clock.after(LOOK, look)
    }
    let cancel = clock.after(LOOK, look)
    signal?.addEventListener('abort', () => {
      cancel()
      resolve()
    })
    if (signal?.aborted) resolve()
  })
}

/** Checks whether a program uses the processor though nothing is left to do for it: for `busy` milliseconds before it is idle for `idle`. */
export async function isBusy(running: RunningProgram, { busy, idle }: { busy: number; idle: number }, clock: Clock): Promise<boolean> {
  const since = running.usage()
  const over = new AbortController()
  void running.ended.then(() => over.abort())
  for (;;) {
    const now = running.usage()
    if (now.processor - since.processor >= busy) return true
    if (over.signal.aborted || now.idle - since.idle >= idle) return false
    await new Promise<void>((resolve) => clock.after(LOOK, resolve))
  }
}

/** Returns a clock whose monotonic time passes only while a program is idle; its timers are those of `clock`. */
export function programClock(running: RunningProgram, clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => running.usage().idle,
    after: (ms, then) => clock.after(ms, then),
  }
}
