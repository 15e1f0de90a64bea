import { closeSync, fchmodSync, fstatSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { uptime } from 'node:os'
import { crc32 } from 'node:zlib'
import type { Durable } from './database.ts'

/** Progress is how far a journal goes: its last place, the highest number of a table, and how many tables have ended. */
export interface Progress {
  readonly place: number
  readonly highest: number
  readonly ended: number
}

/** MarkContent is what a mark says. */
export interface MarkContent extends Progress {
  /** The file that it belongs to. */
  readonly origin: string
  /** The run of the machine in which it was written. */
  readonly boot: string
  readonly durable: Durable
  /** True if a server had the folder open. */
  readonly open: boolean
}

/** Characters of a mark: it is always as long, so that its disk block is there, and writing it needs no room. */
const LENGTH = 256
const HEAD = 'parlor-mark 1'
/** Difference of two boot times that still count as one, in milliseconds. */
const SAME_BOOT = 60_000

/**
 * Mark is a small file beside the database that says how far the journal went. Without it a missing or damaged
 * write-ahead log leaves a database that looks whole, and has lost what was committed last. It is written after each
 * commit that adds to the journal, before the acknowledgement, which takes about 2 µs; it goes to the disk when the
 * system likes, since only after a loss of power could it be behind, or ahead, of what is there.
 */
export class Mark {
  readonly #path: string
  readonly #file: number
  readonly #content = Buffer.alloc(LENGTH, '\n')
  /** What is in it before what changes, and the checksum of that. */
  readonly #head: string
  readonly #headCrc: number
  #place = -1

  /** Makes a mark at a path, in the place of what is there, which may be of another file. Throws the system's error. */
  constructor(path: string, fixed: Pick<MarkContent, 'origin' | 'durable'>, progress: Progress) {
    this.#path = path
    this.#head = `${HEAD} ${fixed.origin} ${bootOf()} ${fixed.durable} `
    this.#headCrc = crc32(this.#head)
    this.#content.write(this.#head, 'latin1')
    // whole from the beginning: a process that is killed leaves no empty mark, which would be a damaged one
    const made = `${path}.new`
    rmSync(made, { force: true })
    this.#file = openSync(made, 'wx', 0o600)
    try {
      fchmodSync(this.#file, 0o600)
      this.write(progress)
      renameSync(made, path)
    } catch (error) {
      closeSync(this.#file)
      rmSync(made, { force: true })
      throw error
    }
  }

  /** Writes how far the journal goes, where that is further than before. Throws the system's error. */
  write(progress: Progress): void {
    if (progress.place === this.#place) return
    this.#put(progress, true)
    this.#place = progress.place
  }

  /** Checks whether the file is still the one at its path, and as long as it should be. */
  isInPlace(): boolean {
    const [own, found] = [fstatSync(this.#file), lstatSync(this.#path, { throwIfNoEntry: false })]
    return found?.ino === own.ino && found.dev === own.dev && found.size === LENGTH
  }

  /** Writes that no server has the folder open any more, and closes the file. */
  close(progress: Progress): void {
    try {
      this.#put(progress, false)
      fsyncSync(this.#file)
    } finally {
      this.release()
    }
  }

  /** Closes the file, in the place of which another one is. */
  release(): void {
    closeSync(this.#file)
  }

  #put({ place, highest, ended }: Progress, open: boolean): void {
    const rest = `${open ? 'open' : 'closed'} ${place} ${highest} ${ended}`
    const { length } = this.#head
    this.#content.write(`${rest} ${crc32(rest, this.#headCrc)}`.padEnd(LENGTH - 1 - length), length, 'latin1')
    // a buffer that is there already costs a third of what a text does
    writeSync(this.#file, this.#content, 0, LENGTH, 0)
  }
}

/** Reads the mark at a path; `undefined` if there is none that is whole. */
export function readMark(path: string): MarkContent | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const [, line = '', crc] = /^(parlor-mark 1 .*) (\d+) *\n/.exec(text) ?? []
  if (crc32(line) !== Number(crc)) return undefined
  const [, , origin = '', boot = '', durable, open, place, highest, ended] = line.split(' ')
  return {
    origin,
    boot,
    durable: durable === 'power' ? 'power' : 'process',
    open: open === 'open',
    place: Number(place),
    highest: Number(highest),
    ended: Number(ended),
  }
}

/** Checks whether the machine has run without a break since a mark was written. */
export function isSameBoot({ boot }: Pick<MarkContent, 'boot'>): boolean {
  const now = bootOf()
  if (!boot.startsWith('since-') || !now.startsWith('since-')) return boot === now
  return Math.abs(Number(boot.slice(6)) - Number(now.slice(6))) < SAME_BOOT
}

/** Names the present run of the machine: Linux has an id for it, elsewhere its begin is known. */
function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `since-${Math.round(Date.now() - uptime() * 1000)}`
  }
}
