import type { Clock } from '../../base/clock.ts'
import type { ProgramEnd, RunningProgram } from './sandbox.ts'

/*
 * How long does the judge wait for a program? On a busy machine a correct program gets the processor rarely, and on an idle machine a wrong program
 * wastes every second of a long limit. So the judge measures limits in the program's own time, and not by a clock. A program's own time is
 * the sum of two times: the time in which all its processes sleep because the program waits for something, and the processor time that the
 * program uses. Neither time depends on other work of the machine: the program's own time does not pass while the program waits for the
 * processor.
 */

/** Milliseconds between two checks of a program. */
const LOOK = 25
/** On a machine on which programs hardly run, a wait ends by the clock after this multiple of its length. */
const PATIENCE = 50

/** Resolves with a program's end, or with `undefined` after some milliseconds of its own time. */
export async function endWithin(running: RunningProgram, ms: number, clock: Clock): Promise<ProgramEnd | undefined> {
  let end: ProgramEnd | undefined
  const over = new AbortController()
  void running.ended.then((how) => {
    end = how
    over.abort()
  })
  await pauseFor(running, ms, clock, over.signal)
  return end
}

/** Resolves after some milliseconds of a program's own time from now on, or when `signal` aborts. */
export function pauseFor(running: RunningProgram, ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  const since = timeOf(running)
  const latest = clock.monotonic() + ms * PATIENCE
  return new Promise((resolve) => {
    const look = () => {
      if (timeOf(running) - since >= ms || clock.monotonic() >= latest) resolve()
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

/** Returns the own time of a program in milliseconds since its start. */
function timeOf(running: RunningProgram): number {
  const { idle, processor } = running.usage()
  return idle + processor
}

/**
 * Checks whether a program uses the processor although it has nothing left to do. Resolves to true if the program uses `busy` milliseconds
 * of processor time before it has been idle for `idle` milliseconds.
 */
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

/** Returns a clock whose monotonic time is the own time of a program; its timers are the timers of `clock`. */
export function programClock(running: RunningProgram, clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => timeOf(running),
    after: (ms, then) => clock.after(ms, then),
  }
}
