import { describe, expect, test } from 'vitest'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { encode } from '../../src/wire/text.ts'
import { GREETING, lines } from '../support/door-user.ts'
import { FakeLobby } from '../support/fake-lobby.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'

const WHO = 'What is your name?'
const SEEN = '(Your screen shows the password. It travels unencrypted unless you use TLS.)'
const UNSEEN = '(Your screen hides the password. It travels unencrypted unless you use TLS.)'
const QUESTION = 'ada is registered. What is the password? (An empty line cancels.)'
const BEGIN = 'Type "play tictactoe" to begin, "games" for all games, "help" for all commands.'

/** A user who has just connected, and the lobby behind the door. */
async function connectUser(prepare: (lobby: FakeLobby) => void = () => {}) {
  const lobby = new FakeLobby()
  prepare(lobby)
  return { lobby, caller: await lobby.caller() }
}

describe('the greeting', () => {
  test('explains the server and how to begin, in ten lines at most', async () => {
    const { caller } = await connectUser()
    expect(caller.screen).toBe(lines(...GREETING, WHO))
  })

  test('accepts a name', async () => {
    const { caller, lobby } = await connectUser((it) => {
      it.people = [{ name: 'ada', registered: false, tables: [] }]
    })
    expect(await caller.type('  ada ')).toBe(lines('Hello, ada. No other user is here.', BEGIN))
    expect(lobby.calls).toEqual([['enter', 'ada', {}]])
  })

  test('shows the online users, the open seeks, and the reserved seats', async () => {
    const { caller } = await connectUser((it) => {
      it.people = ['ada', 'grace', 'grace', 'alan'].map((name) => ({ name, registered: false, tables: [] }))
      it.seekers = ['grace', 'alan', 'edsger', 'barbara'].map((name) => ({ name, game: 'tictactoe', settings: { size: 4 }, rated: false }))
      it.heldSeats = [
        { table: 7, game: 'tictactoe', names: ['ada', 'house'], settings: {}, rated: false, watchers: 0, over: false },
        { table: 9, game: 'quiz', names: ['ada'], settings: {}, rated: true, watchers: 0, over: false },
      ]
    })
    expect(await caller.type('ada')).toBe(
      lines(
        'Hello, ada. 2 others are here.',
        'grace waits for an opponent: "play tictactoe size 4 grace"',
        'alan waits for an opponent: "play tictactoe size 4 alan"',
        'edsger waits for an opponent: "play tictactoe size 4 edsger"',
        'Your seat at table 7, tictactoe with house, is held: "resume 7"',
        'Your seat at table 9, quiz, is held: "resume 9"',
        BEGIN,
      ),
    )
  })

  test('asks again after a refused name, with the way back for an earlier user', async () => {
    const { caller, lobby } = await connectUser()
    lobby.refuses('enter', 'a name has no @', 'bad-name')
    expect(await caller.type('a@b')).toBe(lines('A name has no @.', WHO))
    lobby.refuses('enter', 'ada is here already: choose another name', 'name-taken')
    expect(await caller.type('ada')).toBe(lines('ada is here already: choose another name. With its token, type "resume TOKEN".', WHO))
    expect(await caller.type('')).toBe(lines(WHO))
  })

  test.each(['play tictactoe', 'who', 'board', "'hello", 'rank quiz', 'seeks', 'watch 5', 'accept'])(
    '%s before a name is refused',
    async (typed) => {
      const { caller, lobby } = await connectUser()
      expect(await caller.type(typed)).toBe(lines('Type your name first, on a line of its own.'))
      expect(lobby.calls).toEqual([])
    },
  )

  test.each([
    ['help', 'Now: type your name'],
    ['?', 'to play'],
    ['HELP play', 'play GAME'],
    ['games', 'scissor, paper, stone'],
    ['"help"', 'to play'],
    ['telnet', 'hides passwords from now on'],
    ['style xml', 'style json'],
    ['login', 'login ada'],
    ['register', 'register ada'],
    ['password', 'Type your name first'],
    ['resume', 'token'],
    ['resume 17', 'name first'],
  ])('%s before a name is answered', async (typed, answer) => {
    const { caller, lobby } = await connectUser()
    expect(await caller.type(typed)).toContain(answer)
    expect(lobby.calls).toEqual([])
  })

  test('resumes a seat by its token before any name', async () => {
    const { caller, lobby } = await connectUser()
    expect(await caller.type('resume ABC')).toBe(lines('The server holds no seat for this token.', WHO))
    expect(lobby.calls).toEqual([['resume', 'ABC']])
  })
})

describe('a registered name', () => {
  const registered = (lobby: FakeLobby) => void lobby.registered.add('ada')

  test('asks for its password, with a warning', async () => {
    const { caller, lobby } = await connectUser(registered)
    expect(await caller.type('ada')).toBe(lines('ada is registered. What is the password? (An empty line cancels.)', SEEN))
    expect(lobby.calls).toEqual([])
    expect(await caller.type('engine-1843')).toContain('Hello, ada.')
    expect(lobby.calls).toEqual([['enter', 'ada', { password: 'engine-1843' }]])
  })

  test.each([
    ['the name or the password is wrong', 'bad-password'],
    ['too many tries: wait 9 seconds', 'throttled'],
  ] as const)('asks for its password again after "%s", and does not read a password as a name', async (refused, code) => {
    const { caller, lobby } = await connectUser(registered)
    lobby.refuses('enter', refused, code)
    const again = lines(`${refused.charAt(0).toUpperCase()}${refused.slice(1)}.`, QUESTION)
    expect(await caller.type('ada', 'bobpassword')).toMatch(new RegExp(`${again.replaceAll(/[?()]/g, '\\$&')}$`))
    expect(await caller.type('rightpassword')).toBe(again)
    expect(lobby.calls.map(([, name]) => name)).toEqual(['ada', 'ada'])
    expect(await caller.type('')).toBe(lines(WHO))
    expect(await caller.type('ada')).toBe(lines(QUESTION, SEEN))
  })

  test('asks for its password again under another name, until an empty line', async () => {
    const { caller, lobby } = await connectUser(registered)
    await caller.type('grace')
    lobby.refuses('enter', 'the name or the password is wrong', 'bad-password')
    expect(await caller.type('login ada', 'engine')).toContain(lines('The name or the password is wrong.', QUESTION))
    expect(await caller.type('')).toBe(lines('Nothing has changed.'))
    expect(lobby.me?.name).toBe('grace')
  })

  test.each(['login ada', 'name ada'])('"%s" does the same', async (typed) => {
    const { caller, lobby } = await connectUser(registered)
    await caller.type(typed, 'engine-1843')
    expect(lobby.me).toMatchObject({ name: 'ada', registered: true })
  })

  test('blanks of a password count, and erased characters do not', async () => {
    const { caller, lobby } = await connectUser(registered)
    await caller.type('ada', ' two words\b\bds ')
    expect(lobby.calls).toEqual([['enter', 'ada', { password: ' two words ' }]])
  })

  test('"quit" disconnects at its question, too', async () => {
    const { caller, lobby } = await connectUser(registered)
    expect(await caller.type('ada', 'QUIT')).toContain('Bye.')
    expect(await caller.close()).toBeUndefined()
    expect(lobby.calls).toEqual([['close']])
  })
})

describe('registering', () => {
  test('another name than the user’s own is confirmed before the password, because the text may be a password', async () => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type('register hunter5D')).toMatch(
      /^This registers the name hunter5D\. To register your own name, ada, type an empty\n {2}line and then "register"\.\n\nA password for hunter5D, /,
    )
    expect(await caller.type('', 'register ADA')).toMatch(/^Nothing has changed\.\nA password for ADA, /)
  })

  test('asks for the password twice', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller('ada')
    expect(await caller.type('register', 'engine-1843')).toBe(
      lines('A password for ada, of at least 8 characters? (An empty line cancels.)', SEEN, 'The same password once more?'),
    )
    expect(await caller.type('engine-1843')).toBe(lines('ada is registered now, and needs this password from now on.'))
    expect(lobby.calls).toEqual([['register', 'ada', 'engine-1843']])
    expect(await caller.type('register')).toBe(lines('ada is registered already: "password" changes the password.'))
    expect(await caller.type('register ada')).toContain('"password" changes')
  })

  test('logs in before a name', async () => {
    const { caller, lobby } = await connectUser()
    expect(await caller.type('register ada', 'engine-1843', 'engine-1843')).toContain(BEGIN)
    expect(lobby.calls).toEqual([['register', 'ada', 'engine-1843']])
  })

  test.each([
    ['an empty line', [''], 'Nothing has changed.'],
    ['an empty line the second time', ['engine-1843', ''], 'Nothing has changed.'],
  ])('changes nothing after %s', async (_, typed, answer) => {
    const { caller, lobby } = await connectUser()
    expect(await caller.type('register ada', ...typed)).toContain(lines(answer, WHO))
    await caller.type('ada')
    lobby.calls.length = 0
    const later = await caller.type('register', ...typed)
    expect(later).toContain(lines(answer))
    expect(later).not.toContain(WHO)
    expect(lobby.calls).toEqual([])
  })

  test('asks again after an invalid password, or two different passwords', async () => {
    const { caller, lobby } = await connectUser()
    const question = 'A password for ada, of at least 8 characters? (An empty line cancels.)'
    expect(await caller.type('register ada')).toBe(lines(question, SEEN))
    expect(await caller.type('abc')).toBe(lines('A password has at least 8 characters.', question))
    expect(await caller.type('engine-1843', 'engine-1834')).toBe(
      lines('The same password once more?', 'The passwords are not the same.', question),
    )
    expect(await caller.type('engine-1843', 'engine-1843')).toContain('ada is registered now')
    expect(lobby.calls).toEqual([['register', 'ada', 'engine-1843']])
  })

  test('refuses an invalid name before it asks for a password', async () => {
    const { caller, lobby } = await connectUser()
    expect(await caller.type('register a@b')).toBe(lines('A name has no @.', WHO))
    lobby.refuses('register', 'too many tries: wait 9 seconds', 'throttled')
    expect(await caller.type('register ada', 'abcdefgh', 'abcdefgh')).toContain(lines('Too many tries: wait 9 seconds.', WHO))
    lobby.registered.add('grace')
    expect(await caller.type('register grace')).toBe(lines('grace is registered already: "login grace".'))
  })
})

describe('a password', () => {
  test('can be changed by a user who knows it', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    const caller = await lobby.caller('ada')
    await caller.type('engine-1843')
    lobby.calls.length = 0
    expect(await caller.type('password', 'engine-1843', 'difference-2', 'difference-2')).toBe(
      lines(
        'Your current password? (An empty line cancels.)',
        SEEN,
        'The new password, of at least 8 characters? (An empty line cancels.)',
        'The same password once more?',
        'Your password is changed. No other connection or session was open.',
      ),
    )
    expect(lobby.calls).toEqual([['changePassword', 'engine-1843', 'difference-2']])
    lobby.answers('changePassword', { connections: 2, sessions: 1 })
    expect(await caller.type('password', 'engine-1843', 'difference-2', 'difference-2')).toContain(
      'Your password is changed. 2 other connections and 1 session were ended.\n',
    )
    expect(await caller.type('password', '')).toContain('Nothing has changed.')
    expect(await caller.type('password', 'x', 'quit')).toContain('Bye.')
  })

  test('is requested again, the present password before the new password', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    const caller = await lobby.caller('ada')
    await caller.type('engine-1843')
    lobby.calls.length = 0
    lobby.ownPassword = 'engine-1843'
    const [present, next] = [
      'Your current password? (An empty line cancels.)',
      'The new password, of at least 8 characters? (An empty line cancels.)',
    ]
    expect(await caller.type('password', 'wrong')).toBe(lines(present, SEEN, 'The password is wrong.', present))
    expect(await caller.type('engine-1843', 'short')).toBe(lines(next, 'A password has at least 8 characters.', next))
    expect(await caller.type('difference-2', 'difference-3')).toBe(
      lines('The same password once more?', 'The passwords are not the same.', next),
    )
    expect(await caller.type('')).toBe(lines('Nothing has changed.'))
    expect(await caller.type('unregister', 'wrong')).toContain(lines('The password is wrong.', 'Your password? (An empty line cancels.)'))
    expect(await caller.type('')).toBe(lines('Nothing has changed.'))
    expect(lobby.calls).toEqual([])
  })

  test('does not exist for a guest', async () => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type('password')).toBe(lines('You have no password yet. "register" sets a password.'))
  })
})

describe('changing identity', () => {
  test('"name NAME" changes the name', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller('ada')
    expect(await caller.type('name grace')).toContain('Hello, grace.')
    lobby.refuses('enter', 'alan is here already', 'name-taken')
    expect(await caller.type('name alan')).toContain('alan is here already.')
    lobby.registered.add('alan')
    expect(await caller.type('login alan', '')).toContain('Nothing has changed.')
    expect(lobby.me?.name).toBe('grace')
  })
})

test.each(['name grace', 'register', 'resume ABC'])('%s cancels the open seek, so that the user is not seated meanwhile', async (typed) => {
  const lobby = new FakeLobby()
  const caller = await lobby.caller('ada')
  lobby.seeking = true
  expect(await caller.type(typed)).toMatch(/^You no longer wait for an opponent\.\n/)
  expect(lobby.calls[0]).toEqual(['cancel'])
})

describe('telnet', () => {
  const [IAC, WILL, WONT, DO, ECHO] = [255, 251, 252, 253, 1]
  const HIDE = [IAC, WILL, ECHO]

  /** The bytes that were written since some write. */
  const since = (writes: readonly Uint8Array[], from: number) => writes.slice(from).map((write) => [...write])

  test('hides a password from a client after the command "telnet"', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    const caller = await lobby.caller()
    await caller.send('telnet\r\n')
    await caller.send('ada\r\n')
    const from = caller.writes.findIndex((write) => write[0] === IAC)
    expect([...(caller.writes[from] ?? [])]).toEqual(HIDE)
    expect(new TextDecoder().decode(caller.writes[from + 1])).toContain(`(An empty line cancels.)\r\n${UNSEEN}\r\n`)
    await caller.send(Uint8Array.of(IAC, DO, ECHO))
    await caller.send('engine-1843\r\0')
    expect(since(caller.writes, from + 2)[0]).toEqual([IAC, WONT, ECHO])
    expect(lobby.calls).toEqual([['enter', 'ada', { password: 'engine-1843' }]])
  })

  test('hides passwords until the last question for one', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    lobby.refuses('enter', 'the name or the password is wrong', 'bad-password')
    const caller = await lobby.caller()
    await caller.send('telnet\r\n')
    await caller.send('ada\r\n')
    await caller.send(Uint8Array.of(IAC, DO, ECHO))
    await caller.send('engine\r\nengine\r\n')
    const shows = () => caller.writes.filter((write) => write[0] === IAC && write[1] === WONT).length
    expect(shows()).toBe(0)
    await caller.send('\r\n')
    expect(shows()).toBe(1)
  })

  test('is used with a client that begins it', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    const caller = await lobby.caller()
    await caller.send(Uint8Array.of(IAC, DO, 3))
    await caller.send('ada\r\n')
    expect(caller.writes.map((write) => [...write])).toContainEqual([IAC, WONT, 3])
    expect(caller.writes.map((write) => [...write])).toContainEqual(HIDE)
  })

  test('asks a client that omits bytes to send all, and the user to type the line again', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller('ada')
    const [BRK, BINARY] = [243, 0]
    await caller.send(Uint8Array.of(...encode('who \u65e5'), 0xe6, IAC, BRK, 0xac, 13, 10))
    const written = new TextDecoder().decode(caller.writes.at(-1))
    expect(written).toMatch(/^Your telnet client left out a part of that line.*type the line once more\.\r\n$/s)
    expect(caller.writes.map((write) => [...write])).toContainEqual([IAC, DO, BINARY])
    await caller.send(Uint8Array.of(IAC, WILL, BINARY))
    await caller.send('tell grace \u65e5\u672c\n')
    expect(lobby.calls).toEqual([['message', 'grace', '\u65e5\u672c']])
  })

  test('answers Ctrl-C, behind the mark for which the client waits, with how to leave, once per line', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller('ada')
    const [IP, TM] = [244, 6]
    const from = caller.writes.length
    await caller.send(Uint8Array.of(IAC, IP, IAC, DO, TM, IAC, IP))
    expect(since(caller.writes, from)).toEqual([[IAC, WONT, TM], [...encode('\r\nTo disconnect, type "quit".\r\n')]])
    await caller.send('register\r\n')
    await caller.send(Uint8Array.of(IAC, IP))
    expect(new TextDecoder().decode(caller.writes.at(-1))).toBe('\r\nAn empty line cancels, and "quit" disconnects.\r\n')
  })

  test('is not used with other clients', async () => {
    const lobby = new FakeLobby()
    lobby.registered.add('ada')
    const caller = await lobby.caller()
    await caller.type('ada', 'engine-1843', 'help')
    expect(caller.writes.flatMap((write) => [...write])).not.toContain(IAC)
    expect(caller.screen).not.toContain('\r')
  })
})

describe('lines', () => {
  test('are answered with a similar command if they are not a command', async () => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type('plya tictactoe')).toBe(lines('There is no command "plya": did you mean "play"? "help" lists all.'))
    expect(await caller.type('hwo')).toContain('did you mean "who"?')
    expect(await caller.type('frobnicate')).toBe(lines('There is no command "frobnicate": "help" lists all.'))
    expect(await caller.type('')).toBe(lines('"help" lists the commands.'))
  })

  test('never reach a terminal raw, with any characters', async () => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type('\u001b[2Jhello')).toContain('\\x1b[2Jhello')
    expect(await caller.type(`play \u0007`)).toContain('\\x07')
    expect(await caller.type(`say ${'long '.repeat(500)}`)).toContain('You are at no table.')
    expect(await caller.type('x'.repeat(300))).toContain('There is no command')
  })

  test('end in LF or CR LF, and may arrive split or together', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller()
    await caller.send('a')
    await caller.send('da\r')
    await caller.send('\nwho\r\nseeks\n')
    expect(caller.news()).toContain('No player waits for an opponent.')
    expect(lobby.me?.name).toBe('ada')
  })

  test('are read in order, each after the answer to the previous command', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller()
    await caller.send('ada\nregister\nengine-1843\nengine-1843\nquit\n')
    expect(lobby.calls).toEqual([['enter', 'ada', {}], ['register', 'ada', 'engine-1843'], ['close']])
    expect(caller.news()).toMatch(/\nBye\. .*\n$/)
  })
})

describe('disconnecting', () => {
  test.each(['quit', 'exit', 'bye', 'Quit', '"quit"'])('%s: the server closes', async (typed) => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type(typed)).toBe(lines('Bye. If your terminal does not return, press Ctrl-C.'))
    expect(await caller.close()).toBeUndefined()
  })

  test('with a telnet client, which closes by itself, takes one command', async () => {
    const caller = await new FakeLobby().caller('ada')
    expect(await caller.type('telnet', 'quit')).toMatch(/\nBye\.\r\n$/)
  })

  test('without a command, by a close or a reset, is an ordinary end', async () => {
    const lobby = new FakeLobby()
    expect(await (await lobby.caller('ada')).close()).toBeUndefined()
    const caller = await lobby.caller('ada')
    await caller.drop()
    expect(await caller.conversation.closed).toBeUndefined()
    await lobby.tell({ table: 1, n: 1, what: { type: 'opened' } })
    expect(lobby.calls).toEqual([['close']])
  })

  test('during a question is an ordinary end, too', async () => {
    const lobby = new FakeLobby()
    const caller = await lobby.caller('ada')
    await caller.type('register', 'engine-1843')
    expect(await caller.close()).toBeUndefined()
    expect(lobby.calls).toEqual([['close']])
  })
})

describe('if the server ends the session, it sends the reason', () => {
  test.each([
    [new Disconnected('late', 'the client sent nothing for 600 s; expected a line'), 'You have sent nothing for too long. Bye.'],
    [new Disconnected('ours', 'the server stops'), 'The server stops. Bye.'],
    [new Disconnected('ours', 'you have reconnected through another connection'), 'You have reconnected through another connection. Bye.'],
    [new Disconnected('full', 'there is no room for more'), 'There is no room for more. Bye.'],
    [new Error('a secret of the house'), 'An error occurred in the server; it is not your fault. Bye.'],
  ])('%s', async (reason, sentence) => {
    const caller = await new FakeLobby().caller('ada')
    caller.conversation.stop(reason)
    expect(caller.news() + (await caller.until(sentence))).toBe(lines('', sentence))
    expect(await caller.close()).toBe(reason)
  })
})

describe('Parlor’s client', () => {
  test('shows received text, and sends typed lines', async () => {
    const person = new InteractiveUser()
    const server = await fakePeer('parlor/door', 'client', { person })
    await server.say('Welcome\n', '\nWhat is your ', 'name?\n')
    expect(person.screen).toBe(lines('Welcome', '', 'What is your name?'))
    await person.type('ada', '', "'hello")
    expect(server.received).toBe(lines('ada', '', "'hello"))
    await person.type('telnet')
    expect(person.screen).toContain('This client does not support telnet')
    expect(server.received).not.toContain('telnet')
  })

  test.each(['quit', 'Ctrl-D'])('leaves with %s, and waits for the last lines', async (way) => {
    const person = new InteractiveUser()
    const server = await fakePeer('parlor/door', 'client', { person })
    if (way === 'quit') await person.type('quit')
    else await person.leave()
    expect(server.received).toBe('quit\n')
    expect(person.asked).toBe(false)
    await server.say('Bye.\n')
    expect(await server.close()).toBeUndefined()
    expect(person.screen).toContain('Bye.\n')
  })

  test('ends when the server closes, also during typing', async () => {
    const person = new InteractiveUser()
    const server = await fakePeer('parlor/door', 'client', { person })
    expect(await server.close()).toBeUndefined()
    expect(person.asked).toBe(false)
    expect(server.received).toBe('')
  })
})
