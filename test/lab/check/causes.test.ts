import { describe, expect, test } from 'vitest'
import { findCause } from '../../../src/lab/check/causes.ts'
import type { Evidence } from '../../../src/lab/check/evidence.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { WireEvent } from '../../../src/lab/monitor/observation.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { Disconnected } from '../../../src/wire/disconnect.ts'
import { encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

const usage = { processor: 10, memory: 1000, idle: 0 }
const late = new Disconnected('late', 'the client has sent nothing for 4 s')

/** Returns the cause for a client that the server has asked, and that has then sent these pieces; the events `after` follow. */
async function answers(
  name: string,
  asked: string,
  pieces: readonly (string | readonly number[])[],
  more: Partial<Evidence> = {},
  after: readonly WireEvent[] = [],
) {
  const subject = await program(name)
  const monitor = new ConversationMonitor(toWatchedProtocol(subject))
  const events: WireEvent[] = [
    { kind: 'bytes', at: 0, from: 'server', bytes: encode(asked) },
    ...pieces.map((piece, at): WireEvent => {
      const bytes = typeof piece === 'string' ? encode(piece) : Uint8Array.from(piece)
      return { kind: 'bytes', at: 10 + at, from: 'client', bytes }
    }),
    ...after,
    { kind: 'time', at: 5000 },
  ]
  const observations = events.flatMap((event) => monitor.observe(event))
  const { automaton } = subject.protocol
  const rest = { end: undefined, inputEnded: false, lines: [], printed: '', trouble: late }
  return findCause({ role: 'client', automaton, observations, ...rest, ...more })
}

const guess = (...pieces: readonly (string | readonly number[])[]) => answers('guess', 'GUESS\n', pieces)
const utf16 = (text: string) => [...Buffer.from(text, 'utf16le')]

describe('the cause of a wrong message', () => {
  test.each([
    ['missing-newline', ['50'], '"50" and no line end'],
    ['missing-newline', ['50\\n'], '"50\\\\n"'],
    ['wrong-encoding', [utf16('50\n')], 'UTF-16'],
    ['wrong-encoding', [utf16('50')], 'UTF-16'],
    ['length-prefix', [[0, 2, 0x35, 0x30]], "Java's writeUTF"],
    ['repr-of-bytes', ["b'50'\n"], "b'50'"],
    ['wrong-serialization', ['{"guess": 50}\n'], 'JSON'],
    ['wrong-serialization', [[0x80, 4, 0x4b, 0x32, 0x2e]], 'pickle'],
    ['prompt-on-wire', ['Your guess: 50\n'], 'Your guess: 50'],
    ['prompt-on-wire', ['Your guess: '], 'prompt'],
    ['answered-twice', ['50\n', '50\n'], '"50"'],
    ['spelling', ['fifty\n'], '"fifty"'],
    ['spelling', ['140722248927852\n'], 'the address of a variable in C'],
    ['prompt-on-wire', ['Your guess: 50\n'], 'belongs on the screen'],
    ['wrong-serialization', ['\u000050\n'], 'NUL'],
  ] as const)('%s of %j quotes the bytes', async (cause, pieces, quoted) => {
    const found = await guess(...pieces)
    expect(found?.cause).toBe(cause)
    expect(found?.sentence).toContain(quoted)
  })

  test('is out-of-turn for a message that another state would allow', async () => {
    expect(await answers('tictactoe', '', ['MOVE5\n'])).toMatchObject({ cause: 'out-of-turn' })
  })

  test('is none if the message is right and the conversation has ended well', async () => {
    const subject = await program('guess')
    const found = await answers('guess', 'GUESS\n', ['50\n'], { trouble: undefined })
    expect(subject.name).toBe('tjc/guess')
    expect(found).toBeUndefined()
  })
})

const PROMPT = 'I will toss a coin, guess if it is a head (H) or tail (T) : '

/** Returns the cause for a server that sends a message when the client has closed, after these pieces. */
async function sendsToClosed(name: string, pieces: readonly (readonly [Side, string])[], message: string) {
  const subject = await program(name)
  const monitor = new ConversationMonitor(toWatchedProtocol(subject))
  const events: WireEvent[] = [
    ...pieces.map(([from, text], at): WireEvent => ({ kind: 'bytes', at, from, bytes: encode(text) })),
    { kind: 'end', at: 20, from: 'client', how: 'finished' },
    { kind: 'bytes', at: 30, from: 'server', bytes: encode(message) },
    { kind: 'time', at: 5000 },
  ]
  const observations = events.flatMap((event) => monitor.observe(event))
  const { automaton } = subject.protocol
  return findCause({
    role: 'server',
    automaton,
    observations,
    end: undefined,
    inputEnded: false,
    lines: [],
    printed: '',
    trouble: undefined,
  })
}

/** Returns the cause for a server of headtail after these pieces. */
async function serves(...pieces: readonly (readonly [Side, string])[]) {
  const subject = await program('headtail')
  const monitor = new ConversationMonitor(toWatchedProtocol(subject))
  const sent = pieces.map(([from, text], at): WireEvent => ({ kind: 'bytes', at, from, bytes: encode(text) }))
  const observations = [...sent, { kind: 'time', at: 5000 } as const].flatMap((event) => monitor.observe(event))
  const { automaton } = subject.protocol
  return findCause({ role: 'server', automaton, observations, end: undefined, inputEnded: false, lines: [], printed: '', trouble: late })
}

describe('the cause of a text of a server that is almost right', () => {
  const right = ['server', PROMPT] as const
  const quit = ['client', 'Q\n'] as const

  test.each([
    ['a prompt without its last blank', [['server', PROMPT.slice(0, -1)]], `the message "${PROMPT}" has 1 more byte at its end: a space`],
    ['a prompt without its last characters', [['server', PROMPT.slice(0, -3)]], 'has 3 more bytes at its end: " : "'],
    ['another prompt', [['server', 'Enter H or T: ']], `expected "${PROMPT}"`],
    [
      'an answer without its last characters',
      [right, quit, ['server', 'Thanks for playing']],
      'has 15 more bytes at its end: " the game. Bye!"',
    ],
    [
      'a prompt with one more blank',
      [['server', `${PROMPT} `], quit, ['server', 'Thanks for playing the game. Bye!\n']],
      '1 byte too many after',
    ],
    ['an answer without its last character', [right, ['client', 'H\n'], ['server', 'You are right\n']], 'write "You are right!"'],
    ['an answer with one more character', [right, ['client', 'H\n'], ['server', 'You are right!!\n']], 'write "You are right!"'],
  ] as const)('is spelling for %s', async (_, pieces, words) => {
    expect(await serves(...pieces)).toMatchObject({ cause: 'spelling', sentence: expect.stringContaining(words) })
  })

  test('is missing-newline for a whole answer without its line end', async () => {
    const found = await serves(right, quit, ['server', 'Thanks for playing the game. Bye!'])
    expect(found).toMatchObject({ cause: 'missing-newline' })
  })
})

describe('the cause of silence after messages that arrived together', () => {
  const silent = (printed: string) => answers('tictactoe', '', [], { printed })

  test('is unknown if nothing had arrived together', async () => {
    expect(await silent('')).toMatchObject({ cause: 'hangs' })
  })

  test.each([
    ['glued-read', ''],
    ['glued-read', 'LOW GUESS'],
    ['drops-buffered-data', 'too low'],
  ])('is %s after %j was printed', async (cause, printed) => {
    const subject = await program('guess')
    const monitor = new ConversationMonitor(toWatchedProtocol(subject))
    const pieces = [
      ['server', 'GUESS\n'],
      ['client', '50\n'],
      ['server', 'LOW\nGUESS\n'],
    ] as const
    const observations = pieces.flatMap(([from, text], at) => monitor.observe({ kind: 'bytes', at, from, bytes: encode(text) }))
    const { automaton } = subject.protocol
    const rest = { end: undefined, inputEnded: false, lines: [], trouble: late }
    expect(findCause({ role: 'client', automaton, observations, printed, ...rest })).toMatchObject({ cause })
  })
})

describe('the cause of silence', () => {
  test('is crlf after a legal message with a CR that belongs to it', async () => {
    const found = await answers('headtail', 'I will toss a coin, guess if it is a head (H) or tail (T) : ', ['H\r\n'])
    expect(found).toMatchObject({ cause: 'crlf', sentence: expect.stringContaining('\\r') })
  })

  test('is a line end that does not come, if the last message has none', async () => {
    const found = await answers('headtail', 'I will toss a coin, guess if it is a head (H) or tail (T) : ', [])
    expect(found).toMatchObject({ cause: 'hangs', sentence: expect.stringContaining('has no line end') })
  })

  test('is no line end after a message with a line end', async () => {
    expect((await answers('guess', 'GUESS\n', []))?.sentence).not.toContain('line end')
  })
})

describe('the cause of an end', () => {
  const ends = (more: Partial<Evidence>) => answers('guess', 'GUESS\n', ['50\n'], more)
  const closed = new Disconnected('finished', 'the client closed the connection')

  test.each([
    ['crashed', { trouble: closed, end: { code: 1, usage }, lines: ['ValueError: oh'] }, /ValueError: oh/],
    ['crashed', { trouble: closed, end: { signal: 'SIGSEGV', usage } }, /SIGSEGV/],
    ['write-after-close', { trouble: undefined, end: { signal: 'SIGPIPE', usage } }, /closed/],
    ['write-after-close', { trouble: undefined, end: { code: 1, usage }, lines: ['BrokenPipeError: [Errno 32] Broken pipe'] }, /closed/],
    ['closed-early', { trouble: closed, end: { code: 0, usage } }, /closed the connection/],
    [
      'crashed',
      { trouble: closed, end: { code: 1, usage }, lines: ['Error: oh', '    at a.js:1:1', '}', 'Node.js v24.7.0'] },
      /says "Error: oh"/,
    ],
    ['hangs', { trouble: late }, /nothing for 4 s/],
    ['wrong-rules', { trouble: new Disconnected('violation', 'the server sent "WIN", but it is "LOW"') }, /"WIN"/],
  ] as const)('%s: %j', async (cause, more, sentence) => {
    const found = await ends(more)
    expect(found?.cause).toBe(cause)
    expect(found?.sentence).toMatch(sentence)
  })

  test.each([
    [
      'out-of-turn',
      'its own last message',
      'guess',
      [
        ['server', 'GUESS\n'],
        ['client', '50\n'],
        ['server', 'WIN\n'],
      ],
      'GAMEOVER\n',
    ],
    ['write-after-close', "the client's last message", 'hangman', [['client', 'QUIT\n']], 'END WON banana\n'],
  ] as const)('is %s if a server sends a message after %s, to a client that has closed', async (cause, _, name, pieces, message) => {
    expect(await sendsToClosed(name, pieces, message)).toMatchObject({
      cause,
      sentence: expect.stringContaining(`the server sent "${message.trim()}`),
    })
  })

  test('is closed-early if the program sends after it has closed', async () => {
    const lines = ['Error [ERR_STREAM_WRITE_AFTER_END]: write after end']
    const events: WireEvent[] = [{ kind: 'end', at: 20, from: 'client', how: 'finished' }]
    const found = await answers('guess', 'GUESS\n', [], { trouble: closed, end: { code: 1, usage }, lines }, events)
    expect(found).toMatchObject({ cause: 'closed-early', sentence: expect.stringContaining('expected a number') })
  })

  test('is no crash if the end of its input has ended the program', async () => {
    expect(await ends({ trouble: undefined, inputEnded: true, end: { code: 1, usage } })).toBeUndefined()
  })
})

describe('a message that the server has refused', () => {
  const says = (from: 'client' | 'server', text: string, at: number): WireEvent => ({ kind: 'bytes', at, from, bytes: encode(`${text}\n`) })
  const refused = [says('server', 'Welcome ada', 20), says('client', 'START', 30), says('server', 'ERROR "START" has no number', 40)]

  test('is the cause if no legal message follows it', async () => {
    expect(await answers('quiz', '', ['NAME ada\n'], {}, refused)).toMatchObject({ cause: 'spelling' })
  })

  test('is not the cause if the client asks again and sends a legal message', async () => {
    expect(await answers('quiz', '', ['NAME ada\n'], {}, [...refused, says('client', 'START 2', 50)])).toMatchObject({ cause: 'hangs' })
  })

  test('is the cause if it belongs to another state', async () => {
    const late = [says('server', 'ERROR what is your name?', 20), says('client', 'NAME ada', 30), says('server', 'Welcome ada', 40)]
    expect(await answers('quiz', '', ['START 2\n'], {}, late)).toMatchObject({ cause: 'out-of-turn' })
  })
})
