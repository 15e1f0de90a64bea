import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendAdminRequest } from '../../src/server/admin.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder } from '../support/folders.ts'
import { asRoot, NOBODY, openFolder } from '../support/system.ts'
import { move } from './samples.ts'

/** A file of another program, readable by others, outside the folder of a store. */
function victim(): string {
  const path = join(openFolder(), 'victim')
  writeFileSync(path, 'of another program')
  chmodSync(path, 0o644)
  return path
}

function expectUntouched(path: string): void {
  expect(readFileSync(path, 'utf8')).toBe('of another program')
  expect((statSync(path).mode & 0o777).toString(8)).toBe('644')
}

/** A folder with a closed store. */
async function storeFolder(): Promise<string> {
  const path = folder()
  await (await openStore({ folder: path })).close()
  return path
}

/** Opens a store and closes it; returns its notices. */
async function noticesOf(path: string): Promise<string[]> {
  const notices: string[] = []
  await (await openStore({ folder: path, onWarning: (sentence) => notices.push(sentence) })).close()
  return notices
}

const NAMES = ['sock', 'db-wal', 'db-shm', 'db-journal', 'db-wal.found', 'db-wal.damaged', 'db.new', 'mark', 'mark.new', 'probe', 'any', '']

describe('a name of a store that is a link', () => {
  test('is refused without a change, for any name after "parlor."', async () => {
    const target = victim()
    const before = await storeFolder()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NAMES),
        fc.constantFrom(target, join(openFolder(), 'nothing')),
        fc.boolean(),
        async (name, to, isNew) => {
          const path = isNew ? folder() : await storeFolder()
          const link = join(path, `parlor.${name}`)
          symlinkSync(to, link)
          chmodSync(path, 0o777)
          const names = readdirSync(path)
          await expect(openStore({ folder: path })).rejects.toThrow(`${link} is a symbolic link, and should be a`)
          expect(readdirSync(path)).toEqual(names)
          expect(statSync(path).mode & 0o777).toBe(0o777)
          expectUntouched(target)
        },
      ),
      { numRuns: 40 },
    )
    expect(await noticesOf(before)).toEqual([])
  })

  test('causes no change if it is planted while the store is open', async () => {
    const [target, path] = [victim(), folder()]
    const store = await openStore({ folder: path })
    const there = readdirSync(path)
    const planted = NAMES.map((name) => `parlor.${name}`).filter((name) => !there.includes(name))
    for (const name of planted) symlinkSync(target, join(path, name))
    const table = await store.tables.newTable()
    await appendEvents(store.tables, table, 0, [move(table, 1)])
    await store.close()
    expectUntouched(target)
  })

  asRoot('of another user is refused, as the database and as the folder', async () => {
    const [elsewhere, path] = [await storeFolder(), folder()]
    for (const [to, link, data] of [
      [join(elsewhere, 'parlor.db'), join(path, 'parlor.db'), path],
      [elsewhere, join(path, 'data'), join(path, 'data')],
    ] as const) {
      symlinkSync(to, link)
      expect(await noticesOf(data)).toEqual([])
      lchownSync(link, NOBODY, NOBODY)
      await expect(openStore({ folder: data })).rejects.toThrow(
        `${link} is a symbolic link to ${to} that another user of this machine has made (user ${NOBODY}): move it away`,
      )
    }
  })
})

describe('a file outside the folder', () => {
  test('has the same mode as before, with a notice, whether it is the target of a link or has another name elsewhere', async () => {
    const [elsewhere, path, target] = [await storeFolder(), folder(), victim()]
    symlinkSync(join(elsewhere, 'parlor.db'), join(path, 'parlor.db'))
    chmodSync(join(elsewhere, 'parlor.db'), 0o644)
    linkSync(target, join(path, 'parlor.old'))
    symlinkSync(target, join(path, 'parlor.toml'))
    const notices = await noticesOf(path)
    expect(notices).toContainEqual(expect.stringMatching(/parlor\.db leads to a file that has the mode 0644, .*type "chmod 600"/))
    expect(notices).toContainEqual(expect.stringMatching(/parlor\.old has the mode 0644, .*a hard link.*type "chmod 600"/))
    expect(statSync(join(elsewhere, 'parlor.db')).mode & 0o777).toBe(0o644)
    expectUntouched(target)
  })

  test('is not assumed for a file with two names in the folder', async () => {
    const path = await storeFolder()
    linkSync(join(path, 'parlor.db'), join(path, 'parlor.db.copy'))
    chmodSync(join(path, 'parlor.db'), 0o644)
    await noticesOf(path)
    expect(statSync(join(path, 'parlor.db')).mode & 0o777).toBe(0o600)
  })
})

describe('the socket of a server', () => {
  asRoot('receives no request if it is a link or of another user', async () => {
    const path = folder()
    const socket = join(path, 'parlor.sock')
    let asked = 0
    const server = createServer((peer) => {
      asked++
      peer.end('{"done":"as you like"}\n')
    })
    server.listen(socket)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const ask = () => sendAdminRequest(path, { action: 'remove', name: 'ada' })
    expect(await ask()).toEqual({ done: 'as you like' })
    chownSync(socket, NOBODY, NOBODY)
    expect(await ask()).toBeUndefined()
    chownSync(path, NOBODY, NOBODY)
    expect(await ask()).toEqual({ done: 'as you like' })
    renameSync(socket, join(path, 'other.sock'))
    symlinkSync('other.sock', socket)
    expect(await ask()).toBeUndefined()
    expect(asked).toBe(2)
  })
})
