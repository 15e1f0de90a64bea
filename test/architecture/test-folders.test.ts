import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const tests = join(import.meta.dirname, '..')
/** This file, which contains imports as texts. */
const THIS = 'architecture/test-folders.test.ts'

/** Returns the folders of tests from which a file of tests imports, beside its own. */
function importedFolders(file: string, text: string): string[] {
  const found = [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*'(\.[^']+)'/g)]
  return found
    .map(([, to = '']) => normalize(join(dirname(file), to)).replaceAll('\\', '/'))
    .filter((to) => !to.startsWith('../'))
    .map((to) => to.split('/')[0] ?? '')
    .filter((folder) => folder !== file.split('/')[0])
}

test('folders of tests import nothing of each other except from support, which imports nothing of them', () => {
  const files = globSync('*/**/*.ts', { cwd: tests }).map((file) => file.replaceAll('\\', '/'))
  expect(files.length).toBeGreaterThan(250)
  const imports = files
    .filter((file) => file !== THIS)
    .flatMap((file) => importedFolders(file, readFileSync(join(tests, file), 'utf8')).map((folder) => ({ file, folder })))
  expect(imports.length).toBeGreaterThan(250)
  expect(imports.filter(({ folder }) => folder !== 'support')).toEqual([])
})

test('detects an import from another folder of tests', () => {
  expect(importedFolders('support/door-user.ts', "import { HungUp } from '../crash/line.ts'\n")).toEqual(['crash'])
  expect(importedFolders('door/walk.test.ts', "import { play } from '../support/play.ts'\n")).toEqual(['support'])
  expect(importedFolders('attack/attacks/one.ts', "import { run } from '../attack.ts'\nimport { x } from '../../../src/x.ts'\n")).toEqual(
    [],
  )
})
