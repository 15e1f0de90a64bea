import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../src/storage/sqlite/index.ts'
import { NativeLink } from '../../support/native-link.ts'
import { startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const DOOR = 'parlor/door'
const CLIENTS = 20
const MOVES = ['1', '2', '3', '4']

/** The disk becomes full during games, and has room again: acknowledged events are persistent, and every game continues. */
export const attack: Attack = {
  title: `fills the disk (2 MB, needs root) under ${CLIENTS / 2} games, and empties it again`,
  short: false,
  async run(cleanup) {
    const disk = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(disk, { recursive: true }))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
    cleanup.defer(() => void execFileSync('umount', ['--lazy', disk]))
    const data = join(disk, 'data')
    const { server, ports } = await startServe([DOOR], '--data', data)
    cleanup.use(server)
    const games = new Map<number, NativeLink[]>()
    for (let client = 0; client < CLIENTS; client++) {
      const link: NativeLink = await NativeLink.open(ports[DOOR] ?? 0, (received) => {
        if (received.type === 'seated') games.set(received.table, [...(games.get(received.table) ?? []), link])
      })
      cleanup.defer(() => link.close())
      await link.ask({ type: 'enter', name: `player${client}` })
      await link.ask({ type: 'seek', game: 'tictactoe' })
    }
    assert.equal(games.size, CLIENTS / 2)
    const filler = join(disk, 'filler')
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(filler, new Uint8Array(bavail * bsize))
    let refused = 0
    const persisted = new Map<number, number>()
    for (const move of MOVES) {
      if (refused > 0 && move === '3') rmSync(filler)
      for (const [table, links] of games) {
        const link = links[(Number(move) - 1) % 2]
        for (let done = false; link && !done; ) {
          const answer = await link.ask(
            refused === 0
              ? { type: 'say', table, text: 'x'.repeat(900) }
              : { type: 'play', table, move: String((persisted.get(table) ?? 0) + 1) },
          )
          if (answer.type === 'ok' && refused > 0) persisted.set(table, (persisted.get(table) ?? 0) + 1)
          else if (answer.type === 'error' && answer.code === 'unavailable') refused++
          done = answer.type === 'ok' || refused > 0
          assert.ok(
            answer.type === 'ok' || ('code' in answer && ['unavailable', 'throttled', 'illegal-move'].includes(String(answer.code))),
          )
        }
      }
    }
    assert.ok(refused > 0)
    server.signal('SIGKILL')
    await server.exit
    const store = await openStore({ folder: data })
    for (const [table, moves] of persisted) {
      const log = await store.tables.read(table, 0)
      assert.equal(log.filter(({ type }) => type === 'moved').length, moves)
    }
    await store.close()
    return `${refused} requests were refused while the disk was full; each of the moves that were acknowledged is there after a kill.`
  },
}
