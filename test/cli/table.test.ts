import { expect, test } from 'vitest'
import { formatTable } from '../../src/cli/table.ts'

const COLUMNS = [
  { title: 'rank', isNumber: true },
  { title: 'name', narrowest: 10 },
  { title: 'games', isNumber: true },
]

test('a table is as wide as its cells, numbers to the right', () => {
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

test('a cell that is too wide is broken, down to the narrowest width of its column', () => {
  expect(formatTable(COLUMNS, [['1', 'Bartholomew the Last', '12']], 24)).toBe(
    'rank  name         games\n   1  Bartholomew     12\n      the Last\n',
  )
})

test('the last column is left out if the table is too wide all the same', () => {
  expect(formatTable(COLUMNS, [['1', 'Bartholomew the Last', '12']], 22)).toBe('rank  name\n   1  Bartholomew the\n      Last\n')
})

test('two columns stay, and the one that can be broken is as narrow as it must be', () => {
  expect(formatTable(COLUMNS, [['1', '王'.repeat(5), '12']], 11)).toBe('rank  name\n   1  王王\n      王王\n      王\n')
})
