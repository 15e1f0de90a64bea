import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder, leftBy } from '../support/folders.ts'
import { TestClock } from '../support/test-clock.ts'
import { move } from './samples.ts'

/** A store with a clock of the test, with 20 commits. */
async function opened(path = folder()) {
  const clock = new TestClock()
  const notices: string[] = []
  const troubles: unknown[] = []
  const store = await openStore({
    folder: path,
    timers: clock,
    onWarning: (sentence) => notices.push(sentence),
    onError: (error) => troubles.push(error),
  })
  onTestFinished(() => store.close())
  for (let table = 1; table <= 20; table++) await appendEvents(store.tables, table, 0, [move(table, 1)])
  return { path, mark: join(path, 'parlor.mark'), clock, notices, troubles, store }
}

describe('a mark that is not in its place while the store is open', () => {
  test.each<[string, (mark: string) => void]>([
    ['was removed', (mark) => rmSync(mark)],
    ['was replaced', (mark) => writeFileSync(mark, rmSync(mark) ?? 'another')],
    ['was cut', (mark) => truncateSync(mark, 20)],
    ['is a link to another file', (mark) => symlinkSync('elsewhere', mark, void rmSync(mark))],
  ])('is written again within a second, and logged once: it %s', async (_, spoil) => {
    const { path, mark, clock, notices, store } = await opened()
    writeFileSync(join(path, 'elsewhere'), 'of another program')
    await clock.pass(5000)
    expect(notices).toEqual([])
    spoil(mark)
    await clock.pass(1000)
    await clock.pass(5000)
    expect(notices).toEqual([`${mark} was removed or changed while the server ran: the server has written it again`])
    expect(statSync(mark).mode & 0o777).toBe(0o600)
    await appendEvents(store.tables, 21, 0, [move(21, 1)])
    const left = leftBy(path)
    rmSync(join(left, 'parlor.db-wal'))
    await expect(openStore({ folder: left })).rejects.toThrow(/parlor\.db-wal is missing: the last \d+ of 21 commits are lost/)
    expect(readFileSync(join(path, 'elsewhere'), 'utf8')).toBe('of another program')
  })

  test('is not written to another folder in the place of its own', async () => {
    const { path, clock, notices, troubles } = await opened(join(folder(), 'data'))
    renameSync(path, `${path}-away`)
    await clock.pass(2000)
    expect(existsSync(path)).toBe(false)
    mkdirSync(path)
    await clock.pass(2000)
    expect([readdirSync(path), notices, troubles]).toEqual([[], [], []])
    rmSync(path, { recursive: true })
    renameSync(`${path}-away`, path)
  })

  test('is logged once if it cannot be written, and written when it can be', async () => {
    const { mark, clock, notices, troubles } = await opened()
    rmSync(mark)
    mkdirSync(`${mark}.new`)
    await clock.pass(5000)
    expect([notices, troubles]).toEqual([[], [expect.objectContaining({ message: expect.stringContaining(mark) })]])
    rmSync(`${mark}.new`, { recursive: true })
    await clock.pass(1000)
    expect(existsSync(mark)).toBe(true)
    expect(notices).toHaveLength(1)
  })

  test('is not checked any more after the store is closed', async () => {
    const { clock, store } = await opened()
    await store.close()
    expect(clock.waiting).toBe(0)
  })
})
