import { once } from 'node:events'
import { existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectUnix, listenUnix } from '../../src/wire/transports/unix.ts'
import { Arrivals, closeAfterTest, impatientClock, lineConnection } from '../support/sockets.ts'

/** A free path in a folder that is deleted after the test. */
function freePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'game.sock')
}

/** The path of a socket that a dead server has left behind. */
async function leftBehind(): Promise<string> {
  const path = freePath()
  const server = createServer().listen(`${path}.alive`)
  await once(server, 'listening')
  renameSync(`${path}.alive`, path)
  server.close()
  await once(server, 'close')
  expect(lstatSync(path).isSocket()).toBe(true)
  return path
}

describe.skipIf(process.platform === 'win32')('Unix sockets', () => {
  test('carry a conversation, and remove their file at the end', async () => {
    const path = freePath()
    const arrivals = new Arrivals()
    const listener = await closeAfterTest(listenUnix(path, arrivals.accept))
    expect(listener.address).toEqual({ host: path, port: 0 })
    const client = await connectUnix(path, 0)
    const [here, there] = [lineConnection(client), lineConnection(await arrivals.next())]
    expect(there.transport.remote).toEqual({ host: path, port: 0 })
    expect([here.transport.loopback, there.transport.loopback]).toEqual([true, true])
    here.send('Grüße')
    expect(await there.receive()).toBe('Grüße')
    there.send('zurück')
    const closed = there.close()
    expect(await here.receive()).toBe('zurück')
    await expect(here.receive()).rejects.toMatchObject({ reason: 'finished' })
    await Promise.all([here.close(), closed])
    await listener.close()
    expect(existsSync(path)).toBe(false)
  })

  test('close on a reset, because they have none', async () => {
    const path = freePath()
    const arrivals = new Arrivals()
    await closeAfterTest(listenUnix(path, arrivals.accept))
    const here = lineConnection(await connectUnix(path, 0))
    const there = lineConnection(await arrivals.next())
    there.send('last words')
    const broken = there.abort()
    expect(await here.receive()).toBe('last words')
    await expect(here.receive()).rejects.toMatchObject({ reason: 'finished' })
    await broken
  })

  test('a socket that a dead server has left behind is replaced', async () => {
    const path = await leftBehind()
    const arrivals = new Arrivals()
    await closeAfterTest(listenUnix(path, arrivals.accept))
    lineConnection(await connectUnix(path, 0)).send('Hello')
    expect(await lineConnection(await arrivals.next()).receive()).toBe('Hello')
  })

  test('a socket of a running server is not replaced, and the server continues', async () => {
    const path = freePath()
    const arrivals = new Arrivals()
    await closeAfterTest(listenUnix(path, arrivals.accept))
    await expect(listenUnix(path, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
    lineConnection(await connectUnix(path, 0)).send('Hello')
    let server = lineConnection(await arrivals.next())
    if (!tellsOfSockets()) server = lineConnection(await arrivals.next())
    expect(await server.receive()).toBe('Hello')
    expect(arrivals.count).toBe(tellsOfSockets() ? 1 : 2)
  })

  test('a socket of a running server under another name is not replaced either', async () => {
    const path = freePath()
    const server = createServer((socket) => socket.destroy()).listen(`${path}.alive`)
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    renameSync(`${path}.alive`, path)
    await expect(listenUnix(path, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(lstatSync(path).isSocket()).toBe(true)
  })

  test('a file that is not a socket stays unchanged', async () => {
    const path = freePath()
    writeFileSync(path, 'precious')
    await expect(listenUnix(path, () => {})).rejects.toMatchObject({ code: 'EEXIST', message: expect.stringContaining('is not a socket') })
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  test('a path that is too long, or empty, is refused with a sentence', async () => {
    const path = `${freePath()}${'x'.repeat(100)}`
    const tooLong = { code: 'ENAMETOOLONG', message: expect.stringContaining('choose a shorter path') }
    await expect(listenUnix(path, () => {})).rejects.toMatchObject(tooLong)
    await expect(connectUnix(path, 0)).rejects.toMatchObject(tooLong)
    await expect(listenUnix('', () => {})).rejects.toMatchObject({ message: 'a Unix socket needs a path' })
  })

  test('accepts the longest path', async () => {
    const path = freePath()
    const longest = path + 'x'.repeat((process.platform === 'linux' ? 107 : 103) - path.length)
    const arrivals = new Arrivals()
    await closeAfterTest(listenUnix(longest, arrivals.accept))
    lineConnection(await connectUnix(longest, 0))
    await arrivals.next()
    expect(existsSync(longest)).toBe(true)
  })

  test.each([
    ['nothing is there yet', async () => freePath()],
    ['a dead server has left its socket', leftBehind],
  ])('waits for a server that starts later: %s', async (_, where) => {
    const path = await where()
    const arrivals = new Arrivals()
    const clock = impatientClock(async (waits) => {
      if (waits === 2) await closeAfterTest(listenUnix(path, arrivals.accept))
    })
    lineConnection(await connectUnix(path, 60_000, clock)).send('Hello')
    expect(await lineConnection(await arrivals.next()).receive()).toBe('Hello')
    expect(arrivals.count).toBe(1)
  })

  test('stops waiting for a server at the timeout', async () => {
    await expect(connectUnix(freePath(), 1000, impatientClock())).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(connectUnix(await leftBehind(), 1000, impatientClock())).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

/** Whether this system can list its sockets, so that no server has to be contacted. */
function tellsOfSockets(): boolean {
  return existsSync('/proc/net/unix')
}
