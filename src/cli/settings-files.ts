import { readFile } from 'node:fs/promises'
import { ConfigError, type ConfigSource, formatOrigin } from '../config/config.ts'
import { settingsFile } from '../config/defaults.ts'
import { parseConfigFile, parseEnvironment } from '../config/sources.ts'
import { cannotRead } from '../terminal/system-errors.ts'
import { UsageError } from './diagnostics.ts'
import { decodeTextFile } from './text-file.ts'

/** Reads the named settings file. Without a name, reads the default file, if that file exists. Rejects with a UsageError. */
export async function fileLayers(named = process.env.PARLOR_CONFIG || undefined): Promise<ConfigSource[]> {
  const file = named ?? settingsFile
  try {
    return [parseConfigFile(file, decodeTextFile(file, await readFile(file)))]
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(...error.sentences)
    if (error instanceof UsageError) throw error
    if (named === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new UsageError(cannotRead(file, error))
  }
}

/** SettingsPlugins has the plug-ins of the last source that names plug-ins, and that source as the beginning of a sentence. */
export interface SettingsPlugins {
  readonly files: readonly string[]
  readonly at: string
}

/** Resolves to the plug-ins that the environment names. If it names no plug-ins, resolves to the plug-ins that a settings file names. */
export async function findPlugins(file?: string): Promise<SettingsPlugins> {
  return pluginsOf([...(await fileLayers(file)), parseEnvironment(process.env)])
}

/** Returns the plug-ins of the last source that names plug-ins, and that source; no plug-ins if the value is not a list of files. */
export function pluginsOf(layers: readonly ConfigSource[]): SettingsPlugins {
  const layer = layers.findLast(({ values }) => values.plugins !== undefined)
  const plugins = layer?.values.plugins
  const isValid = Array.isArray(plugins) && plugins.every((file) => typeof file === 'string' && file.trim() !== '')
  return {
    files: isValid ? plugins.map((file) => String(file).trim()) : [],
    at: formatOrigin('plugins', layer?.from('plugins'), layer?.lineOf?.('plugins')),
  }
}
