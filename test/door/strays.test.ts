import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { startServe } from '../support/process.ts'
import { TestLobby } from '../support/test-lobby.ts'

const JSON_FIRST = 'That is JSON: send the line "style json" first, and then commands in JSON.'
const NO_WEB = 'This is not a web server: connect with telnet or nc, and type your name.'
const STYLE = 'For commands in JSON, type: style json'

describe('a program that does not know the front door gets help', () => {
  const cases = [
    ['{"type":"enter","name":"bot"}', JSON_FIRST],
    ["{'type': 'ping'}", JSON_FIRST],
    ['{', JSON_FIRST],
    ['{}', JSON_FIRST],
    ['style:json', `${STYLE}.`],
    ['Style=JSON', `${STYLE}.`],
    ['GET / HTTP/1.1\r', NO_WEB],
  ] as const

  test.each(cases)('receives advice after %j before its name', async (typed, said) => {
    const [stray] = (await connectDoorUsers(new TestLobby(), '')) as [DoorUser]
    expect(await stray.type(typed)).toBe(lines(said))
    expect(await stray.type('{bot}')).toContain('Hello, {bot}.')
  })

  test.each(cases)('receives advice after %j with a name, and at a table', async (typed, said) => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    expect(await ada.type(typed)).toBe(lines(said))
    await ada.type('play tictactoe house')
    expect(await ada.type(typed)).toBe(lines(said))
  })

  test('receives one answer to the whole head of a request, after which a name is accepted', async () => {
    const [browser] = (await connectDoorUsers(new TestLobby(), '')) as [DoorUser]
    expect(await browser.type('GET / HTTP/1.1', 'Host: localhost:4000', 'Accept: */*', '')).toBe(lines(NO_WEB))
    expect(await browser.type('ada')).toContain('Hello, ada.')
  })

  test('is logged with its first message', async () => {
    const { server, ports } = await startServe(['door'])
    await using _ = server
    const browser = connect(ports['parlor/door'] ?? ports.door ?? 0, '127.0.0.1')
    onTestFinished(() => void browser.destroy())
    await once(browser, 'connect')
    browser.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await server.complains(/the client sent "GET \/ HTTP\/1\.1(?:\\r)?".*not a web server/)
    browser.write('{"type":"ping"}\n')
    await server.complains(/the client sent "\{.*\}": That is JSON.*commands in JSON\n/)
    expect(server.errors).not.toContain('send the plain text')
  })
})

async function registered(user: DoorUser): Promise<void> {
  await user.type('register', 'engine-1843')
  await user.send('engine-1843\n')
  await user.until('is registered now')
}

describe('at the front door', () => {
  test('a line that begins with a game is suggested behind "play"', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    expect(await ada.type('tictactoe bob')).toBe(lines('To play it, type: play tictactoe bob'))
    expect(await ada.type('ttt size 4 bob')).toBe(lines('To play it, type: play tictactoe size 4 bob'))
    expect(await ada.type('tictactoe size')).toBe(lines('To play it, type: play tictactoe'))
  })

  test('the answer to "quit" at the question for a password is goodbye alone', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await connectDoorUsers(lobby, 'ada', 'bob')) as [DoorUser, DoorUser]
    await registered(ada)
    await bob.type('name ada')
    expect(await bob.type('quit')).not.toContain('Nothing has changed')
  })

  test('a registered user in a game receives the answer that it is registered, and its present name', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    await registered(ada)
    await ada.type('play guess')
    expect(await ada.type('register')).toBe(lines('ada is registered already: "password" changes the password.'))
    expect(await ada.type('login Ada')).toBe(lines('You are ada already. "password" changes the password.'))
    for (const typed of ['register carl', 'login carl'])
      expect(await ada.type(typed)).toBe(lines('You are in a game at table 1: finish it first, or "resign" it.'))
  })

  test('a seat that another connection of the user plays is not shown as reserved', async () => {
    const lobby = new TestLobby()
    const [ada, again] = (await connectDoorUsers(lobby, 'ada', 'carl')) as [DoorUser, DoorUser]
    await registered(ada)
    await ada.type('play guess')
    await again.type('login ada')
    await again.send('engine-1843\n')
    await again.until('Hello, ada.')
    expect(await again.type('mine')).toBe(lines('  1  guess  through another connection: "resume 1" shows it here, too'))
    expect(await again.type('go 1')).toMatch(/^You sit at table 1, guess, through another connection: "resume 1" shows it here,\s+too\.\n$/)
    await ada.drop()
    expect(await again.type('mine')).toBe(lines('  1  guess  held: "resume 1"'))
  })

  test('a move after the end of a game is answered with the unfinished game', async () => {
    const [ada, bob, carl] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await carl.type('play tictactoe ada')
    await ada.type('accept', 'resign')
    ada.news()
    const go = 'The game is over. You play another game: type "go 1".'
    for (const typed of ['5', 'resign', 'draw']) expect((await ada.type(typed)).replace(/\s+/g, ' ').trim(), typed).toBe(go)
  })
})
