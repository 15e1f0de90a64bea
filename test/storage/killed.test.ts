import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { folder } from '../support/folders.ts'
import { Parlor } from '../support/process.ts'
import { game, move } from './samples.ts'

const writer = join(import.meta.dirname, 'writer.ts')

/** Returns the last number of each table that was printed with a word, in whole lines only. */
function lastOf(output: string, word: string): Map<number, number> {
  const lines = output.split('\n').slice(0, -1)
  const found = lines.map((line) => /^(\w+) (\d+) (\d+)$/.exec(line)).filter((match) => match?.[1] === word)
  return new Map(found.map((match) => [Number(match?.[2]), Number(match?.[3])]))
}

test('a process that is killed at any moment loses no published event', async () => {
  const path = folder()
  for (const last of [30, 200, 700]) {
    await using child = new Parlor([path], writer)
    await child.shows(new RegExp(`kept 2 ${last}`))
    child.signal('SIGKILL')
    expect(await child.exit).toBe('SIGKILL')

    const store = await openStore({ folder: path })
    const persisted = lastOf(child.output, 'kept')
    const received = lastOf(child.output, 'told')
    expect([...persisted.keys()].filter((table) => table < 9).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(persisted.size).toBeGreaterThan(50)
    const unfinished = new Set(await store.tables.unfinished())
    for (const [table, number] of persisted) {
      const events = await store.tables.read(table, 0)
      expect(events.length).toBeGreaterThanOrEqual(Math.max(number, received.get(table) ?? 0))
      const all = table < 9 ? events.map((_, at) => move(table, at + 1)) : game(table)
      expect(events).toEqual(all.slice(0, events.length))
      expect([table, unfinished.has(table)]).toEqual([table, table < 9 || events.length < 4])
    }
    await store.close()
  }
})

test('two processes cannot share a store, and a killed process leaves it free', async () => {
  const path = folder()
  await using first = new Parlor([path], writer)
  await first.shows(/open\n/)
  await using second = new Parlor([path], writer)
  expect(await second.exit).toBe(1)
  expect(second.errors).toMatch(/StoreError: .*parlor\.db is in use by another program/)
  await expect(openStore({ folder: path })).rejects.toMatchObject({ code: 'in-use' })

  first.signal('SIGKILL')
  await first.exit
  const store = await openStore({ folder: path })
  await using third = new Parlor([path], writer)
  expect(await third.exit).toBe(1)
  await store.close()
})
