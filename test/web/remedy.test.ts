import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CAUSES } from '../../src/lab/check/report.ts'
import { parseRemedies, toTextParts } from '../../src/web/model/remedy.ts'

const FILE = readFileSync(join(import.meta.dirname, '../../docs/causes.md'), 'utf8')

test('each cause has a remedy in Python, C and JavaScript', () => {
  const remedies = parseRemedies(FILE)
  expect(Object.keys(remedies).sort()).toEqual([...CAUSES].sort())
  expect(remedies['missing-newline']?.why).toMatch(/^The other side reads a line\. TCP has no messages/)
  expect(remedies['missing-newline']?.fixes).toEqual({
    python: 's.sendall((guess + "\\n").encode())',
    c: 'dprintf(s, "%d\\n", guess);',
    js: "socket.write(guess + '\\n')",
  })
  for (const [cause, { why, fixes }] of Object.entries(remedies)) {
    expect(why, cause).not.toMatch(/\n|\*\*|```/)
    for (const fix of Object.values(fixes)) expect(fix, cause).not.toContain('```')
  }
})

test('a cause without an explanation or without an example stops the build', () => {
  const section = '## `crlf`\n\n**Why.** The line.\n\n**The fix.**\n\n```python\na\n```\n\n```c\nb\n```\n'
  expect(() => parseRemedies(section)).toThrow('no example in js')
  expect(() => parseRemedies('## `crlf`\n\nThe line.\n')).toThrow('no explanation')
  expect(parseRemedies(`${section}\n\`\`\`js\nc\n\`\`\`\n`)).toEqual({
    crlf: { why: 'The line.', fixes: { python: 'a', c: 'b', js: 'c' } },
  })
})

test('program text in an explanation is apart from the words', () => {
  expect(toTextParts('One `recv` returns `b""`.')).toEqual([
    { text: 'One ', isCode: false },
    { text: 'recv', isCode: true },
    { text: ' returns ', isCode: false },
    { text: 'b""', isCode: true },
    { text: '.', isCode: false },
  ])
})
