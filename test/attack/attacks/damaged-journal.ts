import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../../src/hall/ports.ts'
import { openStore } from '../../../src/storage/sqlite/index.ts'
import { appendEvents } from '../../support/append-events.ts'
import type { Attack } from '../attack.ts'

const TABLES = 100
const FLIPS = 60

/** Single bits of the database and of its log are changed: either no acknowledged event is missing, or the start reports the loss. */
export const attack: Attack = {
  title: `changes one bit of the files of a killed server, in ${FLIPS} places one after the other`,
  short: true,
  async run(cleanup) {
    const around = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(around, { recursive: true }))
    const data = join(around, 'data')
    const text = 'words that are said at a table '.repeat(16)
    // half of it is in the database, the other half in its log
    await said(data, 1, TABLES / 2, text, (store) => store.close())
    await said(data, TABLES / 2 + 1, TABLES, text, (store) => cleanup.defer(() => store.close()))
    const whole = join(around, 'whole')
    cpSync(data, whole, { recursive: true })
    assert.ok(await isWhole(whole, text))
    let noticed = 0
    for (let flip = 0; flip < FLIPS; flip++) {
      const copy = join(around, `copy${flip}`)
      cpSync(data, copy, { recursive: true })
      const file = join(copy, flip % 2 === 0 ? 'parlor.db-wal' : 'parlor.db')
      const bytes = readFileSync(file)
      // from end to end, not at the beginnings of pages
      const at = Math.floor((bytes.length * (flip + 0.37)) / FLIPS)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
      writeFileSync(file, bytes)
      if (!(await isWhole(copy, text))) noticed++
      rmSync(copy, { recursive: true })
    }
    assert.ok(noticed > 0)
    return `Of ${FLIPS} changes, ${noticed} were said at the start, and with the others everything was there.`
  },
}

/** Appends talk at each of some tables, and closes the store. */
async function said(folder: string, first: number, last: number, text: string, done: (store: Store) => unknown): Promise<void> {
  const store = await openStore({ folder })
  for (let table = first; table <= last; table++)
    await appendEvents(store.tables, table, 0, [{ type: 'said', name: 'Ada', text, n: 1, at: 1 }])
  await done(store)
}

/** Returns whether a folder opens without a notice; then every event must be in it. */
async function isWhole(folder: string, text: string): Promise<boolean> {
  const notices: string[] = []
  const store = await openStore({ folder, onWarning: (sentence) => /damaged|missing/.test(sentence) && notices.push(sentence) }).catch(
    (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && error.message.length > 0)
      return undefined
    },
  )
  if (!store) return false
  try {
    for (let table = 1; table <= TABLES && notices.length === 0; table++) {
      const [event] = await store.tables.read(table, 0)
      assert.ok(event?.type === 'said' && event.text === text, `table ${table} is not as it was, and nobody was told`)
    }
    return notices.length === 0
  } finally {
    await store.close()
  }
}
