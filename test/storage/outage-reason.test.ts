import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { asRoot, fill, openFolder, smallDisk } from '../support/system.ts'
import { TestClock } from '../support/test-clock.ts'

const said = (n: number, length = 10): TableEvent => ({ type: 'said', name: 'ada', text: 'x'.repeat(length), n, at: 0 })

/** A store in a folder, with a clock that does not advance, and the reason why it cannot write. */
async function open(folder: string) {
  const timers = new TestClock()
  const store = await openStore({ folder, timers, onError: () => {} })
  onTestFinished(() => store.close())
  return { timers, tables: store.tables, reason: () => store.availability?.failure?.message }
}

asRoot('a full disk has the same reason when the outage begins and at each try to write', async () => {
  const disk = smallDisk('2m')
  const { timers, tables, reason } = await open(join(disk, 'data'))
  const makeRoom = fill(disk)
  await expect(appendEvents(tables, 1, 0, [said(1, 10_000)])).rejects.toThrow()
  for (const wait of [0, 250, 500, 1000]) {
    await timers.pass(wait)
    expect(reason()).toBe(
      `${join(disk, 'data', 'parlor.db')} cannot be read or written: database or disk is full: free some space on its disk`,
    )
  }
  makeRoom()
  await timers.pass(2000)
  expect(reason()).toBeUndefined()
})

test('a log that lost its newest commit has the same reason, without a size that it never had', async () => {
  const folder = join(openFolder(), 'data')
  const log = join(folder, 'parlor.db-wal')
  const { timers, tables, reason } = await open(folder)
  await appendEvents(tables, 1, 0, [said(1)])
  const { size } = statSync(log)
  await appendEvents(tables, 1, 1, [said(2)])
  truncateSync(log, size)
  await expect(appendEvents(tables, 1, 2, [said(3)])).rejects.toThrow()
  for (const wait of [0, 250, 500]) {
    await timers.pass(wait)
    expect(reason()).toMatch(`${log} was cut to ${size} bytes while the server ran: `)
  }
})
