import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { folder } from '../support/folders.ts'
import { Parlor, run } from '../support/process.ts'
import { hasNamespaces, hasPython, works } from '../support/sandboxes.ts'

const students = join(import.meta.dirname, '../lab/check/students')
const examples = join(import.meta.dirname, '../../examples/python')
const hasNode = works('node', '--version')

/** Creates a class: folders with files, each a text or a copy of a file. */
function createClass(handIns: Readonly<Record<string, Readonly<Record<string, { readonly from: string } | string>>>>): string {
  const path = folder()
  for (const [name, files] of Object.entries(handIns)) {
    mkdirSync(join(path, name))
    for (const [file, content] of Object.entries(files)) {
      if (typeof content === 'string') writeFileSync(join(path, name, file), content)
      else cpSync(content.from, join(path, name, file))
    }
  }
  return path
}

const GOOD = { from: join(students, 'correct/makefile.py') }
const SERVER = { 'server.py': { from: join(examples, 'guess_server.py') }, 'lines.py': { from: join(examples, 'lines.py') } }
const CRASHING = `
const socket = require('node:net').connect(Number(process.env.PORT), process.env.HOST)
socket.on('data', (data) => { if (String(data).includes('GUESS')) socket.write(guesses.pop() + '\\n') })
`
const LONG = 'n'.repeat(200)

describe.skipIf(!hasPython || !hasNode || !hasNamespaces)('parlor check --matrix', { timeout: 60_000 }, () => {
  test('judges three clients and two servers, alone and together, as a table, CSV and a page', async () => {
    const path = createClass({
      '=cmd()': { 'client.py': GOOD },
      '<script>alert(1)': { 'client.js': CRASHING },
      [LONG]: {
        'part.py': GOOD,
        'parlor-check.toml': 'client = "python3 made.py {HOST} {PORT}"\nbuild = "cp part.py made.py"\nlevel = "robust"',
      },
      ' Łucja ': SERVER,
      bob: { 'server.py': { from: join(students, 'broken/out-of-turn-server.py') } },
      eve: { 'main.py': '', 'parlor-check.toml': 'clint = "x"' },
    })
    writeFileSync(join(path, 'parlor-check.toml'), 'program = "guess"\npoints = 10\n[options]\nsecret = 50')
    symlinkSync(students, join(path, 'out'))
    const [csv, html] = [join(path, 'class.csv'), join(path, 'class.html')]
    const { output, errors, code } = await run('check', '--matrix', path, '--csv', csv, '--html', html, '--jobs', '4')
    expect(errors).toContain('out is a symbolic link, which can point to any folder, so Parlor ignores it')
    expect(errors).toContain('=cmd(), client: python3 client.py {HOST} {PORT}, guessed from the name client.py\n')
    expect(errors).toContain('python3 made.py {HOST} {PORT}, as its parlor-check.toml says\n')
    expect(errors).toMatch(
      /n{9}\/parlor-check\.toml is part of a hand-in, and may only give the commands that start the hand-in; Parlor ignores its other settings: level$/m,
    )
    expect(errors).toContain('parlor: 11 of 11 done')
    expect(output).toMatch(/^ {2}Łucja {2}.* passed +10 of 10$|^ Łucja .* passed +10 of 10$/m)
    expect(output).toMatch(/^=cmd\(\) +passed +- +10 of 10$/m)
    expect(output).toMatch(/^<script>alert\(1\) +crashed +- +0 of 10$/m)
    expect(output).toMatch(/^n+… +passed +- +10 of 10$/m)
    expect(output).toMatch(/^bob +- +out-of-turn +0 of 10$/m)
    expect(output).toMatch(/^eve +not started: .*clint/m)
    expect(output).toMatch(/^=cmd\(\) +\. S$/m)
    expect(output).toMatch(/^<script>alert\(1\) +C [CS]$/m)
    expect(output).toMatch(/^n+… +\. S$/m)
    const rows = parse(readFileSync(csv, 'utf8')) as string[][]
    const bad = rows.find(([name, , other]) => name === 'bob' && other === "'=cmd()")
    expect(bad?.slice(3, 8)).toEqual(['pair', 'failed', 'server', 'out-of-turn', expect.stringMatching(/"LOW"/)])
    expect(bad?.at(-1)).toBe(`parlor check --matrix ${path} --pair '=cmd()/bob' --seed 1`)
    const page = readFileSync(html, 'utf8')
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(1)')
    expect(code).toBe(1)
  })

  test('repeats one pair, and exits with 0 if it passes', async () => {
    const path = createClass({ ada: { 'client.py': GOOD }, bob: SERVER, eve: { 'client.py': 'x' } })
    const { output, code } = await run('check', 'guess', '--matrix', path, '--pair', 'ada/bob', '--json')
    const report = JSON.parse(output)
    expect(report).toMatchObject({ program: 'tjc/guess', passed: true, pairs: [{ client: 'ada', server: 'bob', outcome: 'passed' }] })
    expect(code).toBe(0)
  })

  test('that is interrupted ends everything that it has started, and exits with 130', async () => {
    const temporary = folder()
    const path = createClass({ ada: { 'client.py': 'raise ValueError' }, bob: { 'client.py': 'import time\ntime.sleep(60)' } })
    const line = ['check', 'guess', '--matrix', path, '--jobs', '1']
    await using parlor = new Parlor(line, undefined, { environment: { TMPDIR: temporary } })
    // the sandbox of the first hand-in stays open, and the second one comes next
    await parlor.complains(/1 of 2 done/)
    expect(readdirSync(temporary).filter((name) => name.startsWith('parlor-check')).length).toBeGreaterThan(0)
    parlor.signal('SIGINT')
    expect(await parlor.exit).toBe(130)
    expect(readdirSync(temporary).filter((name) => name.startsWith('parlor-check'))).toEqual([])
  })
})

describe('parlor check --matrix refuses', () => {
  test.each([
    [['--junit', 'x.xml'], /--junit is a report of one program/],
    [['--pair', 'ada'], /--pair must be the hand-ins of a client and of a server/],
    [['--hand-in', 'nobody'], /there is no hand-in "nobody"; there are: ada/],
    [['--only', 'nosuch'], /the check nosuch does not apply here/],
  ])('%j', async (args, sentence) => {
    const path = createClass({ ada: { 'client.py': '' } })
    const { errors, code } = await run('check', 'guess', '--matrix', path, ...args)
    expect(errors).toMatch(sentence)
    expect(code).toBe(2)
  })

  test('a folder without hand-ins, and a folder that does not exist', async () => {
    const empty = await run('check', 'guess', '--matrix', folder())
    expect(empty.errors).toMatch(/has no hand-in: --matrix is the folder with a folder for each hand-in/)
    const missing = await run('check', 'guess', '--matrix', '/no/such')
    expect(missing.errors).toMatch(/there is no folder \/no\/such/)
    expect([empty.code, missing.code]).toEqual([2, 2])
  })
})
