import { copyFileSync, existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { formatCount } from '../base/counts.ts'
import { errorMessage } from '../base/errors.ts'
import type { Catalog } from '../games/catalog.ts'
import { isRefusal } from '../games/game.ts'
import type { TableEvent } from '../hall/ports.ts'
import { evolve, toOpenedTable } from '../hall/table.ts'
import { type AdminAnswer, sendAdminRequest } from '../server/admin.ts'
import { StoreError } from '../storage/error.ts'
import { convertSystemErrors, prepareFolder } from '../storage/folder.ts'
import { checkNoLinks } from '../storage/names.ts'
import { createEmptyFile, detachCopy, finishBackup } from '../storage/sqlite/backup.ts'
import { Database } from '../storage/sqlite/database.ts'
import {
  checkDatabaseExists,
  describeLoss,
  markPath,
  pathsBeside,
  readHead,
  resolveDatabase,
  walPath,
  workFilePaths,
} from '../storage/sqlite/database-files.ts'
import { openStore } from '../storage/sqlite/index.ts'
import { formatTables } from '../storage/sqlite/loss-guard.ts'
import { isOfThisVersion } from '../storage/sqlite/migrations.ts'
import { PreservedLog } from '../storage/sqlite/preserved-log.ts'
import { repair } from '../storage/sqlite/repair.ts'
import { type Verification, verify } from '../storage/sqlite/verify.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { noDatabaseIn, noFolder, noFolderBut } from './data-folder.ts'
import { printError, UsageError } from './diagnostics.ts'
import { loadCatalog } from './plugins.ts'

/** InFolder is the option that names the folder of a server. */
interface InFolder {
  readonly data: string
}

/** VerifyOptions has the data that the command verifies, the plug-ins with the rules of its games, and the format of the findings. */
interface VerifyOptions extends InFolder {
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

/** Runs `parlor verify [FILE]`: checks a backup, or the data of a server, even while the server runs. Resolves to the exit code. */
export async function verifyCommand(file: string | undefined, { data, plugin, json }: VerifyOptions): Promise<number> {
  const catalog = await loadCatalog(plugin)
  const path = file === undefined ? databaseIn(data) : databaseAt(file)
  const loss = storing(() => describeLoss(path))
  if (loss !== undefined) {
    report(path, { tables: 0, events: 0, problems: [loss] }, json === true)
    return EXIT.trouble
  }
  const folder = mkdtempSync(join(tmpdir(), 'parlor-verify-'))
  try {
    const found = await verifyCopy(path, { data: file === undefined ? data : undefined, folder, catalog })
    report(path, found, json === true)
    return found.problems.length === 0 ? EXIT.good : EXIT.trouble
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Verifies a copy of a database; if a server runs in `data`, the server makes the copy. Rejects with a UsageError if the
 * copy fails.
 */
async function verifyCopy(
  path: string,
  { data, folder, catalog }: { readonly data: string | undefined; readonly folder: string; readonly catalog: Catalog },
): Promise<Verification> {
  const copy = join(folder, 'parlor.db')
  // the sentences name the copy, and the command replaces the name of the copy by the name of the file
  const named = (sentence: string) => sentence.replaceAll(copy, path).replaceAll(folder, dirname(path))
  const noCopy = (sentence: string) =>
    new UsageError(`no copy of ${path} can be made in ${tmpdir()} (TMPDIR names another folder): ${sentence.replaceAll(copy, 'the copy')}`)
  try {
    createEmptyFile(copy)
    const answer = data === undefined ? undefined : await askForCopy(data, 'verify', copy)
    if (answer && isRefusal(answer)) {
      if (answer.refused.includes(copy)) throw noCopy(answer.refused)
      return { tables: 0, events: 0, problems: [answer.refused] }
    }
    if (answer) detachCopy(copy)
    else copyAll(path, folder)
    const found = verify(copy, (_, events) => replay(events, catalog))
    return { ...found, problems: found.problems.map(named) }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'damaged') return { tables: 0, events: 0, problems: [named(error.message)] }
    if (error.code === 'full') throw noCopy(error.message)
    if (error.code === 'foreign' && data === undefined)
      throw new UsageError(`${path} is not a database of Parlor: name the parlor.db of a server, or a backup`)
    throw new UsageError(named(error.message))
  }
}

/** Runs `parlor backup FILE`: copies all data of a server, even while the server runs. Resolves to the exit code. */
export async function backupCommand(file: string, { data }: InFolder): Promise<number> {
  const from = databaseIn(data)
  storing(() => checkDatabaseExists(from))
  const to = resolve(existsSync(file) && statSync(file).isDirectory() ? join(file, 'parlor.db') : file)
  if (existsSync(to)) throw new UsageError(`${to} is there already: choose another file`)
  if (!existsSync(dirname(to))) throw new UsageError(`there is no folder ${dirname(to)}: create it first`)
  if (isInUse(from, to)) throw new UsageError(`${to} is a name that the server itself uses: choose another file`)
  const copy = `${to}.part-${process.pid}`
  const named = (sentence: string) => sentence.replaceAll(copy, to)
  try {
    storing(() => createEmptyFile(copy), named)
    const answer = await askForCopy(data, 'backup', copy)
    if (answer && isRefusal(answer)) throw new UsageError(named(answer.refused))
    if (!answer) await copiedHere({ data, from, copy, named })
    storing(() => finishBackup(copy, to), named)
  } finally {
    for (const rest of [copy, ...workFilePaths(copy)]) rmSync(rest, { force: true })
  }
  say(`${to} has all of ${data}. To restore the backup, stop the server and copy the backup into an empty folder as parlor.db`)
  return EXIT.good
}

/** Runs `parlor repair`: archives all files of a folder and rebuilds the database from its readable part. Resolves to the exit code. */
export async function repairCommand({ data }: InFolder): Promise<number> {
  const path = databaseIn(data)
  if (statSync(data).isFile()) throw new UsageError(noFolderBut(data))
  const { archive, places, tables, rows, gone, kept, isNew } = storing(() => {
    prepareFolder(data, printError)
    return repair(path, Date.now())
  })
  say(`The original files are in ${archive}`)
  if (isNew) say('The database was missing or empty: all its data is lost, and a new database is in its place.')
  else if (places + tables.length + rows.length === 0)
    say('The command could read everything in the folder, and has copied it. If a part of the log was missing, the commits in it are lost.')
  if (places > 0) say(`${formatCount(places, 'commit is', 'commits are')} lost: damaged or missing`)
  if (tables.length > 0) say(`Events of ${formatTables(tables)} are lost; the earlier events stay`)
  for (const name of rows) say(`${gone.includes(name) ? 'Nothing' : 'Not all'} of "${name}" could be read`)
  if (!isNew) say(`The new database has the events of ${formatCount(kept, 'table')}`)
  say('The server can be started again')
  return EXIT.good
}

/** Returns the path of the database in the folder that `--data` names. Throws a UsageError for a folder without a database. */
function databaseIn(data: string): string {
  const found = statSync(data, { throwIfNoEntry: false })
  if (!found || data === '') throw new UsageError(noFolder(data).replace(/another$/, 'another folder'))
  if (found.isFile() && !convertSystemErrors(data, () => readHead(data))) throw new UsageError(noFolderBut(data))
  return databaseAt(data)
}

/** Returns the path of the database in a folder, or the path itself if it is a file. Throws a UsageError if there is no database. */
function databaseAt(place: string): string {
  const found = statSync(place, { throwIfNoEntry: false })
  if (place === '')
    throw new UsageError('the name of the file to verify is empty: give a name, or no argument to verify the folder of the server')
  if (!found)
    throw new UsageError(`there is no ${place} here: name a parlor.db, or a backup; without a name, the folder of --data is verified`)
  if (found.isDirectory()) storing(() => convertSystemErrors(place, () => checkNoLinks(place)))
  const path = storing(() => resolveDatabase(found.isDirectory() ? join(place, 'parlor.db') : place))
  if (found.isFile() && found.size === 0 && basename(path) !== 'parlor.db' && !pathsBeside(path).some((each) => existsSync(each)))
    throw new UsageError(`${path} is empty, so it is not a database of Parlor: name the parlor.db of a server, or a backup`)
  if (!existsSync(path) && storing(() => describeLoss(path)) === undefined) throw new UsageError(noDatabaseIn(place))
  return path
}

/** Checks whether a store or its server uses a path beside the database for a file of its own. */
function isInUse(database: string, path: string): boolean {
  const [real, file] = [realpathSync(database), join(realpathSync(dirname(path)), basename(path))]
  const names = ['parlor.db', 'parlor.sock', 'parlor.probe', 'parlor.mark.new', 'parlor.db.new'].map((name) => join(dirname(real), name))
  return [...names, ...pathsBeside(real)].includes(file)
}

/** Asks the server that runs in a folder to write a copy of its data to an empty file. Resolves to `undefined` if no server runs. */
async function askForCopy(data: string, action: 'backup' | 'verify', file: string): Promise<AdminAnswer | undefined> {
  try {
    return await sendAdminRequest(data, { action, file })
  } catch (reason) {
    throw new UsageError(`the server that has ${data} open sent an unreadable answer: ${errorMessage(reason)}`)
  }
}

/** The folder from which a command copies data, and the file into which it copies the data. */
interface CopyHere extends InFolder {
  readonly from: string
  readonly copy: string
  /** Replaces the name of the copy in a sentence by the name of the file that the user has named. */
  readonly named: (sentence: string) => string
}

/**
 * Copies a database that no server has open, for a backup or a check. Like `serve`, rejects if the database has lost commits. Does not
 * migrate a database of an earlier version, which has no progress mark.
 */
async function copiedHere({ data, from, copy, named }: CopyHere): Promise<void> {
  try {
    if (isOfThisVersion(from) && statSync(data).isDirectory()) {
      const store = await openStore({ folder: data, onWarning: printError })
      try {
        await store.backup?.(copy)
      } finally {
        await store.close()
      }
    } else {
      const log = new PreservedLog(from)
      try {
        const database = new Database(from, 'process')
        try {
          await database.backup(copy)
        } finally {
          database.close()
        }
      } finally {
        log.restore()
      }
    }
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(named(error.message)) : error
  }
}

/**
 * Copies a database with its write-ahead log and its progress mark, so that the command opens the copy and does not change the
 * original files.
 */
function copyAll(path: string, folder: string): void {
  const copy = join(folder, 'parlor.db')
  const copies = [
    [path, copy],
    [walPath(path), walPath(copy)],
    [markPath(path), markPath(copy)],
  ] as const
  for (const [from, to] of copies) if (existsSync(from)) convertSystemErrors(from, () => copyFileSync(from, to))
}

/**
 * Replays a table's events by the rules of its game. Returns a sentence that says why the rules refuse an event; `undefined` for a valid
 * table.
 */
function replay(events: readonly TableEvent[], { games }: Catalog): string | undefined {
  const [first, ...others] = events
  if (first?.type !== 'opened') return 'its log does not begin with the event "opened"'
  const rules = games.get(first.game)
  // the rules of the game are in a plug-in
  if (!rules) return undefined
  try {
    others.reduce(evolve, toOpenedTable(first, rules))
    return undefined
  } catch (reason) {
    return errorMessage(reason)
  }
}

function report(path: string, { tables, events, problems }: Verification, json: boolean): void {
  if (json) return new Terminal().write(`${JSON.stringify({ ok: problems.length === 0, file: path, tables, events, problems })}\n`)
  for (const problem of problems) printError(problem)
  if (problems.length === 0) say(`${path} is in order: ${formatCount(tables, 'table')} with ${formatCount(events, 'event')}`)
  else printError(`${path} is damaged: restore a backup (docs/operating.md), or continue without the lost part: parlor repair`)
}

function say(sentence: string): void {
  new Terminal().printSentence(sentence)
}

function storing<Answer>(work: () => Answer, named = (sentence: string) => sentence): Answer {
  try {
    return work()
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(named(error.message)) : error
  }
}
