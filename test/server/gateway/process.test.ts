import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { LineSocket } from '../../support/line-socket.ts'
import { startServe } from '../../support/process.ts'
import { WebClient } from '../../support/web-client.ts'

const CLIENT = join(import.meta.dirname, '../../../examples/python/tictactoe_client.py')

/** Reads lines up to the first that matches, and returns its match. */
async function until(line: LineSocket, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(await line.hear())
    if (match) return match
  }
}

test('a browser plays against a worksheet client in Python, and against a user at the front door over kill -9', async () => {
  const data = await mkdtemp(join(tmpdir(), 'parlor-gateway-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const start = async () => {
    const { server, ports } = await startServe(['parlor/door', 'tjc/tictactoe'], '--data', data, '--wait', '1m', '--web', '127.0.0.1:0')
    onTestFinished(() => server[Symbol.asyncDispose]())
    const { web } = JSON.parse(server.output) as { web: { url: string } }
    const browser = () => WebClient.connect(`${web.url.replace('http', 'ws')}ws`)
    return { server, browser, port: (name: string) => ports[name] ?? 0 }
  }
  const first = await start()
  const ada = await first.browser()
  expect(ada.received[0]).toMatchObject({ type: 'hello', door: first.port('parlor/door') })
  await ada.ask({ type: 'enter', name: 'ada' })
  await ada.ask({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  const python = spawn('python3', ['-B', CLIENT, '127.0.0.1', String(first.port('tjc/tictactoe'))])
  const screen = text(python.stdout)
  const { table } = await ada.first('seated')
  for (const move of ['1', '4', '7']) {
    await ada.until(() => ada.all('event').some(({ what, sight }) => what.type !== 'said' && sight?.turn === true))
    ada.received.splice(0)
    await ada.ask({ type: 'play', table, move })
  }
  expect(await screen).toMatch(/The server wins\n$/)

  ada.received.splice(0)
  await ada.ask({ type: 'seek', game: 'tictactoe', seats: [0], wait: null })
  const bob = new LineSocket(first.port('parlor/door'))
  onTestFinished(() => bob.close())
  await until(bob, /What is your name/)
  bob.say('bob')
  await until(bob, /^Type "play/)
  bob.say('play tictactoe')
  const [, token = ''] = await until(bob, /resume ([0-9A-Z]{26})/)
  const seated = await ada.first('seated')
  expect(seated.names).toEqual(['ada', 'bob'])
  await ada.ask({ type: 'play', table: seated.table, move: '5' })
  first.server.signal('SIGKILL')
  expect(await ada.closed).toBe(1006)

  const second = await start()
  const back = await second.browser()
  expect(await back.ask({ type: 'resume', token: seated.token ?? '', after: 2 })).toMatchObject({
    type: 'seated',
    table: seated.table,
    seat: 0,
  })
  const again = new LineSocket(second.port('parlor/door'))
  onTestFinished(() => again.close())
  await until(again, /What is your name/)
  again.say(`resume ${token}`)
  await until(again, /^Your move/)
  again.say('1')
  await back.until(() => back.all('event').some(({ what, sight }) => what.type === 'moved' && sight?.turn === true))
  expect(back.all('event').at(-1)?.sight?.view).toMatchObject({ cells: 'X---O----' })
}, 60_000)
