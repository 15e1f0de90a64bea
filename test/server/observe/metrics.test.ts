import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TableEvent } from '../../../src/hall/ports.ts'
import { VersionConflict } from '../../../src/hall/ports.ts'
import { Metrics } from '../../../src/server/observe/metrics.ts'
import { memoryStore } from '../../../src/storage/memory/index.ts'
import { appendEvents } from '../../support/append-events.ts'
import { startServe } from '../../support/process.ts'
import { untilClosed } from '../../support/sockets.ts'

/** A `parlor serve` with HTTP, and functions that send requests. */
async function watched(...programs: string[]) {
  const { server, ports } = await startServe(programs, '--http', '0')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { http } = JSON.parse(server.output) as { http: { host: string; port: number } }
  const ask = (path: string) => fetch(`http://${http.host}:${http.port}${path}`)
  const metric = async (name: string) => {
    const text = await (await ask('/metrics')).text()
    const line = text.split('\n').find((one) => one.startsWith(`${name} `))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
  const connectClient = (name: string) => {
    const socket = connect({ port: ports[name] ?? 0, host: '127.0.0.1' }).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    return socket
  }
  return { server, ask, metric, connectClient }
}

describe('metrics', () => {
  test('count connections, messages and games', async () => {
    const { metric, connectClient, ask } = await watched('tjc/guess', 'fh/tictactoe')
    expect(await metric('parlor_connections_total{program="tjc/guess"}')).toBe(0)
    const socket = connectClient('tjc/guess')
    await once(socket, 'data')
    socket.write('0\n')
    await once(socket, 'data')
    expect(await metric('parlor_connections{program="tjc/guess"}')).toBe(1)
    // while it is connected: GUESS, and after its message two more
    expect(await metric('parlor_messages_total{program="tjc/guess",direction="in"}')).toBe(1)
    expect(await metric('parlor_messages_total{program="tjc/guess",direction="out"}')).toBe(3)
    expect(await metric('parlor_tables')).toBe(1)
    const gone = untilClosed(socket)
    socket.end()
    await gone
    await expect.poll(() => metric('parlor_connections{program="tjc/guess"}')).toBe(0)
    expect(await metric('parlor_connections_total{program="tjc/guess"}')).toBe(1)
    expect(await metric('parlor_conversations_total{program="tjc/guess",outcome="finished"}')).toBe(1)
    expect(await metric('parlor_messages_total{program="tjc/guess",direction="out"}')).toBe(3)
    const player = connectClient('fh/tictactoe')
    player.write('ada\n')
    await once(player, 'data')
    await expect.poll(() => metric('parlor_seeks')).toBe(1)
    expect(await metric('parlor_people')).toBe(1)
    const other = connectClient('fh/tictactoe')
    other.write('grace\n')
    let received = ''
    player.on('data', (data) => (received += data))
    while (!received.includes('move@')) await once(player, 'data')
    const before = (await metric('parlor_moves_total')) ?? 0
    player.write('5\n')
    while (!received.includes('moved@')) await once(player, 'data')
    expect(await metric('parlor_moves_total')).toBe(before + 1)
    expect(await metric('parlor_journal_append_seconds_count')).toBeGreaterThan(0)
    const text = await ask('/metrics')
    expect(text.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await text.text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  })

  test('include the times of all appends, with any number of them between two scrapes', async () => {
    const metrics = new Metrics()
    const { tables, close } = metrics.metered(memoryStore())
    const moved = (n: number): TableEvent => ({ type: 'moved', seat: 0, move: 5, n, at: 0 })
    for (let n = 1; n <= 600; n++) await appendEvents(tables, 1, n - 1, [moved(n)])
    expect(await metrics.text()).toMatch(/^parlor_journal_append_seconds_count 600$/m)
    await appendEvents(tables, 1, 600, [moved(601)])
    expect(await metrics.text()).toMatch(/^parlor_journal_append_seconds_count 601$/m)
    await close()
  })

  test('include the time of an append that fails', async () => {
    const metrics = new Metrics()
    const { tables, close } = metrics.metered(memoryStore())
    const moved = (n: number): TableEvent => ({ type: 'moved', seat: 0, move: 5, n, at: 0 })
    const observed: TableEvent[] = []
    tables.follow(1, (events) => observed.push(...events))
    await appendEvents(tables, 1, 0, [moved(1), moved(2)])
    await expect(appendEvents(tables, 1, 0, [{ type: 'suspended', n: 1, at: 0 }])).rejects.toThrow(VersionConflict)
    expect(await tables.read(1, 0)).toEqual(observed)
    expect(await tables.unfinished()).toEqual([1])
    expect(await tables.newTable()).toBe(2)
    const text = await metrics.text()
    expect(text).toMatch(/^parlor_moves_total 2$/m)
    expect(text).toMatch(/^parlor_journal_append_seconds_count 2$/m)
    await close()
  })
})

describe('health', () => {
  test('is 200 while the server serves, and 503 while it stops', async () => {
    const { server, ask, connectClient } = await watched('c8/headtail')
    const slow = connectClient('c8/headtail')
    slow.pause().write('H\n'.repeat(2000))
    await expect.poll(async () => (await ask('/health')).json()).toMatchObject({ connections: 1 })
    const serving = await ask('/health')
    expect([serving.status, await serving.json()]).toEqual([200, { status: 'serving', connections: 1, tables: 1 }])
    server.signal('SIGTERM')
    // a client with a slow goodbye prevents an immediate end
    await expect.poll(async () => (await ask('/health')).status).toBe(503)
    expect(await (await ask('/health')).json()).toMatchObject({ status: 'stopping' })
    expect(await server.exit).toBe(0)
  })

  test('answers other paths with 404', async () => {
    const { ask } = await watched('tjc/guess')
    const answer = await ask('/passwords')
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'there is nothing here but /health and /metrics' }])
  })
})
