import { describe, expect, test } from 'vitest'
import { layOutPrograms } from '../../src/cli/page-layouts.ts'
import { allPrograms } from '../../src/programs/index.ts'
import { legalTransitions } from '../../src/protocol/automaton.ts'
import { isLayoutOf } from '../../src/web/model/automaton-layout.ts'

describe('the layouts of the automatons', async () => {
  const [layouts, programs] = await Promise.all([layOutPrograms(), allPrograms()])

  test('draw each state and each transition of each shipped program', () => {
    expect(programs.length).toBeGreaterThan(25)
    for (const { name, protocol } of programs) {
      const { automaton } = protocol
      const states = Object.keys(automaton.states).map((state) => ({
        ...{ name: state, mayEnd: false },
        steps: legalTransitions(automaton, state).map((step) => ({ message: step.name, from: step.from, next: step.next })),
      }))
      const layout = layouts[name]
      expect(layout && isLayoutOf(layout, { states }), name).toBe(true)
    }
  })

  test('have no two states in the same place, and nothing outside of the drawing', () => {
    for (const { name } of programs) {
      const layout = layouts[name]
      if (!layout) throw new Error(`${name} has no layout`)
      const places = Object.values(layout.states)
      for (const [at, one] of places.entries()) {
        expect(one.x - one.width / 2, name).toBeGreaterThanOrEqual(0)
        expect(one.x + one.width / 2, name).toBeLessThanOrEqual(layout.width)
        expect(one.y + one.height / 2, name).toBeLessThanOrEqual(layout.height)
        for (const other of places.slice(at + 1)) {
          const isApart = Math.abs(one.x - other.x) >= (one.width + other.width) / 2 || Math.abs(one.y - other.y) >= one.height
          expect(isApart, name).toBe(true)
        }
      }
      for (const { path, x, y } of layout.edges) {
        expect(path, name).toMatch(/^M[\d.]+ [\d.]+C(?:-?[\d.]+ -?[\d.]+ ?)+L[\d.]+ [\d.]+$/)
        expect([x >= 0, y >= 0, x <= layout.width, y <= layout.height], name).toEqual([true, true, true, true])
      }
    }
  })
})
