import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { type Instruction, type Robot, robot } from '../../src/games/robot.ts'

const instructions = fc.array(fc.constantFrom<Instruction>('FORWARD', 'LEFT', 'RIGHT'), { maxLength: 60 })

function driven(steps: readonly Instruction[], state: Robot = robot.setup(undefined, chance)): Robot {
  for (const step of steps) {
    const next = robot.play(state, 0, step, chance)
    if (isRefusal(next)) throw new Error(next.refused)
    state = next
  }
  return state
}

describe('the robot', () => {
  test('begins in the middle, facing north', () => {
    expect(driven([])).toEqual({ column: 6, row: 6, heading: 'north', blocked: false })
  })

  test('turns on the spot, and moves in the direction that it faces', () => {
    expect(driven(['RIGHT'])).toMatchObject({ column: 6, row: 6, heading: 'east' })
    expect(driven(['LEFT'])).toMatchObject({ column: 6, row: 6, heading: 'west' })
    expect(driven(['FORWARD', 'RIGHT', 'FORWARD', 'FORWARD', 'RIGHT', 'FORWARD'])).toMatchObject({ column: 8, row: 6, heading: 'south' })
    expect(driven(['LEFT', 'FORWARD'])).toMatchObject({ column: 5, row: 6, heading: 'west' })
  })

  test('stays at the border, reports it, and can turn away', () => {
    const north = driven(Array<Instruction>(6).fill('FORWARD'))
    expect(north).toEqual({ column: 6, row: 11, heading: 'north', blocked: true })
    expect(robot.notation.render(north)).toContain('The border is in the way.')
    expect(driven(['RIGHT', 'FORWARD'], north)).toEqual({ column: 7, row: 11, heading: 'east', blocked: false })
  })

  test('its position matches a vector model, and is never outside', () => {
    fc.assert(
      fc.property(instructions, (steps) => {
        let [x, y] = [0, 0]
        let [dx, dy] = [0, 1]
        for (const step of steps) {
          if (step === 'LEFT') [dx, dy] = [-dy, dx]
          else if (step === 'RIGHT') [dx, dy] = [dy, -dx]
          else [x, y] = [Math.max(-5, Math.min(5, x + dx)), Math.max(-5, Math.min(5, y + dy))]
        }
        const headings: Readonly<Record<string, string>> = { '0,1': 'north', '1,0': 'east', '0,-1': 'south', '-1,0': 'west' }
        expect(driven(steps)).toMatchObject({ column: x + 6, row: y + 6, heading: headings[`${dx + 0},${dy + 0}`] })
      }),
    )
  })

  test('four turns change nothing, and left undoes right', () => {
    fc.assert(
      fc.property(instructions, fc.constantFrom<Instruction>('LEFT', 'RIGHT'), (steps, turn) => {
        const state = { ...driven(steps), blocked: false }
        expect(driven([turn, turn, turn, turn], state)).toEqual(state)
        expect(driven([turn, turn === 'LEFT' ? 'RIGHT' : 'LEFT'], state)).toEqual(state)
      }),
    )
  })

  test('the grid shows the robot once, at its position, in its direction', () => {
    fc.assert(
      fc.property(instructions, (steps) => {
        const state = driven(steps)
        const rows = robot.notation.render(state).split('\n')
        const arrow = { north: '^', east: '>', south: 'v', west: '<' }[state.heading]
        const shown = rows
          .slice(0, 11)
          .flatMap((row, down) => row.split(' ').map((cell, across) => ({ cell, row: 11 - down, column: across + 1 })))
        expect(shown).toHaveLength(121)
        expect(shown.filter(({ cell }) => cell !== '.')).toEqual([{ cell: arrow, row: state.row, column: state.column }])
        expect(rows[11]).toMatch(new RegExp(`^Column ${state.column}, row ${state.row}, heading ${state.heading}\\.`))
        expect(rows).toHaveLength(12)
      }),
    )
  })

  test('refuses an unknown instruction', () => {
    expect(robot.play(driven([]), 0, 'BACK' as Instruction, chance)).toEqual({ refused: 'an instruction is FORWARD, LEFT, RIGHT' })
  })

  test.each(['', 'BACK', 'FORWARD LEFT', 'END', 'FORWARDS'])('refuses %j', (text) => {
    expect(robot.notation.parse(text)).toEqual({ refused: 'type FORWARD, LEFT, RIGHT' })
  })

  test('parses what it prints, in any case', () => {
    const all = [...(robot.moves?.(driven([]), 0) ?? [])]
    expect(all).toEqual(['FORWARD', 'LEFT', 'RIGHT'])
    for (const one of all) {
      expect(robot.notation.parse(robot.notation.print(one))).toBe(one)
      expect(robot.notation.parse(` ${one.toLowerCase()} `)).toBe(one)
    }
  })

  test('has no end', () => {
    fc.assert(
      fc.property(instructions, (steps) => {
        expect(robot.outcome(driven(steps))).toBeUndefined()
        expect(robot.toMove(driven(steps))).toEqual([0])
      }),
    )
  })
})
