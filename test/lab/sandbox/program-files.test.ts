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
  test('are those of the files that its words name, and not the folder with all hand-ins', () => {
    const path = classroom()
    expect(findProgramFiles(['python3', 'ada/client.py', '{HOST}'], path).own).toEqual([join(path, 'ada')])
    expect(findProgramFiles(['python3', join(path, 'ada/src/part.py'), 'ada/client.py'], path).own).toEqual([join(path, 'ada')])
    expect(findProgramFiles(['./ada/client.py'], path).own).toEqual([join(path, 'ada')])
    expect(findProgramFiles(['java', '-cp', 'ada', 'Client'], path).own).toEqual([join(path, 'ada')])
  })

  test('are the folder in which it runs if no word names a file', () => {
    const path = classroom()
    expect(findProgramFiles(['java', 'Client'], path).own).toEqual([path])
    expect(findProgramFiles(['cat', '/etc/passwd', '/'], path).own).toEqual([path])
  })

  test('have the installation of the tool, if it is none of the system', () => {
    const path = classroom()
    const { tools } = findProgramFiles(['run', 'ada/client.py'], path, `/usr/bin:${join(path, 'tools/bin')}`)
    expect(tools).toEqual([join(path, 'tools')])
    expect(findProgramFiles(['sh', '-c', 'true'], path, '/usr/bin:/bin').tools).toEqual([])
    expect(findProgramFiles(['nosuchtool'], path, '/usr/bin:/bin').tools).toEqual([])
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
    await stageFolder(join(path, 'ada'), stage)
    const copied = await readdir(join(stage, relative('/', join(path, 'ada'))), { recursive: true })
    expect(copied.sort()).toEqual(['client.py', 'same.py', 'src', join('src', 'part.py')])
  })

  test('is refused if the folder is too large, and with a sentence if Parlor’s data is in it', async () => {
    const path = folder()
    for (let number = 0; number < 2001; number++) writeFileSync(join(path, `file${number}`), '')
    await expect(stageFolder(path, folder())).rejects.toThrow(FolderTooLarge)
    writeFileSync(join(path, 'parlor.db'), '')
    await expect(stageFolder(path, folder())).rejects.toThrow(SandboxError)
  })
})
