import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { LiveView } from '../../../src/lab/tap/live-view.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { ViewLimit } from '../../../src/lab/tap/view-limit.ts'
import { program } from '../../support/play.ts'
import { CLIENT, SERVER, START, segment } from '../recordings/samples.ts'

/** Shows messages of one connection, a microsecond apart, at a limit for each second. Returns the lines up to the next second. */
async function show(name: string, message: (n: number) => readonly ['client' | 'server', string], limit = 10): Promise<readonly string[]> {
  const lines: string[] = []
  const view = new LiveView({ write: (line) => lines.push(line), columns: () => 80, color: false, isDiagram: true, limit })
  const judge = new RecordingJudge({ createWatch: createWatches([toWatchedProtocol(await program(name))]), view })
  judge.take({ type: 'open', connection: 1, at: START, transport: 'tcp', client: CLIENT, server: SERVER })
  for (let n = 0; n < 2000; n++) judge.take(segment(...message(n), n))
  expect(lines.join('\n')).not.toContain('not shown')
  judge.passTime(START + 1_500_000)
  return lines
}

test('shows some messages of each second, and counts the others', async () => {
  const lines = await show('chat', (n) => [n % 2 === 0 ? 'server' : 'client', `line ${n}\n`])
  expect(lines.filter((line) => line.includes('"line '))).toHaveLength(10)
  expect(lines.at(-1)).toBe('  … 1,990 messages not shown, but judged')
})

test('leaves the lifelines in their columns when the numbers of messages are long', async () => {
  const lines = await show('chat', (n) => [n % 2 === 0 ? 'server' : 'client', `line ${n}\n`], 1_000_000)
  const arrows = lines.filter((line) => line.includes('"line '))
  expect(arrows).toHaveLength(2000)
  expect(new Set(arrows.map((line) => line.indexOf('|')))).toEqual(new Set([13]))
})

test('has room for violations beside the other messages of a second', () => {
  const limit = new ViewLimit(10)
  const allowed = (isFaulty: boolean, at: number) => Array.from({ length: 1000 }, () => limit.allows(at, isFaulty)).filter(Boolean).length
  expect(allowed(false, 5500)).toBe(10)
  expect(allowed(true, 5600)).toBe(50)
  expect(limit.takeLeftOut(5999)).toBe(0)
  expect(limit.takeLeftOut(6000)).toBe(1940)
  expect(allowed(false, 6000)).toBe(10)
})
