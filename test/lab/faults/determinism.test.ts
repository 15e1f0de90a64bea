import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addFaults, type FaultProgram } from '../../../src/lab/faults/faulty-transport.ts'
import { httpResponses } from '../../../src/wire/framing/http.ts'
import { lengthPrefixed } from '../../../src/wire/framing/length-prefixed.ts'
import { encode } from '../../../src/wire/text.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { concatBytes, splitAt } from '../../support/decoding.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'
import { settled, TestClock } from '../../support/test-clock.ts'

/** Rules without a direction, of every kind, with and without random numbers and messages. */
const RULES = [
  ...['split 7', 'split 1..9', 'split char', 'split message', 'split 1..2 at 2nd LOW', 'split 2 at HIGH', 'split char at each GUESS'],
  ...['glue 30', 'glue 9 at LOW', 'delay 12', 'delay 1..90', 'delay 1..50 at 3rd message', 'bandwidth 400/s', 'bandwidth 3000/s at LOW'],
  ...['dribble 3', 'dribble 2 at 4th message', 'stall 40ms', 'stall 25ms at byte 11', 'stall 5ms before each LOW', 'stall at byte 60'],
  ...[
    'stall 7ms inside HIGH',
    'reset 33',
    'reset inside 3rd LOW',
    'reset after 5th message',
    'half-close 41',
    'half-close before 3rd GUESS',
  ],
  ...['half-close inside 2nd HIGH', 'stop 50', 'stop before 4th LOW', 'stop after 2nd WIN'],
]

/** What arrived, and when: the time of each byte, and of each end. */
interface Timeline {
  readonly bytes: number[]
  readonly times: number[]
  readonly ends: string[]
}

interface Run {
  readonly program: FaultProgram
  readonly rules: string
  readonly seed: number
  readonly direction: 'out' | 'in'
  readonly ended: boolean
}

/** Sends pieces at one moment through faults, and returns when each byte arrives. */
async function deliver(pieces: readonly Uint8Array[], { program, rules, seed, direction, ended }: Run): Promise<Timeline> {
  const [here, there] = memoryPair()
  const clock = new TestClock()
  const ours = addFaults(here, {
    program,
    seed,
    connection: 3,
    rules: faultRules(rules),
    clock,
    side: direction === 'out' ? 'server' : 'client',
  })
  const began = clock.monotonic()
  const timeline: Timeline = { bytes: [], times: [], ends: [] }
  const note = (end: string) => timeline.ends.push(`${end} at ${clock.monotonic() - began}`)
  const record = {
    data(bytes: Uint8Array) {
      timeline.bytes.push(...bytes)
      for (const _ of bytes) timeline.times.push(clock.monotonic() - began)
    },
    finished: () => note('finished'),
    closed: (broken?: string) => note(`closed ${broken}`),
  }
  const idle = { data() {}, finished() {}, closed() {} }
  const [from, to] = direction === 'out' ? [ours, there] : [there, ours]
  from.open(idle)
  to.open(record)
  for (const piece of pieces) {
    from.write(piece)
    await settled()
  }
  if (ended) from.finish()
  await clock.pass(5000)
  return timeline
}

const messages = fc.constantFrom('GUESS', 'LOW', 'HIGH', 'WIN', 'GAMEOVER', 'Please enter number 1 to 100', 'é€😀', '')

describe('faults with a seed', async () => {
  const lines = await faultProgram('guess')
  const response = (text: string) => `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${encode(text).length}\r\n\r\n${text}`
  const encodings: readonly (readonly [FaultProgram, (text: string) => string | Uint8Array])[] = [
    [lines, (text) => `${text}\n`],
    [{ ...lines, toClient: lengthPrefixed }, (text) => lengthPrefixed.encode(text)],
    [{ ...lines, toClient: httpResponses }, response],
  ]
  const conversation = fc
    .record({ at: fc.constantFrom(0, 1, 2), texts: fc.array(messages, { minLength: 1, maxLength: 14 }), rest: fc.string({ maxLength: 3 }) })
    .map(({ at, texts, rest }) => {
      const [program = lines, toBytes = encode] = encodings[at] ?? []
      return { program, stream: concatBytes(...texts.map((text) => toBytes(text)), rest) }
    })
  const cuts = fc.oneof(fc.array(fc.nat({ max: 200 }), { maxLength: 12 }), fc.constant(Array.from({ length: 400 }, (_, at) => at)))
  const rules = fc
    .array(fc.constantFrom(...RULES), { minLength: 1, maxLength: 4 })
    .map((all) => [...new Map(all.map((rule) => [/ at | before | inside | after /.test(rule) ? rule : rule.split(' ')[0], rule])).values()])

  test.each(['out', 'in'] as const)('do the same to the same bytes, however these are delivered: %s', async (direction) => {
    const used = new Set<string>()
    let disturbed = 0
    await fc.assert(
      fc.asyncProperty(conversation, rules, cuts, fc.nat(65_535), fc.boolean(), async ({ program, stream }, list, places, seed, ended) => {
        for (const rule of list) used.add(rule)
        const run = { program, rules: list.map((rule) => `server:${rule}`).join(','), seed, direction, ended }
        const whole = await deliver([stream], run)
        const cut = await deliver(splitAt(stream, places), run)
        expect(cut).toEqual(whole)
        if (whole.times.some((time) => time > 0) || whole.bytes.length < stream.length) disturbed++
      }),
      { numRuns: 300 },
    )
    expect(used.size).toBeGreaterThan(RULES.length - 3)
    expect(disturbed).toBeGreaterThan(100)
  })

  test('do something else with another seed, on another connection, and in the other direction', async () => {
    const stream = concatBytes(...Array.from({ length: 20 }, () => 'GUESS\nLOW\n'))
    const run = { program: lines, rules: 'server:split 1..9,server:delay 1..90', seed: 1, direction: 'out', ended: true } as const
    const one = await deliver([stream], run)
    expect(await deliver([stream], { ...run, seed: 2 })).not.toEqual(one)
    expect(await deliver([stream], { ...run, direction: 'in' })).toEqual(one)
  })
})
