import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const tests = join(import.meta.dirname, '..')
const THIS = 'architecture/sleeps.test.ts'

/** The files that wait for time to pass, or ask again and again, with the reason. */
const MAY: Readonly<Record<string, string>> = {
  'attack/attack.ts': 'ends an attack that takes too long',
  'attack/attacks/connect-and-reset.ts': 'measures a real server for a time',
  'attack/attacks/datagram-flood.ts': 'measures a real server for a time',
  'attack/attacks/gone-with-backlog.ts': 'measures a real server for a time',
  'attack/attacks/house-on-large-boards.ts': 'measures a real server for a time',
  'attack/attacks/http-flood.ts': 'measures a real server for a time',
  'attack/attacks/pipelined-help.ts': 'measures a real server for a time',
  'attack/attacks/telnet-flood.ts': 'measures a real server for a time',
  'attack/attacks/waits-that-end-together.ts': 'measures a real server for a time',
  'crash/bot.ts': 'plays with a real server that throttles',
  'crash/run.ts': 'kills a real server after a random time',
  'docs/commands.ts': 'a server of a page prints nothing when it listens',
  'docs/scenes.ts': 'a command of a page may start before its server listens, and the server prints nothing',
  'server/observe/metrics.test.ts': 'reads the metrics of a real server, which announces no change of them',
  'support/flood.ts': 'pings a real server every few milliseconds',
}

/** Checks whether a test waits for time to pass, or polls until a condition holds. */
function sleeps(text: string): boolean {
  return /(?<!')\bset(?:Timeout|Interval)\b(?!')|\bvi\.wait(?:For|Until)\b|\bexpect\s*\.poll\b/.test(text)
}

test('no test sleeps or polls, except those with a reason', () => {
  const files = globSync('**/*.ts', { cwd: tests }).map((file) => file.replaceAll('\\', '/'))
  expect(files.length).toBeGreaterThan(250)
  const found = files.filter((file) => file !== THIS && sleeps(readFileSync(join(tests, file), 'utf8')))
  expect(found.sort()).toEqual(Object.keys(MAY).sort())
})

test.each([
  'await new Promise((resolve) => setTimeout(resolve, 50))',
  "import { setTimeout as pause } from 'node:timers/promises'",
  'const timer = setInterval(look, 10)',
  'await vi.waitFor(() => expect(ended).toHaveBeenCalled())',
  'await expect.poll(() => heard.finished).toBe(true)',
])('detects a sleep: %s', (line) => expect(sleeps(line)).toBe(true))

test.each(["vi.useFakeTimers({ toFake: ['setTimeout'] })", 'await new Promise(setImmediate)', 'await clock.pass(50)'])(
  'reports no sleep in: %s',
  (line) => expect(sleeps(line)).toBe(false),
)
