import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { People } from '../../src/hall/accounts/people.ts'
import type { ClassLine, parseClassLine } from '../../src/lab/class/class-lines.ts'
import { openAdminSocket } from '../../src/server/admin.ts'
import { openClassFeed } from '../../src/server/class-feed.ts'
import { Changes } from '../support/changes.ts'
import { folder } from '../support/folders.ts'
import { settled } from '../support/test-clock.ts'
import { WatchedClass } from '../support/watched-class.ts'

/** Opens the socket of an operator for a class console, and its clock, which does not advance. */
async function openRoom(watches = true) {
  const room = new WatchedClass()
  const path = folder()
  const logged: string[] = []
  const services = {
    people: {} as People,
    bytes: (count: number) => new Uint8Array(count),
    classConsole: watches ? room.console : undefined,
  }
  const listener = await openAdminSocket(path, services, { log: (_, sentence) => logged.push(sentence) }, room.clock)
  onTestFinished(() => listener.close())
  onTestFinished(() => room.console.stop())
  return { room, path, listener, logged }
}

/** An operator who follows a class, with the lines received. */
class Operator {
  readonly lines: ReturnType<typeof parseClassLine>[] = []
  readonly end: Promise<void>
  readonly #changes = new Changes()

  constructor(feed: AsyncIterable<ReturnType<typeof parseClassLine>> | undefined) {
    if (!feed) throw new Error('there is no server')
    this.end = this.#read(feed)
  }

  /** Resolves when the lines meet a condition. */
  until(met: (lines: readonly ReturnType<typeof parseClassLine>[]) => boolean): Promise<void> {
    return this.#changes.until(() => met(this.lines))
  }

  /** The lines of one type. */
  all<Type extends ClassLine['type']>(type: Type): Extract<ClassLine, { type: Type }>[] {
    return this.lines.filter((line): line is Extract<ClassLine, { type: Type }> => 'type' in line && line.type === type)
  }

  async #read(feed: AsyncIterable<ReturnType<typeof parseClassLine>>): Promise<void> {
    for await (const line of feed) {
      this.lines.push(line)
      this.#changes.note()
    }
  }
}

describe('the class console at the operator’s socket', () => {
  test('is sent as a snapshot, after which the server closes the connection', async () => {
    const { room, path, logged } = await openRoom()
    await room.exchange(await room.connect('guess'), '<GUESS\n', '>50\n')
    await room.connect('chat')
    const operator = new Operator(await openClassFeed(path, { follow: false }))
    await operator.end
    expect(operator.lines.map((line) => 'type' in line && line.type)).toEqual(['class', 'connection', 'connection', 'snapshot'])
    expect(operator.lines[0]).toEqual({ type: 'class', version: 1 })
    expect(operator.all('connection').map(({ row }) => row)).toEqual(room.console.list())
    expect(logged).toEqual([])
  })

  test('has the observations of the connection that the operator chooses', async () => {
    const { room, path } = await openRoom()
    await room.exchange(await room.connect('guess'), '<GUESS\n')
    await room.exchange(await room.connect('guess'), '<GUESS\n', '>50\n')
    const operator = new Operator(await openClassFeed(path, { follow: false, client: { host: '127.0.0.1', port: 50_002 } }))
    await operator.end
    expect(operator.all('connection')).toMatchObject([{ row: { connection: 2 } }])
    expect(operator.all('observation').map(({ observation }) => observation)).toEqual(
      room.console.observations(2).map(({ observation }) => observation),
    )
  })

  test('is followed: changes come in rounds, each connection once in a round', async () => {
    const { room, path } = await openRoom()
    const client = await room.connect('guess')
    const operator = new Operator(await openClassFeed(path, { follow: true }))
    await operator.until(() => operator.all('snapshot').length === 1)
    await room.exchange(client, '<GUESS\n')
    await operator.until(() => operator.all('connection').length === 2)
    for (let n = 0; n < 50; n++) await room.exchange(client, `>${n}\n`, '<LOW\n', '<GUESS\n')
    await room.clock.pass(200)
    await operator.until(() => operator.all('connection').at(-1)?.row.observations === 151)
    expect(operator.all('connection').length).toBeLessThan(6)
  })

  test('is followed with the observations of one connection, without a gap', async () => {
    const { room, path } = await openRoom()
    const client = await room.connect('guess')
    await room.exchange(client, '<GUESS\n')
    const operator = new Operator(await openClassFeed(path, { follow: true, client: { host: '127.0.0.1', port: 50_001 } }))
    await operator.until(() => operator.all('snapshot').length === 1)
    await room.connect('guess')
    await room.exchange(client, '>50\n')
    await operator.until(() => operator.all('observation').length === 2)
    await room.exchange(client, '<LOW\n', '<GUESS\n')
    await room.clock.pass(200)
    await operator.until(() => operator.all('observation').length === 4)
    expect(operator.all('observation').map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(new Set(operator.all('connection').map(({ row }) => row.connection))).toEqual(new Set([1]))
  })

  test('is not collected for an operator who does not read', async () => {
    const { room, path } = await openRoom()
    const clients = await Promise.all(Array.from({ length: 1000 }, () => room.connect('guess')))
    const socket = connect(join(path, 'parlor.sock'))
    onTestFinished(() => void socket.destroy())
    let received = ''
    const { promise: isWhole, resolve } = Promise.withResolvers<void>()
    socket.on('data', (data) => {
      received += data
      if (received.split('"observations":20,').length > 1000) resolve()
    })
    socket.write('{"action":"class","version":1,"follow":true}\n')
    await once(socket, 'data')
    socket.pause()
    for (let n = 0; n < 20; n++) {
      for (const { server } of clients) server.write('GUESS\n')
      await settled()
    }
    await room.clock.pass(200)
    expect(received).not.toContain('"observations":20,')
    socket.resume()
    await isWhole
    // 21 rows of each connection, if all were collected
    expect(received.split('\n').length).toBeLessThan(5000)
  })

  test('is refused to a further operator when 16 follow it, until one disconnects', async () => {
    const { path } = await openRoom()
    const first = connect(join(path, 'parlor.sock'))
    first.write('{"action":"class","version":1,"follow":true}\n')
    await once(first, 'data')
    for (let n = 0; n < 15; n++) {
      const operator = new Operator(await openClassFeed(path, { follow: true }))
      await operator.until(() => operator.all('snapshot').length === 1)
    }
    const further = new Operator(await openClassFeed(path, { follow: true }))
    await further.end
    expect(further.lines).toEqual([{ refused: expect.stringMatching(/^16 other operators follow the class already/) }])
    first.end()
    await once(first, 'close')
    const again = new Operator(await openClassFeed(path, { follow: true }))
    await again.until(() => again.all('snapshot').length === 1)
  })

  test('ends for its followers when the server stops', async () => {
    const { path, listener } = await openRoom()
    const operator = new Operator(await openClassFeed(path, { follow: true }))
    await operator.until(() => operator.all('snapshot').length === 1)
    await listener.close()
    await operator.end
    expect(operator.lines.at(-1)).toEqual({ type: 'snapshot', unwatched: 0 })
  })

  test.each([
    [
      'an address that is not known',
      true,
      { follow: false, client: { host: '10.0.0.9', port: 1 } },
      /^no connection from 10\.0\.0\.9, port 1 is known/,
    ],
    ['a server without --lab', false, { follow: false }, /start it with --lab$/],
  ])('is refused for %s', async (_, watches, request, sentence) => {
    const { path } = await openRoom(watches)
    const operator = new Operator(await openClassFeed(path, request))
    await operator.end
    expect(operator.lines).toEqual([{ refused: expect.stringMatching(sentence) }])
  })

  test('does not exist without a server', async () => {
    expect(await openClassFeed(folder(), { follow: false })).toBeUndefined()
  })
})
