import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

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

/** Returns a process and its descendants. On a system without /proc, returns only the process. */
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

/** State of a socket that listens, in the numbers of the kernel. */
const LISTENS = '0A'
/** Bit of the signal SIGCHLD in the masks of the kernel. */
const SIGCHLD = 1n << 16n
/** The highest number of the standard streams. */
const STDERR = 2

/**
 * Checks whether one of the processes has forked and has the socket of a connection. After a fork, a connection closes only when
 * every process has closed it. Returns false on a system without /proc.
 */
export function holdsForkedSocket(root: number): boolean {
  return findTree(root).some((pid) => hasForked(pid) && hasConnection(pid))
}

/** Checks whether a process has a child, has waited for a child, or ignores the ends of its children. */
function hasForked(pid: number): boolean {
  const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? '0'
  // field 11 of proc(5) counts page faults of the children for which the process has waited
  return findTree(pid).length > 1 || Number(readStat(pid)?.[8]) > 0 || (BigInt(`0x${ignored}`) & SIGCHLD) !== 0n
}

/** Checks whether a process has a socket that does not listen. The system does not list a connection that the other side has reset. */
function hasConnection(pid: number): boolean {
  const rows = ['tcp', 'tcp6', 'unix'].flatMap((table) =>
    readText(`/proc/${pid}/net/${table}`)
      .split('\n')
      .slice(1)
      .map((row) => [table, ...row.trim().split(/\s+/)]),
  )
  const others = new Set(
    rows.flatMap((fields) => (fields[0] === 'unix' ? [`socket:[${fields[7]}]`] : fields[4] === LISTENS ? [`socket:[${fields[10]}]`] : [])),
  )
  return listNumbers(`/proc/${pid}/fd`).some((fd) => {
    const target = fd > STDERR ? readLink(`/proc/${pid}/fd/${fd}`) : ''
    return target.startsWith('socket:') && !others.has(target)
  })
}

/** Returns the text of a file of /proc; `''` if the process has ended. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/** Returns the target of a link of /proc; `''` if the process has closed the file. */
function readLink(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

/**
 * Finds the processes whose environment has a variable, even if they have left their process tree. Finds none on a system without /proc.
 */
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
