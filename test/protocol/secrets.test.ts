import fc from 'fast-check'
import { expect, test } from 'vitest'
import { traceTransport } from '../../src/lab/trace.ts'
import { legalTransitions } from '../../src/protocol/automaton.ts'
import { explainIllegal } from '../../src/protocol/conversation-state.ts'
import type { Side } from '../../src/protocol/message-spec.ts'
import { findSecrets, maskMessage, quoteMessage, quoteUnfinished } from '../../src/protocol/violation-text.ts'
import { decode, encode } from '../../src/wire/text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { program } from '../support/play.ts'
import { recordReceived } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const PASSWORD = 'hunter9Hq'
/** Parts of the password, which no name and no word of the protocol contains. */
const PARTS = /hunt|unte|nter|ter9|er9H|r9Hq/

const utf16 = (text: string, mark = '') => Uint8Array.from(Buffer.from(mark + text, 'utf16le'))
const bigEndian = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le').swap16())
const packed = (text: string, size: number) => Uint8Array.of(...Array(size - 1).fill(0), text.length, ...encode(text))

/** Generates a malformed line with a password, as programs send it. */
const wrong: fc.Arbitrary<Uint8Array> = fc
  .record({
    word: fc.constantFrom('REGISTER', 'LOGIN', 'register', 'login', 'Login', 'password', 'PASSWORD', 'Register', 'LOG IN', 'passwd'),
    before: fc.constantFrom('', ' ', '\t', '\ufeff', '"', "b'", "'", '>', '\0', '{"cmd":"', '/', '[', ' \ufeff', '\x1b[A', '\u200b'),
    between: fc.constantFrom(' ', '  ', '\t', ':', ': ', ',', ';', '|', '=', '@', '\0', '\u00a0', '" "', '","', ' \t', '&', '\u3000'),
    name: fc.constantFrom('zed5', 'Ada', 'b\u00fcb', ''),
    behind: fc.constantFrom('', '"', "'", '\r', ' ', '\0', "\\n'", '"}', '\\n', '\t', '\r\n'),
  })
  .map(({ word, before, between, name, behind }) => `${before}${word}${between}${name}${name && between}${PASSWORD}${behind}`)
  .chain((text) =>
    fc.constantFrom(
      encode(text),
      utf16(text),
      utf16(text, '\ufeff'),
      bigEndian(text),
      packed(text, 1),
      packed(text, 2),
      packed(text, 4),
      encode(text, 'bytes'),
      encode(text.replace(' ', '')),
    ),
  )

/** Generates a correct line with one mistake in its first word or around it. */
const mistyped: fc.Arbitrary<Uint8Array> = fc
  .record({
    word: fc.constantFrom('REGISTER', 'LOGIN'),
    at: fc.nat({ max: 7 }),
    char: fc.constantFrom('', 'X', ' ', '-', '\0', '\t', '\u00e9'),
    more: fc.nat({ max: 1 }),
  })
  .map(({ word, at, char, more }) => encode(`${word.slice(0, at)}${char}${word.slice(at + more)} zed5 ${PASSWORD}`))

const PROGRAMS = ['quiz', 'door', 'guess', 'chat', 'hangman', 'match', 'number'] as const

test('a line with a password is quoted without it, whole or partial, in any spelling', async () => {
  for (const name of PROGRAMS) {
    const { automaton } = (await program(name)).protocol
    fc.assert(
      fc.property(name === 'quiz' ? fc.oneof(wrong, mistyped) : wrong, (bytes) => {
        const speaker = { automaton, side: 'client' as Side }
        const text = decode(bytes)
        const steps = legalTransitions(automaton, automaton.start)
        const standing = { automaton, state: automaton.start, steps, peer: 'client' as Side, last: '', unended: false, early: false }
        const said = [
          maskMessage(speaker, text),
          quoteMessage(speaker, text, { body: bytes, end: '\n' }),
          quoteUnfinished(speaker, { bytes, lacks: 'no line end' }),
          ...(['quiz', 'door'].includes(name) && name === 'door'
            ? []
            : [explainIllegal(standing, text), explainIllegal(standing, text, { toPeer: true })]),
        ]
        for (const one of said) expect(one.replaceAll(/\\x00|\0/g, '')).not.toMatch(PARTS)
      }),
    )
  }
})

test('a trace contains no password, for any spelling, splitting and joining of the line', async () => {
  for (const name of PROGRAMS) {
    const { automaton } = (await program(name)).protocol
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 })
    const around = fc.constantFrom('', 'QUIT\n', '50\n', '\n')
    const lines = name === 'quiz' ? fc.oneof(wrong, mistyped) : wrong
    await fc.assert(
      fc.asyncProperty(lines, cuts, around, async (bytes, places, other) => {
        const [here, there] = memoryPair()
        const shown: string[] = []
        const secrets = (from: 'us' | 'peer', text: string, context: object) =>
          findSecrets(automaton, from === 'us' ? 'server' : 'client', text, context)
        recordReceived(traceTransport(here, { write: (line) => shown.push(line), clock: new TestClock(), secrets }))
        recordReceived(there)
        const all = Uint8Array.of(...encode(other), ...bytes, 10, ...encode(other))
        const borders = [0, ...new Set(places.filter((at) => at < all.length)), all.length].sort((a, b) => a - b)
        for (const [at, from] of borders.slice(0, -1).entries()) there.write(all.subarray(from, borders[at + 1]))
        await settled()
        const texts = shown.map((line) => /: "(.*)"$/.exec(line)?.[1] ?? '')
        expect(texts.join('').replaceAll('\\x00', '')).not.toMatch(PARTS)
        expect(texts.join('')).toContain('***')
      }),
    )
  }
})

test('quiz: a line without a password is shown unchanged', async () => {
  const { automaton } = (await program('quiz')).protocol
  const plain = [
    'NAME ada',
    'START 5',
    'START five',
    'start 5',
    'RESUME',
    'QUIT',
    'A',
    '5',
    'b',
    'ada',
    "b'NAME ada'",
    '\ufeffNAME ada',
    ' NAME ada',
    'ANSWER A',
    'GET / HTTP/1.1',
    '',
  ]
  for (const text of plain) expect(maskMessage({ automaton, side: 'client' }, text)).toBe(text)
  expect(maskMessage({ automaton, side: 'client', last: 'REGISTER zed5' }, PASSWORD)).toBe('***')
  expect(maskMessage({ automaton, side: 'client', last: 'REGISTER zed5' }, 'START 5')).toBe('START 5')
})

test.each([
  ['door', `{"type":"enter","name":"a","pass":"${PASSWORD}"}`],
  ['door', `{"type":"enter","name":"a","pwd":"${PASSWORD}"}`],
  ['door', `{"type":"enter","name":"a","passphrase":"${PASSWORD}"}`],
  ['http', `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${PASSWORD}\r\n\r\n`],
  ['http', `GET / HTTP/1.1\r\nproxy-authorization: Bearer ${PASSWORD}\r\n\r\n`],
])('%s: hides the password of %j', async (name, text) => {
  const { automaton } = (await program(name)).protocol
  const shown = maskMessage({ automaton, side: 'client' }, text)
  expect(shown).not.toContain(PASSWORD)
  expect(shown).toContain('***')
  expect(shown).toContain(name === 'http' ? 'GET / HTTP/1.1' : '"name":"a"')
})
