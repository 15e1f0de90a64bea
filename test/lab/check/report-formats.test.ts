import { describe, expect, test } from 'vitest'
import { type CheckResult, toReport } from '../../../src/lab/check/report.ts'
import { formatGradescope, formatJUnit, formatTap } from '../../../src/lab/check/report-formats.ts'

const common = { source: '000 program 11', repeat: "parlor check guess --client 'python3 client.py' --only x" }
const good: CheckResult = { name: 'plays-to-the-end', passed: true, cause: null, sentence: 'it ended well', ...common }
const bad: CheckResult = {
  name: 'byte-by-byte',
  passed: false,
  cause: 'partial-read',
  sentence: 'the client sent "<5&0>"\u0007 and\nstopped',
  ...common,
}
const about = { program: 'tjc/guess', role: 'client', level: 'robust' } as const
const report = toReport(about, [good, bad])

describe('a report', () => {
  test('has passed if it had checks and all of them have passed', () => {
    expect(report.passed).toBe(false)
    expect(toReport(about, [good]).passed).toBe(true)
    expect(toReport(about, []).passed).toBe(false)
  })

  test('is JUnit XML, in which a text cannot end its element', () => {
    expect(formatJUnit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="parlor check tjc/guess client robust" tests="2" failures="1">
    <testcase classname="tjc/guess client" name="plays-to-the-end"/>
    <testcase classname="tjc/guess client" name="byte-by-byte">
      <failure type="partial-read" message="the client sent &quot;&lt;5&amp;0&gt;&quot;\ufffd and\nstopped">the client sent &quot;&lt;5&amp;0&gt;&quot;\ufffd and
stopped
source: 000 program 11
repeat: parlor check guess --client &apos;python3 client.py&apos; --only x</failure>
    </testcase>
  </testsuite>
</testsuites>
`)
  })

  test('is the Test Anything Protocol, with the facts of a failure in one block', () => {
    expect(formatTap(report)).toBe(`TAP version 14
1..2
ok 1 - plays-to-the-end
not ok 2 - byte-by-byte
  ---
  cause: "partial-read"
  message: "the client sent \\"<5&0>\\"\\u0007 and\\nstopped"
  source: "000 program 11"
  repeat: "parlor check guess --client 'python3 client.py' --only x"
  ...
`)
  })

  test('is the results of Gradescope, with weights', () => {
    const equal = JSON.parse(formatGradescope(report))
    expect(equal.score).toBe(1)
    expect(equal.tests.map(({ name, score, max_score, status }: Record<string, unknown>) => [name, score, max_score, status])).toEqual([
      ['plays-to-the-end', 1, 1, 'passed'],
      ['byte-by-byte', 0, 1, 'failed'],
    ])
    const weighted = JSON.parse(formatGradescope(report, { weightOf: (name) => (name === 'plays-to-the-end' ? 3 : 2) }))
    expect(weighted.score).toBe(3)
    expect(weighted.tests[1]).toMatchObject({ score: 0, max_score: 2 })
    expect(weighted.tests[1].output).toContain('partial-read')
  })
})
