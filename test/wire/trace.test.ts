import { expect, test } from 'vitest'
import { type Secrets, traced } from '../../src/wire/trace.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { settled, TestClock } from '../support/clock.ts'
import { program } from '../support/play.ts'
import { heardBy } from '../support/wire.ts'

/** Our end with a trace of it. */
function tracing(secrets?: Secrets, datagrams = false) {
  const [here, there] = memoryPair({ datagrams })
  const clock = new TestClock()
  const lines: string[] = []
  const ours = traced(here, { write: (line) => lines.push(line), clock, secrets })
  heardBy(there)
  return { ours, there, clock, lines, heard: heardBy(ours) }
}

test('each write, each read and each end is a line, with its time and its borders', async () => {
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

test('a reset is told of, by whichever side', async () => {
  const theirs = tracing()
  theirs.there.reset()
  await settled()
  expect(theirs.lines.at(-1)).toBe('0.000 s  broken off (ECONNRESET)')
  const ours = tracing()
  ours.ours.reset()
  await settled()
  expect(ours.lines).toContain('0.000 s  reset by this side')
})

test('what crosses is not changed', async () => {
  const { ours, there, heard } = tracing()
  there.write('abc')
  await settled()
  ours.write('x')
  expect(heard.pieces).toEqual(['abc'])
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
  const { secrets } = (await program('quiz')).protocol.automaton
  const { there, lines } = tracing((from, asked) => secrets?.(from === 'us' ? 'server' : 'client', asked))
  for (const piece of said) there.write(piece)
  await settled()
  expect(lines.slice(1).map((line) => line.replace(/^.*?: /, ''))).toEqual(shown)
})

test('door: the answer to a question for a password, and what the native protocol lets in by', async () => {
  const { secrets } = (await program('door')).protocol.automaton
  const { ours, there, lines } = tracing((from, asked) => secrets?.(from === 'us' ? 'server' : 'client', asked))
  there.write('ada\n')
  await settled()
  ours.write('ada is registered. What is the password? (An empty line goes back.)\n')
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
  'What is the password? (An empty line goes back.)\n',
  'What is the password?\n(It will show on your screen, and travel unencrypted unless you came by TLS.)\n',
  'What is the password?\n(It will not show; it travels unencrypted unless you came by TLS.)\n',
  'Your present password? (An empty line goes back.)\n',
  'The new one, of 8 characters at least? (An empty line goes back.)\n',
])('door: no password behind %j', async (question) => {
  const { secrets } = (await program('door')).protocol.automaton
  const { ours, there, lines } = tracing((from, asked) => secrets?.(from === 'us' ? 'server' : 'client', asked))
  ours.write(question)
  there.write('engine-1843\n')
  await settled()
  expect(lines.at(-1)).toMatch(/received 12 bytes: "\*\*\*/)
})

test('datagrams are shown one by one', async () => {
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
])('door: no password that is sent with the command that asks for it: %j', async (said) => {
  const { secrets } = (await program('door')).protocol.automaton
  for (const pieces of [[said], said.split(/(?<=\n)/), [...said]]) {
    const { ours, there, lines } = tracing((from, asked, since) => secrets?.(from === 'us' ? 'server' : 'client', asked, since))
    ours.write('What is your name?\n')
    for (const piece of pieces) there.write(piece)
    await settled()
    const shown = lines.map((line) => /"(.*)"$/.exec(line)?.[1] ?? '').join('')
    expect(shown).not.toMatch(/[hunter]{2,6}[45]|[CD]/)
    expect(shown).toContain('play guess')
    expect(shown).toContain('***')
  }
})

test('door: what follows the answers, or another question, is shown', async () => {
  const { secrets } = (await program('door')).protocol.automaton
  const { ours, there, lines } = tracing((from, asked, since) => secrets?.(from === 'us' ? 'server' : 'client', asked, since))
  there.write('login rob2\n')
  await settled()
  ours.write('rob2 is not registered.\n')
  there.write('play guess\n')
  await settled()
  expect(lines.at(-1)).toContain('"play guess\\n"')
})
