import { errorMessage } from '../base/errors.ts'
import type { Catalogue } from '../games/catalogue.ts'
import { type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import { printError, UsageError } from './diagnostics.ts'

/** Resolves to the games and programs of this process: the shipped ones, and those of plug-ins. Rejects with a UsageError. */
export async function loadPlayable(
  files: readonly string[] = [],
  onFailure: (sentence: string, reason: unknown) => void = (sentence, reason) => printError(`${sentence}: ${errorMessage(reason)}`),
): Promise<{ readonly catalogue: Catalogue; readonly programs: ProgramRegistry }> {
  const { shippedGames } = await import('../games/index.ts')
  const shipped = { catalogue: shippedGames, programs: shippedPrograms }
  if (files.length === 0) return shipped
  const { loadPlugins, PluginError } = await import('../plugins/load.ts')
  try {
    return await loadPlugins(files, shipped, onFailure)
  } catch (error) {
    if (error instanceof PluginError) throw new UsageError(error.message)
    throw error
  }
}
