import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ARCHIVE, lossOfDatabase } from '../storage/sqlite/files.ts'
import { Usage } from './diagnostics.ts'
import { NOWHERE } from './stores.ts'

/**
 * Throws a usage error if a server has kept nothing in the folder that `--data` names. A question is answered from what is
 * there: it creates no folder and no database.
 */
export function checkKept(data: string): void {
  const found = statSync(data, { throwIfNoEntry: false })
  if (data === '') throw new Usage('the name of the folder is empty: --data names the folder of a server')
  if (!found) throw new Usage(noFolder(data))
  if (!found.isDirectory()) throw new Usage(noFolderBut(data))
  const path = join(data, 'parlor.db')
  if (!existsSync(path) && lossOfDatabase(path) === undefined) throw new Usage(noDatabaseIn(data))
}

/** The sentence for a folder that does not exist. */
export function noFolder(data: string): string {
  if (data === NOWHERE) return `"${NOWHERE}" keeps nothing, so there is nothing to read: --data names the folder of a server`
  return `there is no folder ${data} here; --data names another`
}

/** The sentence for a file in place of a folder. */
export function noFolderBut(data: string): string {
  return `${data} is no folder: --data names the folder of a server, in which its parlor.db is`
}

/** The sentence for a folder without a database: it may still have what a repair has archived. */
export function noDatabaseIn(folder: string): string {
  const archive = readdirSync(folder)
    .filter((name) => name.startsWith(ARCHIVE))
    .sort()
    .at(-1)
  const found = archive === undefined ? undefined : join(folder, archive)
  return found === undefined
    ? `there is no parlor.db in ${folder}: nothing was ever kept there`
    : `there is no parlor.db in ${folder}, but ${found} has the files as they were before a repair: copy those to ${folder}, and try again`
}
