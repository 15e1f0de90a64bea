import type { ResolvedConfig } from '../config/config.ts'
import { findShortName } from '../programs/index.ts'
import type { Program } from '../protocol/definition.ts'
import { UsageError } from './diagnostics.ts'

/**
 * Throws a UsageError if the settings give one port to two programs, or to a program and the metrics or browsers. `ports` has the ports in the
 * settings, by program name.
 */
export function checkDistinctPorts(
  programs: readonly Program[],
  ports: Readonly<Record<string, number>>,
  { config: { host, http, web }, from }: Pick<ResolvedConfig, 'config' | 'from'>,
): void {
  const seen = new Map<number, string>()
  for (const [name, port] of Object.entries(ports)) {
    const program = programs.find((one) => one.name === name)
    // port 0 means any free port
    if (!program || port === 0) continue
    const other = seen.get(port)
    if (other !== undefined) throw new UsageError(samePort(other, shortName(program), port))
    seen.set(port, shortName(program))
  }
  for (const [setting, place] of [['http', http] as const, ['web', web] as const]) {
    const isElsewhere = place === 'none' || !['', host].includes(place.host)
    if (isElsewhere || place.port === 0 || from.get(setting) === 'default') continue
    const other = seen.get(place.port)
    if (other !== undefined)
      throw new UsageError(`${other} and --${setting} have the same port, ${place.port}: give one of them another port`)
    seen.set(place.port, `--${setting}`)
  }
}

/** Returns the sentence for two programs with the same port. */
export function samePort(one: string, other: string, port: number): string {
  return `${one} and ${other} have the same port, ${port}: give one of them another port, such as --port ${other}=${port < 65_535 ? port + 1 : port - 1}`
}

/** Returns the short name of a program, or its full name if it has no short name. */
export function shortName({ name, short = findShortName(name) }: Pick<Program, 'name' | 'short'>): string {
  return short ?? name
}
