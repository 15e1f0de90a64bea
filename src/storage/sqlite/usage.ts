import type { StatementSync } from 'node:sqlite'
import { type DiskUsage, type NetworkUsage, USAGES } from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'
import { type Database, toNumber, toText } from './database.ts'

/** SqliteUsage stores the disk usage of networks in the SQL tables `usage` and `usage_time`. */
export class SqliteUsage implements DiskUsage {
  readonly #database: Database
  readonly #commits: GroupCommit
  readonly #time: StatementSync
  readonly #all: StatementSync
  readonly #add: StatementSync
  readonly #setTime: StatementSync
  readonly #dropOld: StatementSync
  readonly #count: StatementSync
  readonly #dropLeast: StatementSync

  constructor(database: Database, commits: GroupCommit) {
    this.#database = database
    this.#commits = commits
    this.#time = database.prepare('SELECT salt, at FROM usage_time')
    this.#all = database.prepare('SELECT network, part, bytes FROM usage ORDER BY network, part')
    this.#add = database.prepare(`
      INSERT INTO usage (network, part, bytes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = usage.bytes + excluded.bytes`)
    this.#setTime = database.prepare('UPDATE usage_time SET at = ?')
    this.#dropOld = database.prepare('DELETE FROM usage WHERE part < ?')
    this.#count = database.prepare('SELECT count(*) AS "all" FROM usage')
    this.#dropLeast = database.prepare(`
      DELETE FROM usage WHERE (network, part) IN (SELECT network, part FROM usage ORDER BY bytes, part, network LIMIT ?)`)
  }

  async load(): Promise<{ readonly salt: string; readonly at: number; readonly usages: readonly NetworkUsage[] }> {
    return this.#database.query(() => {
      const time = this.#time.get()
      const rows = this.#all.all()
      return {
        salt: toText(time?.salt),
        at: toNumber(time?.at),
        usages: rows.map(({ network, part, bytes }) => ({ network: toText(network), part: toNumber(part), bytes: toNumber(bytes) })),
      }
    })
  }

  add(usages: readonly NetworkUsage[], { from, at }: { readonly from: number; readonly at: number }): Promise<void> {
    return this.#commits.write(() => {
      for (const { network, part, bytes } of usages) this.#add.run(network, part, bytes)
      this.#setTime.run(at)
      this.#dropOld.run(from)
      const tooMany = toNumber(this.#count.get()?.all) - USAGES
      if (tooMany > 0) this.#dropLeast.run(tooMany)
      return undefined
    })
  }
}
