import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeLink } from '../../support/native-link.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const MEGABYTES = 1
const DOOR = 'parlor/door'
const TEXT = 'x'.repeat(1000)

/** Two connections resign, play again, and talk as fast as the server reads: the folder does not grow beyond the limit. */
export const attack: Attack = {
  title: `fills the disk of a server that lets one address add ${MEGABYTES} MB an hour`,
  short: false,
  async run(cleanup) {
    const data = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(data, { recursive: true }))
    const { server, ports } = await startServe([DOOR], '--data', data, '--limit', `disk=${MEGABYTES}`, '--limit', 'seats=none')
    cleanup.use(server)
    const before = sizeOf(data)
    const tables: number[] = []
    const open = () => NativeLink.open(ports[DOOR] ?? 0, (received) => received.type === 'seated' && tables.push(received.table))
    const links = await Promise.all([open(), open()])
    for (const [n, link] of links.entries()) await link.ask({ type: 'enter', name: `m${n}allory` })
    let refusal = ''
    let asked = 0
    const ask = async (link: NativeLink, command: Parameters<NativeLink['ask']>[0]) => {
      asked++
      const answer = await link.ask(command)
      if (answer.type === 'error' && answer.code === 'too-many') refusal = answer.message
    }
    const [ada, bob] = links as [NativeLink, NativeLink]
    while (refusal === '' && asked < 50_000) {
      await Promise.all([
        ask(ada, { type: 'seek', game: 'tictactoe', wait: null, replace: true }),
        ask(bob, { type: 'seek', game: 'tictactoe', wait: null, replace: true }),
      ])
      const table = tables.at(-1) ?? 0
      await ask(ada, { type: 'say', table, text: TEXT })
      await ask(ada, { type: 'resign', table })
      for (const link of links) await ask(link, { type: 'leave', table })
    }
    assert.match(refusal, /^your address has written 1 MB in the last hour, the limit: wait/)
    const grown = (sizeOf(data) - before) / 1e6
    for (const link of links) link.close()
    // the log before a checkpoint repeats up to 4 MB of the database
    assert.ok(grown < MEGABYTES * 1.5 + 4.5, `the folder grew by ${grown} MB`)
    return `The folder grew by ${grown.toFixed(1)} MB in ${asked} commands, then all that writes was refused.`
  },
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
