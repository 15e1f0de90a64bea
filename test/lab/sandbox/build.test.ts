import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { buildProgram } from '../../../src/lab/check/build.ts'
import type { Sandbox } from '../../../src/lab/check/sandbox.ts'
import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'
import { folder } from '../../support/folders.ts'
import { hasNamespaces } from '../../support/sandboxes.ts'

const READ = ['sh', '-c', 'cat made 2>&1; ls -A']

async function open(cwd: string, options: { readonly namespaces?: boolean } = {}): Promise<Sandbox> {
  const sandbox = await openSandbox({ words: READ, cwd, confined: true, ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

async function outputOf(sandbox: Sandbox, words: readonly string[] = READ): Promise<string> {
  const program = await sandbox.start({ words, pipes: true })
  await program.ended
  return program.output.text()
}

describe.skipIf(process.platform === 'win32').each(hasNamespaces ? [true, false] : [false])(
  'a build, with namespaces: %s',
  (namespaces) => {
    test('leaves what it makes to the programs after it, and not in the folder of the hand-in', async () => {
      const path = folder()
      const sandbox = await open(path, { namespaces })
      expect(await buildProgram(sandbox, ['sh', '-c', 'echo whole > made'])).toBeUndefined()
      expect(await outputOf(sandbox)).toBe('whole\nmade\n')
      expect(existsSync(join(path, 'made'))).toBe(false)
    })

    test('that fails is a finding with its last lines', async () => {
      const sandbox = await open(folder(), { namespaces })
      const finding = await buildProgram(sandbox, ['sh', '-c', 'echo "no such header" >&2; exit 3'])
      expect(finding).toMatchObject({ cause: 'crashed', lines: ['no such header'] })
      expect(finding?.sentence).toMatch(/^the build failed, so nothing could be started: sh -c .* ended with the exit code 3$/)
    })
  },
)

describe.skipIf(!hasNamespaces)('a hostile build', () => {
  test('cannot put files from outside of the sandbox into it, by a link', async () => {
    const [path, secret] = [folder(), folder()]
    writeFileSync(join(secret, 'marks'), 'ada has 100')
    const sandbox = await open(path)
    const link = `rm -rf ./* ; ln -s ${secret} made; ln -s / root; mv ${path} ${path}.old; ln -s ${secret} ${path}; true`
    await buildProgram(sandbox, ['sh', '-c', link])
    expect(await outputOf(sandbox, ['sh', '-c', 'cat made/marks root/*/marks marks; ls -laR .'])).not.toContain('ada has 100')
    expect(existsSync(join(secret, 'marks'))).toBe(true)
  })
})

describe('a confined command', () => {
  test('sees no folder beside its own, though it names a file there, even through a link', async () => {
    const [path, other] = [folder(), folder()]
    writeFileSync(join(other, 'solution.py'), 'the solution')
    symlinkSync(join(other, 'solution.py'), join(path, 'link.py'))
    const { findProgramFiles } = await import('../../../src/lab/sandbox/program-files.ts')
    for (const words of [
      ['cat', join(other, 'solution.py')],
      ['cat', 'link.py'],
      [join(other, 'bin/run'), 'x'],
    ])
      expect(findProgramFiles(words, path, undefined, { confined: true })).toMatchObject({ own: [path], tools: [] })
    expect(findProgramFiles(['cat', join(other, 'solution.py')], path).own).toContain(other)
  })
})
