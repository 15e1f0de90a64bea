import { openStore } from '../../src/storage/sqlite.ts'
import { keep } from '../support/keep.ts'
import { move } from './samples.ts'

/**
 * A process that appends to the tables 1 to 8 of a store without end, each from where its log ends, and prints what it
 * is told: `told 3 17` to a follower, then `kept 3 17` for an append that has resolved, the number being the last one.
 */
const [folder = ''] = process.argv.slice(2)
const { tables } = await openStore({ folder })
process.stdout.write('open\n')

for (let table = 1; table <= 8; table++) {
  tables.follow(table, (events) => process.stdout.write(`told ${table} ${events.at(-1)?.n}\n`))
  void append(table, (await tables.read(table, 0)).length)
}

async function append(table: number, expected: number): Promise<never> {
  for (let last = expected; ; ) {
    const events = Array.from({ length: 1 + (last % table) }, (_, at) => move(table, last + 1 + at))
    await keep(tables, table, last, events)
    last += events.length
    process.stdout.write(`kept ${table} ${last}\n`)
  }
}
