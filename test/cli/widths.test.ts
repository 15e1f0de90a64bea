import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { displayWidth } from '../../src/games/text/graphemes.ts'
import { formatReference } from '../../src/lab/reference.ts'
import { allPrograms } from '../../src/programs/index.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { run } from '../support/process.ts'

const bin = join(import.meta.dirname, '../../bin/parlor.js')
const COMMANDS = 'serve config host join solo rank people results verify backup repair protocols lookup complete'.split(' ')
const HELP = ['--help', 'help', ...COMMANDS.map((command) => `${command} --help`)]
const LISTS = ['config', 'protocols', 'protocols tictactoe', 'protocols book/secret', 'lookup localhost']
/** Commands about the folder of a server. */
const ABOUT_FOLDER = ['rank', 'people list', 'results', 'verify', 'backup copy.db', 'repair']

/** Returns the output of a command on a pseudo terminal with a number of columns. */
async function printed(columns: number, command: string, cwd?: string): Promise<string> {
  const env = { ...process.env, PARLOR_HTTP: 'none', PARLOR_WEB: 'none', ...(cwd === undefined ? { PARLOR_DATA: 'none' } : {}) }
  const { stdout } = await promisify(execFile)(
    'script',
    ['-qec', `stty cols ${columns} rows 24; '${process.execPath}' '${bin}' ${command}`, '/dev/null'],
    { cwd, env },
  )
  return stdout.replaceAll('\r', '')
}

/** Returns the lines of a text that are wider than a terminal. */
function wide(text: string, columns: number): readonly string[] {
  expect(text).not.toBe('')
  return text.split('\n').filter((line) => displayWidth(line) > columns)
}

/** A data folder of an earlier server, with registered users on a ladder. */
async function servedFolder(names: readonly string[] = []): Promise<string> {
  const at = mkdtempSync(join(tmpdir(), 'parlor-widths-'))
  onTestFinished(() => rmSync(at, { recursive: true }))
  const store = await openStore({ folder: join(at, 'parlor-data') })
  for (const [number, name] of names.entries()) {
    const account = await store.accounts.add({ key: name, name, password: '$argon2id$', since: 0 })
    const standing = { person: account?.person ?? '', name, score: 1500 - number, games: 12_345 }
    await store.results.setStandings(number + 1, 'tictactoe', [standing])
  }
  await store.close()
  return at
}

/** The longest name, and the widest. */
const NAMES = ['Bartholomew the Last', '王'.repeat(20)]

describe('the output of a command fits the terminal', () => {
  test.each([...HELP, ...LISTS])('parlor %s: 80 columns', async (command) => {
    expect(wide(await printed(80, command), 80)).toEqual([])
  })

  test.each(ABOUT_FOLDER)('parlor %s about a folder: 80 columns', async (command) => {
    expect(wide(await printed(80, command, await servedFolder()), 80)).toEqual([])
  })

  test.each([...HELP, 'config', 'protocols', 'protocols book/secret', 'lookup localhost'])(
    'parlor %s: 40 columns, but for command lines to copy',
    async (command) => {
      expect(wide(await printed(40, command), 40).filter((line) => !line.startsWith('  parlor '))).toEqual([])
    },
  )

  test.each(['rank', 'people list'])('parlor %s: 40 columns, also with the longest and the widest name', async (command) => {
    for (const names of [[], NAMES.slice(0, 1), NAMES]) {
      const text = await printed(40, command, await servedFolder(names))
      expect(wide(text, 40)).toEqual([])
      if (names.length > 0) expect(text).toContain(NAMES[0])
      // a name that is wider than its column continues in the next line
      expect(text.replaceAll(/[^王]/g, '')).toBe(names[1] ?? '')
    }
  })

  test('parlor serve: 40 columns', async () => {
    const script = spawn(
      'script',
      ['-qec', `stty cols 40 rows 24; '${process.execPath}' '${bin}' serve --port 0 --data none`, '/dev/null'],
      {
        env: { ...process.env, PARLOR_HTTP: 'none' },
      },
    )
    let text = ''
    // the last words of the table, and then Ctrl-C
    script.stdout.on('data', (data) => {
      text += data
      if (/the\s+wire\s*$/.test(text)) script.stdin.write('\x03')
    })
    await once(script, 'close')
    const table = text.replaceAll('\r', '').slice(0, text.lastIndexOf('wire'))
    expect(table).toContain('Parlor serves on 127.0.0.1')
    expect(table).toMatch(/^Browsers: http:\/\/127\.0\.0\.1:\d+\/$/m)
    expect(wide(table, 40)).toEqual([])
  })

  test('the reference of every program fits 80 columns, and 40 but for its diagram', async () => {
    const programs = await allPrograms()
    expect(programs.length).toBeGreaterThan(30)
    for (const program of programs) {
      expect(wide(formatReference(program), 80)).toEqual([])
      const beforeDiagram = formatReference(program, undefined, 40).split(/\n\n(?=client +server\n| +client +server\n)/)[0] ?? ''
      expect(wide(beforeDiagram, 40)).toEqual([])
    }
  })

  test.each(['lookup 22', 'people list', 'rank', 'rank quiz'])('parlor %s: 20 columns, a sentence', async (command) => {
    const text = await printed(20, command, await servedFolder())
    expect(text.trim().split('\n').length).toBeGreaterThan(1)
    expect(wide(text, 20)).toEqual([])
  })

  test('a terminal without a width has 80 columns', async () => {
    const text = await printed(0, 'host --help')
    expect(text).toContain('--help')
    expect(wide(text, 80)).toEqual([])
  })
})

test('values of settings, and sentences in a pipe, do not wrap', async () => {
  const data = `/srv/${'long/'.repeat(20)}`
  expect((await run('config', '--data', data)).output).toContain(`\ndata = "${data}"\n`)
  const { output } = await run('repair', '--data', join(await servedFolder(), 'parlor-data'))
  expect(output).toContain(
    '\nThe command could read everything in the folder, and has copied it. If a part of the log was missing, the commits in it are lost.\n',
  )
})
