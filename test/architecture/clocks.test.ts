import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')

/** The lines of `src` that read wall time, with the reason: they store or show it, and measure no span by it. */
const WALL: readonly (readonly [file: string, line: RegExp, why: string])[] = [
  ['base/clock.ts', /now: Date\.now/, 'the clock itself'],
  ['wire/transports/tls.ts', /new Date\(clock\.now\(\)/, 'the dates of a certificate'],
  ['programs/time.ts', /new Date\(clock\.now\(\)\)/, 'the time of day is what that program answers'],
  ['hall/accounts/people.ts', /since: this\.#clock\.now\(\)/, 'the date of a registration, which is stored and shown'],
  [
    'hall/accounts/login-sessions.ts',
    /(?:since|now|session|sessionsOf)\b.* ?clock\.now\(\)/,
    'the times of a session, which are stored and shown',
  ],
  ['hall/matchmaker.ts', /since: .*clock\.now\(\)/, 'when a seek arrived, as it is shown'],
  ['hall/openings.ts', /const at = tools\.clock\.now\(\)/, 'the time of an opening'],
  ['hall/table-clock.ts', /const wall = Math\.max\(clock\.now\(\), lastAt\)/, 'the beginning of the clock of a table'],
  [
    'storage/sqlite/progress-mark.ts',
    /since-\$\{Math\.round\(Date\.now\(\) - uptime/,
    'the start of the machine, which is stored if the machine has no boot id',
  ],
  [
    'lobby/disk-quota.ts',
    /#epoch = clock\.now\(\) - clock\.monotonic\(\)$/,
    'the beginning of the count of an hour, which is stored over restarts',
  ],
  ['hall/accounts/online-users.ts', /clock\.now\(\)[,)]?$/, 'when a user came or left, as it is shown, and compared with when games ended'],
  ['lab/check/waiting.ts', /now: \(\) => clock\.now\(\)/, 'the wall time of a clock whose monotonic time is that of a program'],
  ['cli/store-files.ts', /repair\(path, Date\.now\(\)\)/, 'the name of the folder with the files as they were'],
  ['lab/class/class-console.ts', /openedAt: this\.#clock\.now\(\)/, 'when a connection was opened, as it is shown'],
  ['lab/wire/connection-logs.ts', /openedAt: this\.#clock\.now\(\)/, 'when a connection was opened, as it is shown'],
  ['cli/class.ts', /formatTime\(wallClock\.now\(\)\)/, 'the time of a line of the class console'],
  ['server/gateway/operator-sessions.ts', /until: clock\.now\(\)/, 'the end of a session, for the browser that stores its cookie'],
  ['server/observe/json-logs.ts', /new Date\(now\(\)\)/, 'the time of a line of the log'],
  ['web/connection/page-client.ts', /wall: clock\.now\(\)/, 'the time of a direct message, as it is shown'],
  ['web/browser/main.tsx', /now: Date\.now,/, 'the clock of the page itself'],
  ['cli/logs.ts', /now: wallClock\.now|localTime\(wallClock\.now\(\)\)/, 'the time of a line of the log'],
]

/** Matches code that reads the wall clock. */
const READS = /(?<!performance)\.now\(\)|[cC]lock\.now\b|Date\.now|new Date\((?:now\(\))?\)/

test('wall time is read only where it is stored or shown: spans are measured by monotonic time', () => {
  const files = globSync('**/*.{ts,tsx}', { cwd: source })
  expect(files.length).toBeGreaterThan(100)
  const found = new Set<unknown>()
  for (const file of files) {
    for (const line of readFileSync(join(source, file), 'utf8').split('\n')) {
      if (!READS.test(line) || /^\s*(?:\*|\/\*\*)/.test(line)) continue
      const known = WALL.find(([where, what]) => where === file && what.test(line))
      expect(known, `${file} reads wall time: "${line.trim()}"`).toBeDefined()
      found.add(known)
    }
  }
  expect(WALL.filter((one) => !found.has(one))).toEqual([])
})
