import type { Game } from './game.ts'

/** Number of columns and rows of the square. */
export const ROBOT_SIZE = 11
const INSTRUCTIONS = ['FORWARD', 'LEFT', 'RIGHT'] as const
/** The headings of the robot; each heading is a quarter turn to the right of the previous heading. */
const HEADINGS = ['north', 'east', 'south', 'west'] as const
const ARROWS = { north: '^', east: '>', south: 'v', west: '<' } as const
const STEPS = { north: [0, 1], east: [1, 0], south: [0, -1], west: [-1, 0] } as const

/** Instruction is a command that the robot executes. */
export type Instruction = (typeof INSTRUCTIONS)[number]

/** Robot is the state of a game: the position and the heading of the robot. */
export interface Robot {
  /** Columns count from 1 in the west, rows from 1 in the south. */
  readonly column: number
  readonly row: number
  readonly heading: (typeof HEADINGS)[number]
  /** True if the border stopped the last instruction. */
  readonly blocked: boolean
}

/** robot: one player steers a robot on a square. The robot begins in the middle, and the border stops it. The game ends only if the player leaves. */
export const robot: Game<Robot, Instruction, Robot> = {
  name: 'robot',
  isUnlisted: true,
  seats: { min: 1, max: 1 },
  setup: () => ({ column: (ROBOT_SIZE + 1) / 2, row: (ROBOT_SIZE + 1) / 2, heading: 'north', blocked: false }),
  toMove: () => [0],
  play(state, _seat, instruction) {
    switch (instruction) {
      case 'LEFT':
        return { ...state, heading: rotate(state, -1), blocked: false }
      case 'RIGHT':
        return { ...state, heading: rotate(state, 1), blocked: false }
      case 'FORWARD':
        return forward(state)
      default:
        return { refused: `an instruction is ${INSTRUCTIONS.join(', ')}` }
    }
  },
  outcome: () => undefined,
  view: (state) => state,
  moves: () => INSTRUCTIONS,
  notation: {
    parse(text) {
      const word = text.trim().toUpperCase()
      return INSTRUCTIONS.find((one) => one === word) ?? { refused: `type ${INSTRUCTIONS.join(', ')}` }
    },
    print: (instruction) => instruction,
    render({ column, row, heading, blocked }) {
      const line = (y: number) =>
        Array.from({ length: ROBOT_SIZE }, (_, x) => (x + 1 === column && y === row ? ARROWS[heading] : '.')).join(' ')
      const grid = Array.from({ length: ROBOT_SIZE }, (_, down) => `${line(ROBOT_SIZE - down)}\n`).join('')
      return `${grid}Column ${column}, row ${row}, heading ${heading}.${blocked ? ' The border is in the way.' : ''}`
    },
  },
}

function rotate({ heading }: Robot, quarters: 1 | -1): Robot['heading'] {
  return HEADINGS.at((HEADINGS.indexOf(heading) + quarters) % HEADINGS.length) ?? heading
}

function forward(state: Robot): Robot {
  const [east, north] = STEPS[state.heading]
  const column = state.column + east
  const row = state.row + north
  const inside = column >= 1 && column <= ROBOT_SIZE && row >= 1 && row <= ROBOT_SIZE
  return inside ? { ...state, column, row, blocked: false } : { ...state, blocked: true }
}
