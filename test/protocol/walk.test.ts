import { describe, expect, test } from 'vitest'
import { loadProgram, programNames } from '../../src/programs/index.ts'
import { EndOfInput } from '../../src/protocol/definition.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { walk } from '../support/walk.ts'

const RUNS = 60

/** <<<<<<< ours
A client and its server, or several pairs in one hall if the program needs a hall. */
async function walk(program: Program, seed: number) {
  const random = seededRandom(seed)
  const clock = new TestClock()
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const terms = { program, options, random, clock, ...seatingOf(program, { random, clock }) }
  const begin = () => {
    const [server, client] = memoryPair()
    const events = recordWrites(server, client)
    const hosting = new Conversation({
      ...terms,
      side: 'server',
      transport: server,
      person: randomUser(random, 40, { think: thinking(random, 0) }),
    })
    const person = randomUser(random, random.integer(0, 60), { think: thinking(random, program.needs === 'hall' ? 3 : 0) })
    const joining = new Conversation({ ...terms, side: 'client', transport: client, person })
    return { events, hosting, over: Promise.all([hosting.closed, joining.closed]), received: Number.POSITIVE_INFINITY }
  }
  const stop = (pair: ReturnType<typeof begin>, reason: string) => {
    pair.received = Math.min(pair.received, pair.events.length)
    pair.hosting.stop(new Disconnected('ours', reason))
  }
  const pairs = [begin()]
  if (program.needs === 'hall') {
    pairs.push(begin())
    // one client is removed meanwhile, and another connects
    for (let turns = random.integer(0, 72); turns > 0; turns--) await turn()
    stop(random.choice(pairs), 'the walk goes on without this one')
    pairs.push(begin())
    // the remaining client may wait for a player that never connects
    await clock.pass(1000)
    for (const pair of pairs) stop(pair, 'the walk is over')
  }
  let isOver = false
  void Promise.all(pairs.map(({ over }) => over)).then(() => {
    isOver = true
  })
  while (!isOver) await clock.pass(1000)
  return Promise.all(
    pairs.map(async (pair) => {
      const ends = await pair.over
      // no side reads a client's messages after the server has disconnected, and they may cross the server's last message
      const left = program.needs === 'hall' ? pair.events.findIndex(({ from, bytes }) => from === 'server' && bytes === 'end') : -1
      const events = pair.events.filter(
        ({ from, bytes }, at) => from === 'server' || (at < pair.received && (left < 0 || at < left || bytes === 'end')),
      )
      return { seed, ends, ...judgeRecording(program, options, events) }
    }),
  )
}

/** 
||||||| base
A client and its server, or several pairs in one hall if the program needs a hall. */
async function walk(program: Program, seed: number) {
  const random = seededRandom(seed)
  const clock = new TestClock()
  const options = { ...program.defaults, pace: 0, delay: 0 }
  const terms = { program, options, random, clock, ...seatingOf(program, { random, clock }) }
  const begin = () => {
    const [server, client] = memoryPair()
    const events = recordWrites(server, client)
    const hosting = new Conversation({
      ...terms,
      side: 'server',
      transport: server,
      console: randomUser(random, 40, { think: thinking(random, 0) }),
    })
    const person = randomUser(random, random.integer(0, 60), { think: thinking(random, program.needs === 'hall' ? 3 : 0) })
    const joining = new Conversation({ ...terms, side: 'client', transport: client, console: person })
    return { events, hosting, over: Promise.all([hosting.closed, joining.closed]), heard: Number.POSITIVE_INFINITY }
  }
  const stop = (pair: ReturnType<typeof begin>, reason: string) => {
    pair.heard = Math.min(pair.heard, pair.events.length)
    pair.hosting.stop(new Disconnected('ours', reason))
  }
  const pairs = [begin()]
  if (program.needs === 'hall') {
    pairs.push(begin())
    // one client is removed meanwhile, and another connects
    for (let turns = random.integer(0, 72); turns > 0; turns--) await turn()
    stop(random.choice(pairs), 'the walk goes on without this one')
    pairs.push(begin())
    // the remaining client may wait for a player that never connects
    await clock.pass(1000)
    for (const pair of pairs) stop(pair, 'the walk is over')
  }
  let isOver = false
  void Promise.all(pairs.map(({ over }) => over)).then(() => {
    isOver = true
  })
  while (!isOver) await clock.pass(1000)
  return Promise.all(
    pairs.map(async (pair) => {
      const ends = await pair.over
      // no side reads a client's messages after the server has disconnected, and they may cross the server's last message
      const left = program.needs === 'hall' ? pair.events.findIndex(({ from, bytes }) => from === 'server' && bytes === 'end') : -1
      const events = pair.events.filter(
        ({ from, bytes }, at) => from === 'server' || (at < pair.heard && (left < 0 || at < left || bytes === 'end')),
      )
      return { seed, ends, ...judgeRecording(program, options, events) }
    }),
  )
}

/** 
=======

>>>>>>> theirs
Checks whether an error is a mistake of a role: it has sent an illegal message, or has returned before the end. */
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

  test('random walks of the two roles against each other stay in the automaton, visit every state, and end in a state that allows it', async () => {
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
