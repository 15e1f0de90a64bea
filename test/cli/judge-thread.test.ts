import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { JudgeThread } from '../../src/cli/judge-thread.ts'
import { createRecording } from '../../src/cli/recording-file.ts'
import { EventBatcher } from '../../src/lab/tap/event-batch.ts'
import { opening, segment } from '../lab/recordings/samples.ts'
import { folder } from '../support/folders.ts'
import { TestClock } from '../support/test-clock.ts'

test('a sender waits for the judge if many bytes wait, and the recording has every event', async () => {
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => output.mockRestore())
  const path = join(folder(), 'flood.jsonl')
  const setup = { name: 'chat', plugins: undefined, options: {}, secrets: true, hasFaults: false, limit: 1 }
  const judge = new JudgeThread({ ...setup, recording: createRecording(path) }, () => {})
  const batcher = new EventBatcher(new TestClock(), judge.send)
  const line = `${'x'.repeat(1000)}\n`
  const count = 4000
  batcher.push(opening)
  for (let n = 1; n <= count; n++) batcher.push(segment(n % 2 === 0 ? 'client' : 'server', line, n))
  batcher.flush()
  // the event loop has not run: without a wait, the judge would have had no time for most of the four megabytes
  expect(statSync(path).size).toBeGreaterThan((count * line.length) / 2)
  expect(await judge.close()).toBe(true)
  expect(readFileSync(path, 'utf8').split('\n').length).toBeGreaterThan(count)
})
