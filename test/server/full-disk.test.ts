import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { NativeLink } from '../support/native-link.ts'
import { startServe } from '../support/process.ts'
import { asRoot, fill, openFolder, smallDisk } from '../support/system.ts'

/** `parlor serve` with a folder of its own, and two programs that play there; ada is to move. */
async function playing(data: string) {
  const { server, ports } = await startServe(['parlor/door'], '--data', data, '--http', '127.0.0.1:0')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { http } = JSON.parse(server.output) as { http: { port: number } }
  const seats: number[] = []
  const link = async (name: string) => {
    const one = await NativeLink.open(ports['parlor/door'] ?? 0, (message) => {
      if (message.type === 'seated') seats.push(message.table)
    })
    onTestFinished(() => one.close())
    await one.ask({ type: 'enter', name })
    await one.ask({ type: 'seek', game: 'tictactoe' })
    return one
  }
  const [ada, grace] = [await link('ada'), await link('grace')]
  const health = async () => (await fetch(`http://127.0.0.1:${http.port}/health`)).json() as Promise<{ status: string; reason?: string }>
  const writable = async () =>
    /^parlor_store_writable (\d)$/m.exec(await (await fetch(`http://127.0.0.1:${http.port}/metrics`)).text())?.[1]
  return { server, ada, grace, table: seats[0] ?? 0, health, writable }
}

type Playing = Awaited<ReturnType<typeof playing>>

/** Talks at the table until the server refuses it; returns the number of accepted sentences. */
async function sayUntilRefused({ ada, table }: Playing): Promise<number> {
  for (let said = 0; said < 200; said++) {
    const answer = await ada.ask({ type: 'say', table, text: 'x'.repeat(900) })
    if (answer.type !== 'error') continue
    // talk has a limit of its own
    if (answer.code === 'throttled') await new Promise((resolve) => setImmediate(resolve))
    else {
      expect(answer).toMatchObject({ code: 'unavailable' })
      return said
    }
  }
  throw new Error('nothing was refused')
}

/** Resolves when a game continues: its server retries every few seconds at most. */
async function goesOn({ ada, table }: Playing): Promise<void> {
  for (;;) {
    const answer = await ada.ask({ type: 'play', table, move: '1' })
    if (answer.type === 'ok') return
    expect(answer).toMatchObject({ type: 'error', code: 'unavailable' })
  }
}

/** Returns the texts of a table's moves in a folder. */
async function movesIn(folder: string, table: number): Promise<number> {
  const store = await openStore({ folder })
  const events = await store.tables.read(table, 0)
  await store.close()
  return events.filter(({ type }) => type === 'moved').length
}

asRoot('a full disk: moves are refused, health says degraded, and the game continues when there is space', async () => {
  const disk = smallDisk('2m')
  const data = join(disk, 'data')
  const game = await playing(data)
  expect([await game.health(), await game.writable()]).toMatchObject([{ status: 'serving' }, '1'])
  const makeRoom = fill(disk)
  await sayUntilRefused(game)
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '1' })).toMatchObject({
    code: 'unavailable',
    message: 'the server cannot write to its disk now; nothing was lost; try again later',
  })
  expect(await game.grace.ask({ type: 'register', name: 'grace', password: 'engine-1843' })).toMatchObject({ code: 'unavailable' })
  expect([await game.health(), await game.writable()]).toMatchObject([
    { status: 'degraded', reason: expect.stringContaining('database or disk is full: free some space on its disk') },
    '0',
  ])
  makeRoom()
  await goesOn(game)
  expect(await game.health()).toMatchObject({ status: 'serving' })
  expect(await game.grace.ask({ type: 'play', table: game.table, move: '2' })).toMatchObject({ type: 'ok' })
  expect(game.server.errors.match(/disk is full/g)).toHaveLength(1)
  game.server.signal('SIGKILL')
  await game.server.exit
  expect(await movesIn(data, game.table)).toBe(2)
})

test('a removed folder is detected before the next acknowledgment', async () => {
  const data = join(openFolder(), 'data')
  const game = await playing(data)
  rmSync(data, { recursive: true })
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '1' })).toMatchObject({ code: 'unavailable' })
  expect(await game.health()).toMatchObject({ status: 'degraded', reason: expect.stringContaining(`the folder ${data} was removed`) })
  game.server.signal('SIGTERM')
  await game.server.exit
  expect(existsSync(data)).toBe(false)
})

test('a replaced folder is detected, the other is never written to, and the game continues when it is back', async () => {
  const around = openFolder()
  const data = join(around, 'data')
  const game = await playing(data)
  renameSync(data, `${data}-away`)
  mkdirSync(data)
  for (const name of ['parlor.db', 'parlor.db-wal']) writeFileSync(join(data, name), 'of another server')
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '1' })).toMatchObject({ code: 'unavailable' })
  expect(await game.health()).toMatchObject({ status: 'degraded', reason: expect.stringContaining('was replaced while the server ran') })
  expect(readdirSync(data)).toEqual(['parlor.db', 'parlor.db-wal'])
  rmSync(data, { recursive: true })
  renameSync(`${data}-away`, data)
  await goesOn(game)
  game.server.signal('SIGKILL')
  await game.server.exit
  expect(await movesIn(data, game.table)).toBe(1)
})

test.each(['parlor.db', 'parlor.db-wal'])('a removed file is detected, too: %s', async (name) => {
  const data = join(openFolder(), 'data')
  const game = await playing(data)
  rmSync(join(data, name))
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '1' })).toMatchObject({ code: 'unavailable' })
  expect(await game.health()).toMatchObject({ reason: expect.stringContaining(`${join(data, name)} was removed`) })
})

test.each([
  ['all of it', (before: number) => before],
  ['its end', (_: number, after: number) => after - 100],
])('a log that loses the newest commit alone is detected before the next acknowledgment: %s', async (_, left) => {
  const data = join(openFolder(), 'data')
  const game = await playing(data)
  const log = join(data, 'parlor.db-wal')
  await game.ada.ask({ type: 'play', table: game.table, move: '1' })
  const before = statSync(log).size
  await game.grace.ask({ type: 'play', table: game.table, move: '2' })
  const after = statSync(log).size
  expect(after).toBeGreaterThan(before)
  truncateSync(log, left(before, after))
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '3' })).toMatchObject({ code: 'unavailable' })
  expect(await game.health()).toMatchObject({ status: 'degraded', reason: expect.stringContaining(`${log} was cut to `) })
  // and at each further retry
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '3' })).toMatchObject({ code: 'unavailable' })
})

test.each(['parlor.db', 'parlor.db-wal'])('a truncated file is detected before the next acknowledgment: %s', async (name) => {
  const data = join(openFolder(), 'data')
  const game = await playing(data)
  for (const [user, move] of [
    [game.ada, '1'],
    [game.grace, '2'],
  ] as const)
    await user.ask({ type: 'play', table: game.table, move })
  truncateSync(join(data, name))
  expect(await game.ada.ask({ type: 'play', table: game.table, move: '3' })).toMatchObject({ code: 'unavailable' })
  expect(await game.health()).toMatchObject({ status: 'degraded', reason: expect.stringContaining(`${join(data, name)} was cut`) })
})
