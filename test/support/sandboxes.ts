import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** True if there is Python, in which the programs under test are written. */
export const hasPython = works('python3', '--version')

/** True if the system allows namespaces. Asked of the system itself, so that a sandbox that fails to use them fails the tests. */
export const hasNamespaces = works('unshare', '--user', '--map-root-user', '--net', '--mount', 'mount', '-t', 'tmpfs', 'none', '/tmp')

/** Checks whether a command runs and succeeds. */
export function works(...[command, ...args]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Creates a folder with a hand-in, `program.py`, deleted after the test. */
export function handIn(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-hand-in-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'program.py'), program)
  return folder
}
