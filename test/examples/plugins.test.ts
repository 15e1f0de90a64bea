import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { examples } from '../support/plugins.ts'

const files = globSync('*.ts', { cwd: examples })

/** Counts the lines that are neither empty nor comments. */
function codeLines(text: string): number {
  return text.split('\n').filter((line) => !/^\s*(?:$|\/\/|\/\*\*|\*)/.test(line)).length
}

describe('the example plug-ins', () => {
  test.each(files)('%s has at most 60 lines of code', (file) => {
    expect(codeLines(readFileSync(join(examples, file), 'utf8'))).toBeLessThanOrEqual(60)
  })

  test('pass their tests under node:test, in the clone', async () => {
    const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => join(examples, file))
    expect(tests.length).toBeGreaterThan(1)
    const { NODE_OPTIONS: _, ...environment } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', ...tests], { env: environment })
    expect(stdout).toMatch(/# fail 0\n/)
    expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(10)
  }, 120_000)
})
