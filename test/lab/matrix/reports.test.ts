import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCsv } from '../../../src/cli/table.ts'
import { displayWidth } from '../../../src/games/text/graphemes.ts'
import { EQUAL } from '../../../src/lab/check/points.ts'
import { formatMatrixPage } from '../../../src/lab/matrix/matrix-page.ts'
import { toMatrixRows } from '../../../src/lab/matrix/matrix-rows.ts'
import { formatMatrix } from '../../../src/lab/matrix/matrix-table.ts'
import { type HandInSide, hasPassed, type MatrixReport, type PairOutcome } from '../../../src/lab/matrix/report.ts'

const HOSTILE = [
  '=cmd()',
  '<script>alert(1)<',
  '  blanks  ',
  'n'.repeat(200),
  'Łucja 日本',
  'new\nline',
  '\u202eevil',
  `"quo'te`,
  '@sum',
  '-rf',
]

function side(passed: boolean): HandInSide {
  const result = { passed, cause: passed ? null : ('crlf' as const), sentence: '<b>sent "5\r"</b>' }
  const checks = [
    { ...result, name: 'plays-to-the-end', source: 'notes', repeat: "parlor check 'a b'", details: passed ? [] : ['| <i>', '^'] },
  ]
  return { start: 'python3 client.py', checks, hasPlayed: true }
}

/** Creates the report of clients and servers with these names; each second one has failed. */
function toReport(names: readonly string[]): MatrixReport {
  const outcomes: readonly PairOutcome[] = ['passed', 'client', 'server', 'unclear', 'not played']
  const handIns = names.map((name, at) => {
    if (at % 4 === 3) return { name, problem: 'no file of it has "client" in its name' }
    return { name, client: side(at % 2 === 0), ...(at % 3 === 0 ? { server: side(true) } : {}) }
  })
  const pairs = names.flatMap((client, row) =>
    names.map((server, column) => {
      const outcome = outcomes[(row + column) % outcomes.length] ?? 'unclear'
      const cause = outcome === 'client' || outcome === 'server' ? ('spelling' as const) : null
      return { client, server, outcome, cause, sentence: `=1 ${client}`, repeat: `parlor --pair '${client}/${server}'`, details: ['<pre>'] }
    }),
  )
  return { program: 'tjc/guess', level: 'worksheet', handIns, pairs }
}

describe('the table of a class', () => {
  test('is no wider than the screen except for commands, with any names, and prints no control character', () => {
    const names = fc.uniqueArray(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', minLength: 1 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(names, fc.integer({ min: 60, max: 200 }), (some, width) => {
        const lines = formatMatrix(toReport(some), { width, color: false, weights: EQUAL })
        const wide = lines.filter((line) => displayWidth(line) > width && !line.startsWith('  repeat: '))
        expect(wide).toEqual([])
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
        expect(lines.filter((line) => /[\0-\x1f\x7f-\x9f\u202a-\u202e]/.test(line))).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  test('has a sign for each pair, in parts if the servers do not fit', () => {
    const names = Array.from({ length: 90 }, (_, at) => `student-${at}`)
    const lines = formatMatrix(toReport(names), { width: 80, color: false, weights: EQUAL })
    const signs = lines
      .filter((line) => /^student-\d+(?: +[.CS?-]){2,}$/.test(line))
      .map((line) => line.match(/ [.CS?-](?= |$)/g)?.length ?? 0)
    expect(signs.reduce((sum, count) => sum + count, 0)).toBe(90 * 90)
  })

  test('shows what is wrong, and only those pairs that say more than the checks', () => {
    const report = toReport(['ada', 'bob'])
    const text = formatMatrix(report, { width: 100, color: false, weights: EQUAL }).join('\n')
    expect(text).toMatch(/^ada +passed +passed +2 of 2$/m)
    expect(text).toMatch(/^bob +crlf +- +0 of 1$/m)
    expect(text).toContain('ada with bob: the client’s mistake, spelling')
    expect(text).toContain('1 other pair failed because of a side whose own checks fail')
    expect(hasPassed(report)).toBe(false)
  })
})

describe('the rows of a class', () => {
  test('have a row for each check and two for each pair, and no cell that a spreadsheet takes for a formula', () => {
    const csv = toCsv(toMatrixRows(toReport(HOSTILE), EQUAL))
    const rows = parse(csv) as string[][]
    expect(rows.length).toBeGreaterThan(2 * HOSTILE.length ** 2)
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([12]))
    expect(rows.flat().filter((cell) => /^[=+@\t\r]|^-./.test(cell))).toEqual([])
    expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(["'=cmd()", "'-rf", 'new\nline']))
  })
})

describe('the page of a class', () => {
  test('runs and loads nothing, and shows hostile names as text', async () => {
    const page = await formatMatrixPage(toReport(HOSTILE), EQUAL)
    expect(page).not.toMatch(/<script|<i>|<b>sent|\son\w+=|https?:|url\(/)
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;sha256-')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;')
    expect(page).toContain('\\u202eevil')
  })

  test('leads from each cell that has not passed to its sentence, cause and command', async () => {
    const page = await formatMatrixPage(toReport(HOSTILE), EQUAL)
    const targets = [...page.matchAll(/href="#([\w-]+)"/g)].map(([, target]) => target)
    const places = new Set([...page.matchAll(/id="([\w-]+)"/g)].map(([, place]) => place))
    expect(targets.length).toBeGreaterThan(HOSTILE.length)
    expect(targets.filter((target) => !places.has(target))).toEqual([])
    expect(page).toMatch(/<article id="client-1">.*?crlf.*?Repeat it with/s)
  })
})
