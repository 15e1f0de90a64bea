import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folder } from '../support/folders.ts'
import { NativeLink } from '../support/native-link.ts'
import { examples, pluginFile } from '../support/plugins.ts'
import { type Parlor, startServe } from '../support/process.ts'

const FOUR = join(examples, 'connect-four-wire.ts')

/** The same game, by rules that allow no move of the log. */
const CHANGED = `import { connectFour } from ${JSON.stringify(join(examples, 'connect-four.ts'))}
export const games = [{ ...connectFour, play: () => ({ refused: 'the rules are different now' }) }]
`

/** Starts a front door over a folder; the process is killed at the end of the test. */
async function start(data: string, ...more: readonly string[]): Promise<{ server: Parlor; open(): Promise<NativeLink> }> {
  const { server, ports } = await startServe(['door'], '--data', data, ...more)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { server, open: () => NativeLink.open(ports['parlor/door'] ?? 0, () => {}) }
}

async function kill(server: Parlor): Promise<void> {
  server.signal('SIGKILL')
  expect(await server.exit).toBe('SIGKILL')
}

test('a table of a plug-in stays in the log of a killed server, unavailable without the plug-in or with a changed plug-in, and continues when it is back', async () => {
  const data = folder()
  const first = await start(data, '--plugin', FOUR)
  const [ada, bob] = [await first.open(), await first.open()]
  await ada.ask({ type: 'register', name: 'ada', password: 'ada has one' })
  await bob.ask({ type: 'register', name: 'bob', password: 'bob has one' })
  await ada.ask({ type: 'seek', game: 'connect-four', against: 'bob', seats: [0] })
  await bob.ask({ type: 'seek', game: 'connect-four', against: 'ada', seats: [1] })
  expect(await ada.ask({ type: 'play', table: 1, move: '4' })).toMatchObject({ type: 'ok' })
  await kill(first.server)

  for (const [more, why] of [
    [[], /1 table of connect-four cannot be resumed/],
    [['--plugin', await pluginFile(CHANGED)], /the server could not restore table 1.*the rules are different now/],
  ] as const) {
    const { server, open } = await start(data, ...more)
    await server.complains(/\n/)
    expect(server.errors.replace(/\s+/g, ' ')).toMatch(why)
    const back = await open()
    await back.ask({ type: 'enter', name: 'ada', password: 'ada has one' })
    const answer = await back.ask({ type: 'resume', table: 1 })
    expect(answer).toMatchObject({ type: 'error', message: expect.stringContaining('cannot continue this game of connect-four now') })
    expect(await back.ask({ type: 'seek', game: 'hangman' })).toMatchObject({ type: 'ok' })
    await kill(server)
  }

  const last = await start(data, '--plugin', FOUR)
  const [again, other] = [await last.open(), await last.open()]
  await again.ask({ type: 'enter', name: 'ada', password: 'ada has one' })
  await other.ask({ type: 'enter', name: 'bob', password: 'bob has one' })
  await again.ask({ type: 'resume', table: 1 })
  await other.ask({ type: 'resume', table: 1 })
  expect(await other.ask({ type: 'play', table: 1, move: '4' })).toMatchObject({ type: 'ok' })
  expect(await again.ask({ type: 'play', table: 1, move: '9' })).toMatchObject({ message: expect.stringContaining('no column 9') })
  expect(await other.ask({ type: 'resign', table: 1 })).toMatchObject({ type: 'ok' })
  expect(last.server.errors).toBe('')
}, 60_000)
