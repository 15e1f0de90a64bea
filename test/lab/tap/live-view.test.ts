import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/games/text/graphemes.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { LiveView } from '../../../src/lab/tap/live-view.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { program } from '../../support/play.ts'
import { CLIENT, SERVER, START } from '../recordings/samples.ts'

type Step = readonly [connection: number, from: 'client' | 'server', what: string]

/** Two conversations at the same time; `FIN` is the end of a side. */
const STEPS: readonly Step[] = [
  [1, 'server', 'GUESS\n'],
  [1, 'client', '50\n'],
  [2, 'server', 'GUESS\n'],
  [1, 'server', 'WIN\n'],
  [1, 'server', 'FIN'],
  [2, 'client', 'fi'],
  [2, 'client', 'fty\n'],
  [2, 'server', 'HI\x1b[31mGH\n'],
  [1, 'client', 'FIN'],
]

/** Draws the steps, 1 ms apart. */
async function draw(steps: readonly Step[], columns: number, more: { color?: boolean; isDiagram?: boolean } = {}): Promise<string[]> {
  const lines: string[] = []
  const view = new LiveView({ write: (line) => lines.push(line), columns: () => columns, color: false, isDiagram: true, ...more })
  const judge = new RecordingJudge({ createWatch: createWatches([toWatchedProtocol(await program('guess'))]), view })
  for (const connection of new Set(steps.map(([number]) => number)))
    judge.take({ type: 'open', connection, at: START, transport: 'tcp', client: { ...CLIENT, port: 50_000 + connection }, server: SERVER })
  for (const [at, [connection, from, what]] of steps.entries()) {
    const base = { connection, from, at: START + 1000 * (at + 1) }
    const entry: RecordingEntry =
      what === 'FIN' ? { ...base, type: 'end', how: 'fin' } : { ...base, type: 'segment', bytes: new TextEncoder().encode(what) }
    judge.take(entry)
  }
  judge.closeAll()
  return lines
}

test.each([80, 120])('draws connections apart at %i columns, as in the golden screen', async (columns) => {
  const lines = await draw(STEPS, columns)
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/live-${columns}.txt`)
})

test('prints plain lines on a pipe, each with the number of its connection', async () => {
  await expect(`${(await draw(STEPS, 0, { isDiagram: false })).join('\n')}\n`).toMatchFileSnapshot('golden/plain.txt')
})

test('marks a violation in red, and passes no control character of a peer on', async () => {
  const shown = (await draw(STEPS, 80, { color: true })).join('\n')
  expect(shown).toContain('\x1b[31m')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  expect(shown.replaceAll(/\x1b\[[0-9]{1,2}m/g, '')).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/)
  expect(shown).toContain('"HI\\x1b[31mGH\\n"')
})
