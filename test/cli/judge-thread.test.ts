import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { JudgeThread } from '../../src/cli/judge-thread.ts'
import { createRecording } from '../../src/cli/recording-file.ts'
import { EventBatcher } from '../../src/lab/tap/event-batch.ts'
import { folder } from '../support/folders.ts'
import { TestClock } from '../support/test-clock.ts'

const START = 1_760_000_000_000_000
const place = (port: number) => ({ host: '127.0.0.1', port })

test('a sender waits for the judge if many bytes wait, and the recording has every event', async () => {
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => output.mockRestore())
  const path = join(folder(), 'flood.jsonl')
  const setup = { name: 'chat', plugins: undefined, options: {}, secrets: true, hasFaults: false, limit: 1 }
  const judge = new JudgeThread({ ...setup, recording: createRecording(path) }, () => {})
  const batcher = new EventBatcher(new TestClock(), judge.send)
  const line = new TextEncoder().encode(`${'x'.repeat(1000)}\n`)
  const count = 4000
  batcher.push({ type: 'open', connection: 1, at: START, transport: 'tcp', client: place(50_123), server: place(3456) })
  for (let n = 1; n <= count; n++)
    batcher.push({ type: 'segment', connection: 1, at: START + n, from: n % 2 === 0 ? 'client' : 'server', bytes: line })
  batcher.flush()
  // the event loop has not run: without a wait, the judge would have had no time for most of the four megabytes
  expect(statSync(path).size).toBeGreaterThan((count * line.length) / 2)
  expect(await judge.close()).toBe(true)
  expect(readFileSync(path, 'utf8').split('\n').length).toBeGreaterThan(count)
})
