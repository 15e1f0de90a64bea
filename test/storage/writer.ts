import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { game, move } from './samples.ts'

/**
 * A process that appends to the tables 1 to 8 of a store without end, each from the end of its log, and prints each result:
 * `told 3 17` for a notification of a follower, then `kept 3 17` for an append that has resolved, with the last event number.
 * With a number behind the folder, it drops finished games beyond that number of bytes, and plays games to their ends at tables
 * from 9 on, some at a time.
 */
const [folder = '', keeps] = process.argv.slice(2)
const { tables } = await openStore({ folder, keep: keeps === undefined ? undefined : Number(keeps) })
process.stdout.write('open\n')

for (let table = 1; table <= 8; table++) {
  tables.follow(table, (events) => process.stdout.write(`told ${table} ${events.at(-1)?.n}\n`))
  void append(table, (await tables.read(table, 0)).length)
}

await Promise.all(Array.from({ length: 8 }, () => play()))

async function play(): Promise<never> {
  for (;;) {
    const table = Math.max(9, await tables.newTable())
    const [opening, ...others] = game(table)
    if (opening) await appendEvents(tables, table, 0, [opening])
    for (const one of others) {
      await appendEvents(tables, table, one.n - 1, [one])
      process.stdout.write(`kept ${table} ${one.n}\n`)
    }
  }
}

async function append(table: number, expected: number): Promise<never> {
  for (let last = expected; ; ) {
    const events = Array.from({ length: 1 + (last % table) }, (_, at) => move(table, last + 1 + at))
    await appendEvents(tables, table, last, events)
    last += events.length
    process.stdout.write(`kept ${table} ${last}\n`)
  }
}
