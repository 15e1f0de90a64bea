import type { Random } from 'parlor'

const SIZE = 6
const SHIPS = [3, 2, 2]
const LETTERS = 'abcdef'

/** All cells, row by row. */
export const ALL: readonly number[] = [...Array(SIZE * SIZE).keys()]

/** Shot is a cell at which a player has shot. */
export interface Shot {
  readonly cell: number
  readonly hit: boolean
}

/** Places the ships at random; returns their cells. */
export function placeShips(random: Random): readonly number[] {
  const taken: number[] = []
  for (const length of SHIPS) taken.push(...placeShip(length, taken, random))
  return taken.toSorted((one, other) => one - other)
}

/**
 * Places ships that give the same answers to the shots; returns the given ships if random attempts find no other
 * ships.
 */
export function placeLike(fleet: readonly number[], shots: readonly number[], random: Random): readonly number[] {
  for (let tries = 0; tries < 100; tries++) {
    const other = placeShips(random)
    if (shots.every((cell) => fleet.includes(cell) === other.includes(cell))) return other
  }
  return fleet
}

export function parseCell(text: string): number | undefined {
  const [, column = '', row] = /^\s*([a-f])([1-6])\s*$/i.exec(text) ?? []
  return row === undefined ? undefined : (Number(row) - 1) * SIZE + LETTERS.indexOf(column.toLowerCase())
}

export function printCell(cell: number): string {
  return `${LETTERS[cell % SIZE]}${Math.floor(cell / SIZE) + 1}`
}

/** Renders one player's sea: `#` means a ship, `x` means a hit, and `o` means a miss. */
export function drawSea(fleet: readonly number[], shots: readonly Shot[]): string {
  const sign = (cell: number) => {
    const shot = shots.find((one) => one.cell === cell)
    return shot ? (shot.hit ? 'x' : 'o') : fleet.includes(cell) ? '#' : '.'
  }
  const rows = Array.from({ length: SIZE }, (_, row) => ALL.slice(row * SIZE, (row + 1) * SIZE))
  return `  a b c d e f\n${rows.map((cells, row) => `${row + 1} ${cells.map(sign).join(' ')}\n`).join('')}`
}

/** Places one ship on free cells; returns its cells. */
function placeShip(length: number, taken: readonly number[], random: Random): readonly number[] {
  for (;;) {
    const step = random.choice([1, SIZE])
    const [column, row] = [random.integer(0, SIZE - (step === 1 ? length : 1)), random.integer(0, SIZE - (step === 1 ? 1 : length))]
    const cells = Array.from({ length }, (_, n) => row * SIZE + column + n * step)
    if (!cells.some((cell) => taken.includes(cell))) return cells
  }
}
