import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LineSocket } from '../support/line-socket.ts'
import { examples } from '../support/plugins.ts'
import { startServe } from '../support/process.ts'

const FILE = join(examples, 'connect-four-wire.ts')

/** Starts a server whose house never plays; returns a function that connects to one of its programs. */
async function serve(): Promise<(program?: string) => LineSocket> {
  const { server, ports } = await startServe(['connect-four', 'door'], '--plugin', FILE, '--wait', '999s')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return (program = 'example/connect-four') => {
    const socket = new LineSocket(ports[program] ?? 0)
    onTestFinished(() => socket.close())
    return socket
  }
}

/** Resolves to the client that begins and the other client. */
async function inOrder(one: LineSocket, other: LineSocket): Promise<readonly [LineSocket, LineSocket]> {
  const [first, line] = await Promise.race([one, other].map((socket) => socket.hear().then((said) => [socket, said] as const)))
  expect(line).toBe('BEGIN')
  return first === one ? [one, other] : [other, one]
}

/** Reads lines until one matches. */
async function hearUntil(socket: LineSocket, pattern: RegExp): Promise<string> {
  for (;;) {
    const line = await socket.hear()
    if (pattern.test(line)) return line
  }
}

describe('the protocol of a plug-in whose role sits in any seat', () => {
  test('pairs two clients of its port, and names the client that begins', async () => {
    const connect = await serve()
    const [first, second] = await inOrder(connect(), connect())
    first.say('DROP 4')
    expect(await second.hear()).toBe('DROP 4')
    second.say('DROP 4')
    expect(await first.hear()).toBe('DROP 4')
  }, 30_000)

  test('says immediately that the opponent has left, also while its client is to move', async () => {
    const connect = await serve()
    const [first, second] = await inOrder(connect(), connect())
    second.close()
    expect(await first.hear()).toBe('OVER')
  }, 30_000)

  test('calls its player by the name of the program at the front door, whose user may resign in the client’s turn', async () => {
    const connect = await serve()
    const client = connect()
    const door = connect('parlor/door')
    door.say('ada')
    door.say('play connect-four')
    expect(await hearUntil(door, /^Table \d/)).toMatch(/: you are O and begin; connect-four is X\.$/)
    door.say('4')
    expect(await client.hear()).toBe('DROP 4')
    door.say('resign')
    door.say('yes')
    expect(await client.hear()).toBe('OVER')
  }, 30_000)
})
