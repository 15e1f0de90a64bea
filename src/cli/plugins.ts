import { existsSync } from 'node:fs'
import { errorMessage } from '../base/errors.ts'
import { settingsFile } from '../config/defaults.ts'
import type { Catalog } from '../games/catalog.ts'
import type { Playable } from '../plugins/load.ts'
import { type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import { addOrigin, printError, UsageError } from './diagnostics.ts'

/**
 * Resolves to the games and programs of this process: the shipped games and programs, and the games and programs of plug-ins. Rejects with
 * a UsageError.
 */
export async function loadPlayable(
  files: readonly string[] = [],
  onFailure: (sentence: string, reason: unknown) => void = (sentence, reason) => printError(`${sentence}: ${errorMessage(reason)}`),
): Promise<Playable> {
  const { shippedGames } = await import('../games/index.ts')
  const shipped = { catalog: shippedGames, programs: shippedPrograms }
  if (files.length === 0) return shipped
  const { loadPlugins, PluginError } = await import('../plugins/load.ts')
  try {
    return await loadPlugins(files, shipped, onFailure)
  } catch (error) {
    if (error instanceof PluginError) throw new UsageError(error.message)
    throw error
  }
}

/**
 * Does the same as `loadPlayable` for a command with `--plugin` that does not take the other settings of `serve`. If the user gives
 * no file, loads the plug-ins of the environment or of the settings file. Resolves to `undefined` without plug-ins.
 */
async function loadPluginsHere(given: readonly string[]): Promise<Playable | undefined> {
  if (given.length > 0) return loadPlayable(given)
  // the schema of all settings takes time, so the command loads it only if the settings may name plug-ins
  if (!process.env.PARLOR_PLUGINS && !process.env.PARLOR_CONFIG && !existsSync(settingsFile)) return undefined
  const { files, at } = await (await import('./settings-files.ts')).findPlugins()
  return files.length === 0 ? undefined : addOrigin(at, () => loadPlayable(files))
}

/** Resolves to the games of Parlor and of the given plug-ins. If no plug-in is given, the settings name the plug-ins. */
export async function loadCatalog(given: readonly string[] = []): Promise<Catalog> {
  return ((await loadPluginsHere(given)) ?? (await loadPlayable())).catalog
}

/** Resolves to the programs of Parlor and of the plug-ins, like `loadCatalog`. Rejects with a UsageError. */
export async function loadProgramsHere(given: readonly string[]): Promise<ProgramRegistry> {
  return (await loadPluginsHere(given))?.programs ?? shippedPrograms
}
