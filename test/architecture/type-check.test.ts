import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Returns the files that the type checker reads for a configuration, as paths from the root of the project. */
function filesOf(project: string): readonly string[] {
  const shown = execFileSync(join(root, 'node_modules/.bin/tsc'), ['--showConfig', '-p', project], { cwd: root, encoding: 'utf8' })
  const { files } = JSON.parse(shown) as { readonly files: readonly string[] }
  return files.map((file) => join(project, file))
}

// `exclude` of one configuration also holds for a configuration that extends it
test('the type checker checks each TypeScript file of the project', () => {
  const checked = new Set([...filesOf('.'), ...filesOf('src/web')])
  const all = globSync('{src,test,bench,docs,examples}/**/*.{ts,tsx}', { cwd: root, exclude: (path) => path.includes('node_modules') })
  expect(all.length).toBeGreaterThan(500)
  expect(all.filter((file) => !checked.has(file))).toEqual([])
})
