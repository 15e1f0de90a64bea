import type { ResolvedConfig } from '../config/config.ts'
import { findShortName } from '../programs/index.ts'
import { UsageError } from './diagnostics.ts'

/**
 * Throws a UsageError if the settings give one port to two programs, or to a program and the metrics, because the second
 * could not listen. `ports` has the ports in the settings, by program name.
 */
export function checkDistinctPorts(
  ports: Readonly<Record<string, number>>,
  { config: { host, http }, from }: Pick<ResolvedConfig, 'config' | 'from'>,
): void {
  const seen = new Map<number, string>()
  for (const [name, port] of Object.entries(ports)) {
    // port 0 is any free port
    if (port === 0) continue
    const other = seen.get(port)
    if (other !== undefined) throw new UsageError(samePort(other, shortName(name), port))
    seen.set(port, shortName(name))
  }
  if (http === 'none' || http.host !== host || from.get('http') === 'default') return
  const program = http.port === 0 ? undefined : seen.get(http.port)
  if (program !== undefined) throw new UsageError(`${program} and --http have the same port, ${http.port}: give one of them another`)
}

/** Returns the sentence for two programs with the same port. */
export function samePort(one: string, other: string, port: number): string {
  return `${one} and ${other} have the same port, ${port}: give one of them another, such as --port ${other}=${port < 65_535 ? port + 1 : port - 1}`
}

/** Returns the short name of a program, or its full name if it has no short one. */
export function shortName(name: string): string {
  return findShortName(name) ?? name
}
