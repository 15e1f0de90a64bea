import { describe, expect, test } from 'vitest'
import { seeded } from '../../src/games/random.ts'
import { legal } from '../../src/protocols/automaton.ts'
import { Conversation } from '../../src/protocols/conversation.ts'
import { programNames, programOf } from '../../src/protocols/index.ts'
import type { Program } from '../../src/protocols/protocol.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { observe, tape } from '../support/observe.ts'
import { restless } from '../support/restless.ts'

const RUNS = 60

async function walk(program: Program, seed: number) {
  const random = seeded(seed)
  const [server, client] = memoryPair()
  const events = tape(server, client)
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const terms = { program, options, random }
  const sides = [
    new Conversation({ ...terms, side: 'server', transport: server, person: restless(random, 40) }),
    new Conversation({ ...terms, side: 'client', transport: client, person: restless(random, random.integer(0, 60)) }),
  ]
  const ends = await Promise.all(sides.map(({ done }) => done))
  return { seed, ends, ...observe(program, options, events) }
}

describe.each(programNames)('%s', async (name) => {
  const program = await programOf(name)
  if (!program) {
    test('is played alone', () => expect(name).toBe('book/secret'))
    return
  }
  const { automaton } = program.protocol

  test('random walks of our two roles against each other stay in the automaton, and go everywhere in it', async () => {
    const visited = new Set([automaton.start])
    const seeds = Array.from({ length: RUNS }, (_, at) => at + 1)
    for (const { seed, illegal, steps, state, ends } of await Promise.all(seeds.map((one) => walk(program, one)))) {
      expect({ seed, illegal }).toEqual({ seed, illegal: undefined })
      for (const { next } of steps) visited.add(next)
      for (const end of ends) expect(end?.name ?? 'Ended').toMatch(/^(Ended|EndOfInput)$/)
      if (ends.every((end) => end === undefined)) {
        const quiet = automaton.quiet?.includes(state) ?? false
        expect({ seed, over: quiet || legal(automaton, state).length === 0 || state }).toEqual({ seed, over: true })
      }
    }
    expect([...visited].sort()).toEqual(Object.keys(automaton.states).sort())
  })
})
