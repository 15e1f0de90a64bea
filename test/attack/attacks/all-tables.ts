import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeLink } from '../../support/native-link.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const TABLES = 200
const DOOR = 'parlor/door'

/** Enters under ever new names through one connection, and opens a table under each; returns the number of tables. */
async function takeTables(port: number, round: string, most: number): Promise<{ got: number; refusal: string }> {
  const link = await NativeLink.open(port, () => {})
  let got = 0
  let refusal = ''
  for (let n = 0; n < most && refusal === ''; n++) {
    const entered = await link.ask({ type: 'enter', name: `${round}x${n}` })
    assert.equal(entered.type, 'entered')
    const answer = await link.ask({ type: 'seek', game: 'hangman' })
    if (answer.type === 'error') refusal = answer.message
    else got++
  }
  link.close()
  await link.gone
  return { got, refusal }
}

/** Takes tables through one connection, then many of one address, and again after a SIGKILL: half of the tables stay free for others. */
export const attack: Attack = {
  title: `takes all ${TABLES} tables of a server under ever new names, and again after a restart`,
  short: true,
  async run(cleanup) {
    const data = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(data, { recursive: true }))
    const settings = ['--data', data, '--limit', `tables=${TABLES}`]
    const { server, ports } = await startServe([DOOR], ...settings)
    cleanup.use(server)
    const one = await takeTables(ports[DOOR] ?? 0, 'a', TABLES)
    assert.equal(one.got, 20, 'one connection')
    assert.match(one.refusal, /this connection holds 20 seats/)
    let all = one.got
    let refusal = ''
    for (let n = 0; n < 10 && !/your address/.test(refusal); n++) {
      const more = await takeTables(ports[DOOR] ?? 0, `b${n}`, TABLES)
      all += more.got
      refusal = more.refusal
    }
    assert.equal(all, TABLES / 2, 'one address')
    server.signal('SIGKILL')
    await server.exit
    const next = await startServe([DOOR], ...settings)
    cleanup.use(next.server)
    const again = await takeTables(next.ports[DOOR] ?? 0, 'c', TABLES)
    assert.equal(again.got, 0, 'after a restart')
    return `One connection got ${one.got} tables, its address ${all} of ${TABLES}, and none more after a restart.`
  },
}
