import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Clock, createSystemClock } from '../../src/base/clock.ts'
import { chance } from '../../src/games/random.ts'
import type { Store } from '../../src/hall/ports.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openServer } from '../support/open-server.ts'
import { program } from '../support/play.ts'

const file = join(import.meta.dirname, '../../examples/python/native_bot.py')

/** Runs the bot to its end; returns undefined if there is no Python. */
function bot(port: number, ...args: string[]): Promise<{ output: string; errors: string; code: unknown } | undefined> {
  return new Promise((resolve) => {
    execFile('python3', ['-B', file, '127.0.0.1', String(port), ...args], (error, output, errors) => {
      resolve(error?.code === 'ENOENT' ? undefined : { output, errors, code: error?.code ?? 0 })
    })
  })
}

/** A clock by which the house joins late, because Python may need time to start. */
const system = createSystemClock()
const patient: Clock = { ...system, after: (ms, then) => system.after(20 * ms, then) }

/** The front door, with its hall. */
async function door(): Promise<{ port: number; store: Store }> {
  const onError = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  const store = memoryStore()
  const service = new LobbyService({ store, clock: patient, random: chance, onError })
  const { server, address } = await openServer(await program('parlor/door'), {
    service,
    random: chance,
    limits: { first: 20_000, idle: 20_000 },
  })
  onTestFinished(() => server.stop())
  return { port: address.port, store }
}

/** A proxy to a port that resets each connection after a number of lines of JSON, except for the last connection. */
async function breaking(port: number, lines: readonly number[]): Promise<number> {
  const left = [...lines]
  const relay = createServer((near) => {
    const peer = connect(port, '127.0.0.1')
    const limit = left.shift() ?? Number.POSITIVE_INFINITY
    let count = 0
    peer.on('data', (data) => {
      count += String(data).match(/^{/gm)?.length ?? 0
      near.write(data)
      if (count >= limit) near.destroy()
    })
    near.pipe(peer)
    for (const socket of [near, peer]) socket.on('error', () => {})
    near.on('close', () => peer.destroy())
    peer.on('close', () => near.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  onTestFinished(() => {
    relay.close()
  })
  return (relay.address() as AddressInfo).port
}

describe('examples/python/native_bot.py', () => {
  test('two bots play with each other, though the connection of one breaks again and again', async ({ skip }) => {
    const { port, store } = await door()
    const [ada, grace] = await Promise.all([bot(await breaking(port, [5, 7]), 'ada'), bot(port, 'grace')])
    if (!ada || !grace) return skip()
    expect([ada.code, grace.code]).toEqual([0, 0])
    expect(ada.errors).toMatch(/: once more\n/)
    expect(grace.errors).toBe('')
    expect([`${ada.output}${grace.output}`]).toEqual([expect.stringMatching(/^(won\nlost|lost\nwon|draw\ndraw)\n$/)])
    const log = await store.tables.read(1, 0)
    expect(log[0]).toMatchObject({ type: 'opened', seats: [{ name: expect.any(String) }, { name: expect.any(String) }] })
    expect(log.filter(({ type }) => type === 'back').length).toBeGreaterThan(0)
    const moves = log.flatMap((event) => (event.type === 'moved' ? [event.move] : []))
    expect(new Set(moves).size).toBe(moves.length)
    expect(log.at(-1)).toMatchObject({ type: 'ended' })
  })

  test('ends with the server’s sentence if the server refuses it', async ({ skip }) => {
    const { port } = await door()
    const received = await bot(port, 'house')
    if (!received) return skip()
    expect(received).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(/^the server says: .*house/) })
  })

  test('is shorter than a page', () => {
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThan(66)
  })
})
