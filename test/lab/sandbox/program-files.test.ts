import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SandboxError } from '../../../src/lab/check/sandbox.ts'
import { FolderTooLarge, findProgramFiles, stageFolder } from '../../../src/lab/sandbox/program-files.ts'
import { folder } from '../../support/folders.ts'

/** Creates a folder with two hand-ins and a tool. */
function classroom(): string {
  const path = folder()
  for (const name of ['ada', 'ada/src', 'grace', 'tools', 'tools/bin']) mkdirSync(join(path, name))
  for (const name of ['ada/client.py', 'ada/src/part.py', 'grace/client.py', 'tools/bin/run']) writeFileSync(join(path, name), '')
  chmodSync(join(path, 'tools/bin/run'), 0o755)
  return path
}

describe('the folders of a command', () => {
  test('are the folder in which it runs, and those of files elsewhere', () => {
    const path = classroom()
    const ada = join(path, 'ada')
    expect(findProgramFiles(['java', 'Client'], ada).own).toEqual([ada])
    expect(findProgramFiles(['python3', 'src/part.py', '{HOST}'], ada).own).toEqual([ada])
    expect(findProgramFiles(['python3', '../tools/bin/run'], ada).own).toEqual([ada, join(path, 'tools/bin')])
    expect(findProgramFiles(['java', '-cp', join(path, 'grace'), 'Client'], ada).own).toEqual([ada, join(path, 'grace')])
    expect(findProgramFiles(['cat', '/etc/passwd', '/'], ada).own).toEqual([ada])
  })

  test('are in a home folder those of the named files alone', () => {
    const path = classroom()
    expect(findProgramFiles(['python3', join(path, 'ada/client.py')], homedir()).own).toEqual([join(path, 'ada')])
    expect(findProgramFiles(['./nosuchfile'], homedir()).own).toEqual([homedir()])
  })

  test('have the installation of the tool, if it is none of the system', () => {
    const path = classroom()
    const { tools } = findProgramFiles(['run', 'client.py'], join(path, 'ada'), `/usr/bin:${join(path, 'tools/bin')}`)
    expect(tools).toEqual([join(path, 'tools')])
    expect(findProgramFiles(['sh', '-c', 'true'], path, '/usr/bin:/bin').tools).toEqual([])
    expect(findProgramFiles(['nosuchtool'], path, '/usr/bin:/bin').tools).toEqual([])
  })

  test('never have the folder beside the program as a tool', () => {
    const path = classroom()
    writeFileSync(join(path, 'ada/client'), '')
    mkdirSync(join(path, 'grace/bin'))
    writeFileSync(join(path, 'grace/bin/client'), '')
    expect(findProgramFiles(['./client'], join(path, 'ada'))).toMatchObject({ own: [join(path, 'ada')], tools: [] })
    expect(findProgramFiles(['./client'], join(path, 'ada'), join(path, 'ada')).tools).toEqual([])
    expect(findProgramFiles(['bin/client'], join(path, 'grace'))).toMatchObject({ own: [join(path, 'grace')], tools: [] })
    expect(findProgramFiles(['client'], join(path, 'ada'), join(path, 'ada')).tools).toEqual([])
  })

  test('have a virtual environment as a tool, whole', () => {
    const path = classroom()
    const { own, tools } = findProgramFiles(['../tools/bin/run', 'client.py'], join(path, 'ada'))
    expect({ own, tools }).toEqual({ own: [join(path, 'ada')], tools: [join(path, 'tools')] })
  })

  test('never have the home folder as a tool', () => {
    const { tools } = findProgramFiles([join(homedir(), 'bin/run'), 'x'], '/tmp', '')
    expect(tools).not.toContain(homedir())
  })
})

describe('the copy of a folder', () => {
  test('has its files, without version control, caches, and what links lead to outside', async () => {
    const [path, stage] = [classroom(), folder()]
    mkdirSync(join(path, 'ada/.git'))
    symlinkSync(join(path, 'grace'), join(path, 'ada/other'))
    symlinkSync(join(path, 'grace/client.py'), join(path, 'ada/stolen.py'))
    symlinkSync(join(path, 'nowhere'), join(path, 'ada/broken'))
    symlinkSync('client.py', join(path, 'ada/same.py'))
    stageFolder(join(path, 'ada'), stage)
    const copied = await readdir(join(stage, relative('/', join(path, 'ada'))), { recursive: true })
    expect(copied.sort()).toEqual(['client.py', 'same.py', 'src', join('src', 'part.py')])
  })

  test('is refused if the folder is too large, and with a sentence if Parlor’s data is in it', async () => {
    const path = folder()
    for (let number = 0; number < 2001; number++) writeFileSync(join(path, `file${number}`), '')
    const stage = folder()
    expect(() => stageFolder(path, stage)).toThrow(FolderTooLarge)
    writeFileSync(join(path, 'parlor.db'), '')
    expect(() => stageFolder(path, stage)).toThrow(SandboxError)
    expect(await readdir(stage)).toEqual([])
  })
})
