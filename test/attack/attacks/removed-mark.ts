import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeLink } from '../../support/native-link.ts'
import { run, startServe } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const DOOR = 'parlor/door'

/** The mark is removed while the server runs, so that the next start would not detect that the log is missing, too. */
export const attack: Attack = {
  title: 'removes the mark of a running server, kills it, and removes the log',
  short: true,
  async run(cleanup) {
    const data = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(data, { recursive: true }))
    const { server, ports } = await startServe([DOOR], '--data', data)
    cleanup.use(server)
    const link = await NativeLink.open(ports[DOOR] ?? 0, () => {})
    cleanup.defer(() => link.close())
    await link.ask({ type: 'enter', name: 'mallory' })
    rmSync(join(data, 'parlor.mark'))
    await server.complains(/parlor\.mark was removed or changed while the server ran: the server has written it again/)
    const answer = await link.ask({ type: 'seek', game: 'hangman' })
    assert.equal(answer.type, 'ok', JSON.stringify(answer))
    server.signal('SIGKILL')
    await server.exit
    rmSync(join(data, 'parlor.db-wal'))
    const ended = await run('serve', '--port', '0', '--data', data)
    assert.equal(ended.code, 2, ended.errors)
    assert.match(ended.errors, /its log parlor\.db-wal is missing: the last .+ (are|is) lost/)
    return 'The mark was there again within a second, and the next start said what is lost.'
  },
}
