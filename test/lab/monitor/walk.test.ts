import { describe, expect, test } from 'vitest'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { Observation } from '../../../src/lab/monitor/observation.ts'
import { loadProgram, programNames } from '../../../src/programs/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import { type Walked, walk } from '../../support/walk.ts'

const RUNS = 15

/** Returns what the monitor sees of a recorded conversation, one second after another. */
function watch(
  program: Program,
  { options, events }: Walked,
): { readonly monitor: ConversationMonitor; readonly seen: readonly Observation[] } {
  const monitor = new ConversationMonitor(toWatchedProtocol(program, options))
  const seen = events.flatMap(({ from, bytes }, at) =>
    monitor.observe(
      bytes === 'end' ? { kind: 'end', at: 1000 * at, from, how: 'finished' } : { kind: 'bytes', at: 1000 * at, from, bytes },
    ),
  )
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
})
