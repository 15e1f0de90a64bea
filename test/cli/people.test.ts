import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { NativeLink } from '../support/native-link.ts'
import { run, startServe } from '../support/process.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'parlor-people-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Sends lines to a socket in turn, each after the answer to the previous line; returns all bytes received. */
async function says(to: { port: number; host: string } | { path: string }, ...said: readonly string[]): Promise<string> {
  const socket = connect(to)
  onTestFinished(() => void socket.destroy())
  const received = text(socket)
  for (const [at, line] of said.entries()) {
    if (at > 0) await once(socket, 'data', { signal: AbortSignal.timeout(5000) })
    socket.write(`${line}\n`)
  }
  return received
}

const json = (...commands: readonly object[]) => ['style json', ...commands.map((one) => JSON.stringify(one))]

describe('the operator', () => {
  test('sets a new password and deletes an account, while the server runs and after it has stopped', async () => {
    const data = await folder()
    const people = (...args: readonly string[]) => run('people', ...args, '--data', data)
    const { server, ports } = await startServe(['parlor/door'], '--data', data, '--level', 'info')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const door = { host: '127.0.0.1', port: ports['parlor/door'] ?? 0 }
    const enter = async (type: 'enter' | 'register', name: string, password: string) =>
      says(door, ...json({ type, name, password }, { type: 'quit' }))
    expect(await enter('register', 'Ada', 'correct horse')).toContain('"registered":true')

    const reset = await people('reset', 'ada')
    expect(reset).toMatchObject({ code: 0, errors: '' })
    const [, password = ''] = /^The password of Ada is now (\w{12})\n$/.exec(reset.output) ?? []
    expect(await enter('enter', 'ada', 'correct horse')).toContain('"error"')
    expect(await enter('enter', 'ada', password)).toContain('"entered"')
    expect(await people('reset', 'alan')).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('alan') })
    expect(await people('remove', 'ADA')).toMatchObject({ code: 0, output: 'Ada is no longer registered\n' })
    expect(await enter('register', 'ada', 'another horse')).toContain('"registered":true')
    expect(server.errors).toContain('the operator requested: reset ada')
    expect(server.errors).not.toContain(password)

    server.signal('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(await people('remove', 'ada')).toMatchObject({ code: 0, output: 'ada is no longer registered\n' })
    expect(await people('remove', 'ada')).toMatchObject({ code: 1 })
  })

  test.each(['while the server runs', 'on a folder at rest'])('ends connections and sessions %s', { timeout: 60_000 }, async (when) => {
    const data = await folder()
    const people = async (...args: readonly string[]) => run('people', ...args, '--data', data)
    let { server, ports } = await startServe(['parlor/door'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const stop = async () => {
      server.signal('SIGTERM')
      await server.exit
    }
    const restart = async () => {
      await stop()
      ;({ server, ports } = await startServe(['parlor/door'], '--data', data))
    }
    const received = new Map<string, ToClient[]>()
    const link = async (name: string) => {
      const messages: ToClient[] = []
      received.set(name, messages)
      const link = await NativeLink.open(ports['parlor/door'] ?? 0, (message) => messages.push(message))
      onTestFinished(() => link.close())
      return link
    }
    const seatOf = async (name: string, link: NativeLink) => {
      // bytes that arrived before the answer
      await link.ask({ type: 'ping' })
      const seated = received.get(name)?.findLast((message) => message.type === 'seated')
      return seated?.type === 'seated' ? seated : undefined
    }
    const names = ['ada', 'grace', 'joan', 'alan']
    const links = await Promise.all(names.map(link))
    for (const [at, name] of names.entries()) await links[at]?.ask({ type: 'register', name, password: 'correct horse' })
    for (const one of links) await one.ask({ type: 'seek', game: 'tictactoe', rated: true })
    const seats = await Promise.all(names.map((name, at) => seatOf(name, links[at] as NativeLink)))
    const sessions = await Promise.all(links.slice(0, 3).map((one) => one.ask({ type: 'session' })))
    expect([seats.map((seat) => seat?.rated), sessions.map(({ type }) => type)]).toEqual([
      [true, true, true, true],
      ['session', 'session', 'session'],
    ])
    if (when === 'on a folder at rest') await stop()
    expect((await people('reset', 'joan')).code).toBe(0)
    expect((await people('remove', 'ada')).code).toBe(0)
    await restart()
    const after = await link('after')
    for (const [at, one] of seats.entries()) {
      const answer = await after.ask({ type: 'resume', token: one?.token ?? '' })
      // only that of alan, whose table is unfinished
      expect([names[at], answer.type]).toEqual([names[at], at === 3 ? 'seated' : 'error'])
    }
    for (const [at, one] of sessions.entries()) {
      const answer = await after.ask({ type: 'return', session: one.type === 'session' ? one.session : '' })
      expect([names[at], answer.type]).toEqual([names[at], names[at] === 'grace' ? 'entered' : 'error'])
    }
    const ladder = await after.ask({ type: 'ladder', game: 'tictactoe' })
    expect(ladder.type === 'ladder' && ladder.best.map(({ name }) => name)).toEqual(['grace'])
    await stop()
  })

  test.skipIf(process.platform === 'win32')('uses a socket that only the owner may use, and that refuses invalid requests', async () => {
    const data = await folder()
    const { server } = await startServe(['parlor/door'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    const path = join(data, 'parlor.sock')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    for (const line of ['', 'no JSON', '{"action":"burn","name":"ada"}', '{"action":"reset"}', '[]'])
      expect(JSON.parse(await says({ path }, line))).toEqual({ refused: 'the server does not know this request: check its version' })
    await says({ path }, 'x'.repeat(10_000))
    connect({ path }).destroy()
    expect(await run('people', 'reset', 'ada', '--data', data)).toMatchObject({ code: 1, errors: expect.stringContaining('ada') })
  })

  test('can connect again after the server was killed and restarted', async () => {
    const data = await folder()
    for (const time of ['first', 'second']) {
      const { server } = await startServe(['parlor/door'], '--data', data)
      const { errors } = await run('people', 'reset', 'ada', '--data', data)
      expect([time, errors]).toEqual([time, expect.stringContaining('ada')])
      expect(errors).not.toContain('in use')
      server.signal('SIGKILL')
      await server.exit
    }
  })

  test.skipIf(process.platform === 'win32')('receives the reason if the folder’s path is too long for a socket', async () => {
    const data = join(await folder(), 'x'.repeat(100))
    const { server } = await startServe(['parlor/door'], '--data', data)
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(server.errors).toMatch(/"parlor people" cannot be used while this server runs: the path of a Unix socket has at most/)
    expect(await run('people', 'reset', 'ada', '--data', data)).toMatchObject({ code: 2, errors: expect.stringContaining('in use') })
  })

  test('receives a list of the possible requests', async () => {
    expect(await run('people', 'burn', 'ada')).toMatchObject({ code: 2, errors: expect.stringContaining('people can be listed') })
  })
})
