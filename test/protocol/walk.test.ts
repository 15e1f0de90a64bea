import { describe, expect, test } from 'vitest'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { EndOfInput } from '../../src/protocol/definition.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { walk } from '../support/walk.ts'

const RUNS = 60

/** Checks whether an error is a mistake of a role: it has sent an illegal message, or has returned before the end. */
function isMistake(end: Error | undefined): boolean {
  return end !== undefined && !(end instanceof Disconnected || end instanceof EndOfInput)
}

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) {
    test('is played alone', () => expect(name).toBe('book/secret'))
    return
  }
  const { automaton } = program.protocol

  test('random walks of our two roles against each other stay in the automaton, visit every state, and end where they may', async () => {
    const visited = new Set([automaton.start])
    const seeds = Array.from({ length: RUNS }, (_, at) => at + 1)
    for (const { seed, illegal, steps, state, over, ends } of (await Promise.all(seeds.map((one) => walk(program, one)))).flat()) {
      expect({ seed, illegal }).toEqual({ seed, illegal: undefined })
      for (const { next } of steps) visited.add(next)
      expect({ seed, mistakes: ends.filter(isMistake) }).toEqual({ seed, mistakes: [] })
      if (ends.every((end) => end === undefined)) expect({ seed, state, over }).toEqual({ seed, state, over: true })
    }
    expect([...visited].sort()).toEqual(Object.keys(automaton.states).sort())
  })
})
