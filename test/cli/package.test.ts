import { execFile } from 'node:child_process'
import { access, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Parlor } from '../support/process.ts'
import { plainServer } from '../support/sockets.ts'

const root = join(import.meta.dirname, '../..')
const exec = promisify(execFile)
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

describe('the package, installed from its tarball into another folder', () => {
  let folder: string
  let entry: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parlor-package-'))
    await exec(npm, ['pack', '--pack-destination', folder], { cwd: root })
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    await exec(npm, ['install', '--no-audit', '--no-fund', '--prefer-offline', '--omit=optional', './parlor-0.1.0.tgz'], { cwd: folder })
    entry = join(folder, 'node_modules/parlor/bin/parlor.js')
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true }))

  test('starts from dist/, and both sides play', async () => {
    await using host = new Parlor(['host', 'guess', '--secret', '42', '--unix', join(folder, 'socket')], entry)
    await using join_ = new Parlor(['join', 'guess', '--unix', join(folder, 'socket'), '--wait', '10s'], entry)
    join_.type('50')
    join_.type('42')
    expect({ code: await join_.exit, errors: join_.errors }).toEqual({ code: 0, errors: '' })
    expect(join_.output).toBe('Enter guess (1-100): Your guess is too high.\nEnter guess (1-100): You win!\n')
    expect(await host.exit).toBe(0)
  })

  test('taps a conversation, which a thread from dist/ judges', async () => {
    const server = await plainServer((socket) => socket.end('GUESS\n'))
    await using tap = new Parlor(['tap', 'guess', '--listen', '0', '--to', String(server.port), '--connections', '1'], entry)
    await tap.complains(/listening on .*:\d+,/)
    const client = connect(Number(/listening on 127\.0\.0\.1:(\d+)/.exec(tap.errors)?.[1]), '127.0.0.1')
    client.once('data', () => client.end('50\n'))
    expect(await tap.exit).toBe(0)
    expect(tap.output).toContain('message 1: GUESS "GUESS\\n", legal')
  })

  test('contains every command', async () => {
    await using all = new Parlor(['protocols'], entry)
    expect(await all.exit).toBe(0)
    expect(all.output).toContain('tjc/tictactoe')
    await using version = new Parlor(['--version'], entry)
    expect(await version.exit).toBe(0)
    expect(version.output).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('serves the page for browsers without a build tool', async () => {
    const environment = { PARLOR_WEB: '127.0.0.1:0' }
    await using server = new Parlor(['serve', '--json', '--only', 'guess', '--port', '0'], entry, { environment })
    await server.shows(/\n/)
    const { web } = JSON.parse(server.output) as { web: { url: string } }
    expect(await (await fetch(web.url)).text()).toMatch(/<script type="module"/)
    expect(server.errors).toBe('')
  })

  test('starts again with the Node of the package on an older Node', async () => {
    await symlink(join(root, 'node_modules/node'), join(folder, 'node_modules/node'))
    const old = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.2" } })'
    const { stdout } = await exec(process.execPath, ['--import', old, entry, '--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('loads a plug-in in another folder, and tests it', async () => {
    await cp(join(root, 'examples/plugins'), join(folder, 'own'), { recursive: true })
    await using all = new Parlor(['protocols', 'connect-four', '--plugin', join(folder, 'own/connect-four-wire.ts')], entry)
    expect({ code: await all.exit, errors: all.errors }).toEqual({ code: 0, errors: '' })
    expect(all.output).toContain('DROP {column}')
    const { NODE_OPTIONS: _, ...env } = process.env
    const { stdout } = await exec(process.execPath, ['--test', '--test-reporter=tap', join(folder, 'own/battleship.test.ts')], {
      env,
      cwd: folder,
    })
    expect(stdout).toMatch(/# pass 1\d\n[\s\S]*# fail 0\n/)
  })

  test('has the types of the public face', async () => {
    const options = { module: 'nodenext', target: 'es2025', strict: true, noEmit: true, allowImportingTsExtensions: true, types: [] }
    const files = ['own/connect-four-wire.ts', 'own/battleship-wire.ts', 'own/wrong.ts']
    await cp(join(root, 'examples/plugins'), join(folder, 'own'), { recursive: true })
    await writeFile(join(folder, 'own/wrong.ts'), "import { defineGame } from 'parlor'\nexport const game = defineGame({ name: 1 })\n")
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files }))
    const { stdout } = await exec(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: folder }).catch((error) => error)
    const faults = String(stdout)
      .split('\n')
      .filter((line) => /error TS/.test(line))
    expect(faults).toEqual([expect.stringMatching(/^own\/wrong\.ts\(2,/)])
  })

  test('contains the guide for authors, and each file to which its part on plug-ins links', async () => {
    const guide = await readFile(join(folder, 'node_modules/parlor/CONTRIBUTING.md'), 'utf8')
    const part = /^## Write a plug-in\n([\s\S]*?)^## /m.exec(guide)?.[1] ?? ''
    const links = [...part.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(2)
    for (const path of links) await access(join(folder, 'node_modules/parlor', path))
    expect(part).not.toMatch(/\b(?:src|test)\//)
  })

  test('contains no sources and no tests', async () => {
    const { stdout } = await exec('tar', ['-tzf', join(folder, 'parlor-0.1.0.tgz')])
    expect(stdout).not.toMatch(/^package\/(src|test|bench|node_modules)\//m)
    expect(stdout).toMatch(/^package\/dist\/cli\/main\.js$/m)
  })
})
