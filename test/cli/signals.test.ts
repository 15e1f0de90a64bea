import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Parlor } from '../support/process.ts'

const root = join(import.meta.dirname, '../..')
const SERVE = ['--json', '--only', 'guess', '--port', 'guess=0']
const WAYS = {
  'npm start': ['npm', 'start', '--silent', '--', ...SERVE],
  'npx parlor serve': ['npx', 'parlor', 'serve', ...SERVE],
  'the process': [process.execPath, join(root, 'bin/parlor.js'), 'serve', ...SERVE],
} as const
type Way = keyof typeof WAYS

/** A server that was started in some way, after it listens. */
async function start(way: Way, { nohup = false } = {}) {
  const [command, ...args] = nohup ? ['nohup', ...WAYS[way]] : WAYS[way]
  // a shell reports that of its children
  const env = { ...process.env, PARLOR_DATA: 'none', PARLOR_HTTP: 'none', PARLOR_WEB: 'none', _: nohup ? '/usr/bin/nohup' : command }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  onTestFinished(() => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // all of them have ended
    }
  })
  // the pipe ends when all its writers have ended
  const ended = once(child.stdout, 'close').then(() => true)
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue
    const { pid, listening } = JSON.parse(line) as { pid: number; listening: { port: number }[] }
    return { child, pid, port: listening[0]?.port ?? 0, ended }
  }
  throw new Error(`${way} has ended`)
}

async function greeted(port: number): Promise<string> {
  const client = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void client.destroy())
  const [data] = await once(client, 'data', { signal: AbortSignal.timeout(5000) })
  return String(data)
}

describe.skipIf(process.platform === 'win32').each(Object.keys(WAYS) as Way[])('a signal to %s', (way) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s stops the server cleanly', { timeout: 60_000 }, async (signal) => {
    const { child, port, ended } = await start(way)
    expect(await greeted(port)).toBe('GUESS\n')
    child.kill(signal)
    expect(await ended).toBe(true)
    if (way === 'the process') expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0)
  })

  test('SIGHUP under nohup does not stop it, and SIGTERM does', { timeout: 60_000 }, async () => {
    const { child, pid, port, ended } = await start(way, { nohup: true })
    // as a terminal does when it is closed
    process.kill(-(child.pid ?? 0), 'SIGHUP')
    // a signal is handled before later input
    for (let n = 0; n < 3; n++) expect(await greeted(port)).toBe('GUESS\n')
    process.kill(pid, 'SIGTERM')
    expect(await ended).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a signal to npx parlor host', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s stops the host, too', { timeout: 60_000 }, async (signal) => {
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    const child = spawn('npx', ['parlor', 'host', 'guess', '--port', '0', '--forever'], { cwd: root, stdio: [...stdio], detached: true })
    onTestFinished(() => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL')
      } catch {
        // all of them have ended
      }
    })
    const ended = once(child.stdout, 'close').then(() => true)
    // two seconds without a client
    for await (const line of createInterface({ input: child.stderr })) if (line.includes('waiting for a client on')) break
    child.kill(signal)
    expect(await ended).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a Node that is too old', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
  const bin = join(root, 'bin/parlor.js')
  /** Simulates an older Node, which `bin` recognizes by its version alone. */
  const old = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.2" } })`
  const spawnOld = (...args: readonly string[]) => {
    const env = { ...process.env, PARLOR_DATA: 'none', PARLOR_HTTP: 'none', PARLOR_WEB: 'none' }
    const child = spawn(process.execPath, ['--import', old, bin, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  test('starts Parlor again with the Node of the package, and ends with its exit code', async () => {
    const child = spawnOld('lookup', 'no.such.name.invalid')
    const [[code], errors] = await Promise.all([once(child, 'exit'), text(child.stderr)])
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('nothing is known') })
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('forwards %s, and the server stops cleanly', async (signal) => {
    const child = spawnOld('serve', ...SERVE)
    const exit = once(child, 'exit')
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await exit).toEqual([0, null])
  })

  test('ends the server when it is killed', async () => {
    const child = spawnOld('serve', ...SERVE)
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    // the server has the other end open
    await once(child.stdout, 'close')
  })

  test('satisfies the manifest, so that npm prints no warning', () => {
    expect(manifest.engines.node).toBe('>=18')
  })
})

test('prints the version', async () => {
  await using parlor = new Parlor(['--version'])
  expect(await parlor.exit).toBe(0)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  expect(parlor.output).toBe(`${version}\n`)
})
