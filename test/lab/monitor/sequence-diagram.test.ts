import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/games/text/graphemes.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation, WireEvent } from '../../../src/lab/monitor/observation.ts'
import { formatPlainLine } from '../../../src/lab/monitor/plain-lines.ts'
import { formatDiagramHead, formatObservation, type SequenceDiagramOptions } from '../../../src/lab/monitor/sequence-diagram.ts'
import { showMessage } from '../../../src/lab/monitor/shown-bytes.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { decode, encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

const PLAIN: SequenceDiagramOptions = { width: 80, color: false, origin: 0 }

/** What the monitor of a program sees of reads, 10 ms after one another, and of the 5 s after them. */
async function watch(name: string, reads: readonly (readonly [Side, string | Uint8Array])[]): Promise<readonly Observation[]> {
  const monitor = new ConversationMonitor(toWatchedProtocol(await program(name)))
  const events = reads.map(([from, bytes], at): WireEvent => {
    return { kind: 'bytes', at: 10 * (at + 1), from, bytes: typeof bytes === 'string' ? encode(bytes) : bytes }
  })
  return [...events, { kind: 'time', at: 10 * reads.length + 5000 } as const].flatMap((event) => monitor.observe(event))
}

function draw(seen: readonly Observation[], options: SequenceDiagramOptions, start = 'start'): string {
  return [...formatDiagramHead(start, options), ...seen.flatMap((one) => formatObservation(one, options))].join('\n')
}

const GAME: readonly (readonly [Side, string])[] = [
  ['server', 'GUE'],
  ['server', 'SS\n'],
  ['client', '50\n60\n'],
  ['server', 'LOW\nGUESS\n'],
  ['server', 'Hihg\n'],
  ['client', '7'],
]

test('shows reads, glued, cut, early, illegal and unfinished messages at 80 columns', async () => {
  expect(draw(await watch('guess', GAME), PLAIN)).toBe(
    [
      '  # seconds  client                          server',
      '             |                                    |  start',
      '  1   0.020  |<-------- GUESS "GUE\u00a6SS\\n" ---------|  guessing [cut]',
      '  2   0.030  |---------- guess "50\\n" ----------->|  judging [glued]',
      '  3   0.030  |------------- "60\\n" -------------->|  (unchanged) [glued]',
      '                early: it is not that side’s turn; the other side reads it later',
      '  4   0.040  |<----------- low "LOW\\n" -----------|  missed [glued]',
      '  5   0.040  |<--------- GUESS "GUESS\\n" ---------|  guessing [glued]',
      '                the early message 3 is read as guess: "guessing" → "judging"',
      '  6   0.050  |<------------ "Hihg\\n" -------------|  (unchanged)',
      '                              ^',
      '                illegal: the server sent "Hihg", which does not belong here;',
      '                expected "LOW", "HIGH", "WIN" or "Please enter number 1 to 100"',
      '      5.060  |--------- is not finished ---------x|',
      '                the client has sent "7" and no line end (\\n)',
    ].join('\n'),
  )
})

test('colors only what is wrong, and the words are the same without colors', async () => {
  const seen = await watch('guess', GAME)
  const colored = draw(seen, { ...PLAIN, color: true })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this is about
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(draw(seen, PLAIN))
  expect(colored.split('\n').filter((line) => line.startsWith('\x1b[31m')).length).toBe(4)
})

test('shows bytes that are no text in hexadecimal, and a cut inside a character', async () => {
  const diagram = draw(
    await watch('chat', [
      ['server', Uint8Array.of(0xc3)],
      ['server', Uint8Array.of(0xa4, 0x0a)],
      ['client', Uint8Array.of(0x68, 0xff, 0x00, 0x0a)],
    ]),
    PLAIN,
  )
  expect(diagram).toContain('line "\\xc3\u00a6\\xa4\\n"')
  expect(diagram).toContain('|  68 ff 00 0a  ')
})

test('the caret is under the first wrong byte, even if the message is too long to be shown', async () => {
  for (const [text, wrong] of [
    ['LOX', 'X'],
    [`Please enter number 1 to 1${'0'.repeat(40)}`, '0'],
    ['GUESSED', 'G'],
  ] as const) {
    const seen = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', '5\n'],
      ['server', `${text}\n`],
    ])
    const message = seen.find((one) => one.kind === 'message' && one.violation !== undefined)
    if (message?.kind !== 'message') throw new Error(`${text} is legal`)
    for (const columns of [20, 40, 90]) {
      const { text: shown, caret = -1 } = showMessage(message, columns)
      expect(displayWidth(shown)).toBeLessThanOrEqual(columns)
      expect([columns, text, shown[caret]]).toEqual([columns, text, wrong])
    }
  }
})

test('shows no password, in a diagram or in plain lines', async () => {
  const seen = await watch('quiz', [
    ['client', 'LOGIN ada engine-1843\nLOGIN ada engi'],
    ['client', 'ne-1843\nlogin ada engine-1843'],
    ['server', 'Welcome ada\n'],
  ])
  const all = `${draw(seen, { ...PLAIN, width: 140 })}\n${seen.map((one) => formatPlainLine(one, 0)).join('\n')}`
  expect(all).toContain('***')
  expect(all).not.toMatch(/engi|1843/)
})

test('no line is wider than the terminal, and none has a control character, for any bytes', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 30 }),
    fc.constantFrom('GUESS\n', '50\n', 'LOW\n', 'é漢字👩‍🚀\u202e\n').map((text) => encode(text)),
  )
  const reads = fc.array(fc.tuple(fc.constantFrom('client' as const, 'server' as const), bytes), { maxLength: 12 })
  let lines = 0
  await fc.assert(
    fc.asyncProperty(
      reads,
      fc.integer({ min: 20, max: 160 }),
      fc.constantFrom('guess', 'chat', 'quiz', 'time'),
      async (all, width, name) => {
        const seen = await watch(name, all)
        for (const line of draw(seen, { ...PLAIN, width }).split('\n')) {
          expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(80, width))
          lines++
        }
        for (const text of [draw(seen, { ...PLAIN, width }), ...seen.map((one) => formatPlainLine(one, 0))]) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
          expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/)
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(lines).toBeGreaterThan(200)
})

test('a plain line has the message, its bytes, its reads and the states', async () => {
  const lines = (await watch('guess', GAME)).map((one) => formatPlainLine(one, 0))
  expect(lines.filter((line) => !line.includes('  read '))).toEqual([
    '0.020 s  server  message 1: GUESS "GUE\u00a6SS\\n", legal, bytes 0 to 6 in read 1, 2; "start" → "guessing"',
    '0.030 s  client  message 2: guess "50\\n", legal, bytes 0 to 3 in read 3; "guessing" → "judging"',
    '0.030 s  client  message 3: unknown "60\\n", early, bytes 3 to 6 in read 3; still "judging"',
    '0.040 s  server  message 4: low "LOW\\n", legal, bytes 6 to 10 in read 4; "judging" → "missed"',
    '0.040 s  server  message 5: GUESS "GUESS\\n", legal, bytes 10 to 16 in read 4; "missed" → "guessing"',
    '0.040 s  client  message 3 is read: guess, legal; "guessing" → "judging"',
    `0.050 s  server  message 6: unknown "Hihg\\n", illegal, bytes 16 to 21 in read 5; still "judging"; the server sent "Hihg", which does not belong here; expected "LOW", "HIGH", "WIN" or "Please enter number 1 to 100"`,
    '5.060 s  client  unfinished, bytes 6 to 7: the client has sent "7" and no line end (\\n)',
  ])
  expect(lines[0]).toBe(`0.010 s  server  read 1: bytes 0 to ${decode(encode('GUE')).length}`)
})
