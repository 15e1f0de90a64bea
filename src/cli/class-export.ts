import { toXml } from '../lab/check/report-formats.ts'
import { type ClassConnection, toClassVerdict } from '../lab/class/class-view.ts'
import { formatAddress } from '../terminal/system-errors.ts'
import { toCsv } from './table.ts'

const TITLES = [
  ...['connection', 'program', 'address', 'port', 'transport', 'desk', 'name', 'state', 'turn', 'open', 'opened', 'last'],
  ...['visited', 'states', 'games', 'result', 'fault', 'stands'],
]

/** Formats the console as CSV: one row per connection. */
export function formatClassCsv(rows: readonly ClassConnection[]): string {
  const cells = rows.map((row) => {
    const { connection, program, host, port, transport, desk = '', name = '', state, turn, isOpen, openedAt, lastAt, progress, fault } = row
    const times = [openedAt, lastAt].map((at) => new Date(at).toISOString())
    const { visited, states, games } = progress
    return [
      ...[connection, program, host, port, transport, desk, name, state, turn, String(isOpen), ...times, visited, states, games],
      ...[toClassVerdict(row), fault?.sentence ?? '', fault ? String(fault.stands) : ''],
    ]
  })
  return toCsv([TITLES, ...cells])
}

/**
 * Formats the console as JUnit XML: one test case per connection. A test case has failed if the last fault is not corrected, and has passed
 * if the client has finished a game. All other test cases are skipped.
 */
export function formatClassJUnit(rows: readonly ClassConnection[]): string {
  const verdicts = rows.map(toClassVerdict)
  const count = (one: string) => verdicts.filter((verdict) => verdict === one).length
  const counts = `tests="${rows.length}" failures="${count('failed')}" skipped="${count('none')}"`
  const cases = rows.map((row, at) => formatCase(row, verdicts[at] ?? 'none'))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="parlor class" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function formatCase(row: ClassConnection, verdict: ReturnType<typeof toClassVerdict>): string {
  const { program, desk, name, openedAt, lastAt, fault, progress } = row
  const who = [desk, name, formatAddress(row)].filter((one) => one !== undefined).join(', ')
  const seconds = ((lastAt - openedAt) / 1000).toFixed(3)
  const head = `    <testcase classname="${toXml(program)}" name="${toXml(who)}" time="${seconds}"`
  if (verdict === 'passed') return `${head}/>`
  const { visited, states } = progress
  const inner =
    verdict === 'failed'
      ? `<failure message="${toXml(fault?.sentence ?? '')}">${toXml(fault?.sentence ?? '')}</failure>`
      : `<skipped message="no game was finished; ${visited} of ${states} states were visited"/>`
  return `${head}>\n      ${inner}\n    </testcase>`
}
