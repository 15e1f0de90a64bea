import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import { clueOfText } from '../../src/protocol/violation-text.ts'
import { encode } from '../../src/wire/text.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { program } from '../support/play.ts'

/** Returns the notices about a peer that sends a text and closes, and how the conversation ends. */
async function said(name: string, side: Side, text: string, typed: readonly string[] = []) {
  const notices: string[] = []
  // a random number could equal the guess
  const options = name === 'guess' || name === 'number' ? { secret: '42' } : {}
  const peer = await fakePeer(name, side, { options, typed, noticed: (what, sentence) => notices.push(`${what}: ${sentence}`) })
  await peer.say(encode(text, 'bytes'))
  const end = await peer.close()
  return { notices, end, peer }
}

describe('this side reports a text for people with invalid bytes, also if each byte is read as a character', () => {
  test.each([
    ['c8/hello', 'client', 'H\xe9llo\n', '"H\\xe9llo\\n"; that looks like text that is not UTF-8'],
    ['c8/hello-slides', 'client', 'H\xe9llo', '"H\\xe9llo"; that looks like text that is not UTF-8'],
    ['tjc/hello', 'client', '\xff\xfeH\0i\0\n\0', 'that looks like UTF-16 with a byte order mark'],
    ['c8/iterative', 'client', '\xef\xbb\xbfHello\n', 'that looks like UTF-8 with a byte order mark'],
    ['tjc/practice', 'server', 'H\xe9llo\n', '"H\\xe9llo\\n"; that looks like text that is not UTF-8'],
  ] as const)('%s, as %s: %j', async (name, side, text, sentence) => {
    const { notices, end } = await said(name, side, text)
    expect(notices).toEqual([expect.stringContaining(sentence)])
    expect(end).toBeUndefined()
  })

  test.each([
    ['c8/hello', 'client', 'H\xc3\xa9llo\n'],
    ['tjc/hello', 'client', 'Hello from server\n'],
    ['tjc/practice', 'server', 'Hello\r\n'],
  ] as const)('%s, as %s: does not report %j', async (name, side, text) => {
    expect((await said(name, side, text)).notices).toEqual([])
  })
})

describe('a browser that connects to a talk is named', () => {
  test.each(['tjc/chat', 'c8/chat', 'tjc/chat-quit', 'c8/chat-bye', 'talk', 'fh/hello', 'c8/both-ways', 'tjc/practice', 'time', 'match'])(
    '%s',
    async (name) => {
      const { notices } = await said(name, 'server', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', ['a', 'b', 'c', 'd'])
      expect(notices).toEqual([expect.stringMatching(/^garbled: the client sent "GET .* an HTTP request, from a browser/)])
    },
  )

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'an HTTP response'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'SSH'],
    ['220 mail.example ESMTP\r\n', 'the greeting of a mail or file server'],
  ])('join chat: %j', async (text, clue) => {
    const { notices } = await said('tjc/chat', 'client', text, ['a'])
    expect(notices).toEqual([expect.stringContaining(`that looks like ${clue}`)])
  })

  test.each(['HTTP is nice\n', 'GET well\n', '220 people\n'])('%j is accepted as talk', async (text) => {
    expect((await said('tjc/chat', 'server', text, ['a', 'b'])).notices).toEqual([])
  })
})

describe('a client that closes during a message is a bad end', () => {
  test.each([
    ['match', 'tim', 'expected a name'],
    ['quiz', 'NAME ada', 'expected something like "NAME ada"'],
    ['quiz', 'NAME ada\nSTA', 'expected something like "START 5"'],
    ['hangman', 'STAR', 'expected "START"'],
  ])('%s: %j', async (name, text, expected) => {
    const { end } = await said(name, 'server', text)
    expect(end?.message).toMatch(/^the client closed the connection in the middle of a message, .* and no line end \(\\n\); expected/)
    expect(end?.message).toContain(expected)
  })

  test.each([
    ['match', 'tim\n'],
    ['quiz', 'NAME ada\n'],
    ['number', '50'],
  ])('%s: %j is complete', async (name, text) => {
    expect((await said(name, 'server', text)).end).toBeUndefined()
  })
})

describe('head or tail', () => {
  test.each(['\xef\xbb\xbfH\n', '\0H\n'])('of %j the report names the last character, which counts, and the rest', async (text) => {
    const { notices } = await said('headtail', 'server', text)
    expect(notices[0]).toMatch(/^rejected: the client sent ".*": only its last character counts; that looks like/)
  })
})

describe('number: bytes behind the last answer', () => {
  test.each([
    ['Exactly! You win!\n', 'the server has sent "\\n" after "Exactly! You win!"; that line end is one too many'],
    ['Exactly! You win!\0', 'that looks like NUL after "Exactly! You win!", as C terminates a text: send strlen bytes of the text'],
  ])('%j', async (text, sentence) => {
    const notices: string[] = []
    const peer = await fakePeer('number', 'client', { typed: ['50'], noticed: (what, one) => notices.push(`${what}: ${one}`) })
    await peer.say(text)
    expect(await peer.close()).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining(sentence)])
  })

  test('NUL behind another answer is named', async () => {
    const peer = await fakePeer('number', 'client', { typed: ['50', '40'] })
    await peer.say('Too big!\0')
    expect((await peer.close())?.message).toMatch(
      /that looks like NUL after "Too big!", as C terminates a text: send strlen bytes of the text$/,
    )
  })
})

test.each([
  ['guess', '50\n'],
  ['hangman', 'START\n'],
])('%s: NUL behind the line %j is named', async (name, line) => {
  const notices: string[] = []
  const peer = await fakePeer(name, 'server', { random: seededRandom(1), noticed: (_, sentence) => notices.push(sentence) })
  await peer.say(`${line}\0\0\0\0`)
  expect((await peer.close())?.message).toContain(`that looks like NUL after "${line.trim()}", as C terminates a text`)
})

describe('http', () => {
  const client = (text: string) => said('http', 'server', text)

  test.each([
    ['GET / HTTP/1.1\r\nHost: x\r\n', 'there is no empty line (\\r\\n\\r\\n) after its head'],
    ['POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab', 'its Content-Length says 5 bytes, but 2 have arrived'],
    ['get / http/1.1\r\n\r\n', 'such as "GET / HTTP/1.1"; write the method and "HTTP" in capitals'],
    ['GET index.html\r\n\r\n', 'its first line is not a request line, such as "GET / HTTP/1.1"'],
    ['GET / HTTP/1.1\n\n', 'the lines of its head end in \\n; HTTP has \\r\\n, and some programs accept no other line end'],
    ['GET / HTTP/1.1\r\nHost: x\n\r\n', 'the lines of its head end in \\n; HTTP has \\r\\n, and some programs accept no other line end'],
  ])('host: names the fault in %j', async (text, sentence) => {
    expect((await client(text)).notices).toEqual([expect.stringMatching(new RegExp(`^rejected: .*${RegExp.escape(sentence)}$`))])
  })

  test.each([
    [
      'GET / HTTP/1.1\r\nAccept: text/html\r\n\r\n',
      'there is no header line "Host: ..." in it, which HTTP/1.1 requires; web servers refuse it',
    ],
    [
      'GET / HTTP/1.1\r\nHost x\r\n\r\n',
      'its header line "Host x" has no name and colon, as in "Host: example.com"; web servers refuse it',
    ],
    ['GET index.html HTTP/1.1\r\nHost: x\r\n\r\n', 'the path "index.html" does not begin with "/"; web servers refuse it'],
    ['HEAD / HTTP/1.1\r\nHost: x\r\n\r\n', 'HEAD requests only a head, but this server also sends its page'],
  ])('host: answers %j, and names what other servers reject in it', async (text, sentence) => {
    const { notices, end } = await said('http', 'server', text)
    expect(notices).toEqual([`rejected: the client sent ${JSON.stringify(text)}: ${sentence}`])
    expect(end).toBeUndefined()
  })

  test.each(['GET', 'GET / HT'])('host: reports the request %j as incomplete', async (text) => {
    const { notices } = await said('http', 'server', text)
    expect(notices).toEqual([
      `rejected: the client sent "${text}": its side was closed in the middle of the first line, ${text.length} bytes into it; expected a line such as "GET / HTTP/1.1"`,
    ])
  })

  test('host: names an escaped line end', async () => {
    const { notices } = await said('http', 'server', String.raw`GET / HTTP/1.1\r\n\r\n`)
    expect(notices).toEqual([expect.stringMatching(/that looks like a backslash and an n in place of a line end/)])
  })

  test.each([
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nhost: x\r\nX: a\r\n b\r\n\r\n',
    'GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na\n',
  ])('host: accepts %j without a report', async (text) => {
    expect((await client(text)).notices).toEqual([])
  })

  test.each([
    ['<html>hi</html>', 'it does not begin with a status line, such as "HTTP/1.1 200 OK"'],
    ['http/1.1 200 ok\r\n\r\nhi', 'it does not begin with a status line'],
    ['HTTP/1.1 OK 200\r\n\r\n', 'it does not begin with a status line'],
    ['HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n', 'there is no empty line (\\r\\n\\r\\n) after its head'],
    ['HTTP/1.1 200 OK\nContent-Length: 2\n\nhi', 'the lines of its head end in \\n; HTTP has \\r\\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi', 'its Content-Length says 9 bytes, but 2 have arrived'],
  ])('join: names the fault in %j, and shows it', async (text, sentence) => {
    const { notices, peer } = await said('http', 'client', text)
    expect(notices).toEqual([expect.stringContaining(sentence)])
    expect(peer.screen).toContain(text)
  })

  test.each(['HTTP/1.1 200 OK\r\n\r\nhi', 'HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nhi', 'HTTP/1.1 204\r\n\r\n'])(
    'join: accepts %j without a report',
    async (text) => {
      expect((await said('http', 'client', text)).notices).toEqual([])
    },
  )
})

describe('a server that welcomes another name', () => {
  test.each([
    ['quiz', ['ada', ''], 'Welcome to Parlor: games for people and programs over a plain connection.'],
    ['quiz', ['ada', ''], 'Welcome bob'],
    ['match', ['ada'], 'Welcome bob'],
  ] as const)('%s, after %j: %s', async (name, typed, text) => {
    const { end } = await said(name, 'client', `${text}\n`, typed)
    expect(end?.message).toBe(`the server sent "${text.slice(0, 60)}${text.length > 60 ? '…' : ''}", but the name was "ada"`)
  })

  test.each(['Welcome Zoë', 'Welcome zoë', 'Welcome ZOE\u0308'])('causes no report for another spelling: %j', async (text) => {
    const { end } = await said('match', 'client', '', ['zoë'])
    expect(end).toBeDefined()
    const peer = await fakePeer('match', 'client', { typed: ['zoë'] })
    await peer.say(`${text}\n`)
    expect((await peer.close())?.message).toMatch(/^the server closed the connection/)
  })
})

test('a talk whose client disconnects in this side’s turn reports the disconnection', async () => {
  const ask = (_: string, __?: string, signal?: AbortSignal) =>
    new Promise<string>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  const peer = await fakePeer('talk', 'server', { person: { say: () => {}, ask } })
  await peer.say('hello\n')
  expect((await peer.close())?.message).toMatch(/; it was this side’s turn to say a text \(such as "Hello"\)/)
})

describe('messages of another program, or of the other side, are named', () => {
  test.each([
    ['guess', 'CHOOSE', 'the server of scissors begins with this message: check the port'],
    ['scissors', 'GUESS', 'the server of guess begins with this message: check the port'],
    ['guess', 'MOVE6', 'the server of tictactoe begins with this message: check the port'],
    ['tictactoe', 'Welcome to Parlor: games for people', 'the front door begins with this message: check the port'],
  ])('join %s: %s', async (name, text, sentence) => {
    expect((await said(name, 'client', `${text}\n`)).end?.message).toMatch(new RegExp(`; ${RegExp.escape(sentence)}$`))
  })

  test.each([
    ['c8/chat', 'Welcome to Parlor: games for people\n', 'the front door', []],
    ['talk', 'GUESS\n', 'the server of guess', ['hi']],
    ['hello', 'CHOOSE\n', 'the server of scissors', []],
    ['c8/hello', 'MOVE6\n', 'the server of tictactoe', []],
  ])('join %s, which shows any text: %j', async (name, text, server, typed) => {
    const { notices, peer } = await said(name, 'client', text, typed)
    expect(notices).toEqual([expect.stringMatching(new RegExp(`^garbled: .*; ${server} begins with this message: check the port$`))])
    expect(peer.screen).toContain(text.trim())
  })

  test('join time: GUESS', async () => {
    const notices: string[] = []
    const peer = await fakePeer('time', 'client', { typed: ['%H'], noticed: (_, sentence) => notices.push(sentence) })
    await peer.clock.pass(1)
    await peer.sayAlone('GUESS\n', 100)
    expect(notices).toEqual([expect.stringMatching(/; the server of guess begins with this message: check the port$/)])
    await peer.close()
  })

  test('join number, which compares whole pieces: GUESS', async () => {
    const { end } = await said('number', 'client', 'GUESS\n', ['5'])
    expect(end?.message).toMatch(/; the server of guess begins with this message: check the port$/)
  })

  test('this side does not report later messages of a talk, or the front door’s own text', async () => {
    const notices: string[] = []
    const peer = await fakePeer('c8/chat', 'client', { typed: ['a', 'b'], noticed: (_, sentence) => notices.push(sentence) })
    await peer.say('Hello\n', 'GUESS\n')
    await peer.close()
    expect(notices).toEqual([])
    expect((await said('door', 'client', 'Welcome to Parlor: games for people\n')).notices).toEqual([])
  })

  test.each([
    ['guess', 'HIGH'],
    ['guess', 'GUESS'],
  ])('host %s: %s', async (name, text) => {
    const { notices, end } = await said(name, 'server', `${text}\n`)
    expect([...notices, end?.message ?? ''].join('\n')).toContain('; that is a message of the server')
  })

  test.each([
    ['guess', 'START', 'hangman'],
    ['number', 'START', 'hangman'],
    ['quiz', 'START', 'hangman'],
    ['hangman', 'NAME ada', 'quiz'],
    ['hangman', 'style json', 'the front door'],
    ['scissors', 'MOVE5', 'tictactoe'],
  ])('host %s: %s, as a client of another program begins', async (name, text, other) => {
    const { notices, end } = await said(name, 'server', `${text}\n`, ['1'])
    expect([...notices, end?.message ?? ''].join('\n')).toContain(`; a client of ${other} begins with this message: check the port`)
  })

  test.each([
    ['quiz', 'server', 'Welcome ada', 'server', []],
    ['hangman', 'server', 'WORD 5 8', 'server', []],
    ['guess', 'client', '50', 'client', []],
    ['number', 'client', '50', 'client', ['5']],
    ['scissors', 'client', '1', 'client', []],
    ['http', 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'server', []],
    ['http', 'client', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'client', []],
  ] as const)('%s, as %s: names %s as a message of the %s', async (name, side, text, other, typed) => {
    const { notices, end } = await said(name, side, `${text}\n`, typed)
    expect([...notices, end?.message ?? ''].join('\n')).toMatch(new RegExp(`that is a message of the ${other}|which the ${other} sends`))
  })

  test('no side reports its own messages', async () => {
    expect((await said('hangman', 'server', 'START\nSTART\n')).notices.join('')).not.toContain('that is a message of')
  })
})

describe('a message that is nearly correct', () => {
  test.each([
    ['hangman', 'WORD  5  8', '; write one blank instead of several'],
    ['guess', 'GUESSHIGH', '; a line end (\\n) is missing after "GUESS"'],
    ['guess', 'GUESSHELLO', 'expected "GUESS"'],
  ])('join %s: %s', async (name, text, sentence) => {
    expect((await said(name, 'client', `${text}\n`)).end?.message).toMatch(new RegExp(`${RegExp.escape(sentence)}$`))
  })
})

describe('the observer gets one notice of a fault', () => {
  test.each([
    ['an empty line behind a message', '50\n\n', /^rejected: the client sent "": .*one line end too many$/],
    ['the same with CR', '50\r\n\r\n', /^rejected: the client sent "": .*one line end too many$/],
    ['the end of a pickle', '\x80\x04\x95\x07\0\0\0\0\0\0\0\x8c\x0350\n\x94.', /^rejected: .*Python's pickle/],
  ])('%s', async (_, text, sentence) => {
    const { notices, end } = await said('guess', 'server', text)
    expect(notices).toEqual([expect.stringMatching(sentence)])
    expect(end?.message).toBe('the client closed the connection; expected a number (such as "50")')
  })
})

describe('number: several guesses in one piece', () => {
  test.each(['502540', '9999', '50100', '12345'])('%s is named', async (text) => {
    expect((await said('number', 'server', text)).notices).toEqual([
      `rejected: the client sent "${text}": the number is from 1 to 100; several guesses in one piece are one guess: wait for the answer to each`,
    ])
  })

  test.each(['100', '101', '1000', '10050', '-5025', '99'])('%s is one guess', async (text) => {
    expect((await said('number', 'server', text)).notices).toEqual([])
  })
})

describe('scissors: CHOOSE twice', () => {
  test('is named, because no hand was sent in between', async () => {
    const notices: string[] = []
    const peer = await fakePeer('scissors', 'client', {
      person: new InteractiveUser(),
      noticed: (what, sentence) => notices.push(`${what}: ${sentence}`),
    })
    await peer.say('CHOOSE\n', 'CHOOSE\n')
    expect(notices).toEqual(['rejected: the server sent "CHOOSE": it has asked before, and this side has not sent a hand yet'])
    await peer.close()
  })

  test('is correct after an ERROR, and in the next round', async () => {
    const typed = ['1', '1', '1']
    const notices: string[] = []
    const peer = await fakePeer('scissors', 'client', { typed, noticed: (_, sentence) => notices.push(sentence) })
    await peer.say('CHOOSE\n', 'ERROR choose again\n', 'CHOOSE\n', 'ROUND Paper Scissor\n', 'CHOOSE\n', 'ROUND Paper Scissor\n')
    await peer.close()
    expect(notices).toEqual([])
  })
})

describe('one byte of a packed number', () => {
  test.each(['fh/hello', 'time', 'c8/both-ways'])('is named by %s, which accepts any text', async (name) => {
    const text = name === 'c8/both-ways' ? '\x05\n' : '\x05'
    expect((await said(name, 'server', text)).notices).toEqual([expect.stringMatching(/that looks like the number 5 as 1 byte, /)])
  })

  test.each(['\x03', '\t', '\x1b', 'a\x05'])('causes no report for %j, which a person can type', async (text) => {
    expect((await said('time', 'server', text)).notices).toEqual([])
  })
})

describe('a word in other letters', () => {
  test.each([
    ['h\n', '"h": its last character is not H, T or Q; write "H" alone, in upper case'],
    ['TAIL\n', '"TAIL": its last character is not H, T or Q; write "T" alone, in upper case'],
    ['quit\n', '"quit": its last character is not H, T or Q; write "Q" alone, in upper case'],
  ])('headtail: %j', async (text, sentence) => {
    const notices: string[] = []
    const peer = await fakePeer('headtail', 'server', { noticed: (_, sentence) => notices.push(sentence) })
    await peer.say(text)
    await peer.reset()
    expect(notices).toEqual([`the client sent ${sentence}`])
  })

  test('hangman: quit', async () => {
    const peer = await fakePeer('hangman', 'server', { options: { secret: 'eel' }, noticed: (_, sentence) => notices.push(sentence) })
    const notices: string[] = []
    await peer.say('START\n', 'quit\n')
    expect(notices).toEqual(['the client sent "quit": guess one letter at a time, such as e; write "QUIT", and not "quit"'])
    await peer.close()
  })
})

test.each([
  ['hello', []],
  ['guess', []],
  ['c8/chat', []],
  ['number', ['5']],
])('join %s without TLS, at a port with TLS, reports that and fails', async (name, typed) => {
  const { end, peer } = await said(name, 'client', 'This port speaks TLS. Connect with TLS, as parlor join --tls does.\n', typed)
  expect(end?.message).toBe('the server speaks TLS: connect with --tls')
  expect(peer.screen).not.toContain('TLS')
})

test('the server does not report JSON from a client that has chosen JSON', async () => {
  const { automaton } = (await program('door')).protocol
  const text = '{"type":"ping"}'
  expect(clueOfText({ automaton, side: 'client' }, text, undefined)).toBe('; that looks like JSON: send the plain text')
  expect(clueOfText({ automaton, side: 'client', language: 'JSON' }, text, undefined)).toBe('')
  expect(clueOfText({ automaton, side: 'client', language: 'JSON' }, "b'x'", undefined)).toContain("the repr of Python's bytes")
})

describe('a client that is disconnected because of silence', () => {
  test.each([
    ['hangman', 'START\n', 'ERROR you have sent nothing for 2 s; expected a letter (such as "a"), or "QUIT" to stop\n'],
    ['hangman', 'START\ne', 'ERROR you have sent "e" and no line end (\\n) for 2 s; expected a letter (such as "a"), or "QUIT" to stop\n'],
  ])('receives the reason if the protocol has a message for it: %s <- %j', async (name, text, farewell) => {
    const peer = await fakePeer(name, 'server', { options: { secret: 'eel' } })
    await peer.say(text)
    await peer.clock.pass(2000)
    peer.conversation.checkTimeout(peer.clock.monotonic(), { first: 2000, idle: 2000 })
    await peer.end()
    expect(peer.received).toBe(`WORD 3 8\n${farewell}`)
  })
})

test('host hangman treats START as a message that a program sends without a person', async () => {
  const notices: string[] = []
  const peer = await fakePeer('hangman', 'server', {
    options: { secret: 'eel' },
    noticed: (what, sentence) => notices.push(`${what}: ${sentence}`),
  })
  await peer.clock.pass(3000)
  peer.conversation.checkTimeout(peer.clock.monotonic(), { first: 1e6, idle: 1e6 })
  expect(notices).toEqual(['waiting: the client has sent nothing for 3 s; waiting for "START", or "QUIT" to stop'])
  await peer.close()
})

describe('join fh/hello', () => {
  test.each(['nonsense', 'hello\n', 'Hello in return'])('names the answer %j, which differs from the greeting', async (text) => {
    const { notices, end } = await said('fh/hello', 'client', text)
    expect(notices).toEqual([`rejected: the server sent ${JSON.stringify(text)}: expected "Hello in return!"`])
    expect(end).toBeUndefined()
  })

  test('does not report the correct answer', async () => {
    expect((await said('fh/hello', 'client', 'Hello in return!')).notices).toEqual([])
  })
})

test('a repeated question with two answers lists both', async () => {
  const quiz = await fakePeer('quiz', 'client', { typed: ['ada', 'secret-18', '2', 'y'] })
  expect(quiz.screen).toContain('Type y for yes, or n for no.')
  expect(quiz.received).toBe('LOGIN ada secret-18\n')
})

test('the server does not report a NUL from a line in UTF-16 as a NUL after a text of C', async () => {
  const { automaton } = (await program('guess')).protocol
  expect(clueOfText({ automaton, side: 'client' }, '\0', undefined, '50')).toContain('NUL after "50"')
  expect(clueOfText({ automaton, side: 'client' }, '\0', undefined, '5\x000\0')).not.toContain('strlen')
})
