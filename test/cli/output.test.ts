import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'

const bin = join(import.meta.dirname, '../../bin/parlor.js')
const FULL = 'parlor: cannot write to standard output: the disk is full (ENOSPC)\n'

/** Runs a command line of a shell in which "parlor" is Parlor. */
function shell(line: string) {
  const { status, stderr, stdout } = spawnSync('bash', ['-c', `parlor() { "${process.execPath}" "${bin}" "$@"; }; ${line}`], {
    encoding: 'utf8',
    env: { ...process.env, PARLOR_DATA: 'none', PARLOR_HTTP: 'none', PARLOR_WEB: 'none' },
  })
  return { status, stderr, stdout }
}

function folder(): string {
  const at = mkdtempSync(join(tmpdir(), 'parlor-output-'))
  onTestFinished(() => rmSync(at, { recursive: true }))
  return at
}

test.each(['results', 'results --json', 'rank --csv', 'people list', 'people list --csv', 'verify --json'])(
  '%s: a full disk at standard output is printed on standard error, and the exit code is 1',
  async (command) => {
    const data = folder()
    await (await openStore({ folder: data })).close()
    expect(shell(`parlor ${command} --data ${data} > /dev/full`)).toMatchObject({ status: 1, stderr: FULL })
  },
)

test.each(['config', 'config --json', 'complete bash', 'protocols', 'protocols guess', '--help', '--version'])(
  '%s: prints an error for a full disk at standard output, in the same way',
  (command) => {
    expect(shell(`parlor ${command} > /dev/full`)).toMatchObject({ status: 1, stderr: FULL })
  },
)

test('prints the same error if the disk becomes full during the output', () => {
  const file = join(folder(), 'all')
  // in blocks of 1,024 bytes
  expect(shell(`ulimit -f 1; parlor protocols guess > ${file}`)).toMatchObject({
    status: 1,
    stderr: 'parlor: cannot write to standard output: the file would be too large (EFBIG)\n',
  })
  expect(statSync(file).size).toBe(1024)
})

test('a closed pipe is not an error', () => {
  expect(shell('parlor protocols guess | head -1; echo "$PIPESTATUS"')).toMatchObject({
    stderr: '',
    stdout: expect.stringMatching(/\n0\n$/),
  })
})

test('a program at a terminal ends, without a message about its closed output', () => {
  expect(shell('parlor host c8/hello --port 0 --timeout 1s > /dev/full').stderr).not.toContain('nobody reads')
  expect(shell('parlor solo headtail > /dev/full < /dev/null')).toMatchObject({ status: 1, stderr: expect.stringContaining(FULL) })
})

test('a usage error stays a usage error', () => {
  expect(shell('parlor solo hello > /dev/full')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^parlor: hello takes two sides[^\n]*\n$/),
  })
})
