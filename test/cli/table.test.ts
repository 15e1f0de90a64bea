import { expect, test } from 'vitest'
import { formatTable } from '../../src/cli/table.ts'

const COLUMNS = [
  { title: 'rank', isNumber: true },
  { title: 'name', narrowest: 10 },
  { title: 'games', isNumber: true },
]

test('a table is as wide as its cells, with numbers aligned to the right', () => {
  expect(
    formatTable(
      COLUMNS,
      [
        ['1', 'ada', '12'],
        ['10', 'grace', ''],
      ],
      80,
    ),
  ).toBe('rank  name   games\n   1  ada       12\n  10  grace\n')
  expect(formatTable(COLUMNS, [['1', '王', '12']], 80)).toBe('rank  name  games\n   1  王       12\n')
})

test('a cell that is too wide wraps, down to the narrowest width of its column', () => {
  expect(formatTable(COLUMNS, [['1', 'Bartholomew the Last', '12']], 24)).toBe(
    'rank  name         games\n   1  Bartholomew     12\n      the Last\n',
  )
})

test('the last column is omitted if the table is still too wide', () => {
  expect(formatTable(COLUMNS, [['1', 'Bartholomew the Last', '12']], 22)).toBe('rank  name\n   1  Bartholomew the\n      Last\n')
})

test('two columns stay, and the column that can wrap is as narrow as necessary', () => {
  expect(formatTable(COLUMNS, [['1', '王'.repeat(5), '12']], 11)).toBe('rank  name\n   1  王王\n      王王\n      王\n')
})
