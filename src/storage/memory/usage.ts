import { randomBytes } from 'node:crypto'
import { type DiskUsage, type NetworkUsage, USAGES } from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'

/** MemoryUsage stores the disk usage of networks in memory. */
export class MemoryUsage implements DiskUsage {
  readonly #commits: GroupCommit
  readonly #salt = randomBytes(16).toString('hex')
  #at = 0
  #usages: readonly NetworkUsage[] = []

  constructor(commits: GroupCommit) {
    this.#commits = commits
  }

  async load(): Promise<{ readonly salt: string; readonly at: number; readonly usages: readonly NetworkUsage[] }> {
    return { salt: this.#salt, at: this.#at, usages: this.#usages }
  }

  add(usages: readonly NetworkUsage[], { from, at }: { readonly from: number; readonly at: number }): Promise<void> {
    return this.#commits.write(() => {
      const rows = new Map<string, NetworkUsage>()
      for (const usage of [...this.#usages, ...usages]) {
        const key = `${usage.network} ${usage.part}`
        rows.set(key, { ...usage, bytes: usage.bytes + (rows.get(key)?.bytes ?? 0) })
      }
      this.#at = at
      this.#usages = [...rows.values()]
        .filter(({ part }) => part >= from)
        .sort((one, other) => other.bytes - one.bytes || other.part - one.part || (one.network < other.network ? 1 : -1))
        .slice(0, USAGES)
        .sort((one, other) => (one.network === other.network ? one.part - other.part : one.network < other.network ? -1 : 1))
      return undefined
    })
  }
}
