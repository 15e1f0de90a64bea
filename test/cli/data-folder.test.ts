import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { checkDataFolder } from '../../src/cli/data-folder.ts'
import { UsageError } from '../../src/cli/diagnostics.ts'
import { resultsCommand } from '../../src/cli/history-commands.ts'
import { peopleCommand } from '../../src/cli/people.ts'
import { rankCommand } from '../../src/cli/rank.ts'
import { backupCommand, repairCommand, verifyCommand } from '../../src/cli/store-files.ts'

let around = ''

beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'parlor-data-'))
  const made = around
  onTestFinished(() => rmSync(made, { recursive: true }))
})

/** Every command that reads a server's data folder. */
const QUESTIONS: readonly (readonly [string, (data: string) => Promise<unknown>])[] = [
  ['results', (data) => resultsCommand(undefined, { data })],
  ['people list', async (data) => (await import('../../src/cli/history-commands.ts')).peopleListCommand({ data })],
  ['people reset', (data) => peopleCommand('reset', 'ada', { data })],
  ['people remove', (data) => peopleCommand('remove', 'ada', { data })],
  ['rank', (data) => rankCommand(undefined, { data, named: true, limit: 10 })],
  ['verify', (data) => verifyCommand(undefined, { data })],
  ['backup', (data) => backupCommand(join(around, 'backup.db'), { data })],
  ['repair', (data) => repairCommand({ data })],
]

async function refused(command: Promise<unknown>): Promise<string> {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(UsageError)
  return error instanceof UsageError ? error.message : ''
}

test.each(QUESTIONS)('%s creates no database in an empty folder, and does not change its mode', async (_, ask) => {
  const folder = join(around, 'empty')
  mkdirSync(folder, { mode: 0o755 })
  expect(await refused(ask(folder))).toContain(`there is no parlor.db in ${folder}: no server has stored data in this folder`)
  expect([readdirSync(folder), statSync(folder).mode & 0o777]).toEqual([[], 0o755])
})

test.each(QUESTIONS)('%s reports that a file is not a server’s folder, and that "none" stores nothing', async (_, ask) => {
  const file = join(around, 'words.txt')
  writeFileSync(file, 'tree\n')
  expect(await refused(ask(file))).toContain(`${file} is not a folder: --data names the folder of a server`)
  expect(await refused(ask('none'))).toContain('"none" stores nothing, so there is nothing to read')
  expect(await refused(ask('memory:'))).toContain('"memory:" stores nothing, so there is nothing to read')
  expect(await refused(ask(join(around, 'away')))).toContain('there is no folder')
  expect(readdirSync(around)).toEqual(['words.txt'])
})

test.each(QUESTIONS)('%s points to the files that a repair has archived, if the database is missing', async (_, ask) => {
  const archive = join(around, 'parlor.damaged-2026-01-01T00-00-00.000Z')
  mkdirSync(archive)
  expect(await refused(ask(around))).toContain(
    `there is no parlor.db in ${around}, but ${archive} has the files that a repair has replaced`,
  )
})

test('each command reports the loss of a folder’s database to the operator', () => {
  writeFileSync(join(around, 'parlor.mark'), 'x')
  expect(() => checkDataFolder(around)).not.toThrow()
  expect(existsSync(join(around, 'parlor.db'))).toBe(false)
})

test('people list refuses a name, and verify of a missing file explains its argument', async () => {
  expect(await refused(peopleCommand('list', 'eve', { data: around }))).toBe(
    'people list takes no name, and not "eve": it lists all registered users',
  )
  expect(await refused(verifyCommand(join(around, 'nofile'), { data: around }))).toBe(
    `there is no ${join(around, 'nofile')} here: name a parlor.db, or a backup; without a name, the folder of --data is verified`,
  )
})

test('rank reports that a game has no ladder', async () => {
  expect(await refused(rankCommand('guess', { data: around, named: true, limit: 10 }))).toMatch(
    /^guess has no ladder, because a user plays it alone and without points; these games have a ladder: tictactoe, scissors, .*quiz/,
  )
})
