import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { errorMessage } from '../base/errors.ts'

/*
 * `npm ci && npm start` serves the page for browsers, without a second command. A clone has the sources of the page, so the server builds
 * it into `dist/web` at the first start, and again when a source has changed. An installed package has no sources and no build tool, but
 * has the `dist/web` that `npm pack` has put into it.
 *
 * Vite runs in a process of its own, because the server's process would not release the memory that Vite needs. It writes into a new
 * folder, which then takes the place of `dist/web`. So another server of the same clone never serves half a page, and a failed build does
 * not change the earlier page.
 */

/**
 * The rooms of `src/` from which the page, or the build of its drawings, imports; if one of them changes, the server builds the page again.
 */
export const PAGE_ROOMS = ['base', 'door', 'games', 'hall', 'lab', 'native', 'programs', 'protocol', 'server', 'web', 'wire']
/** The other files on which the built page depends. */
const PAGE_FILES = ['package-lock.json', 'vite.config.ts', 'docs/causes.md', 'src/cli/page-layouts.ts']
/**
 * Name of the file with the hash of the sources; the file is in the folder of the built page. The name begins with a dot, so the server
 * does not serve the file.
 */
export const STAMP = '.sources'
/** Number of tries to put a page in its place while other processes put the same page there. */
const TRIES = 10
/** Milliseconds that a build may take. */
const TIMEOUT = 120_000
/** Maximum number of characters of the output of a failed build that the server logs. */
const SHOWN = 500
/** The reason for a failed build in a clone without the build tool, such as a clone with only the dependencies of the server. */
const NO_TOOL = 'the build tool Vite is not installed; run "npm ci" without --omit=dev, and start again'

/** PageBuildOptions has the folder of the package, the signal that stops the build, and the function that gets notices. */
export interface PageBuildOptions {
  /** The folder of the package: a clone, or an installed package. */
  readonly root: string
  /** Stops the build. */
  readonly signal?: AbortSignal
  /** Called with a sentence for the operator. */
  readonly notify: (sentence: string) => void
}

/** Returns the folder of the built page in a package. */
export function pageFolder(root: string): string {
  return join(root, 'dist/web')
}

/**
 * Builds the page for browsers in a clone, unless the folder has the page of the present sources. If the build fails, notifies the
 * operator; the folder then has the page of an earlier build, or no page.
 */
export async function preparePage({ root, signal, notify }: PageBuildOptions): Promise<void> {
  if (!existsSync(join(root, 'src/web'))) return
  const folder = pageFolder(root)
  try {
    const hash = await hashSources(root)
    if ((await readStamp(folder)) === hash) return
    // the notice explains to the operator why this start takes longer
    notify('builds the page for browsers from its current sources; this takes a few seconds')
    await buildPage(root, folder, { hash, signal })
  } catch (reason) {
    const instead = existsSync(join(folder, 'index.html')) ? 'browsers get the page of an earlier build' : 'browsers get no page'
    notify(`the page for browsers cannot be built, so ${instead}: ${errorMessage(reason)}`)
  }
}

/** Returns the hash of the names and contents of all files from which Vite builds the page. */
export async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256')
  const inRooms = await Promise.all(PAGE_ROOMS.map((room) => listFiles(root, `src/${room}`)))
  for (const file of [...inRooms.flat(), ...PAGE_FILES].sort()) {
    const content = await readFile(join(root, file)).catch(ignoreMissing)
    if (content) hash.update(`${file}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** Lists the files of a folder and of its subfolders, by their paths from the root. A missing folder has no files. */
async function listFiles(root: string, folder: string): Promise<readonly string[]> {
  const entries = (await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(ignoreMissing)) ?? []
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
}

async function readStamp(folder: string): Promise<string | undefined> {
  return readFile(join(folder, STAMP), 'utf8').catch(ignoreMissing)
}

/** Build has the hash of the sources of a build, and the signal that stops the build. */
interface Build {
  readonly hash: string
  readonly signal: AbortSignal | undefined
}

/** Builds the page into a new folder beside `folder`, and replaces `folder` by the new folder. */
async function buildPage(root: string, folder: string, { hash, signal }: Build): Promise<void> {
  const tool = findVite(root)
  const fresh = `${folder}-${randomUUID()}`
  await mkdir(fresh, { recursive: true })
  try {
    await runVite(tool, { root, folder: fresh, signal })
    await writeFile(join(fresh, STAMP), hash)
    await replaceFolder(folder, fresh, hash)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Returns the path of Vite's command. Throws an Error if Vite is not installed. */
function findVite(root: string): string {
  try {
    const packaged = createRequire(join(root, 'package.json')).resolve('vite/package.json')
    return join(dirname(packaged), 'bin/vite.js')
  } catch (reason) {
    throw new Error(NO_TOOL, { cause: reason })
  }
}

/** Runs Vite. Rejects with an Error whose message has the end of Vite's output. */
async function runVite(
  tool: string,
  { root, folder, signal }: Pick<Build, 'signal'> & { readonly root: string; readonly folder: string },
): Promise<void> {
  const args = [tool, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error']
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, timeout: TIMEOUT, ...(signal ? { signal } : {}) })
  } catch (reason) {
    const output = reason instanceof Error && 'stderr' in reason ? stripVTControlCharacters(String(reason.stderr)).trim() : ''
    throw new Error(output === '' ? errorMessage(reason) : output.slice(-SHOWN), { cause: reason })
  }
}

/** Puts the folder `fresh` in the place of `folder`, unless another process has just put the same page there. */
async function replaceFolder(folder: string, fresh: string, hash: string): Promise<void> {
  const old = `${fresh}-old`
  for (let tries = 1; ; tries++) {
    try {
      await rename(folder, old).catch(ignoreMissing)
      return await rename(fresh, folder)
    } catch (reason) {
      // between two renames of another process, there is no folder
      if ((await readStamp(folder)) === hash) return
      if (tries === TRIES) throw reason
    } finally {
      await rm(old, { recursive: true, force: true })
    }
  }
}

/** Returns `undefined` if the error says that a file does not exist. Rethrows every other error. */
function ignoreMissing(reason: unknown): undefined {
  if (reason instanceof Error && 'code' in reason && reason.code === 'ENOENT') return undefined
  throw reason
}
