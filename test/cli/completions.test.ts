import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/parlor.js', import.meta.url))

/** Returns the completions of typed lines in bash without any package, by the script, which is loaded twice. */
function completed(...lines: readonly string[]): { readonly found: readonly (readonly string[])[]; readonly said: string } {
  const script = [
    `parlor() { '${process.execPath}' '${bin}' "$@"; }`,
    'source <(parlor complete bash) 2>&1',
    'source <(parlor complete bash) 2>&1',
    ...lines.map((line) => `COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; __parlor_complete; echo "=\${COMPREPLY[*]}"`),
  ].join('\n')
  const output = execFileSync('bash', ['--norc', '--noprofile', '-c', script], { encoding: 'utf8' })
  const rows = output.split('\n').filter((line) => line !== '')
  return {
    found: rows.filter((line) => line.startsWith('=')).map((line) => line.slice(1).split(' ').filter(Boolean)),
    said: rows.filter((line) => !line.startsWith('=')).join('\n'),
  }
}

test('bash completes commands, programs and values without the package bash-completion, also when the script is read twice', () => {
  const { found, said } = completed('parlor ho', 'parlor host gue', 'parlor serve --only=gue', 'parlor people ', 'parlor host $(exit 3)')
  expect(said).toBe('')
  expect(found.slice(0, 3)).toEqual([['host'], ['guess'], ['guess']])
  expect(found[3]).toEqual(expect.arrayContaining(['list', 'reset', 'remove']))
})

test('bash completes the arguments of help', () => {
  expect(completed('parlor help s').found).toEqual([['serve', 'solo', 'show']])
})
