import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeLink } from '../../support/native-link.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const DOOR = 'parlor/door'
const TRIES = 100

/** The folder of a running server is renamed and replaced by another: nothing more is acknowledged, and the other folder stays empty. */
export const attack: Attack = {
  title: `takes the folder away, puts an empty one in its place, and asks ${TRIES} times to persist something`,
  short: true,
  async run(cleanup) {
    const around = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(around, { recursive: true }))
    const data = join(around, 'data')
    const { server, ports } = await startServe([DOOR], '--data', data)
    cleanup.use(server)
    const link = await NativeLink.open(ports[DOOR] ?? 0, () => {})
    cleanup.defer(() => link.close())
    await link.ask({ type: 'enter', name: 'mallory' })
    renameSync(data, join(around, 'away'))
    mkdirSync(data)
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await link.ask({ type: 'register', name: `mallory${tries}`, password: 'engine-1843' })
      assert.ok(answer.type === 'error' && (answer.code === 'unavailable' || answer.code === 'throttled'), JSON.stringify(answer))
    }
    assert.deepEqual(readdirSync(data), [])
    server.signal('SIGTERM')
    assert.equal(await server.exit, 0)
    assert.deepEqual(readdirSync(data), [])
    assert.ok(existsSync(join(around, 'away', 'parlor.db')))
    return `${TRIES} requests were refused, and nothing was written to the other folder, also when the server ended.`
  },
}
