import type { Config, ResolvedConfig } from '../config/config.ts'
import type { GatewayClass } from '../server/gateway/options.ts'
import { formatClassCsv, formatClassJUnit } from './class-export.ts'
import { type ClassPassword, loadClassPassword } from './class-password.ts'
import { ClassWatch, type ClassWatchOptions } from './class-watch.ts'
import { withSource } from './config.ts'
import { UsageError } from './diagnostics.ts'
import { RosterFile } from './roster-file.ts'
import { toDataFolder } from './stores.ts'

/** ClassLab has the parts of a server with `lab`: the class console, the operator's password, and the desks of the class. */
export interface ClassLab {
  readonly watch: ClassWatch
  readonly password: ClassPassword
  /** The part of the class console that the port for browsers shows. */
  readonly gateway: GatewayClass
  /** Stops the checks of the roster file. */
  close(): void
}

/** Throws a UsageError for settings of the class console that the other settings do not allow. */
export function checkClassSettings({ config: { lab, data, classPassword, roster } }: Pick<ResolvedConfig, 'config'>): void {
  if (lab && toDataFolder(data) === undefined)
    throw new UsageError('--lab needs a folder for the socket of "parlor class": give --data FOLDER')
  if (!lab && classPassword !== undefined) throw new UsageError('--class-password needs --lab')
  if (!lab && roster !== undefined) throw new UsageError('--roster needs --lab')
}

/**
 * Opens the class console, and reads the files that the settings name. Rejects with a UsageError for a file that cannot be read or is not
 * valid.
 */
export async function openClassLab(settings: ResolvedConfig, options: Omit<ClassWatchOptions, 'streams' | 'roster'>): Promise<ClassLab> {
  const { classPassword, roster } = settings.config
  const { logs, clock } = options
  const warn = (sentence: string) => logs.log('warn', sentence)
  const file = roster === undefined ? undefined : await withSource(settings, 'roster', () => RosterFile.open(roster))
  const password = await withSource(settings, 'classPassword', () => loadClassPassword(classPassword, warn))
  const watch = new ClassWatch({ ...options, streams: toStreams(settings.config), roster: file?.roster })
  file?.watch(clock, (changed) => watch.console.setRoster(changed), warn)
  return {
    watch,
    password,
    gateway: {
      console: watch.console,
      passwordHash: password.passwordHash,
      formatCsv: formatClassCsv,
      formatJUnit: formatClassJUnit,
    },
    close: () => file?.close(),
  }
}

function toStreams({ unix, tls }: Config): ClassWatchOptions['streams'] {
  if (unix !== undefined) return 'unix'
  return tls ? 'tls' : 'tcp'
}
