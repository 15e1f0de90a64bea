import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LineSocket } from '../support/line-socket.ts'
import { examples } from '../support/plugins.ts'
import { run, startServe } from '../support/process.ts'

const FILE = join(examples, 'battleship-wire.ts')

async function serve(...more: readonly string[]) {
  const { server, ports } = await startServe(['battleship'], '--plugin', FILE, ...more)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return (name: string) => {
    const socket = new LineSocket(ports['example/battleship'] ?? 0)
    onTestFinished(() => socket.close())
    socket.say(`NAME ${name}`)
    return socket
  }
}

test('two clients of a plug-in with names play in the hall, and a seat is held for the name of a client that disconnects', async () => {
  const enter = await serve('--battleship-wait', '999')
  const ada = enter('ada')
  expect(await ada.hear()).toBe('HELLO ada')
  const other = enter('ada')
  expect(await other.hear()).toMatch(/^ERROR .*ada/)
  other.say('NAME grace')
  expect(await other.hear()).toBe('HELLO grace')
  // one of them is to move; the other waits
  const first = await Promise.race([ada.hear().then((line) => ({ line, who: ada })), other.hear().then((line) => ({ line, who: other }))])
  expect(first.line).toBe('TURN -')
  const [mover, name] = first.who === ada ? [ada, 'ada'] : [other, 'grace']
  mover.say('SHOT z9')
  expect(await mover.hear()).toBe('ERROR type a cell, such as b4')
  mover.close()
  await mover.gone
  const back = enter(name)
  expect(await back.hear()).toBe(`HELLO ${name}`)
  expect(await back.hear()).toBe('TURN -')
  back.say('SHOT b4')
  expect(await back.hear()).toMatch(/^(?:HIT|MISS)$/)
}, 30_000)

test('the option of a plug-in is a setting, and in the help', async () => {
  const enter = await serve('--battleship-wait=0')
  const ada = enter('ada')
  expect([await ada.hear(), await ada.hear()]).toEqual(['HELLO ada', expect.stringMatching(/^TURN (?:-|[a-f][1-6])$/)])
  for (const command of ['serve', 'config']) {
    const { output } = await run(command, '--plugin', FILE, '--help')
    expect(output.replace(/\s+/g, ' ')).toContain(
      '--battleship-wait <seconds> battleship: how long to wait for an opponent before the house plays (default: 10)',
    )
  }
  const { output } = await run('config', '--plugin', FILE)
  expect(output).toMatch(/^# battleshipWait = +# not set: 10$/m)
  expect(await run('serve', '--plugin', FILE, '--battleship-wait', 'x')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('must be a number of seconds from 0 to 999'),
  })
}, 30_000)
