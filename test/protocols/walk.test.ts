import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/games/game.ts'
import { seeded } from '../../src/games/random.ts'
import { legal } from '../../src/protocols/automaton.ts'
import { Conversation } from '../../src/protocols/conversation.ts'
import { programNames, programOf } from '../../src/protocols/index.ts'
import { EndOfInput, type Person } from '../../src/protocols/person.ts'
import type { Program } from '../../src/protocols/protocol.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { observe, tape } from '../support/observe.ts'

const RUNS = 60

/** What people type at prompts of any program: moves, words, nonsense. */
const TYPED = [
  ...'123456789'.split(''),
  '50',
  '25',
  '75',
  '0',
  '101',
  '-5',
  '+7',
  'H',
  'T',
  'h',
  'q',
  'Q',
  'e',
  'a',
  'r',
  's',
  't',
  'n',
  'o',
  'FORWARD',
  'LEFT',
  'right',
  'END',
  'start',
  'quit',
  'QUIT',
  'bye',
  'hello there',
  'play scissors',
  'play guess',
  '/q',
  '%H:%M',
  '',
  'ä',
  'nonsense',
]

/** Somebody who types one thing after the other by chance, and leaves after a while. */
function restless(random: Random, patience: number): Person {
  let left = patience
  return {
    say() {},
    async ask(_prompt, atEnd, signal) {
      if (signal?.aborted) throw signal.reason
      await undefined
      if (left-- > 0) return random.choice(TYPED)
      if (atEnd === undefined) throw new EndOfInput()
      return atEnd
    },
  }
}

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
