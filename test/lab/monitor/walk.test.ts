import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/games/random.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation, WireEvent } from '../../../src/lab/monitor/observation.ts'
import { SIDES } from '../../../src/lab/monitor/sides.ts'
import { loadProgram, programNames } from '../../../src/programs/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import { type Walked, walk } from '../../support/walk.ts'

const RUNS = 15

/** Returns what the monitor sees of a recorded conversation, one second after another. It lacks the events from `from` up to `to`. */
function watch(
  program: Program,
  { options, events }: Walked,
  { from: first, to } = { from: 0, to: 0 },
): { readonly monitor: ConversationMonitor; readonly seen: readonly Observation[] } {
  const monitor = new ConversationMonitor(toWatchedProtocol(program, options))
  const lost = events.slice(first, to)
  const gaps = SIDES.flatMap((from): readonly WireEvent[] => {
    const missing = lost.reduce((sum, event) => sum + (event.from === from && event.bytes !== 'end' ? event.bytes.length : 0), 0)
    return missing === 0 ? [] : [{ kind: 'gap', at: 1000 * first, from, missing: first === 0 ? undefined : missing }]
  })
  const seen = events.flatMap(({ from, bytes }, at) => {
    if (at >= first && at < to) return at === first ? gaps.flatMap((gap) => monitor.observe(gap)) : []
    return monitor.observe(
      bytes === 'end' ? { kind: 'end', at: 1000 * at, from, how: 'finished' } : { kind: 'bytes', at: 1000 * at, from, bytes },
    )
  })
  return { monitor, seen: [...seen, ...monitor.observe({ kind: 'time', at: 1000 * events.length })] }
}

describe.each(programNames)('%s', async (name) => {
  const program = await loadProgram(name)
  if (!program) return void test('is played alone', () => expect(name).toBe('book/secret'))

  test('the monitor follows random games of our two roles, finds nothing illegal, and comes to their last state', async () => {
    let messages = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      for (const walked of await walk(program, seed)) {
        const { monitor, seen } = watch(program, walked)
        const said = seen.filter((one) => one.kind === 'message' || one.kind === 'judged')
        expect({ seed, wrong: said.filter(({ standing }) => standing === 'illegal') }).toEqual({ seed, wrong: [] })
        expect({ seed, unreadable: seen.filter(({ kind }) => kind === 'unreadable') }).toEqual({ seed, unreadable: [] })
        expect({ seed, state: monitor.state, over: monitor.isOver }).toEqual({ seed, state: walked.state, over: walked.over })
        messages += said.length
      }
    }
    expect(messages).toBeGreaterThan(0)
  })

  test('the monitor that has missed any part of a game finds nothing illegal in the rest', async () => {
    let said = 0
    let most = 0
    for (let seed = 1; seed <= RUNS / 3; seed++) {
      const random = seededRandom(seed)
      for (const walked of await walk(program, seed)) {
        const ends = walked.events.findIndex(({ bytes }) => bytes === 'end')
        const count = ends < 0 ? walked.events.length : ends
        most = Math.max(most, count)
        if (count < 2) continue
        for (const from of [0, random.integer(0, count - 2)]) {
          const part = { from, to: random.integer(from + 1, count - 1) }
          const { seen } = watch(program, walked, part)
          const messages = seen.filter((one) => one.kind === 'message' || one.kind === 'judged')
          expect({ seed, part, wrong: messages.filter(({ standing }) => standing === 'illegal') }).toEqual({ seed, part, wrong: [] })
          expect(seen.some(({ kind }) => kind === 'gap')).toBe(true)
          said += messages.length
        }
      }
    }
    // of a conversation of one message, no rest is left
    if (most > 2) expect(said).toBeGreaterThan(0)
  })
})
