import { describe, expect, test } from 'vitest'
import { isOutputHeldBack } from '../../../src/lab/check/output-timing.ts'
import { type OutputStream, ProgramOutput } from '../../../src/lab/check/program-output.ts'
import type { ProgramEnd, RunningProgram } from '../../../src/lab/check/sandbox.ts'
import { endWithin, isBusy, programClock } from '../../../src/lab/check/waiting.ts'
import { encode } from '../../../src/wire/text.ts'
import { TestClock } from '../../support/test-clock.ts'

/** FakeProgram is a program whose usage the test sets. */
class FakeProgram implements RunningProgram {
  readonly output = new ProgramOutput(1000)
  readonly terminal = true
  readonly end = Promise.withResolvers<ProgramEnd>()
  readonly ended = this.end.promise
  idle = 0
  processor = 0

  type(): void {}

  endInput(): void {}

  usage() {
    return { processor: this.processor, memory: 0, idle: this.idle }
  }

  suspend(): void {}
  holdsForkedSocket(): boolean {
    return false
  }

  resume(): void {}

  stop(): Promise<ProgramEnd> {
    return this.ended
  }
}

/** Milliseconds between two checks of the judge. */
const LOOK = 25

describe('the wait for a program', () => {
  test('does not end while the program does not get the processor, however late it is', async () => {
    const [program, clock] = [new FakeProgram(), new TestClock()]
    let ended: string | undefined
    void endWithin(program, 1000, clock).then((end) => {
      ended = end === undefined ? 'idle' : 'ended'
    })
    await clock.pass(45_000)
    expect(ended).toBeUndefined()
    program.idle = 1000
    await clock.pass(LOOK)
    expect(ended).toBe('idle')
  })

  test('ends by the clock in the end, on a machine on which the program hardly runs', async () => {
    const [program, clock] = [new FakeProgram(), new TestClock()]
    const end = endWithin(program, 1000, clock)
    await clock.pass(51_000)
    expect(await end).toBeUndefined()
  })

  test('ends when the program has used the processor for so long, and with its end', async () => {
    const [busy, quick, clock] = [new FakeProgram(), new FakeProgram(), new TestClock()]
    const waits = [endWithin(busy, 1000, clock), endWithin(quick, 1000, clock)]
    busy.processor = 1000
    quick.end.resolve({ code: 0, usage: quick.usage() })
    await clock.pass(LOOK)
    expect(await Promise.all(waits)).toEqual([undefined, { code: 0, usage: { processor: 0, memory: 0, idle: 0 } }])
  })

  test('distinguishes a program that spins from a program that sleeps', async () => {
    const [spins, sleeps, clock] = [new FakeProgram(), new FakeProgram(), new TestClock()]
    const waits = [spins, sleeps].map((program) => isBusy(program, { busy: 300, idle: 300 }, clock))
    spins.processor = 300
    sleeps.idle = 300
    await clock.pass(LOOK)
    expect(await Promise.all(waits)).toEqual([true, false])
  })

  test('measures the time in which the program is idle or runs', async () => {
    const [program, clock] = [new FakeProgram(), new TestClock()]
    const time = programClock(program, clock)
    await clock.pass(5000)
    expect(time.monotonic()).toBe(0)
    program.idle = 40
    program.processor = 2
    expect(time.monotonic()).toBe(42)
  })
})

describe('output that is held back', () => {
  const output = (...pieces: readonly (readonly [OutputStream, string])[]) => {
    const printed = new ProgramOutput(10_000)
    for (const [at, [stream, text]] of pieces.entries()) printed.append({ at, stream, bytes: encode(text) })
    return isOutputHeldBack(printed.chunks)
  }

  test.each([
    [
      'comes with the end',
      true,
      [
        ['typed', '50\n'],
        ['typed', '25\n'],
        ['terminal', 'Guess: Too high\nGuess: You win!\n'],
      ],
    ],
    [
      'is not, if each prompt is there before its line',
      false,
      [
        ['terminal', 'Guess: '],
        ['typed', '50\n'],
        ['terminal', 'Guess: '],
        ['typed', '25\n'],
        ['terminal', 'Too high\nToo low\nYou win!\n'],
      ],
    ],
    [
      'is not, if the program prints its result alone',
      false,
      [
        ['typed', '50\n'],
        ['typed', '25\n'],
        ['terminal', 'You win!\n'],
      ],
    ],
    [
      'is not known after one line',
      false,
      [
        ['typed', '50\n'],
        ['terminal', 'Guess: Too high\nGuess: You win!\n'],
      ],
    ],
  ] as const)('%s', (_, isHeldBack, pieces) => {
    expect(output(...pieces)).toBe(isHeldBack)
  })
})
