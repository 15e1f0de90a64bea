import { describe, expect, test } from 'vitest'
import { judgePair, type PairEnd, type PairFinding } from '../../../src/lab/matrix/pair-verdict.ts'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

const usage = { idle: 0, processor: 0, memory: 0 }

/** Judges what two sides have sent: `c:` and `s:` are their bytes, `c.` and `s.` their ends, and `quiet` a pause. */
async function judgeLines(name: string, lines: readonly string[], more: Partial<PairEnd> = {}): Promise<PairFinding> {
  const { protocol, ...others } = await program(name)
  const monitor = new ConversationMonitor(toWatchedProtocol({ protocol, ...others }))
  const observations = lines.flatMap((line, at) => {
    const from = line.startsWith('c') ? 'client' : 'server'
    if (line === 'quiet') return monitor.observe({ kind: 'time', at: 5000 })
    if (line[1] === '.') return monitor.observe({ kind: 'end', at, from, how: 'finished' })
    return monitor.observe({ kind: 'bytes', at, from, bytes: encode(line.slice(2)) })
  })
  const { isOver, state, turn } = monitor
  const both = { ends: { client: undefined, server: undefined }, lines: { client: [], server: [] } }
  return judgePair({ automaton: protocol.automaton, how: 'closed', isOver, state, turn, observations, ...both, silence: 4000, ...more })
}

const WON = ['s:GUESS\n', 'c:50\n', 's:WIN\n', 's.', 'c.']

describe('of two hand-ins', () => {
  test('neither is at fault if the conversation ended as its protocol ends', async () => {
    expect(await judgeLines('guess', WON)).toEqual({ sentence: 'the conversation ended as its protocol ends' })
  })

  test.each([
    ['client', 'prompt-on-wire', 'guess', ['s:GUESS\n', 'c:Your guess: 50\n', 's:WIN\n', 's.', 'c.'], {}],
    ['client', 'answered-twice', 'guess', ['s:GUESS\n', 'c:50\n', 'c:50\n', 's:LOW\n', 's:GUESS\n', 'c:60\n', 's:WIN\n', 's.', 'c.'], {}],
    ['client', 'missing-newline', 'guess', ['s:GUESS\n', 'c:50', 'quiet'], { how: 'silent' }],
    ['client', 'hangs', 'guess', ['s:GUESS\n'], { how: 'silent' }],
    ['client', 'crashed', 'guess', ['s:GUESS\n', 'c.', 's.'], { ends: { client: { code: 1, usage }, server: undefined } }],
    ['client', 'closed-early', 'guess', ['s:GUESS\n', 'c.', 's.'], {}],
    ['client', 'crashed', 'guess', WON, { ends: { client: { code: 1, usage }, server: undefined } }],
    ['server', 'out-of-turn', 'guess', ['s:LOW\n', 'c.', 's.'], { ends: { client: { code: 1, usage }, server: undefined } }],
    ['server', 'hangs', 'guess', ['s:GUESS\n', 'c:50\n'], { how: 'silent' }],
    ['server', 'hangs', 'guess', [], { how: 'silent' }],
    ['server', 'closed-early', 'quiz', ['c:hello\n', 's:ERROR say your name\n', 's.', 'c.'], {}],
  ] as const)('the %s is at fault by %s in %s: %j', async (atFault, cause, name, lines, more) => {
    const finding = await judgeLines(name, lines, more)
    expect(finding).toMatchObject({ atFault, cause })
    expect(finding.sentence).not.toBe('')
  })

  test('the side that made the first mistake is at fault, and not the side that follows it', async () => {
    const both = await judgeLines('guess', ['s:GUESS\n', 'c:{"guess": 50}\n', 's:what?\n', 's.', 'c.'])
    expect(both).toMatchObject({ atFault: 'client', cause: 'wrong-serialization' })
    const other = await judgeLines('guess', ['s:Guess\n', 'c:{"guess": 50}\n', 's.', 'c.'])
    expect(other).toMatchObject({ atFault: 'server', cause: 'spelling' })
  })
})
