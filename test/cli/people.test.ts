import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { run, serving } from '../support/process.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'parlor-people-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Says lines at a socket in turn, each when the answer to the one before has come; answers with all that was heard. */
async function says(to: { port: number; host: string } | { path: string }, ...said: readonly string[]): Promise<string> {
  const socket = connect(to)
  onTestFinished(() => void socket.destroy())
  const heard = text(socket)
  for (const [at, line] of said.entries()) {
    if (at > 0) await once(socket, 'data', { signal: AbortSignal.timeout(5000) })
    socket.write(`${line}\n`)
  }
  return heard
}

const json = (...commands: readonly object[]) => ['style json', ...commands.map((one) => JSON.stringify(one))]

describe('the operator', () => {
  test('gives a new password and forgets a name, while the server runs and when it is stopped', async () => {
    const data = await folder()
    const people = (...args: readonly string[]) => run('people', ...args, '--data', data)
    const { server, ports } = await serving(['parlor/door'], '--data', data, '--level', 'info')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const door = { host: '127.0.0.1', port: ports['parlor/door'] ?? 0 }
    const enter = async (type: 'enter' | 'register', name: string, password: string) =>
      says(door, ...json({ type, name, password }, { type: 'quit' }))
    expect(await enter('register', 'Ada', 'correct horse')).toContain('"registered":true')

    const reset = await people('reset', 'ada')
    expect(reset).toMatchObject({ code: 0, errors: '' })
    const [, password = ''] = /^The password of ada is now (\w{12})\n$/.exec(reset.output) ?? []
    expect(await enter('enter', 'ada', 'correct horse')).toContain('"error"')
    expect(await enter('enter', 'ada', password)).toContain('"entered"')
    expect(await people('reset', 'alan')).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('alan') })
    expect(await people('remove', 'ada')).toMatchObject({ code: 0, output: 'ada is no longer registered\n' })
    expect(await enter('register', 'ada', 'another horse')).toContain('"registered":true')
    expect(server.errors).toContain('the operator wanted: reset ada')
    expect(server.errors).not.toContain(password)

    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(await people('remove', 'ada')).toMatchObject({ code: 0, output: 'ada is no longer registered\n' })
    expect(await people('remove', 'ada')).toMatchObject({ code: 1 })
  })

  test.skipIf(process.platform === 'win32')('comes by a socket that only the owner may use; others say there what they like', async () => {
    const data = await folder()
    const { server } = await serving(['parlor/door'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const path = join(data, 'parlor.sock')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    for (const line of ['', 'no JSON', '{"action":"burn","name":"ada"}', '{"action":"reset"}', '[]'])
      expect(JSON.parse(await says({ path }, line))).toEqual({ refused: 'this server knows no such wish: is it of another version?' })
    await says({ path }, 'x'.repeat(10_000))
    connect({ path }).destroy()
    expect(await run('people', 'reset', 'ada', '--data', data)).toMatchObject({ code: 1, errors: expect.stringContaining('ada') })
  })

  test('can come again after the server was killed and started again', async () => {
    const data = await folder()
    for (const time of ['first', 'second']) {
      const { server } = await serving(['parlor/door'], '--data', data)
      const { errors } = await run('people', 'reset', 'ada', '--data', data)
      expect([time, errors]).toEqual([time, expect.stringContaining('ada')])
      expect(errors).not.toContain('in use')
      server.signal('SIGKILL')
      await server.exit
    }
  })

  test.skipIf(process.platform === 'win32')('hears why, where the folder has too long a path for that', async () => {
    const data = join(await folder(), 'x'.repeat(100))
    const { server } = await serving(['parlor/door'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(server.errors).toMatch(/"parlor people" cannot be used while this server runs: the path of a Unix socket has at most/)
    expect(await run('people', 'reset', 'ada', '--data', data)).toMatchObject({ code: 2, errors: expect.stringContaining('in use') })
  })

  test('hears what can be wanted', async () => {
    expect(await run('people', 'burn', 'ada')).toMatchObject({ code: 2, errors: expect.stringContaining('people can be reset or removed') })
  })
})
