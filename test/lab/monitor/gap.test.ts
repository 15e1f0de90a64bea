import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { LiveView } from '../../../src/lab/tap/live-view.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { program } from '../../support/play.ts'
import { ending, opening, segment } from '../recordings/samples.ts'

/** Judges a recording that lacks bytes. Returns the lines that are printed of it, from the number of the message on, and the entries. */
async function show(name: string, ...entries: readonly RecordingEntry[]) {
  const lines: string[] = []
  const view = new LiveView({ write: (line) => lines.push(line), columns: () => 200, color: false, isDiagram: false })
  const judge = new RecordingJudge({ createWatch: createWatches([toWatchedProtocol(await program(name))]), view })
  const judged = entries.map((entry) => judge.take(entry))
  judge.closeAll()
  return { lines: lines.slice(1, -1).map((line) => line.replace(/^#1 {2}[\d.]+ s {2}/, '')), judged, summary: lines.at(-1) ?? '' }
}

test('a recording that begins in the middle finds its state, and then what is illegal', async () => {
  const { lines, summary } = await show(
    'guess',
    { ...opening, isPartial: true },
    segment('server', 'SS\nLOW\nGUESS\n', 10),
    segment('client', '50\n', 20),
    segment('server', 'HIHG\n', 30),
  )
  expect(lines).toEqual([
    'client  gap: the recording begins in the middle of the conversation, so its state follows from the next messages',
    'server  gap: 3 bytes of the server are the rest of a message whose beginning the recording lacks',
    expect.stringMatching(/^server {2}message 1: low "LOW\\n", legal, .*"judging" → "missed"$/),
    expect.stringMatching(/^server {2}message 2: GUESS "GUESS\\n", legal, .*"missed" → "guessing"$/),
    expect.stringMatching(/^client {2}message 3: guess "50\\n", legal, .*"guessing" → "judging"$/),
    expect.stringMatching(/^server {2}message 4: unknown "HIHG\\n", illegal, .*the server sent "HIHG", which does not belong here/),
  ])
  expect(summary).toContain('; 1 violation; ')
})

test('a gap drops the message that it cuts, and is no violation', async () => {
  const { lines, summary } = await show(
    'guess',
    opening,
    segment('server', 'GUESS\n', 10),
    segment('client', '50', 20),
    segment('server', 'GH\nGUESS\n', 30, { missing: 2 }),
    segment('client', '7\n', 40, { missing: 1 }),
    segment('server', 'WIN\n', 50),
    { ...ending('server', 'fin', 60), missing: 5 },
  )
  expect(lines.map((line) => line.replace(/,.*/, ''))).toEqual([
    'server  message 1: GUESS "GUESS\\n"',
    'server  gap: the recording lacks 2 bytes of the server here',
    'server  gap: 3 bytes of the server are the rest of a message whose beginning the recording lacks',
    'server  message 2: GUESS "GUESS\\n"',
    'client  gap: the recording lacks 1 byte of the client here',
    'client  message 3: guess "7\\n"',
    'server  message 4: right "WIN\\n"',
    'server  gap: the recording lacks 5 bytes of the server here',
    expect.stringMatching(/^server {2}closes;/),
  ])
  expect(summary).toContain('; no violation; ')
})

test('the rest of a message that may be a password is masked', async () => {
  const { lines, judged } = await show(
    'quiz',
    opening,
    segment('client', 'LOGIN ada eng', 10),
    segment('client', '-1843 x\n', 20, { missing: 4 }),
    segment('server', 'Welcome ada\n', 30),
  )
  const sent = judged.map((entry) => (entry.type === 'segment' ? new TextDecoder().decode(entry.bytes) : ''))
  expect(sent).toEqual(['', 'LOGIN ada ***', '*******\n', 'Welcome ada\n'])
  expect(lines.join('\n')).not.toContain('1843')
})
