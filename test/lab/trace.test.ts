import { expect, test } from 'vitest'
import { type SecretPolicy, traceTransport } from '../../src/lab/trace.ts'
import { findSecrets } from '../../src/protocol/violation-text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { program } from '../support/play.ts'
import { recordReceived } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** Parlor's end with its trace. */
function tracing(secrets?: SecretPolicy, datagrams = false) {
  const [here, there] = memoryPair({ datagrams })
  const clock = new TestClock()
  const lines: string[] = []
  const ours = traceTransport(here, { write: (line) => lines.push(line), clock, secrets })
  recordReceived(there)
  return { ours, there, clock, lines, received: recordReceived(ours) }
}

/** Returns the masked text of a trace of a program's server. */
async function secretsOf(name: string): Promise<SecretPolicy> {
  const { automaton } = (await program(name)).protocol
  return (from, text, context) => findSecrets(automaton, from === 'us' ? 'server' : 'client', text, context)
}

test('each write, each read and each end is one line, with its time', async () => {
  const { ours, there, clock, lines } = tracing()
  ours.write('GUESS\n')
  await clock.pass(1234)
  there.write(Uint8Array.of(0xc3))
  there.write(Uint8Array.of(0xa4, 10, 0x1b))
  there.write('5')
  there.write('0\ufeff\r\n')
  await settled()
  there.finish()
  await settled()
  ours.finish()
  await settled()
  expect(lines).toEqual([
    '0.000 s  begins',
    '0.000 s  sent 6 bytes: "GUESS\\n"',
    '1.234 s  received 1 byte: "\\xc3"',
    '1.234 s  received 3 bytes: "\\xa4\\n\\x1b"',
    '1.234 s  received 1 byte: "5"',
    '1.234 s  received 6 bytes: "0\\ufeff\\r\\n"',
    '1.234 s  received the end',
    '1.234 s  sent the end',
    '1.234 s  closed',
  ])
})

test('a reset by either side is a line', async () => {
  const theirs = tracing()
  theirs.there.reset()
  await settled()
  expect(theirs.lines.at(-1)).toBe('0.000 s  broken off (ECONNRESET)')
  const ours = tracing()
  ours.ours.reset()
  await settled()
  expect(ours.lines).toContain('0.000 s  reset by this side')
})

test('a trace does not change the bytes', async () => {
  const { ours, there, received } = tracing()
  there.write('abc')
  await settled()
  ours.write('x')
  expect(received.pieces).toEqual(['abc'])
})

test.each([
  [['LOGIN ada secret\n'], ['"LOGIN ada ***\\n"']],
  [
    ['LOGIN ada sec', 'ret\nSTART 5\n'],
    ['"LOGIN ada ***"', '"***\\nSTART 5\\n"'],
  ],
  [
    ['REGISTER ada a b', ' c', '\n'],
    ['"REGISTER ada ***"', '"***"', '"\\n"'],
  ],
  [['NAME ada\n'], ['"NAME ada\\n"']],
])('quiz: %j is shown without the password', async (said, shown) => {
  const { there, lines } = tracing(await secretsOf('quiz'))
  for (const piece of said) there.write(piece)
  await settled()
  expect(lines.slice(1).map((line) => line.replace(/^.*?: /, ''))).toEqual(shown)
})

test('door: hides the answer to a question for a password, and the secrets of the native protocol', async () => {
  const { ours, there, lines } = tracing(await secretsOf('door'))
  there.write('ada\n')
  await settled()
  ours.write('ada is registered. What is the password? (An empty line cancels.)\n')
  there.write('engine-1843\n')
  await settled()
  ours.write('Welcome.\n')
  there.write('play guess\n')
  there.write('{"type":"register","name":"bob","password":"tower-7713"}\n')
  await settled()
  ours.write('{"type":"seated","token":"ABCD","table":1}\n')
  const all = lines.join('\n')
  expect(all).not.toMatch(/engine|tower|ABCD/)
  expect(all).toContain('"play guess\\n"')
  expect(all).toContain('\\"password\\":\\"***\\"')
  expect(all).toContain('\\"token\\":\\"***\\",\\"table\\":1')
})

test.each([
  'What is the password? (An empty line cancels.)\n',
  'What is the password?\n(Your screen shows the password. It travels unencrypted unless you use TLS.)\n',
  'What is the password?\n(Your screen hides the password. It travels unencrypted unless you use TLS.)\n',
  'Your current password? (An empty line cancels.)\n',
  'The new password, of at least 8 characters? (An empty line cancels.)\n',
])('door: hides the password behind %j', async (question) => {
  const { ours, there, lines } = tracing(await secretsOf('door'))
  ours.write(question)
  there.write('engine-1843\n')
  await settled()
  expect(lines.at(-1)).toMatch(/received 12 bytes: "\*\*\*/)
})

test.each([
  ['login rob2\nhunter4C\nplay guess\n', '"login ***\\n***\\nplay guess\\n"'],
  ['login rob2 hunter4C\nboard\n', '"login rob2 ***\\n***\\n"'],
  ['rob2\nhunter4C\nplay guess\n', '"rob2\\n***\\nplay guess\\n"'],
  ['register rob2\nhunter4C\nhunter4C\n5\n', '"register ***\\n***\\n***\\n5\\n"'],
  ['password\nhunter4C\nhunter5D\nhunter5D\nwho\n', '"password\\n***\\n***\\n***\\nwho\\n"'],
  ['unregister\nhunter4C\n', '"unregister\\n***\\n"'],
  ["{'type':'enter','name':'a','password':'hunter4C'}\n", `"{'type':'enter','name':'a','password':***\\n"`],
  ['{"type":"enter","name":"a","password":hunter4C}\n', '"{\\"type\\":\\"enter\\",\\"name\\":\\"a\\",\\"password\\":***\\n"'],
  ['{"type":"enter","name":"a","secret":"hunter4C"}\n', '"{\\"type\\":\\"enter\\",\\"name\\":\\"a\\",\\"secret\\":\\"***\\"}\\n"'],
  ['play guess\n50\nquit\n', '"play guess\\n50\\nquit\\n"'],
])('door: %j in one piece is shown without the password that arrived before the question', async (said, shown) => {
  const { ours, there, lines } = tracing(await secretsOf('door'))
  ours.write('Type your name.\n\nWhat is your name?\n')
  there.write(said)
  await settled()
  expect(lines.at(-1)).toContain(shown)
  // if it arrives byte by byte, no more is shown
  const slow = tracing(await secretsOf('door'))
  for (const char of said) slow.there.write(char)
  await settled()
  expect(unquotedIn(slow.lines)).not.toMatch(/hunter|nter4|4C|5D/)
})

test('door: an event between the question and the answer does not make the password visible', async () => {
  const { ours, there, lines } = tracing(await secretsOf('door'))
  there.write('login rob2\n')
  await settled()
  ours.write('rob2 is registered. What is the password?\n')
  ours.write('bob: hello\n')
  there.write('hunter4C\n')
  await settled()
  there.write('hunter5D\n')
  await settled()
  ours.write('Hello, rob2.\n')
  there.write('play guess\n')
  await settled()
  expect(lines.join()).not.toContain('hunter')
  expect(lines.at(-1)).toContain('"play guess\\n"')
})

/** Returns the text of the pieces of a trace together. */
function unquotedIn(lines: readonly string[]): string {
  return lines.map((line) => /: "(.*)"$/.exec(line)?.[1] ?? '').join('')
}

test('each datagram is one line', async () => {
  const { there, lines } = tracing(undefined, true)
  there.write('%H')
  there.write('')
  await settled()
  expect(lines).toEqual(['0.000 s  begins (datagrams)', '0.000 s  received 2 bytes: "%H"', '0.000 s  received 0 bytes: ""'])
})

test.each([
  'login rob2\nhunter4C\nplay guess\n',
  'register rob2\nhunter4C\nhunter4C\nplay guess\n',
  'password\nhunter4C\nhunter5D\nhunter5D\nplay guess\n',
])('door: hides a password that is sent with the command that asks for it: %j', async (said) => {
  for (const pieces of [[said], said.split(/(?<=\n)/), [...said]]) {
    const { ours, there, lines } = tracing(await secretsOf('door'))
    ours.write('What is your name?\n')
    for (const piece of pieces) there.write(piece)
    await settled()
    const shown = lines.map((line) => /"(.*)"$/.exec(line)?.[1] ?? '').join('')
    expect(shown).not.toMatch(/[hunter]{2,6}[45]|[CD]/)
    if (pieces.length < said.length) expect(shown).toContain('play guess')
    expect(shown).toContain('***')
  }
})

test('door: shows the text after the answers, or after another question', async () => {
  const { ours, there, lines } = tracing(await secretsOf('door'))
  there.write('login rob2\n')
  await settled()
  ours.write('rob2 is not registered.\n')
  there.write('play guess\n')
  await settled()
  expect(lines.at(-1)).toContain('"play guess\\n"')
})
