import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ARCHIVE, describeLoss } from '../storage/sqlite/database-files.ts'
import { UsageError } from './diagnostics.ts'
import { toDataFolder } from './stores.ts'

/**
 * Throws a UsageError if the folder that `--data` names has no database. Commands that only read call this function first, so that
 * they create no folder and no database.
 */
export function checkDataFolder(data: string): void {
  const found = statSync(data, { throwIfNoEntry: false })
  if (data === '') throw new UsageError('the name of the folder is empty: --data names the folder of a server')
  if (!found) throw new UsageError(noFolder(data))
  if (!found.isDirectory()) throw new UsageError(noFolderBut(data))
  const path = join(data, 'parlor.db')
  if (!existsSync(path) && describeLoss(path) === undefined) throw new UsageError(noDatabaseIn(data))
}

/** Returns the sentence for a folder that does not exist. */
export function noFolder(data: string): string {
  if (toDataFolder(data) === undefined) return `"${data}" stores nothing, so there is nothing to read: --data names the folder of a server`
  return `there is no folder ${data} here; --data names another`
}

/** Returns the sentence for a file in place of a folder. */
export function noFolderBut(data: string): string {
  return `${data} is not a folder: --data names the folder of a server, in which its parlor.db is`
}

/** Returns the sentence for a folder without a database. It names the newest archive of a repair, if an archive exists. */
export function noDatabaseIn(folder: string): string {
  const archive = readdirSync(folder)
    .filter((name) => name.startsWith(ARCHIVE))
    .sort()
    .at(-1)
  const found = archive === undefined ? undefined : join(folder, archive)
  return found === undefined
    ? `there is no parlor.db in ${folder}: no server has stored data in this folder`
    : `there is no parlor.db in ${folder}, but ${found} has the files that a repair has replaced: copy them to ${folder}, and try again`
}
