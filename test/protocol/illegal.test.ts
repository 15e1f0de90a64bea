import { describe, expect, test } from 'vitest'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { expectation } from '../../src/protocol/automaton.ts'
import { acceptsEverything, hearIllegal, illegalTexts } from '../../src/testing/protocol.ts'

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))
  const { automaton } = program.protocol

  test('reports the expected messages on one line, in every state', () => {
    for (const state of Object.keys(automaton.states)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
      for (const side of ['server', 'client'] as const) expect(expectation(automaton, state, side)).not.toMatch(/[\x00-\x1f]/)
    }
  })

  test.each(['server', 'client'] as const)('refuses every illegal message on arrival at the %s, without a change', async (side) => {
    let refused = 0
    for (const state of Object.keys(automaton.states)) {
      for (const text of illegalTexts(automaton, state, side)) {
        const fault = await hearIllegal(program, { side, state, text })
        expect({ state, text, fault }).toEqual({ state, text, fault: undefined })
        refused++
      }
    }
    expect(refused > 0 || acceptsEverything(automaton, side)).toBe(true)
  })
})
