import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SESSIONS } from '../../../src/hall/ports.ts'
import { startFrontDoor } from '../../support/attackers.ts'
import type { Attack } from '../attack.ts'

const PASSWORD = 'correct horse'
const CONNECTIONS = 20
/** The number of sessions that each connection requests: the burst of a new connection. */
const EACH = 100
/** The bound on the log in bytes, as in docs/operating.md. */
const LOG = 30_000_000

/** All connections of one account create sessions without end; then its password is changed, which ends all of them. */
export const attack: Attack = {
  title: `asks for ${CONNECTIONS * EACH} sessions of one account, and then changes its password`,
  short: true,
  async run(cleanup) {
    const data = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(data, { recursive: true }))
    const { open } = await startFrontDoor(cleanup, '--data', data)
    const { link: owner } = await open()
    assert.equal((await owner.ask({ type: 'register', name: 'ada', password: PASSWORD })).type, 'entered')
    const links = await Promise.all(Array.from({ length: CONNECTIONS }, async () => (await open()).link))
    for (const link of links) assert.equal((await link.ask({ type: 'enter', name: 'ada', password: PASSWORD })).type, 'entered')
    let minted = 0
    const flood = links.map(async (link) => {
      const answers = await Promise.all(Array.from({ length: EACH }, () => link.ask({ type: 'session' })))
      minted += answers.filter(({ type }) => type === 'session').length
    })
    await Promise.all(flood)
    const log = Math.max(...readdirSync(data).map((name) => (name.endsWith('-wal') ? statSync(join(data, name)).size : 0)))
    const changed = await owner.ask({ type: 'password', old: PASSWORD, password: 'another horse' })
    assert.equal(minted, CONNECTIONS * EACH)
    assert.ok(changed.type === 'ok' && changed.sessions === SESSIONS, JSON.stringify(changed))
    assert.ok(log > 0 && log < LOG, `the log had ${log} bytes`)
    return `Of ${minted} sessions the last ${changed.sessions} were left to end; the log had ${(log / 1e6).toFixed(1)} MB.`
  },
}
