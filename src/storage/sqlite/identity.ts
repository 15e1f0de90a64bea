import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'

/**
 * FileIdentity knows which files a database was opened with, so that it is noticed when they are removed, or others lie in
 * their place: the system lets a process write to a file without a name, and all of that is lost. A check takes a look at
 * each path, about 2 µs. The same look gives the size: SQLite never makes these files smaller while they are open (it
 * overwrites its log from the beginning, and pages of the database are reused), but for a truncating checkpoint, which
 * `resize` follows. A smaller file was cut by another program.
 */
export class FileIdentity {
  readonly #files: readonly { readonly path: string; readonly ino: number; readonly dev: number; size: number }[]

  /** Takes the files for those that are at these paths now. */
  constructor(paths: readonly string[]) {
    this.#files = paths.flatMap((path) => {
      const { ino, dev, size } = statSync(path)
      return [{ path, ino, dev, size }]
    })
  }

  /** Throws a StoreError, with the code `removed`, where a path leads to another file now, or to none, or the file is smaller. */
  check(): void {
    for (const file of this.#files) {
      const found = look(file.path)
      if (found?.ino !== file.ino || found.dev !== file.dev) throw missing(file.path, found !== undefined)
      if (found.size < file.size) throw cut(file.path, found.size, file.size)
      file.size = found.size
    }
  }

  /** Takes the sizes of now, after a checkpoint that truncates the log. */
  resize(): void {
    for (const file of this.#files) file.size = look(file.path)?.size ?? file.size
  }
}

/** The file at a path; nothing where none can be reached. */
function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // whatever is in the way: the file cannot be reached by its name
    return undefined
  }
}

function cut(path: string, size: number, before: number): StoreError {
  return new StoreError(
    'removed',
    `${path} was cut from ${before} to ${size} bytes while the server ran: stop the server, and restore a backup or run "parlor repair"`,
  )
}

function missing(path: string, replaced: boolean): StoreError {
  const folder = dirname(path)
  if (replaced) {
    return new StoreError(
      'removed',
      `${path} was replaced while the server ran: put the folder ${folder} back that was there, or stop the server and start it again to use the other`,
    )
  }
  const gone = look(folder) ? path : `the folder ${folder}`
  return new StoreError(
    'removed',
    `${gone} was removed or renamed while the server ran: put it back as it was, or stop the server and restore a backup`,
  )
}
