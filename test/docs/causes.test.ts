import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CHECKS } from '../../src/lab/check/registry.ts'
import { CAUSES } from '../../src/lab/check/report.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/causes.md'), 'utf8')
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [/^`([\w-]+)`/.exec(section)?.[1] ?? '', section]),
)

describe('the page of causes', () => {
  test('has a section for each code, and for no other', () => {
    expect([...sections.keys()].sort()).toEqual([...CAUSES].sort())
  })

  test.each(CAUSES)('says what you see, why, and the fix in three languages: %s', (code) => {
    const section = sections.get(code) ?? ''
    expect(section).toMatch(/\*\*What you see\.\*\* \S.*\n\n\*\*Why\.\*\* \S/)
    const languages = [...section.matchAll(/^```(\w+)\n\S/gm)].map(([, language]) => language)
    expect(languages).toEqual(['python', 'c', 'js'])
  })
})

test('the page on checking lists every check with its level, its sides and what it proves', () => {
  const checking = readFileSync(join(import.meta.dirname, '../../docs/checking.md'), 'utf8')
  expect(CHECKS.length).toBeGreaterThan(10)
  const rows = [...checking.matchAll(/^\| `([\w-]+)` *\| (worksheet|robust) *\| (both|server|client) *\| ([^|]*?) *\|$/gm)]
  const listed = rows.map(([, name, level, side, proves = '']) => ({
    name,
    level,
    side,
    proves: proves.replace(/, if the protocol .*/, ''),
  }))
  const expected = CHECKS.map(({ name, level, roles, proves }) => ({ name, level, side: roles.length > 1 ? 'both' : roles[0], proves }))
  expect(listed).toEqual(expected)
})
