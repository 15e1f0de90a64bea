import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LineSocket } from '../support/line-socket.ts'
import { examples } from '../support/plugins.ts'
import { startServe } from '../support/process.ts'

const FILE = join(examples, 'connect-four-wire.ts')

async function serve(...more: readonly string[]) {
  const { server, ports } = await startServe(['connect-four'], '--plugin', FILE, ...more)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return () => {
    const socket = new LineSocket(ports['example/connect-four'] ?? 0)
    onTestFinished(() => socket.close())
    return socket
  }
}

describe('the protocol of a plug-in whose role sits in any seat', () => {
  test('pairs two clients of its port, and tells each whose turn it is', async () => {
    const connect = await serve('--wait', '999s')
    const one = connect()
    const other = connect()
    const first = await Promise.race([one.hear().then(() => one), other.hear().then(() => other)])
    const second = first === one ? other : one
    first.say('DROP 4')
    expect(await second.hear()).toBe('DROP 4')
    second.say('DROP 4')
    expect(await first.hear()).toBe('DROP 4')
  }, 30_000)

  test('says at once that the opponent has left, also while its client is to move', async () => {
    const connect = await serve('--wait', '999s')
    const [one, other] = [connect(), connect()]
    const [first, line] = await Promise.race([one, other].map((socket) => socket.hear().then((line) => [socket, line] as const)))
    expect(line).toBe('BEGIN')
    const second = first === one ? other : one
    second.close()
    expect(await first.hear()).toBe('OVER')
  }, 30_000)
})
