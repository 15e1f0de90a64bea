import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { RosterFile } from '../../src/cli/roster-file.ts'
import type { Roster } from '../../src/lab/class/roster.ts'
import { folder } from '../support/folders.ts'
import { TestClock } from '../support/test-clock.ts'

test('a roster is read again after a change; a roster that is not valid leaves the earlier in force, with a warning', async () => {
  const file = join(folder(), 'roster.csv')
  await writeFile(file, 'desk,name\ndesk 1,ada\n')
  const opened = await RosterFile.open(file)
  expect(opened.roster.find({ host: '::1', name: 'ada' })).toBe('desk 1')
  const clock = new TestClock()
  const reports: (Roster | string)[] = []
  let next = Promise.withResolvers<Roster | string>()
  const report = (what: Roster | string) => {
    reports.push(what)
    next.resolve(what)
    next = Promise.withResolvers()
  }
  opened.watch(clock, report, report)
  onTestFinished(() => opened.close())
  /** Passes two seconds, and waits for the report. */
  const reportAfter = async (text: string | undefined) => {
    if (text === undefined) await rm(file)
    else await writeFile(file, text)
    const reported = next.promise
    await clock.pass(2000)
    return reported
  }
  expect(await reportAfter('desk,name\ndesk 1,ada\nwrong\n')).toBe(
    `the server continues to use the earlier roster: ${file}, line 3: the desk "wrong" has neither an address nor a name`,
  )
  const changed = await reportAfter('desk,name\nthe window,ada\n')
  expect(typeof changed === 'object' && changed.find({ host: '::1', name: 'ada' })).toBe('the window')
  expect(await reportAfter(undefined)).toMatch(/^the server continues to use the earlier roster: cannot read .* there is no such file$/)
  expect(reports).toHaveLength(3)
})

test('a roster that is not valid is refused at the start, with the file and each line', async () => {
  const file = join(folder(), 'roster.csv')
  await writeFile(file, 'desk,address\n,10.0.0.1\nx,y\n')
  await expect(RosterFile.open(file)).rejects.toMatchObject({
    sentences: [`${file}, line 2: there is no desk`, expect.stringMatching(/, line 3: "y" is not an address/)],
  })
})
