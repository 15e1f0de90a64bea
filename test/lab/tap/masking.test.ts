import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { toWatchedProtocol, type WatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { formatPage } from '../../../src/lab/pages/page-formats.ts'
import { readRecording } from '../../../src/lab/recordings/formats.ts'
import { encodeJsonl } from '../../../src/lab/recordings/jsonl.ts'
import { encodePcapng } from '../../../src/lab/recordings/pcapng-encoder.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { LiveView } from '../../../src/lab/tap/live-view.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import { CLIENT, SERVER, START } from '../recordings/samples.ts'

type Turn = readonly ['client' | 'server', string]

/** Conversations with a password, of our programs and of clients with a mistake. */
const CONVERSATIONS: Readonly<Record<string, (password: string) => readonly Turn[]>> = {
  'a quiz login': (password) => [
    ['client', `REGISTER ada ${password}\n`],
    ['server', 'OK\n'],
    ['client', `LOGIN ada ${password}\n`],
    ['server', 'OK\n'],
  ],
  'a quiz login with a mistake before': (password) => [
    ['client', 'HELO\n'],
    ['server', 'ERROR unknown command\n'],
    ['client', `LOGIN ada ${password}\n`],
  ],
  'a login at the door': (password) => [
    ['server', 'Welcome. Your name?\n'],
    ['client', 'ada\n'],
    ['client', 'login ada\n'],
    ['server', 'Password?\n'],
    ['client', `${password}\n`],
  ],
}

const password = fc.stringMatching(/^Zq[A-Za-z0-9]{6,12}$/)
/** Lengths of pieces, which are used one after the other, again and again. */
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })

/** Cuts the turns of a conversation into segments. */
function toEntries(turns: readonly Turn[], cuts: readonly number[]): RecordingEntry[] {
  const entries: RecordingEntry[] = [{ type: 'open', connection: 1, at: START, transport: 'tcp', client: CLIENT, server: SERVER }]
  for (const [from, text] of turns) {
    for (let bytes = new TextEncoder().encode(text); bytes.length > 0; ) {
      const length = cuts[entries.length % cuts.length] ?? 1
      entries.push({ type: 'segment', connection: 1, at: START + entries.length * 1000, from, bytes: bytes.slice(0, length) })
      bytes = bytes.slice(length)
    }
  }
  return entries
}

describe.each(Object.keys(CONVERSATIONS))('the password of %s', (conversation) => {
  let all: readonly WatchedProtocol[]
  beforeAll(async () => {
    all = (await allPrograms()).map((program) => toWatchedProtocol(program))
  })

  test.each([
    ['of its program', (name: string) => name === (conversation.includes('quiz') ? 'fh/quiz' : 'parlor/door')],
    ['of an unknown program', () => true],
  ])('is in no recording, page or line %s, for any cuts', async (_, isWatched) => {
    const protocols = all.filter(({ name }) => isWatched(name))
    expect(protocols.length).toBeGreaterThan(0)
    await fc.assert(
      fc.asyncProperty(password, lengths, async (secret, cuts) => {
        const entries = toEntries(CONVERSATIONS[conversation]?.(secret) ?? [], cuts)
        const lines: string[] = []
        const view = new LiveView({ write: (line) => lines.push(line), columns: () => 120, color: false, isDiagram: true })
        const judge = new RecordingJudge({ createWatch: createWatches(protocols), view })
        const judged = entries.map((entry) => judge.take(entry))
        judge.closeAll()
        expect(streamOf(judged)).not.toContain(secret.slice(0, 4))
        // with its line ends, the recording has the same messages
        expect(lengthsOf(judged)).toEqual(lengthsOf(entries))
        for (const file of [encodeJsonl(judged), encodePcapng(judged)]) {
          expect(Buffer.from(file).toString('latin1')).not.toContain(secret.slice(0, 4))
          expect(streamOf(readRecording(file).entries)).toBe(streamOf(judged))
        }
        const pages = await Promise.all(['.html', '.svg'].map((suffix) => formatPage(suffix, judged, protocols)))
        expect([...lines, ...pages].join('\n')).not.toContain(secret.slice(0, 4))
      }),
      { numRuns: 25 },
    )
  })

  test('is recorded with --secrets', () => {
    const entries = toEntries(CONVERSATIONS[conversation]?.('ZqSecret1') ?? [], [7])
    const judge = new RecordingJudge({ createWatch: createWatches(all), secrets: true })
    expect(streamOf(entries.map((entry) => judge.take(entry)))).toBe(streamOf(entries))
    expect(streamOf(entries)).toContain('ZqSecret1')
  })
})

test('words of a chat are not masked if the program is not known', async () => {
  const turns: readonly Turn[] = [
    ['server', 'hi\n'],
    ['client', 'two three\n'],
    ['server', 'hm\n'],
    ['client', 'four five six\n'],
  ]
  const protocols = (await allPrograms()).map((program) => toWatchedProtocol(program))
  const judge = new RecordingJudge({ createWatch: createWatches(protocols.filter(({ name }) => !/door|quiz/.test(name))) })
  const entries = toEntries(turns, [40])
  expect(streamOf(entries.map((entry) => judge.take(entry)))).toBe(streamOf(entries))
})

function streamOf(entries: readonly RecordingEntry[]): string {
  return Buffer.concat(entries.flatMap((entry) => (entry.type === 'segment' ? [entry.bytes] : []))).toString('latin1')
}

function lengthsOf(entries: readonly RecordingEntry[]): readonly number[] {
  return streamOf(entries)
    .split('\n')
    .map(({ length }) => length)
}
