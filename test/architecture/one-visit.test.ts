import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')
const files = globSync('**/*.ts', { cwd: source }).map((file) => file.replaceAll('\\', '/'))

/** The files that match, in order, without the hall itself, and without the programs, whose `hall` is a `HallAccess`. */
function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => !/^(?:hall|programs)\//.test(file) && pattern.test(readFileSync(join(source, file), 'utf8'))).toSorted()
}

test.each([
  ['identifies a user', /\bnew Identity\(/],
  ['controls a seek', /\bnew SeekControl\(/],
  ['takes seats', /\bnew SessionSeats\(/],
  ['counts holdings', /\bnew ConnectionHoldings\(/, 'lobby/seats.ts'],
  ['opens a table', /\bhall\.open\(/, 'lobby/seeking.ts'],
  ['opens a seek', /\bhall\.seek\(/, 'lobby/seeking.ts'],
  ['makes the seat of a program', /\bnew TableSeat\b/, 'lobby/seats.ts'],
])('one file alone %s', (_, pattern, file = 'lobby/session-parts.ts') => {
  expect(filesWith(pattern)).toEqual([file])
})

test('only the seating of programs and the service open sessions', () => {
  expect(filesWith(/\bnew LobbySession\(/)).toEqual(['lobby/program-seating.ts', 'lobby/service.ts'])
})
