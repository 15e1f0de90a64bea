import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasNamespaces, works } from '../../support/sandboxes.ts'
import { NOBODY } from '../../support/system.ts'

const script = join(import.meta.dirname, 'as-user.ts')
const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] as const
/** An administrator who may become a user that can read this checkout; everywhere else, the other tests run as a user anyway. */
const canBecomeUser = hasNamespaces && process.geteuid?.() === 0 && works(...user, 'test', '-r', script)

// the children sleep, so without the bound there would be 400 processes, which end by themselves
const BOMB =
  'import os,time\nfor n in range(400):\n try:\n  if os.fork()==0: time.sleep(5); os._exit(0)\n except OSError: print("refused after", n); break'

test.skipIf(!canBecomeUser)('a user without rights gets the same sandbox: own network, no other files, bounded processes', () => {
  const run = (...words: readonly string[]) => {
    const output = execFileSync(user[0], [...user.slice(1), process.execPath, script, ...words], { env: { PATH: '/usr/bin:/bin' } })
    return JSON.parse(output.toString())
  }
  const looks = run('sh', '-c', 'ls / && ls /root; touch /etc/x; grep CapEff /proc/self/status')
  expect(looks.ownNetwork).toBe(true)
  expect(looks.output).not.toContain('root\n')
  expect(looks.output).toMatch(/touch: .*Read-only file system/)
  expect(looks.output).toMatch(/CapEff:\s+0{16}/)
  const [, refused = ''] = /refused after (\d+)/.exec(run('/usr/bin/python3', '-c', BOMB).output) ?? []
  expect(Number(refused)).toBeGreaterThan(10)
  expect(Number(refused)).toBeLessThan(330)
})
