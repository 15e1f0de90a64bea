import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDiagnostic } from '../../src/cli/diagnostics.ts'
import { Parlor } from '../support/process.ts'

test('a diagnostic wraps at blanks on a terminal of 80 columns, and not in a pipe', () => {
  const sentence = 'the client sent "200": expected a whole number, and nothing else in the same piece; that looks like the number 200'
  expect(formatDiagnostic(sentence, 80).split('\n')).toEqual([
    'parlor: the client sent "200": expected a whole number, and nothing else in the',
    '  same piece; that looks like the number 200',
  ])
  expect(formatDiagnostic(sentence, 0)).toBe(`parlor: ${sentence}`)
})

test('no line of a diagnostic is wider than the terminal, and no letter of it is lost', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'abc \n;"中é'), maxLength: 300 })
  fc.assert(
    fc.property(texts, fc.integer({ min: 20, max: 120 }), (text, columns) => {
      const lines = formatDiagnostic(text, columns).split('\n')
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
      expect(lines.join('').replaceAll(' ', '')).toBe(`parlor: ${text}`.replaceAll(/[ \n]/g, ''))
    }),
  )
})

test('a usage error wraps at blanks on a narrow terminal, too', async () => {
  const narrow = 'Object.assign(process.stderr, { isTTY: true, columns: 40 })'
  const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(narrow)}` }
  await using parlor = new Parlor(['host', 'guess', '--port', '70000'], undefined, { environment })
  expect(await parlor.exit).toBe(2)
  expect(parlor.errors).toBe('parlor: --port cannot be "70000": it\n  must be a whole number from 0 to 65535\n(--help shows its usage)\n')
})
