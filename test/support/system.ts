import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'

/** A user without rights: `nobody` on most systems. File modes do not apply to root. */
export const NOBODY = 65534

const isRoot = process.platform === 'linux' && process.geteuid?.() === 0

/**
 * A test that mounts file systems or acts as another user, which needs Linux and root. On a developer's machine without
 * them it is skipped; in CI it runs anyway, and fails.
 */
export const asRoot = test.skipIf(!isRoot && !process.env.CI)

/** Creates a folder that every user can enter, deleted after the test. */
export function openFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'parlor-system-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  chmodSync(path, 0o777)
  return path
}

/** Mounts a file system of a size such as `1m`, unmounted after the test; further options of `mount` can follow. */
export function smallDisk(size: string, options = ''): string {
  const path = openFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0777${options}`, 'tmpfs', path])
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return path
}

/** Fills a disk except for a number of pages of 4 KB; the returned function makes room again. */
export function fill(disk: string, pages = 0): () => void {
  const file = join(disk, 'filler')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(file, new Uint8Array(bavail * bsize - pages * 4096))
  return () => rmSync(file)
}

/** Remounts a file system as `ro` or `rw`. */
export function remount(path: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, path])
}

/** Runs a script in Node as a user without rights, with a umask, and returns its output. Rejects if it fails. */
export function asNobody(script: string, umask = 0o022): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', `process.umask(${umask});\n${script}`], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: join(import.meta.dirname, '../..'),
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(errors))))
  })
}
