import { readFileSync } from 'node:fs'

/** Usage is the processor time of a process since its start, and its present memory. */
export interface Usage {
  /** Processor time of all threads in microseconds, user and system, in steps of a tick: 10,000. */
  readonly cpu: number
  /** Resident memory in bytes. */
  readonly rss: number
}

/** Microseconds of a tick in /proc: it has 100 ticks a second on every common machine (`getconf CLK_TCK`). */
const TICK = 10_000

/** Reads the usage of a process from /proc, which exists on Linux only. */
export function readUsage(pid: number): Usage {
  return {
    cpu: parseTicks(readFileSync(`/proc/${pid}/stat`, 'latin1')) * TICK,
    rss: parseRss(readFileSync(`/proc/${pid}/status`, 'latin1')),
  }
}

/** Parses the user and system time of `/proc/PID/stat` (proc_pid_stat(5), fields 14 and 15), in ticks. */
export function parseTicks(stat: string): number {
  // field 2 is the name of the process, which may contain any character; the field ends with the last parenthesis
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Parses the resident bytes of `/proc/PID/status`. */
export function parseRss(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
