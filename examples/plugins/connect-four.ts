import { defineTurnGame, type SeatNumber } from 'parlor'

const COLUMNS = 7
const ROWS = 6
const MARKS = ['O', 'X']

/** Grid is the state: for each column, a text with the marks of its discs from the bottom. */
export interface Grid {
  readonly columns: readonly string[]
  readonly turn: SeatNumber
  /** The column of the last move, from 1. */
  readonly last?: number
}

/** Connect Four: two players drop discs into columns in turn, and four in a line win. */
export const connectFour = defineTurnGame<Grid, number>({
  name: 'connect-four',
  aliases: ['connect4', 'four', 'four in a row'],
  title: 'connect four: drop discs into columns, four in a line win',
  rules: 'Two players drop a disc into one of seven columns in turn. Four discs of a player in a row, a column or a diagonal win.',
  moveHint: 'the number of a column, 1 to 7',
  screen: { marks: MARKS, last: ({ last, turn }) => (last === undefined ? undefined : { seat: 1 - turn, move: String(last) }) },
  setup: () => ({ columns: Array<string>(COLUMNS).fill(''), turn: 0 }),
  move({ columns, turn }, seat, number) {
    const column = columns[number - 1]
    if (column === undefined) return { refused: `there is no column ${number}; columns go from 1 to ${COLUMNS}` }
    if (column.length === ROWS) return { refused: `column ${number} is full` }
    return { columns: columns.with(number - 1, column + MARKS[seat]), turn, last: number }
  },
  outcome(grid) {
    if (isFour(grid)) return { winners: [1 - grid.turn] }
    return grid.columns.every(({ length }) => length === ROWS) ? { winners: [] } : undefined
  },
  *moves({ columns }) {
    for (const [at, { length }] of columns.entries()) if (length < ROWS) yield at + 1
  },
  notation: {
    parse: (text) => (/^\s*\d{1,2}\s*$/.test(text) ? Number(text) : { refused: 'type the number of a column, such as 4' }),
    print: String,
    render: ({ columns }) =>
      `${Array.from({ length: ROWS }, (_, row) => columns.map((column) => column[ROWS - 1 - row] ?? '.').join(' ')).join('\n')}\n1 2 3 4 5 6 7\n`,
  },
})

/** A plug-in exports its games. */
export const games = [connectFour]

/** Checks whether the last disc completes a line of four. */
function isFour({ columns, last = 0 }: Grid): boolean {
  const [column, row] = [last - 1, (columns[last - 1]?.length ?? 0) - 1]
  const mark = columns[column]?.[row]
  const count = (across: number, up: number): number => {
    let n = 1
    while (columns[column + n * across]?.[row + n * up] === mark) n++
    return n - 1
  }
  const lines = [
    [0, 1],
    [1, 0],
    [1, 1],
    [1, -1],
  ] as const
  return mark !== undefined && lines.some(([across, up]) => count(across, up) + count(-across, -up) >= 3)
}
