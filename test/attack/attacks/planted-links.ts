import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../support/process.ts'
import type { Attack } from '../attack.ts'

const NAMES = ['parlor.sock', 'parlor.probe']

/** Another user of the machine plants links in a folder to which all users may write, so that the server changes a file elsewhere. */
export const attack: Attack = {
  title: `plants ${NAMES.join(' and ')} as links to a file of the owner, and waits for the server to start`,
  short: true,
  async run(cleanup) {
    const around = mkdtempSync(join(tmpdir(), 'parlor-attack-'))
    cleanup.defer(() => rmSync(around, { recursive: true }))
    const victim = join(around, 'victim')
    writeFileSync(victim, 'mine')
    chmodSync(victim, 0o644)
    for (const name of NAMES) {
      const data = join(around, `data of ${name}`)
      mkdirSync(data)
      chmodSync(data, 0o777)
      symlinkSync(victim, join(data, name))
      const ended = await run('serve', '--port', '0', '--data', data)
      assert.equal(ended.code, 2, ended.errors)
      assert.match(ended.errors, /is a symbolic link, and should be a .*: move it away/)
      assert.deepEqual(readdirSync(data), [name])
      assert.equal(readFileSync(victim, 'utf8'), 'mine')
      assert.equal((statSync(victim).mode & 0o777).toString(8), '644')
    }
    return `${NAMES.length} starts were refused, and the file has its content and its mode.`
  },
}
