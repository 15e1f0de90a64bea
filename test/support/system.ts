import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'

/** A user without rights: `nobody` on most systems. File modes mean nothing to root. */
export const NOBODY = 65534

const isRoot = process.platform === 'linux' && process.geteuid?.() === 0

/**
 * A test that mounts file systems or acts as another user, which takes Linux and root. On a developer's machine without
 * them it is skipped; in CI it runs all the same, and fails.
 */
export const asRoot = test.skipIf(!isRoot && !process.env.CI)

/** A folder that every user can enter, gone after the test. */
export function openFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'parlor-system-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  chmodSync(path, 0o777)
  return path
}

/** A file system of its own with so much room, such as `1m`, gone after the test; more of `mount`'s options can follow. */
export function smallDisk(size: string, options = ''): string {
  const path = openFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0777${options}`, 'tmpfs', path])
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return path
}

/** Fills a disk, but for so many pages of 4 KB; the answer makes room again. */
export function fill(disk: string, pages = 0): () => void {
  const file = join(disk, 'filler')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(file, new Uint8Array(bavail * bsize - pages * 4096))
  return () => rmSync(file)
}

/** Mounts a file system anew, as `ro` or `rw`. */
export function remount(path: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, path])
}

/** What a script of Node's prints that runs as a user without rights, with a umask. Rejects where it fails. */
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
