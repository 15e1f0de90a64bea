import { expect, test } from 'vitest'
import { watchDescriptors } from '../../src/server/observe/outages.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** A monitor of whether files can be opened, and its log. */
function watched() {
  const clock = new TestClock()
  const lines: string[] = []
  const system: { code: string | undefined } = { code: undefined }
  const open = async () => {
    if (system.code !== undefined) throw Object.assign(new Error('no'), { code: system.code })
  }
  const end = watchDescriptors(open, clock, { log: (level, sentence) => lines.push(`${level}: ${sentence}`) })
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await clock.pass(1000)
      await settled()
    }
  }
  return { clock, lines, system, end, pass }
}

const USED_UP =
  'error: this process has reached its limit of open files, so the system closes new connections immediately. Raise that limit (ulimit -n), or lower limits.connections'

test.each(['EMFILE', 'ENFILE'])('exhausted descriptors (%s) are logged once, and the end of the shortage', async (code) => {
  const { lines, system, pass } = watched()
  await pass(5)
  expect(lines).toEqual([])
  system.code = code
  await pass(40)
  expect(lines).toEqual([USED_UP])
  system.code = undefined
  await pass(5)
  expect(lines).toEqual([USED_UP, 'warn: this process can open files again, after 40 s: the server accepts clients'])
})

test('descriptors that are exhausted again and again are logged once a minute', async () => {
  const { lines, system, pass } = watched()
  for (let at = 0; at < 60; at++) {
    system.code = at % 2 === 0 ? 'EMFILE' : undefined
    await pass(2)
  }
  expect(lines.filter((line) => line === USED_UP)).toHaveLength(2)
  expect(lines).toHaveLength(4)
})

test('other errors are not logged as such, and no check runs after the end', async () => {
  const { lines, system, end, pass } = watched()
  system.code = 'EACCES'
  await pass(3)
  end()
  system.code = 'EMFILE'
  await pass(3)
  expect(lines).toEqual([])
})
