import { once } from 'node:events'
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { Parlor } from '../support/process.ts'

let around = ''

beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'parlor-refused-'))
  const made = around
  onTestFinished(() => rmSync(made, { recursive: true }))
})

/** Runs `serve` in the folder, in which it would create parlor-data. */
async function serve(...args: string[]): Promise<{ code: number | string; errors: string; output: string }> {
  const server = new Parlor(['serve', ...args], undefined, { cwd: around, environment: { PARLOR_DATA: '', PARLOR_HTTP: '' } })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const code = await Promise.race([server.exit, server.shows(/until Ctrl-C|"listening":\[\{/).then(() => 'serves')])
  return { code, errors: server.errors, output: server.output }
}

async function busyPort(): Promise<string> {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  return String((taken.address() as { port: number }).port)
}

/** Returns the content of a folder: names, sizes, modes and times. */
function contents(folder: string): readonly unknown[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mode, mtimeMs } = lstatSync(join(folder, name))
      return [name, size, mode, mtimeMs]
    })
}

test.each([
  ['a busy port', async () => ['--only', 'guess', '--port', await busyPort()], /it is in use/],
  ['an address of another machine', () => ['--only', 'guess', '--host', '192.0.2.1'], /does not have that address/],
  ['an option without a sense', () => ['--http', 'somewhere'], /http/],
  ['an unknown option', () => ['--nothing'], /unknown option/],
  ['a missing file of words', () => ['--words', 'none.txt'], /none\.txt/],
  ['options that exclude each other', () => ['--secrets'], /--secrets needs --trace/],
  ['an unknown storage engine', () => ['--port', '0', '--data', 'sqlit:data'], /--data: .* did you mean sqlite:\?/],
  ['a folder with a name that is too long', () => ['--port', '0', '--data', join('a', 'b', 'c'.repeat(300))], /path is too long/],
] as const)('%s leaves nothing on the disk', async (_, args, sentence) => {
  const { code, errors } = await serve(...(await args()))
  expect([1, 2]).toContain(code)
  expect(errors).toMatch(sentence)
  expect(contents(around)).toEqual([])
})

/** Returns the output of a start that fails because of the port of metrics and health. */
const NO_HTTP =
  /^parlor: [\d-]{10} [\d:]{8} nothing is served: cannot listen on 127\.0\.0\.1:\d+ for metrics and health: it is in use; stop the program that listens there, or choose another port with --http\n$/

test('a busy port of --http refuses the start in one line, and leaves nothing on the disk', async () => {
  const port = await busyPort()
  expect(await serve('--only', 'guess', '--port', '0', '--http', port)).toMatchObject({ code: 1, errors: expect.stringMatching(NO_HTTP) })
  expect(contents(around)).toEqual([])
  writeFileSync(join(around, 'parlor.toml'), `only = ["guess"]\nhttp = ${port}\n[ports]\nguess = 0\n`)
  const before = contents(around)
  expect(await serve()).toMatchObject({ code: 1, errors: expect.stringMatching(NO_HTTP) })
  expect(contents(around)).toEqual(before)
})

test('a busy port of --http as JSON: nothing listens, and the address is among the failed addresses', async () => {
  const port = await busyPort()
  const { code, output } = await serve('--json', '--only', 'guess', '--port', '0', '--http', port)
  expect(code).toBe(1)
  const http = { host: '127.0.0.1', port: Number(port), failure: expect.stringContaining('EADDRINUSE') }
  expect(JSON.parse(output)).toEqual({ pid: expect.any(Number), listening: [], failed: [], httpFailed: http })
})

test('a busy port of --web refuses the start in one line, and leaves nothing on the disk', async () => {
  const port = await busyPort()
  const { code, output, errors } = await serve('--json', '--only', 'guess', '--port', '0', '--web', port)
  expect([code, errors]).toEqual([
    1,
    expect.stringMatching(
      / nothing is served: cannot listen on 127\.0\.0\.1:\d+ for browsers: it is in use; .* choose another port with --web\n$/,
    ),
  ])
  const webFailed = { host: '127.0.0.1', port: Number(port), failure: expect.stringContaining('EADDRINUSE') }
  expect(JSON.parse(output)).toMatchObject({ listening: [], webFailed })
  expect(contents(around)).toEqual([])
})

test('a faulty parlor.toml stays the only file', async () => {
  writeFileSync(join(around, 'parlor.toml'), 'only = ["guess"]\nsplit = "x"\n')
  expect(await serve('--port', '0')).toMatchObject({ code: 2, errors: expect.stringContaining('split') })
  expect(readdirSync(around)).toEqual(['parlor.toml'])
})

test('a busy port leaves the folder unchanged', async () => {
  const folder = join(around, 'parlor-data')
  await (await openStore({ folder })).close()
  const before = contents(around)
  expect(await serve('--only', 'guess', '--port', await busyPort())).toMatchObject({ code: 1 })
  expect(before.length).toBeGreaterThan(1)
  expect(contents(around)).toEqual(before)
})

test('one free port among busy ports is enough to serve, and the database is created', async () => {
  const { code } = await serve('--only', 'guess', '--only', 'hello', '--port', `guess=${await busyPort()}`, '--port', 'hello=0')
  expect(code).toBe('serves')
  expect(readdirSync(join(around, 'parlor-data'))).toContain('parlor.db')
})

test('a second server in the same folder reports the ports and the folder', async () => {
  const programs = ['tjc/guess', 'tjc/hello', 'fh/time', 'tjc/chat']
  const first = new Parlor(['serve', '--json', ...programs.flatMap((name) => ['--only', name, '--port', `${name}=0`])], undefined, {
    cwd: around,
    environment: { PARLOR_DATA: '' },
  })
  onTestFinished(() => first[Symbol.asyncDispose]())
  await first.shows(/\n/)
  const { listening } = JSON.parse(first.output) as { listening: { program: string; port: number }[] }
  const ports = Object.entries(Object.fromEntries(listening.map(({ program, port }) => [program, port])))
  const second = await serve(...ports.flatMap(([name, port]) => ['--only', name, '--port', `${name}=${port}`]))
  expect(second).toMatchObject({
    code: 1,
    errors: expect.stringMatching(
      /another Parlor seems to run on this machine; .*; if it has the folder \S*parlor-data open, .*--data DIR\n$/,
    ),
  })
})
