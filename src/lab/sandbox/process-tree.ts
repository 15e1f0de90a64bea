import { readdirSync, readFileSync } from 'node:fs'

/** ProcessUsage has the resources that one process has used. */
interface ProcessUsage {
  /** Ticks of processor time, with the ticks of its children that have ended. */
  readonly ticks: number
  readonly pages: number
  /** True if it runs, is ready to run, or waits for a disk. */
  readonly active: boolean
}

/** The system counts processor time in hundredths of a second, independent of its clock. */
const TICK = 10
const PAGE = 4096

/** TreeUsage has the resources that a process and its descendants have used: milliseconds of processor time, and bytes of memory now. */
export interface TreeUsage {
  readonly processor: number
  readonly memory: number
  /** True if one of these processes runs, is ready to run, or waits for a disk. */
  readonly active: boolean
}

/** Reads the fields of /proc/PID/stat behind the name, which may contain blanks; `undefined` if the process has ended. */
function readStat(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function readUsage(pid: number): ProcessUsage | undefined {
  const fields = readStat(pid)
  // fields 14 to 17 of proc(5) are times, field 24 is the resident memory
  return (
    fields && {
      ticks: [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0),
      pages: Number(fields[21]),
      active: fields[0] === 'R' || fields[0] === 'D',
    }
  )
}

/** Returns a process and its descendants. On a system without /proc, the process alone. */
export function findTree(root: number): readonly number[] {
  const found = [root]
  for (const pid of found) {
    for (const task of listNumbers(`/proc/${pid}/task`)) {
      try {
        const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1')
        found.push(...children.split(' ').filter(Boolean).map(Number))
      } catch {
        // the process has ended, or the kernel does not list children
      }
    }
  }
  return found
}

/** Measures a process and its descendants; zeros on a system without /proc. */
export function measureTree(root: number): TreeUsage {
  const all = findTree(root)
    .map(readUsage)
    .filter((usage) => usage !== undefined)
  return {
    processor: all.reduce((sum, { ticks }) => sum + ticks, 0) * TICK,
    memory: all.reduce((sum, { pages }) => sum + pages, 0) * PAGE,
    active: all.some(({ active }) => active),
  }
}

/** Finds the processes whose environment has a variable, also those that have left their process tree. Empty on a system without /proc. */
export function findMarked(variable: string): readonly number[] {
  return listNumbers('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable)
    } catch {
      return false
    }
  })
}

/** Counts the processes and threads of a user of the system; 0 on a system without /proc. */
export function countThreads(uid: number): number {
  return listNumbers('/proc').reduce((sum, pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      const owner = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])
      return owner === uid ? sum + Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 1) : sum
    } catch {
      return sum
    }
  }, 0)
}

function listNumbers(folder: string): readonly number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}
