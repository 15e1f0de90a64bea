import { describe, expect, test } from 'vitest'
import type { Console } from '../../src/protocol/definition.ts'
import { maskMessage, withReason } from '../../src/protocol/violation-text.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { startWatchedConversation } from '../support/conversation.ts'
import { program } from '../support/play.ts'
import { settled } from '../support/test-clock.ts'

describe('an unfinished message, after two seconds of silence', () => {
  test.each([
    ['guess', 'server', '50', 'the client has sent "50" and no line end (\\n) for 2 s'],
    ['guess', 'client', 'GUESS', 'the server has sent "GUESS" and no line end (\\n) for 2 s'],
    ['chat', 'client', 'hi', 'the server has sent "hi" and no line end (\\n) for 2 s'],
    ['tictactoe', 'client', 'MOVE5', 'the server has sent "MOVE5" and no line end (\\n) for 2 s'],
    ['hangman', 'server', 'START', 'the client has sent "START" and no line end (\\n) for 2 s'],
    ['hello', 'client', 'Hello', 'the server has sent "Hello" and no line end (\\n) for 2 s'],
    ['c8/hello-slides', 'client', 'Hello', 'the server has sent "Hello" and no end: it has not closed its side for 2 s'],
    ['tjc/practice', 'server', 'Hello', 'the client has sent "Hello" and no line end (\\n) for 2 s'],
    ['headtail', 'client', 'I will toss', 'the server has sent "I will toss" and neither a line end (\\n) nor " : " for 2 s'],
    ['number', 'client', 'Too sm', 'the server has sent "Too sm" and not the rest of "Too small!" for 2 s'],
    ['fh/hello', 'client', 'Hello in', 'the server has sent "Hello in" and not the rest of "Hello in return!" for 2 s'],
    ['http', 'server', 'GET / HTTP/1.1\r\nHost: x\r\n', 'and no empty line after its head (\\r\\n\\r\\n) for 2 s'],
    [
      'http',
      'client',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab',
      'and no more, though its Content-Length says 5 bytes (2 have arrived) for 2 s',
    ],
    [
      'guess',
      'server',
      '\x00\x0250',
      '"\\x00\\x0250" and no line end (\\n) for 2 s; that looks like a 2-byte length before the text, as in Java\'s writeUTF',
    ],
    ['guess', 'server', '\x32\x00\x00\x00', '"2\\x00\\x00\\x00" and no line end (\\n) for 2 s; that looks like the number 50 as 4 bytes'],
    ['guess', 'server', '50\x00', '"50\\x00" and no line end (\\n) for 2 s; that looks like a text with NUL after it'],
    ['guess', 'server', '50\r', '"50\\r" and no line end (\\n) for 2 s; that looks like a line that ends in CR alone'],
    ['guess', 'server', '\xff\xfe5\x000\x00', 'that looks like UTF-16 with a byte order mark'],
    ['guess', 'server', '\x80\x04K2.', '"\\x80\\x04K2." and no line end (\\n) for 2 s; that looks like Python\'s pickle'],
    ['guess', 'server', 'caf\xe9', '"caf\\xe9" and no line end (\\n) for 2 s; that looks like text that is not UTF-8'],
    [
      'guess',
      'server',
      '50\n\r',
      'has sent "\\r" and no line end (\\n) for 2 s; that looks like \\n\\r, which is \\r\\n in the wrong order',
    ],
    ['guess', 'server', `50\n${'\xcc'.repeat(8)}`, 'that looks like uninitialized memory of C'],
    [
      'guess',
      'server',
      `${'2'.padEnd(64)}50`,
      '…" and no line end (\\n) for 2 s; that looks like a length padded with blanks before the text',
    ],
    ['guess', 'server', '50\u00c2\u00a0', '"50\\xa0" and no line end (\\n) for 2 s'],
  ] as const)('%s, as %s: %j', async (name, side, said, sentence) => {
    const { clock, notices, say } = await startWatchedConversation(name, { side, typed: name === 'hangman' ? ['e'] : ['50', '50'] })
    await say(said)
    await clock.pass(1900)
    expect(notices).toEqual([])
    await clock.pass(400)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(sentence)
    await clock.pass(60_000)
    expect(notices).toHaveLength(1)
  })

  test.each([
    ['length', '\x00\x00\x00\x05hi', '"\\x00\\x00\\x00\\x05hi" and no more, though its length says 5 bytes (2 have arrived) for 2 s'],
    ['length', '\x00\x00', 'and no whole length, which has 4 bytes (2 have arrived) for 2 s'],
    ['lines', 'hi', '"hi" and no line end (\\n) for 2 s'],
  ] as const)('talk --framing %s: %j', async (framing, said, sentence) => {
    const { clock, notices, say } = await startWatchedConversation('talk', { options: { framing } })
    await say(said)
    await clock.pass(2200)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(sentence)
  })

  test('causes no notice without a framing, or if the message is complete', async () => {
    for (const [name, said] of [
      ['number', '50'],
      ['guess', '50\n'],
      ['time', '%H'],
    ] as const) {
      const { clock, notices, say } = await startWatchedConversation(name)
      await say(said)
      await clock.pass(60_000)
      expect(notices).toEqual([])
    }
  })

  test('restarts the two seconds with each byte, and has a notice for each message', async () => {
    const { clock, notices, say } = await startWatchedConversation('guess', { options: { secret: '42' } })
    await say('5')
    await clock.pass(1500)
    await say('0')
    await clock.pass(1500)
    expect(notices).toEqual([])
    await clock.pass(700)
    expect(notices).toEqual(['unfinished: the client has sent "50" and no line end (\\n) for 2 s'])
    await say('\n')
    await say('2')
    await clock.pass(2200)
    expect(notices[1]).toBe('unfinished: the client has sent "2" and no line end (\\n) for 2 s')
  })
})

describe('an unfinished message, when the conversation ends', () => {
  test('causes a notice to the observer at the timeout', async () => {
    const { clock, talking, notices, say } = await startWatchedConversation('guess', { limits: { first: 2000, idle: 2000 } })
    await say('50')
    await clock.pass(2200)
    expect((await talking.ended)?.message).toBe('the client has sent "50" and no line end (\\n) for 2 s; expected a number (such as "50")')
    expect(notices).toEqual([])
  })

  test('causes a notice at Ctrl-C, unless there was one before', async () => {
    const { clock, talking, notices, say } = await startWatchedConversation('guess')
    await say('50')
    await clock.pass(700)
    talking.stop(new Disconnected('ours', 'the server was stopped'))
    expect(notices).toEqual(['unfinished: the client has sent "50" and no line end (\\n) for 0.7 s'])
    const later = await startWatchedConversation('guess')
    await later.say('50')
    await later.clock.pass(3000)
    later.talking.stop(new Disconnected('ours', 'the server was stopped'))
    expect(later.notices).toHaveLength(1)
  })

  test.each([
    [
      'finish',
      'the client closed the connection in the middle of a message, 2 bytes into it: it had sent "50" and no line end (\\n); expected a number',
    ],
    ['reset', 'the client broke the connection off (ECONNRESET): it had sent "50" and no line end (\\n); expected a number'],
  ] as const)('causes a notice when the peer disconnects (%s)', async (way, sentence) => {
    const { theirs, talking, clock, say } = await startWatchedConversation('guess')
    await say('50')
    theirs[way]()
    await clock.pass(100)
    expect((await talking.ended)?.message).toContain(sentence)
  })

  test('causes no second notice, nor a second clue', async () => {
    const { theirs, talking, clock, notices, say } = await startWatchedConversation('guess')
    await say('5\0')
    await clock.pass(2200)
    expect(notices[0]).toContain('that looks like a text with NUL after it')
    theirs.finish()
    await clock.pass(100)
    expect((await talking.ended)?.message).toBe('the client closed the connection; expected a number (such as "50")')
  })

  test('causes a notice of one byte if it has one byte', async () => {
    const { theirs, talking, clock, say } = await startWatchedConversation('guess')
    await say('5')
    theirs.finish()
    await clock.pass(100)
    expect((await talking.ended)?.message).toContain('1 byte into it: ')
  })

  test('causes no second notice for the half line end of UTF-16', async () => {
    const { clock, notices, say } = await startWatchedConversation('guess')
    await say('5\x000\x00\n\x00')
    await clock.pass(5000)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('that looks like UTF-16 (little-endian)')
  })

  test('causes no notice of HTTP in an HTTP program', async () => {
    const { clock, notices, say } = await startWatchedConversation('http')
    await say('GET / HTTP/1.1\r\n')
    await clock.pass(2200)
    expect(notices[0]).toMatch(/for 2 s$/)
  })

  test('causes a notice of an impossible length', async () => {
    const { talking, clock, say } = await startWatchedConversation('talk', { options: { framing: 'length' } })
    await say('Hello\n')
    await clock.pass(1000)
    expect((await talking.ended)?.message).toMatch(
      /no message of at most 4096 bytes: the first 4 bytes, "Hell", would be a length of 1214606444/,
    )
  })

  test('causes a notice of a length in two bytes', async () => {
    const { talking, clock, say } = await startWatchedConversation('talk', { options: { framing: 'length' } })
    await say('\0\x05hello')
    await clock.pass(1000)
    expect((await talking.ended)?.message).toMatch(
      /in 2 bytes, as with struct\.pack\("!H", \.\.\.\) or writeUTF of Java, it would be 5: use "!I" or writeInt/,
    )
  })

  test('causes a notice of a length in the other byte order', async () => {
    const { talking, clock, say } = await startWatchedConversation('talk', { options: { framing: 'length' } })
    await say('\x05\0\0\0Hello')
    await clock.pass(1000)
    expect((await talking.ended)?.message).toMatch(
      /4 bytes big-endian; little-endian, as with struct\.pack\("I", \.\.\.\), it would be 5: use "!I"/,
    )
  })

  test('causes a notice without passwords', async () => {
    const { automaton } = (await program('quiz')).protocol
    for (const said of ['LOGIN ada secr', 'REGISTER ada secret!', 'login  ada secret', 'LOGIN ada secret with "blanks"']) {
      expect(maskMessage({ automaton, side: 'client' }, said)).toMatch(/^(LOGIN|REGISTER|login) +ada \*\*\*$/)
    }
    expect(maskMessage({ automaton, side: 'client' }, 'START 5')).toBe('START 5')
    // the missing part may be the blank after the name
    expect(maskMessage({ automaton, side: 'client' }, 'LOGIN adaengine-1843')).toBe('LOGIN ***')
  })

  test.each([
    '\ufeffREGISTER zed5 hunter9H',
    ' REGISTER zed3 hunter9H',
    '"REGISTER zed hunter9H"',
    'LOGIN\tzed\thunter9H',
    'LOGIN zed\thunter9H',
    'LOGIN zed:hunter9H',
    'LOGIN, zed, hunter9H',
    'REGISTER:zed8:hunter9H',
    '{"LOGIN": "zed", "hunter9H"}',
    [...'REGISTER zed hunter9H'].map((char) => `${char}\0`).join(''),
    `\ufffd\ufffd${[...'login zed hunter9H'].map((char) => `${char}\0`).join('')}`,
    [...'REGISTER zed hunter9H'].map((char) => `\0${char}`).join(''),
  ])('causes a notice without passwords, also in a malformed line: %j', async (said) => {
    const { automaton } = (await program('quiz')).protocol
    expect(maskMessage({ automaton, side: 'client' }, said).replaceAll('\0', '')).not.toMatch(/hunter|9H/)
    const { notices, say } = await startWatchedConversation('quiz')
    await say(`${said}\n`)
    expect(notices.length).toBeGreaterThan(0)
    expect(notices.join('').replaceAll('\\x00', '')).not.toMatch(/hunter|9H/)
  })
})

describe('a message that the protocol refuses in its own words', () => {
  test.each([
    ['hangman', 'e\n', 'rejected: the client sent "e", which does not belong here; expected "START", or "QUIT" to stop'],
    ['hangman', 'START\neel\n', 'rejected: the client sent "eel": guess one letter at a time, such as e'],
    ['hangman', 'START\n5\n', 'rejected: the client sent "5": expected a letter; it costs a miss'],
    ['scissors', '7\n', 'rejected: the client sent "7": choose 1 for Scissor, 2 for Paper or 3 for Stone'],
    ['guess', 'fifty\n', 'rejected: the client sent "fifty": expected a number from 1 to 100'],
    ['guess', '5.5\n', 'rejected: the client sent "5.5": expected a whole number from 1 to 100'],
    ['highlow', '40.0\n', 'rejected: the client sent "40.0": expected a whole number from 1 to 100'],
    ['highlow', "b'50'\n", 'rejected: the client sent "b\'50\'": expected a number from 1 to 100; that looks like the repr'],
    ['number', 'fifty', 'rejected: the client sent "fifty": expected a whole number'],
    ['headtail', 'H\x00\n', 'rejected: the client sent "H\\x00": its last character is not H, T or Q; that looks like a text with NUL'],
    ['http', 'hello\n', 'rejected: the client sent "hello\\n": that is not a request'],
    ['headtail', 'H\r\n', 'its last character is not H, T or Q; that looks like a line that ends in \\r\\n, whose CR is a part'],
    ['number', '\xc8\0\0\0', 'that looks like the number 200 as 4 bytes, little-endian'],
    ['number', '\x03\xe8', 'that looks like the number 1000 as 2 bytes, big-endian'],
    ['number', '\x40\xb0\0\0', 'that looks like the number 5.5 as 4 bytes, as struct.pack("!f", ...)'],
    ['number', '\x05\0', 'that looks like the number 5 as 2 bytes, little-endian, as struct.pack("h", ...) or C, or 1280'],
  ])('%s: the host reports %j', async (name, said, sentence) => {
    const { clock, notices, say } = await startWatchedConversation(name, { typed: ['1', '1', '1'] })
    await say(said)
    await clock.pass(1000)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(sentence)
  })

  test.each([
    ['headtail', 'h\n', '"h": its last character is not H, T or Q; write "H" alone, in upper case'],
    ['c8/headtail-counters', 'Head\n', '"Head": its last character is not H, T or Q; write "H" alone, in upper case'],
  ])('%s: the host reports %j, which only a program sends, immediately', async (name, said, sentence) => {
    const { clock, notices, say } = await startWatchedConversation(name)
    await say(said)
    await clock.pass(1000)
    expect(notices).toEqual([`rejected: the client sent ${sentence}`])
  })

  test.each([
    ['headtail', 'X\n'],
    ['headtail', 'HEAD\n'],
    ['highlow', '-5\n'],
  ])('%s: %j, which people type, is shown only if the conversation does not end well', async (name, said) => {
    const { clock, notices, say, theirs } = await startWatchedConversation(name)
    await say(said)
    await clock.pass(1000)
    expect(notices).toEqual([])
    theirs.finish()
    await clock.pass(1000)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(`rejected: the client sent "${said.trim()}": `)
  })
})

/** A person who waits at each question until `type` is called. */
function thinker() {
  const questions: ((line: string) => void)[] = []
  const person: Console = {
    say() {},
    ask: (_, __, signal) =>
      new Promise((resolve, reject) => {
        questions.push(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  const type = async (line: string) => {
    questions.shift()?.(line)
    await settled()
  }
  return { person, type }
}

describe('a message before its turn', () => {
  const move = 'it is not the client\'s turn yet; wait for something like "MOVE5"'
  test.each([
    ['tictactoe', 'server', '', 'MOVE1\n', `the client has sent "MOVE1", but ${move}`],
    ['tictactoe', 'server', '', 'MOVE1', `the client has sent "MOVE1" and no line end (\\n), but ${move}`],
    ['chat', 'server', '', 'hi\n', 'the client has sent "hi", but it is not the client\'s turn yet; wait for a text (such as "Hello")'],
    ['talk', 'client', 'hi\n', 'hi\n', 'the server has sent "hi", but it is not the server\'s turn yet; wait for a text (such as "Hello")'],
    [
      'number',
      'client',
      '',
      'Welcome!',
      'the server has sent "Welcome!", but it is not the server\'s turn; it must wait for a number (such as "50")',
    ],
    [
      'number',
      'client',
      '',
      '50',
      'the server has sent "50", but it is not the server\'s turn; it must wait for the client\'s number; that is a message of the client',
    ],
    [
      'guess',
      'client',
      'GUESS\n',
      '\n',
      'the server has sent "", but it is not the server\'s turn; it must wait for a number (such as "50"); an empty line is often one line end too many',
    ],
    [
      'guess',
      'client',
      'GUESS\n',
      'GUESS\n',
      'the server has sent "GUESS", but it is not the server\'s turn; it must wait for a number (such as "50")',
    ],
  ] as const)('%s, as %s, after %j: reports %j after two seconds, once', async (name, side, before, said, sentence) => {
    const { person } = thinker()
    const { clock, notices, say } = await startWatchedConversation(name, { side, console: person })
    if (before !== '') await say(before)
    await say(said)
    await clock.pass(1900)
    expect(notices).toEqual([])
    await clock.pass(400)
    expect(notices).toEqual([`early: ${sentence}`])
    await clock.pass(60_000)
    expect(notices).toHaveLength(1)
  })

  test.each([
    ['caf\xe9\n', '"caf\\xe9"', 'text that is not UTF-8, such as Latin-1, or no text at all'],
    ['\xff\xfeh\0i\0\n\0', '"\\xff\\xfeh\\x00i\\x00"', 'UTF-16 with a byte order mark: encode as UTF-8'],
    ['\xef\xbb\xbfhi\n', '"\\ufeffhi"', 'UTF-8 with a byte order mark (BOM): encode as "utf-8", and not as "utf-8-sig"'],
    ['hi\0', '"hi\\x00" and no line end (\\n)', 'a text with NUL after it, as C stores it: send strlen bytes of the text, without the NUL'],
  ])('%j is quoted by its bytes, with a clue, and both are reported once', async (said, shown, clue) => {
    const { person, type } = thinker()
    const { clock, notices, say } = await startWatchedConversation('chat', { console: person })
    await say(said)
    await clock.pass(2200)
    const wait = 'but it is not the client\'s turn yet; wait for a text (such as "Hello")'
    expect(notices).toEqual([`early: the client has sent ${shown}, ${wait}; that looks like ${clue}`])
    if (said.endsWith('hi\0')) return
    await type('hello')
    await clock.pass(60_000)
    expect(notices).toHaveLength(1)
  })

  test('causes one notice if it was refused, and one for another message before it', async () => {
    const rejected =
      'rejected: the client sent "e", which was tried already: guess another letter; it had arrived before it was the client\'s turn'
    for (const [said, before] of [
      ['e\ne\n', []],
      ['e\na\ne\n', ['early: the client sent "a" before it was the client\'s turn']],
    ] as const) {
      const { clock, theirs, notices, say } = await startWatchedConversation('hangman', { options: { secret: 'eel' } })
      await say('START\n')
      await say(said)
      theirs.finish()
      await clock.pass(1000)
      expect(notices).toEqual([rejected, ...before])
    }
  })

  test.each([
    ['5.5\n', '"5.5": expected a whole number from 1 to 100'],
    ['\xef\xbb\xbf50\n', '"\\ufeff50": expected a number from 1 to 100; that looks like UTF-8 with a byte order mark'],
  ])('guess: names the fault in %j, and no other', async (said, sentence) => {
    const { notices, say } = await startWatchedConversation('guess')
    await say(said)
    expect(notices).toEqual([expect.stringContaining(`rejected: the client sent ${sentence}`)])
  })

  test('causes no second notice as an unfinished message when the peer disconnects', async () => {
    const { clock, talking, theirs, notices, say } = await startWatchedConversation('chat', { console: thinker().person })
    await say('hi')
    await clock.pass(2200)
    expect(notices).toHaveLength(1)
    theirs.finish()
    await clock.pass(1000)
    expect((await talking.ended)?.message).toBe('the client closed the connection; it was this side’s turn to say a text (such as "Hello")')
  })

  test.each([
    ['chat', 'client', 'hi'],
    ['headtail', 'client', 'You are right!'],
    ['guess', 'server', '50'],
    ['hangman', 'server', 'e'],
  ] as const)('%s, as %s: half a line end of UTF-16 behind %j is not a separate fault', async (name, side, text) => {
    const { person, type } = thinker()
    const { clock, talking, theirs, notices, say } = await startWatchedConversation(name, { side, console: person })
    if (name === 'hangman') await say('START\n')
    if (name === 'headtail') await say('I will toss a coin, guess if it is a head (H) or tail (T) : ')
    if (name === 'headtail') await type('H')
    await say(`${[...text, '\n'].join('\0')}\0`)
    await clock.pass(60_000)
    theirs.finish()
    await clock.pass(1000)
    expect((await talking.ended)?.message).not.toMatch(/had sent|looks like|middle/)
    expect(notices.filter((notice) => /: the \w+ ha[sd] sent/.test(notice))).toEqual([])
    expect(notices.join()).toMatch(/UTF-16/)
  })

  test('tictactoe: a move that is refused when it is read causes the notice that it was too soon', async () => {
    const { person, type } = thinker()
    const { talking, notices, say } = await startWatchedConversation('tictactoe', { console: person })
    await say('MOVE1\n')
    await type('1')
    expect((await talking.ended)?.message).toBe(
      "the client sent MOVE1: cell 1 is taken by O; it had arrived before it was the client's turn",
    )
    expect(notices).toEqual([])
  })

  test('causes a notice in a chat, which never ends well, when it is read, unless there was one before', async () => {
    for (const [pause, sentence] of [
      [500, 'early: the client sent "hi" before it was the client\'s turn'],
      [2200, 'early: the client has sent "hi", but it is not the client\'s turn yet; wait for a text (such as "Hello")'],
    ] as const) {
      const { person, type } = thinker()
      const { clock, notices, say } = await startWatchedConversation('chat', { console: person })
      await say('hi\n')
      await clock.pass(pause)
      await type('hello')
      expect(notices).toEqual([sentence])
    }
  })

  test('causes no notice in a conversation that ends well, and one in any other', async () => {
    const good = await startWatchedConversation('guess', { options: { secret: '42' } })
    await good.say('50\n42\n')
    expect(await good.talking.ended).toBeUndefined()
    expect(good.notices).toEqual([])
    const bad = await startWatchedConversation('guess', { options: { secret: '42' } })
    await bad.say('50\n41\n')
    bad.theirs.finish()
    await bad.clock.pass(1000)
    expect(bad.notices).toEqual(['early: the client sent "41" before it was the client\'s turn'])
  })

  test('a line end after a message without one causes the notice that it is too many', async () => {
    const sentence = 'the server has sent "\\n" after "Too big!"; that line end is one too many'
    const { person, type } = thinker()
    const { clock, notices, say } = await startWatchedConversation('number', { side: 'client', console: person })
    await type('50')
    await say('Too big!\n')
    await clock.pass(2200)
    expect(notices).toEqual([`early: ${sentence}`])
    const quick = thinker()
    const { talking, say: says } = await startWatchedConversation('number', { side: 'client', console: quick.person })
    await quick.type('50')
    await says('Too big!\n')
    await quick.type('25')
    expect((await talking.ended)?.message).toBe(sentence.replace('has sent', 'sent'))
  })
})

describe('line ends that are too many, or too few', () => {
  const prompt = 'I will toss a coin, guess if it is a head (H) or tail (T) : '

  test('names the CR of \\n\\r, behind a move as well', async () => {
    const { person, type } = thinker()
    const { clock, notices, say } = await startWatchedConversation('tictactoe', { console: person })
    await type('5')
    await say('MOVE1\n\r')
    await clock.pass(2200)
    expect(notices).toEqual([
      'early: the client has sent "\\r" after "MOVE1"; that line end is one too many; that looks like \\n\\r, which is \\r\\n in the wrong order: end the line with \\n alone',
    ])
  })

  test.each([
    ['quiz', 'NAME ada'],
    ['robot', 'FORWARD'],
  ])('%s: the client’s message is named also while this side is at its prompt', async (name, text) => {
    const { clock, notices, say } = await startWatchedConversation(name, { side: 'client', console: thinker().person })
    await say(`${text}\n`)
    await clock.pass(2200)
    expect(notices).toEqual([expect.stringMatching(/; that is a message of the client$/)])
  })

  test('robot: a server that sends a message breaks the protocol', async () => {
    const { person, type } = thinker()
    const { talking, say } = await startWatchedConversation('robot', { side: 'client', console: person })
    await say('x\n')
    await type('LEFT')
    expect((await talking.ended)?.message).toBe(
      'the server has sent "x", but it is not the server\'s turn; it must wait for "FORWARD", "LEFT" or "RIGHT", or "END" to stop',
    )
  })

  test('hangman: the notice of a digit before its turn names its cost', async () => {
    const { clock, notices, say, theirs } = await startWatchedConversation('hangman')
    await say('START\n5\n')
    theirs.finish()
    await clock.pass(1000)
    expect(notices).toEqual([
      'rejected: the client sent "5": expected a letter; it costs a miss; it had arrived before it was the client\'s turn',
    ])
  })

  test('chat: empty lines before their turn cause one notice', async () => {
    const { person, type } = thinker()
    const { clock, notices, say } = await startWatchedConversation('chat', { console: person })
    await say('hi\n\n\n')
    await clock.pass(500)
    await type('a')
    await clock.pass(500)
    await type('b')
    await clock.pass(5000)
    expect(notices.filter((sentence) => sentence.includes('""'))).toHaveLength(1)
  })

  test('a line end after the prompt of headtail causes a notice while the person thinks', async () => {
    const { clock, notices, say } = await startWatchedConversation('headtail', { side: 'client', console: thinker().person })
    await say(`${prompt}\n`)
    await clock.pass(2200)
    expect(notices).toEqual([`early: the server has sent "\\n" after "${prompt}"; that line end is one too many`])
  })

  test.each([
    ['headtail', 'H', `${prompt}\n`, 'You are right!\n', `the server sent "\\n" after "${prompt}"; that line end is one too many`],
    ['headtail', 'H', `${prompt}\r\n`, 'You are right!\n', `the server sent "\\n" after "${prompt}"; that line end is one too many`],
    ['headtail', 'H', prompt, `You are right!${prompt}`, /; a line end \(\\n\) is missing after "You are right!"$/],
    ['headtail', 'H', prompt, 'You are right!\n\n', /^the server sent "", .*; an empty line is often one line end too many$/],
    ['headtail', 'H', `${prompt.trimEnd()}\n`, '', /; the blank at its end is missing$/],
    ['number', '50', '', 'Too big!\n', 'the server sent "\\n" after "Too big!"; that line end is one too many'],
    ['guess', '50', 'GUESS\n', 'HIGHGUESS\n', /; a line end \(\\n\) is missing after "HIGH"$/],
    ['guess', '50', 'GUESS\n', 'HIGH\n\n', /^the server sent "", .*; an empty line is often one line end too many$/],
  ] as const)('%s, as client, types %j: after %j and %j, the error names the true cause', async (name, typed, before, after, sentence) => {
    const { person, type } = thinker()
    const { talking, say } = await startWatchedConversation(name, { side: 'client', console: person })
    if (before !== '') await say(before)
    await type(typed)
    if (after !== '') await say(after)
    await type(typed)
    expect((await talking.ended)?.message).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence))
  })

  test.each(['guess', 'highlow', 'hangman', 'headtail'])(
    '%s, as server: an empty line after a message causes a notice that names it',
    async (name) => {
      const { clock, notices, say, theirs } = await startWatchedConversation(name, { typed: ['1'] })
      await say(name === 'hangman' ? 'START\n\n' : name === 'headtail' ? 'H\n\n' : '50\n\n')
      theirs.finish()
      await clock.pass(1000)
      expect(notices.join('\n')).toMatch(/^rejected: the client sent "": .*; an empty line is often one line end too many/)
    },
  )
})

describe('a silent program that should send without a person', () => {
  test.each([
    ['guess', 'client', '', 'the server has sent nothing for 3 s; waiting for "GUESS"'],
    ['guess', 'client', 'GUESS\nHIGH\n', 'the server has sent nothing for 3 s; waiting for "GUESS", or "GAMEOVER" to stop'],
    ['hello', 'client', '', 'the server has sent nothing for 3 s; waiting for "Hello from server\\n"'],
    ['http', 'client', '', 'the server has sent nothing for 3 s; waiting for an HTTP response'],
    ['http', 'server', '', 'the client has sent nothing for 3 s; waiting for an HTTP request'],
    ['hangman', 'client', '', 'the server has sent nothing for 3 s; waiting for something like "WORD 6 8"'],
    ['tjc/practice', 'server', '', 'the client has sent nothing for 3 s; waiting for "Hello from client\\n"'],
  ] as const)('%s, as %s, after %j: causes one notice after three seconds', async (name, side, before, sentence) => {
    const { clock, notices, say, talking } = await startWatchedConversation(name, { side, typed: ['50'] })
    if (before !== '') await say(before)
    await clock.pass(2900)
    expect(notices).toEqual([])
    await clock.pass(400)
    expect(notices).toEqual([`waiting: ${sentence}`])
    await clock.pass(60_000)
    talking.stop(new Disconnected('ours', 'stopped'))
    expect(notices).toHaveLength(1)
  })

  test('causes a notice at a client over datagrams as well', async () => {
    const { clock, notices } = await startWatchedConversation('fh/hello', { side: 'client', datagrams: true })
    await clock.pass(3300)
    expect(notices).toEqual(['waiting: the server has sent nothing for 3 s; waiting for "Hello in return!"'])
  })

  test.each([
    ['guess', 'server', [], 'a number (such as "50")'],
    ['tictactoe', 'server', ['5'], 'something like "MOVE5", or "END" to stop'],
    ['chat', 'client', [], 'a text (such as "Hello")'],
  ] as const)('%s, as %s: a person who thinks is not disturbed, and Ctrl-C names the expected message', async (name, side, typed, due) => {
    const { clock, notices, talking } = await startWatchedConversation(name, { side, typed })
    await clock.pass(60_000)
    expect(notices).toEqual([])
    talking.stop(new Disconnected('ours', 'stopped'))
    expect(notices).toEqual([`waiting: the ${side === 'server' ? 'client' : 'server'} has sent nothing for 60 s; waiting for ${due}`])
  })

  test('causes no notice at Ctrl-C within two seconds', async () => {
    const { clock, notices, talking } = await startWatchedConversation('tictactoe', { side: 'client', typed: ['1'] })
    await clock.pass(600)
    talking.stop(new Disconnected('ours', 'stopped'))
    expect(notices).toEqual([])
  })

  test('causes no notice at Ctrl-C at the prompt, nor for clients that send datagrams', async () => {
    for (const [name, side, datagrams] of [
      ['chat', 'server', false],
      ['scissors', 'server', false],
      ['time', 'server', true],
    ] as const) {
      const { notices, talking, say } = await startWatchedConversation(name, { side, datagrams, console: thinker().person })
      if (datagrams) await say('%H')
      talking.stop(new Disconnected('ours', 'stopped'))
      expect(notices).toEqual([])
    }
  })
})

describe('a text for people with invalid bytes', () => {
  const latin = 'that looks like text that is not UTF-8, such as Latin-1, or no text at all'
  test.each([
    ['chat', 'client', false, 'caf\xe9\n', `the server sent "caf\\xe9"; ${latin}`],
    ['chat', 'client', false, 't\xf6\n', `the server sent "t\\xf6"; ${latin}`],
    ['chat', 'client', false, '\xc4\xd6\n', `the server sent "\\xc4\\xd6"; ${latin}`],
    ['time', 'server', true, '%H\xe9', `the client sent "%H\\xe9"; ${latin}`],
    ['time', 'server', true, '%\0H\0', 'the client sent "%\\x00H\\x00"; that looks like UTF-16 (little-endian): encode as UTF-8'],
    [
      'time',
      'server',
      true,
      '\0\0\0\x05',
      'that looks like the number 5 as 4 bytes, big-endian, as struct.pack("!i", ...) or writeInt of Java: send it as text',
    ],
    ['time', 'server', false, '\xff\xfe%\0H\0', 'that looks like UTF-16 with a byte order mark'],
    ['fh/hello', 'server', true, 'H\0i\0', 'UTF-16 (little-endian)'],
    ['quiz', 'server', false, 'NAME jos\xe9\n', `the client sent "NAME jos\\xe9"; ${latin}`],
    ['quiz', 'server', false, 'LOGIN ada caf\xe9\n', 'the client sent "LOGIN ada ***"; that looks like'],
  ] as const)('%s, as %s, datagrams: %j: there is a clue about %j', async (name, side, datagrams, said, sentence) => {
    const { notices, say, clock } = await startWatchedConversation(name, { side, datagrams, console: thinker().person })
    await say(said)
    await clock.pass(500)
    expect(notices.filter((one) => one.startsWith('garbled'))).toEqual([expect.stringContaining(sentence)])
  })

  test('causes one notice if it is also refused', async () => {
    const { clock, notices, say } = await startWatchedConversation('quiz')
    await say('NAME b\xfcb\n')
    await clock.pass(500)
    expect(notices.join('\n').match(/looks like/g)).toHaveLength(1)
  })

  test('any valid text causes no notice', async () => {
    const { notices, say } = await startWatchedConversation('chat', { side: 'client', console: thinker().person })
    await say('{"a": 1} GET / HTTP/1.1 \xc3\xa4\n')
    expect(notices).toEqual([])
  })
})

describe('the observer gets one notice of a fault', () => {
  const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n'

  test.each(['guess', 'highlow', 'hangman', 'quiz', 'match', 'headtail'])('%s: for an HTTP request with many lines', async (name) => {
    const { clock, theirs, talking, notices, say } = await startWatchedConversation(name)
    for (const line of REQUEST.split(/(?<=\n)/)) await say(line)
    theirs.finish()
    await clock.pass(60_000)
    await talking.closed
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/^(?:rejected|garbled): the client sent "GET \/ HTTP\/1\.1(?:\\r)?".*an HTTP request/)
  })

  test('text after the head of a request causes a separate notice', async () => {
    const { notices, say } = await startWatchedConversation('guess')
    await say(REQUEST)
    await say('x: y\n')
    expect(notices).toHaveLength(2)
    expect(notices[1]).toBe('rejected: the client sent "x: y": expected a number from 1 to 100')
  })

  test('a reason that begins with the message continues from it', async () => {
    const { notices, say } = await startWatchedConversation('hangman', { options: { secret: 'eel' } })
    for (const line of ['START', 'e', 'e']) await say(`${line}\n`)
    expect(notices).toEqual(['rejected: the client sent "e", which was tried already: guess another letter'])
    expect(withReason('the client sent "Z"', 'Z', '"Z" is no answer')).toBe('the client sent "Z", which is no answer')
    expect(withReason('the client sent "50"', '50', 'expected a letter')).toBe('the client sent "50": expected a letter')
  })

  test('a name that is not UTF-8 is not refused a second time', async () => {
    const { notices, say } = await startWatchedConversation('quiz')
    await say('NAME b\xfcb\n')
    expect(notices).toEqual([
      'garbled: the client sent "NAME b\\xfcb"; that looks like text that is not UTF-8, such as Latin-1, or no text at all',
    ])
  })

  test('the same message, sent again and again', async () => {
    const { notices, say } = await startWatchedConversation('guess')
    for (let time = 0; time < 4; time++) await say('abc\n')
    expect(notices).toEqual(['rejected: the client sent "abc": expected a number from 1 to 100'])
    await say('def\n')
    expect(notices).toHaveLength(2)
  })

  test('for an unfinished message, before the end of the conversation', async () => {
    const { clock, theirs, talking, notices, say } = await startWatchedConversation('guess')
    await say('50')
    await clock.pass(2200)
    theirs.finish()
    await clock.pass(60_000)
    expect(notices).toEqual(['unfinished: the client has sent "50" and no line end (\\n) for 2 s'])
    expect((await talking.ended)?.message).toBe('the client closed the connection; expected a number (such as "50")')
  })
})
