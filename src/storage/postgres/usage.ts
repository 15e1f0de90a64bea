import { sql } from 'kysely'
import { type DiskUsage, type NetworkUsage, USAGES } from '../../hall/ports.ts'
import type { PostgresDatabase } from './database.ts'

/** PostgresUsage stores the disk usage of networks. */
export class PostgresUsage implements DiskUsage {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  load(): Promise<{ readonly salt: string; readonly at: number; readonly usages: readonly NetworkUsage[] }> {
    return this.#database.query(async (db) => {
      const { salt, at } = await db.selectFrom('usage_time').selectAll().executeTakeFirstOrThrow()
      const usages = await db.selectFrom('usage').selectAll().orderBy('network').orderBy('part').execute()
      return { salt, at, usages }
    })
  }

  add(usages: readonly NetworkUsage[], { from, at }: { readonly from: number; readonly at: number }): Promise<void> {
    return this.#database.transaction(async (db) => {
      for (const usage of usages) {
        await db
          .insertInto('usage')
          .values(usage)
          .onConflict((conflict) => conflict.columns(['network', 'part']).doUpdateSet({ bytes: sql`usage.bytes + excluded.bytes` }))
          .execute()
      }
      await db.updateTable('usage_time').set({ at }).execute()
      await db.deleteFrom('usage').where('part', '<', from).execute()
      const least = sql`select network, part from usage order by bytes desc, part desc, network desc offset ${sql.lit(USAGES)}`
      await sql`delete from usage where (network, part) in (${least})`.execute(db)
    })
  }
}
