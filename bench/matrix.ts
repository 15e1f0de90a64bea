import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * Measures `parlor check guess --matrix` over a generated class: hand-ins with the programs of test/lab/check/students and the example
 * server, in turn. `node bench/matrix.ts [HAND-INS] [options of parlor check]`; without `--no-pairs`, all clients play all servers.
 */

const root = join(import.meta.dirname, '..')
const students = join(root, 'test/lab/check/students')

/** Nine clients and a server: each with its files, and their names in a hand-in. */
const PROGRAMS: readonly (readonly (readonly [from: string, to: string])[])[] = [
  [[join(students, 'correct/makefile.py'), 'client.py']],
  [[join(students, 'correct/read-write.c'), 'client.py']],
  [[join(students, 'correct/readline.js'), 'client.js']],
  [[join(students, 'broken/missing-newline-input.py'), 'client.py']],
  [[join(students, 'broken/crlf-carriage-return.js'), 'client.js']],
  [[join(students, 'broken/repr-of-bytes-str.py'), 'client.py']],
  [[join(students, 'broken/answered-twice-queue.js'), 'client.js']],
  [[join(students, 'broken/drops-buffered-data-makefile.py'), 'client.py']],
  [[join(students, 'broken/length-prefix-struct.py'), 'client.py']],
  [
    [join(root, 'examples/python/guess_server.py'), 'server.py'],
    [join(root, 'examples/python/lines.py'), 'lines.py'],
  ],
]

const [count = '100', ...options] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'parlor-class-'))
for (let at = 0; at < Number(count); at++) {
  const handIn = join(folder, `student-${String(at + 1).padStart(3, '0')}`)
  mkdirSync(handIn)
  for (const [from, to] of PROGRAMS[at % PROGRAMS.length] ?? []) cpSync(from, join(handIn, to))
}
const started = performance.now()
const { status } = spawnSync(process.execPath, [join(root, 'bin/parlor.js'), 'check', 'guess', '--matrix', folder, ...options], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
const seconds = (performance.now() - started) / 1000
rmSync(folder, { recursive: true })
console.log(`${count} hand-ins in ${seconds.toFixed(1)} s, ${(seconds / Number(count)).toFixed(2)} s each (exit code ${status})`)
