import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openAdminSocket } from '../../src/server/admin.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder } from '../support/folders.ts'
import { asNobody, asRoot, NOBODY, openFolder, remount, smallDisk } from '../support/system.ts'
import { move } from './samples.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)
const modesIn = (path: string) => Object.fromEntries(readdirSync(path).map((name) => [name, modeOf(join(path, name))]))

/** Opens a store, writes to it, and closes it after the test; returns its notices. */
async function opened(path: string): Promise<string[]> {
  const notices: string[] = []
  const store = await openStore({ folder: path, onWarning: (sentence) => notices.push(sentence) })
  onTestFinished(() => store.close())
  const table = await store.tables.newTable()
  await appendEvents(store.tables, table, 0, [move(table, 1)])
  return notices
}

function withUmask(mask: number): void {
  const before = process.umask(mask)
  onTestFinished(() => void process.umask(before))
}

describe('modes', () => {
  test.each([0o000, 0o022, 0o777])('files that Parlor creates are readable by their owner alone, under any umask: %o', async (mask) => {
    const path = join(folder(), 'data')
    withUmask(mask)
    expect(await opened(path)).toEqual([])
    expect(modeOf(path)).toBe('700')
    const modes = modesIn(path)
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(['parlor.db', 'parlor.db-wal']))
    expect(new Set(Object.values(modes))).toEqual(new Set(['600']))
  })

  test('the operator’s socket is accessible to its owner alone from its creation', async () => {
    const path = folder()
    withUmask(0)
    const logs = { log: () => {} }
    const door = openAdminSocket(path, { people: {} as never, bytes: (count) => new Uint8Array(count) }, logs)
    // the system has created it, and no other code has run since
    expect(modesIn(path)).toEqual({ 'parlor.sock': '600' })
    await (await door).close()
  })

  test('the modes of files of an earlier version are tightened, which is logged once', async () => {
    const path = join(folder(), 'data')
    const store = await openStore({ folder: path })
    await store.close()
    chmodSync(path, 0o755)
    chmodSync(join(path, 'parlor.db'), 0o644)
    expect(await opened(path)).toEqual([
      `${path} has the mode 0755, and was open to other users of this machine: now it has 0700`,
      `${path}/parlor.db had the mode 0644, and was open to other users of this machine: now it has 0600`,
    ])
    expect([modeOf(path), modeOf(join(path, 'parlor.db'))]).toEqual(['700', '600'])
  })

  test('a folder with files of other users stays unchanged, and the server logs a notice', async () => {
    const path = folder()
    chmodSync(path, 0o777)
    writeFileSync(join(path, 'thesis.txt'), 'mine', { mode: 0o644 })
    chmodSync(join(path, 'thesis.txt'), 0o644)
    expect(await opened(path)).toEqual([
      `${path} has the mode 0777, so that other users of this machine can replace its files; it also has other files, so the server does not change its mode: choose a folder for Parlor alone`,
    ])
    expect([modeOf(path), modeOf(join(path, 'thesis.txt')), modeOf(join(path, 'parlor.db'))]).toEqual(['777', '644', '600'])
  })

  asRoot('another user can read no file that the server wrote', async () => {
    const path = join(openFolder(), 'data')
    await opened(path)
    const read = `import { readFileSync } from 'node:fs'; console.log(readFileSync('${path}/parlor.db').length)`
    await expect(asNobody(read)).rejects.toThrow(/EACCES/)
    chmodSync(path, 0o755)
    await expect(asNobody(read)).rejects.toThrow(/EACCES/)
  })
})

describe('an unusable folder is named as such', () => {
  /** Returns the error that a user without rights receives on opening a store there. */
  const openedByNobody = (path: string) =>
    asNobody(`
      const { openStore } = await import(${JSON.stringify(new URL('../../src/storage/sqlite/index.ts', import.meta.url).href)})
      try {
        await (await openStore({ folder: ${JSON.stringify(path)} })).close()
        console.log('opened')
      } catch ({ code, message }) {
        console.log(code + ': ' + message)
      }`).then((said) => said.trim())

  asRoot('read-only for its owner', async () => {
    const path = openFolder()
    chownSync(path, NOBODY, NOBODY)
    chmodSync(path, 0o500)
    expect(await openedByNobody(path)).toBe(
      `read-only: the folder ${path} is read-only (its mode is 0500): make it writable (chmod u+rwx), or choose another folder`,
    )
  })

  asRoot('of another user', async () => {
    const path = openFolder()
    chmodSync(path, 0o755)
    expect(await openedByNobody(path)).toBe(
      `read-only: the folder ${path} is read-only for this user (it belongs to user 0, its mode is 0755): make this user the owner (chown), or choose another folder`,
    )
  })

  asRoot('its file is read-only', async () => {
    const path = openFolder()
    expect(await openedByNobody(path)).toBe('opened')
    chmodSync(join(path, 'parlor.db'), 0o400)
    expect(await openedByNobody(path)).toBe(
      `read-only: ${path}/parlor.db is read-only (its mode is 0400): make it writable (chmod u+rw), or choose another folder`,
    )
  })

  asRoot('within a folder of another user', async () => {
    const path = openFolder()
    chmodSync(path, 0o755)
    expect(await openedByNobody(join(path, 'data'))).toBe(
      `read-only: the folder ${path}/data cannot be made: EACCES, this user may not write there: change the rights of the folder above it, or choose another folder`,
    )
  })

  asRoot('on a read-only file system', async () => {
    const path = smallDisk('1m')
    const data = join(path, 'data')
    await (await openStore({ folder: data })).close()
    remount(path, 'ro')
    await expect(openStore({ folder: data })).rejects.toMatchObject({
      code: 'read-only',
      message: `the folder ${data} is on a read-only file system: mount the file system for writing, or choose another folder`,
    })
    await expect(openStore({ folder: join(path, 'other') })).rejects.toMatchObject({
      code: 'read-only',
      message: `the folder ${path}/other cannot be made: EROFS, it is on a read-only file system: mount the file system for writing, or choose another folder`,
    })
  })

  asRoot('on a disk without room', async () => {
    const path = smallDisk('64k')
    writeFileSync(join(path, 'much'), new Uint8Array(60 * 1024))
    await expect(openStore({ folder: path })).rejects.toMatchObject({ code: 'full' })
  })

  test('refuses a path that is too long', async () => {
    await expect(openStore({ folder: join(folder(), 'x'.repeat(300)) })).rejects.toThrow(
      /cannot be made: ENAMETOOLONG, the path is too long for this system: choose a shorter path/,
    )
  })

  test('refuses a path at which there is another file', async () => {
    const path = folder()
    mkdirSync(join(path, 'parlor.db'))
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db is a directory, and should be a regular file: move it away/)
  })
})
