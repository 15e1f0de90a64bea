import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoreError } from '../../src/storage/error.ts'
import { openStore } from '../../src/storage/sqlite.ts'
import { asRoot, fill, openFolder, smallDisk } from '../support/system.ts'

/** Opens and closes a store; resolves to the error's code, if there is one, and to the notices for the operator. */
async function start(folder: string): Promise<{ readonly code?: string; readonly notices: readonly string[] }> {
  const notices: string[] = []
  try {
    await (await openStore({ folder, onNotice: (sentence) => notices.push(sentence), onTrouble: () => {} })).close()
    return { notices }
  } catch (error) {
    return { code: (error as StoreError).code, notices }
  }
}

/** A folder on a disk as a server leaves it that is killed. */
async function killed(disk: string): Promise<string> {
  const [before, data] = [join(openFolder(), 'data'), join(disk, 'data')]
  const store = await openStore({ folder: before })
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

test('a killed server’s folder that is opened and closed in good order has no log that is looked for', async () => {
  const data = await killed(openFolder())
  expect(await start(data)).toEqual({ notices: [] })
  expect(await start(data)).toEqual({ notices: [] })
})
