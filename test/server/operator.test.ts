import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { People } from '../../src/hall/accounts/people.ts'
import { openAdminSocket } from '../../src/server/admin.ts'
import { TestClock } from '../support/test-clock.ts'

/** A socket for the operator with a clock that does not advance, and its results. */
async function door(remove: (name: string) => Promise<{ connections: number; sessions: number }> = async () => ENDED) {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-operator-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const clock = new TestClock()
  const logged: string[] = []
  const removed: string[] = []
  const people = {
    remove(name: string) {
      removed.push(name)
      return remove(name)
    },
    registeredName: async (name: string) => name,
  } as unknown as People
  const registry = { people, bytes: (count: number) => new Uint8Array(count) }
  const listener = await openAdminSocket(folder, registry, { log: (_, sentence) => logged.push(sentence) }, clock)
  onTestFinished(() => listener.close())
  const dial = () => {
    const socket = connect(join(folder, 'parlor.sock')).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    let received = ''
    socket.on('data', (data) => (received += data))
    return { socket, received: once(socket, 'close').then(() => received) }
  }
  return { listener, clock, logged, removed, dial }
}

const ENDED = { connections: 0, sessions: 0 }
const removal = (name: string) => `${JSON.stringify({ action: 'remove', name })}\n`
const connected = ({ socket }: { socket: Socket }) => (socket.connecting ? once(socket, 'connect') : undefined)

describe('the operator’s socket', () => {
  test('closes a connection that has sent no complete line for ten seconds', async () => {
    const { clock, logged, dial } = await door()
    const [silent, half] = [dial(), dial()]
    half.socket.write('{"action"')
    await connected(silent)
    await connected(half)
    // the server knows both by now, because it answers a later request
    const third = dial()
    third.socket.write(removal('ada'))
    expect(await third.received).toBe('{"done":"ada is no longer registered"}\n')
    await clock.pass(10_000)
    expect(await Promise.all([silent.received, half.received])).toEqual(['', ''])
    expect(logged.filter((sentence) => sentence.includes('has sent no line for 10 s'))).toHaveLength(2)
  })

  test('closes the oldest connection without a request when there are more than 32', async () => {
    const { dial } = await door()
    const first = dial()
    await connected(first)
    const others = Array.from({ length: 32 }, dial)
    expect(await first.received).toBe('')
    expect(others.filter(({ socket }) => socket.closed)).toEqual([])
  })

  test('answers a burst of 200 requests, and then 100 a second', async () => {
    const { clock, removed, dial } = await door()
    for (let n = 0; n < 200; n++) {
      const { socket, received } = dial()
      socket.write(removal(`user${n}`))
      await received
    }
    expect(removed).toHaveLength(200)
    const one = dial()
    const two = dial()
    for (const { socket } of [one, two]) socket.write(removal('late'))
    // the server knows a later connection, and so their requests as well
    const third = dial()
    third.socket.end()
    expect(await third.received).toBe('')
    expect(removed).toHaveLength(200)
    await clock.pass(20)
    await Promise.all([one.received, two.received])
    expect(removed).toHaveLength(202)
  })

  test('refuses a request while 32 others are under way', async () => {
    const work = Promise.withResolvers<typeof ENDED>()
    const all = Promise.withResolvers<void>()
    const { removed, dial } = await door(() => {
      if (removed.length === 32) all.resolve()
      return work.promise
    })
    const busy = Array.from({ length: 32 }, dial)
    for (const { socket } of busy) socket.write(removal('slow'))
    await all.promise
    const further = dial()
    further.socket.write(removal('more'))
    expect(await further.received).toBe('{"refused":"the server is busy with other requests of the operator: try again in a moment"}\n')
    work.resolve(ENDED)
    expect(new Set(await Promise.all(busy.map(({ received }) => received)))).toEqual(new Set(['{"done":"slow is no longer registered"}\n']))
  })

  test('ends connections without a request when it is closed, and answers pending requests', async () => {
    const work = Promise.withResolvers<typeof ENDED>()
    const begun = Promise.withResolvers<void>()
    const { listener, dial } = await door(() => {
      begun.resolve()
      return work.promise
    })
    const silent = dial()
    await connected(silent)
    const busy = dial()
    busy.socket.write(removal('ada'))
    await begun.promise
    await listener.close()
    expect(await silent.received).toBe('')
    work.resolve(ENDED)
    expect(await busy.received).toBe('{"done":"ada is no longer registered"}\n')
  })
})
