import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/start-server.ts'

const PASSWORD = 'engine-1843'

/** Sends invalid UTF-8 in the middle of commands, and returns all answers. */
async function bytes(port: number, ...lines: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (data) => {
    received += data
  })
  for (const line of lines) socket.write(Buffer.concat([Buffer.from(line), Buffer.from('\n')]))
  await once(socket, 'close')
  return received
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

test('a password in Latin-1 is refused with advice, because another could equal it', async () => {
  const door = await startServer('fh/quiz')
  const received = await bytes(door.port, `REGISTER grace ${PASSWORD}`, 'QUIT')
  expect(received).toContain('Welcome grace')
  const broken = 'ERROR the password is not UTF-8: set your terminal or program to UTF-8'
  expect(await bytes(door.port, latin1('REGISTER ada \u00e4\u00f6\u00fc\u00c4\u00d6\u00dc\u00df\u00e9'), 'QUIT')).toContain(broken)
  expect(await bytes(door.port, latin1('LOGIN ada \u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e4\u00e1'), 'QUIT')).toContain(broken)
  expect(await bytes(door.port, latin1('LOGIN grace \u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e4\u00e1'), 'QUIT')).toContain(broken)
  expect(await bytes(door.port, 'REGISTER ada          ', 'QUIT')).toContain('ERROR')
  expect(await bytes(door.port, latin1('NAME Zo\u00eb'), 'QUIT')).toContain('ERROR the name is not UTF-8: send it as UTF-8')
})

test('at the front door, an invalid password is refused before it is typed twice', async () => {
  const door = await startServer()
  const caller = await door.caller()
  await caller.until(/What is your name/)
  await caller.type('register ada', /Your screen shows/)
  for (const [password, wrong] of [
    ['short', /at least 8 characters, and this password has 5/],
    ['        ', /not blank/],
  ] as const) {
    await caller.type(password, wrong)
  }
  await caller.type(PASSWORD, /The same password once more/)
  await caller.type(PASSWORD, /is registered now/)
})

test('a name that looks like that of an online user is refused, and a free name is proposed', async () => {
  const door = await startServer()
  await door.program('paypal')
  const other = await door.program()
  expect(await other.ask({ type: 'enter', name: 'paypaI' })).toMatchObject({
    code: 'name-taken',
    message: 'paypaI looks like paypal, which is taken; try paypaI2',
    proposal: 'paypaI2',
  })
  expect(await other.ask({ type: 'enter', name: 'p\u0430ypal' })).toMatchObject({ code: 'bad-name' })
  for (const name of ['\u3164', '\u2800', 'a\u00adda', 'a\u200bda', 'ada\ufe0f', 'a\u{e0061}'])
    expect(await other.ask({ type: 'enter', name })).toMatchObject({ code: 'bad-name' })
})
