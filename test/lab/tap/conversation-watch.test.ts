import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { type ConversationWatch, createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { findFaults } from '../../../src/lab/tap/recording-judge.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import { encode } from '../../../src/wire/text.ts'

async function createUnknown(): Promise<ConversationWatch> {
  return createWatches((await allPrograms()).map((program) => toWatchedProtocol(program)))({ datagrams: false })
}

/** Lets a watch see reads, 10 ms after one another. Returns the program after each, and all violations. */
function watch(watched: ConversationWatch, reads: readonly (readonly ['client' | 'server', string])[]) {
  const faults: string[] = []
  const programs = reads.map(([from, text], at) => {
    const seen = watched.observe({ kind: 'bytes', at: at * 10, from, bytes: encode(text) })
    faults.push(...(seen?.observations.flatMap(findFaults) ?? []))
    return seen?.monitor.protocol.name
  })
  return { programs, faults }
}

test('a mistake is shown in the program that was spoken, and not explained by a program that accepts any text', async () => {
  const { programs, faults } = watch(await createUnknown(), [
    ['server', 'GUESS\n'],
    ['client', '50\n'],
    ['server', 'Hihg\n'],
    ['client', '60\n'],
  ])
  expect(programs).toEqual(Array(4).fill('tjc/guess'))
  expect(faults).toEqual([expect.stringContaining('the server sent "Hihg", which does not belong here')])
})

test('another program is shown as soon as its messages are the more probable, from the beginning', async () => {
  const unknown = await createUnknown()
  const { programs } = watch(unknown, [['client', 'hello there\n']])
  const again = unknown.observe({ kind: 'bytes', at: 100, from: 'server', bytes: encode('YOURS X\n') })
  expect(programs[0]).toBeDefined()
  expect(again?.observations.filter(({ kind }) => kind === 'message').length).toBeGreaterThan(0)
})
