import { chmodSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoreError } from '../../src/storage/error.ts'
import { Database } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { PreservedLog } from '../../src/storage/sqlite/preserved-log.ts'
import { repair } from '../../src/storage/sqlite/repair.ts'
import { verify } from '../../src/storage/sqlite/verify.ts'
import { appendEvents } from '../support/append-events.ts'
import { asRoot, fill, openFolder, smallDisk } from '../support/system.ts'
import { game } from './samples.ts'

/** Opens and closes a store; resolves to the error's code after an error, and to the notices for the operator. */
async function start(folder: string): Promise<{ readonly code?: string; readonly notices: readonly string[] }> {
  const notices: string[] = []
  try {
    await (await openStore({ folder, onWarning: (sentence) => notices.push(sentence), onError: () => {} })).close()
    return { notices }
  } catch (error) {
    return { code: (error as StoreError).code, notices }
  }
}

/** Repairs a store; resolves to the error's code after an error. */
async function repairIn(folder: string): Promise<{ readonly code?: string }> {
  try {
    const { archive, rows } = repair(join(folder, 'parlor.db'), 0)
    expect(rows).toEqual([])
    rmSync(archive, { recursive: true })
    return {}
  } catch (error) {
    return { code: (error as StoreError).code ?? String(error) }
  }
}

/** A folder on a disk as a killed server leaves it. */
async function killed(disk: string, tables = 0): Promise<string> {
  const [before, data] = [join(openFolder(), 'data'), join(disk, 'data')]
  const store = await openStore({ folder: before })
  for (let table = 1; table <= tables; table++) await appendEvents(store.tables, table, 0, game(table))
  cpSync(before, data, { recursive: true })
  chmodSync(data, 0o700)
  await store.close()
  return data
}

asRoot('a first start that finds too little room leaves nothing, or what the next start opens without a word', async () => {
  const disk = smallDisk('2m')
  const data = join(disk, 'data')
  const left = { nothing: 0, database: 0 }
  let code: string | undefined = 'full'
  for (let pages = 0; code !== undefined; pages++) {
    const makeRoom = fill(disk, pages)
    const first = await start(data)
    code = first.code
    expect(first).toEqual(code === undefined ? { notices: [] } : { code: 'full', notices: [] })
    if (code !== undefined) left[existsSync(join(data, 'parlor.db')) ? 'database' : 'nothing']++
    makeRoom()
    expect(await start(data)).toEqual({ notices: [] })
    rmSync(data, { recursive: true })
  }
  expect(left.nothing).toBeGreaterThan(0)
  expect(left.database).toBeGreaterThan(10)
})

asRoot('a start after a kill that finds no room does not take the log along that the next start looks for', async () => {
  const disk = smallDisk('2m')
  const data = await killed(disk)
  const makeRoom = fill(disk, 0)
  expect(await start(data)).toEqual({ code: 'full', notices: [] })
  makeRoom()
  expect(await start(data)).toEqual({ notices: [] })
  expect(existsSync(join(data, 'parlor.db-wal.found'))).toBe(false)
})

asRoot('the same without a mark: the next start does not take the database for one that lost something', async () => {
  const disk = smallDisk('2m')
  const data = await killed(disk)
  rmSync(join(data, 'parlor.mark'))
  const makeRoom = fill(disk, 0)
  const notices = [expect.stringMatching(/parlor\.mark is missing: if commits are missing/)]
  expect(await start(data)).toEqual({ code: 'full', notices })
  makeRoom()
  expect(await start(data)).toEqual({ notices })
})

test('a killed server’s folder that is opened and closed cleanly has no log that the next start expects', async () => {
  const data = await killed(openFolder())
  expect(await start(data)).toEqual({ notices: [] })
  expect(await start(data)).toEqual({ notices: [] })
})

asRoot.each([
  ['start', start],
  ['repair', repairIn],
])(
  'a %s after a kill that fails, with any free space, leaves all names as they were, and the next start reports nothing',
  async (_, act) => {
    const disk = smallDisk('4m')
    const before = await killed(openFolder(), 30)
    const data = join(disk, 'data')
    let code: string | undefined = 'full'
    let pages = 0
    for (; code !== undefined; pages++) {
      cpSync(before, data, { recursive: true })
      chmodSync(data, 0o700)
      const names = readdirSync(data)
      const makeRoom = fill(disk, pages)
      ;({ code } = await act(data))
      if (code !== undefined) expect([code, ...readdirSync(data)], `${pages} pages`).toEqual(['full', ...names])
      makeRoom()
      expect(await start(data), `${pages} pages`).toEqual({ notices: [] })
      expect(verify(join(data, 'parlor.db'), () => undefined)).toEqual({ tables: 30, events: 120, problems: [] })
      rmSync(data, { recursive: true })
    }
    expect(pages).toBeGreaterThan(1)
  },
)

asRoot('a repair that fills the disk while it copies reports that, and counts no row as unreadable', async () => {
  const disk = smallDisk('32m')
  const data = join(disk, 'data')
  const store = await openStore({ folder: data })
  const password = 'p'.repeat(200_000)
  for (let n = 0; n < 30; n++) await store.accounts.add({ key: `user${n}`, name: `User${n}`, password, since: 0 })
  await store.close()
  const pages = statSync(join(data, 'parlor.db')).size / 4096
  const makeRoom = fill(disk, Math.ceil(pages * 1.7))
  expect(await repairIn(data)).toEqual({ code: 'full' })
  expect(readdirSync(data)).toEqual(['parlor.db'])
  makeRoom()
  expect(await repairIn(data)).toEqual({})
})

test('after a killed start that left the second name of the log, the next failed start still puts the log back', async () => {
  const data = await killed(openFolder(), 30)
  linkSync(join(data, 'parlor.db-wal'), join(data, 'parlor.db-wal.found'))
  mkdirSync(join(data, 'parlor.mark.new'))
  expect(await start(data)).toEqual({ code: 'io', notices: [] })
  rmSync(join(data, 'parlor.mark.new'), { recursive: true })
  expect(await start(data)).toEqual({ notices: [] })
  expect(readdirSync(data)).toEqual(['parlor.db'])
})

test('if a file cannot have a second name, a failed start leaves an empty log, and the next start reports nothing', async () => {
  const data = await killed(openFolder(), 30)
  const log = new PreservedLog(join(data, 'parlor.db'), () => {
    throw new Error('EPERM')
  })
  new Database(join(data, 'parlor.db'), 'process').close()
  expect(existsSync(join(data, 'parlor.db-wal'))).toBe(false)
  log.restore()
  expect(await start(data)).toEqual({ notices: [] })
})
