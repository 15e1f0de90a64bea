import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Parlor } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const writer = join(import.meta.dirname, '../../../bench/restart-folder.ts')
const TABLES = 2000
const KILLS = 5

/** Kills a server again and again as soon as it has started: each start finds all tables, and writes nothing for them. */
export const attack: Attack = {
  title: `kills a server with ${TABLES} unfinished tables ${KILLS} times, each time as soon as it is there`,
  short: false,
  async run(cleanup) {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-killed-'))
    cleanup.defer(() => rmSync(folder, { recursive: true }))
    const players = new Parlor([folder, String(TABLES), String(TABLES)], writer)
    cleanup.use(players)
    await players.shows(/done\n/)
    players.signal('SIGKILL')
    await players.exit
    const sizes: number[] = []
    const times: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const since = performance.now()
      const args = ['serve', '--json', '--only', 'door', '--port', 'door=0', '--http', '0', '--data', folder]
      const server = cleanup.use(new Parlor(args))
      await server.shows(/\n/)
      const { http } = JSON.parse(server.output) as { http: { port: number } }
      const health = (await (await fetch(`http://127.0.0.1:${http.port}/health`)).json()) as { tables: number }
      times.push(performance.now() - since)
      assert.equal(health.tables, TABLES)
      server.signal('SIGKILL')
      await server.exit
      sizes.push(sizeOf(folder))
    }
    const grown = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0)
    // less than a byte for each table and start
    assert.ok(grown < TABLES, `the folder has grown by ${grown} bytes in ${KILLS - 1} starts`)
    return `Each start found ${TABLES} tables after ${Math.round(Math.max(...times))} ms at most; ${KILLS - 1} starts wrote ${grown} bytes.`
  },
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}
