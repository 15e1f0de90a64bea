import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'

/**
 * FileIdentity knows which files a database was opened with, so that it is noticed when they are removed, or others lie in
 * their place: the system lets a process write to a file without a name, and all of that is lost. A check takes a look at
 * each path, about 2 µs.
 */
export class FileIdentity {
  readonly #files: readonly { readonly path: string; readonly ino: number; readonly dev: number }[]

  /** Takes the files for those that are at these paths now. */
  constructor(paths: readonly string[]) {
    this.#files = paths.flatMap((path) => {
      const { ino, dev } = statSync(path)
      return [{ path, ino, dev }]
    })
  }

  /** Throws a StoreError, with the code `removed`, where a path leads to another file now, or to none. */
  check(): void {
    for (const file of this.#files) {
      const found = look(file.path)
      if (found?.ino !== file.ino || found.dev !== file.dev) throw missing(file.path, found !== undefined)
    }
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
