import { describe, expect, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { findWrongAnswer } from '../../../src/lab/check/reference-answers.ts'
import { type Rehearsal, rehearse } from '../../../src/lab/check/rehearsal.ts'
import type { Script } from '../../../src/lab/check/script.ts'
import { LONG_TEXT, SHORT_TEXT, unusualLines } from '../../../src/lab/check/unusual-lines.ts'
import type { MessageObservation } from '../../../src/lab/monitor/observation.ts'
import { program } from '../../support/play.ts'

const script: Script = { seed: 1000, quits: { side: 'client', after: 6 }, unusual: 'client' }

async function subjectOf(name: string) {
  return { program: await program(name), options: {}, role: 'server', random: undefined, clock: createSystemClock() } as const
}

/** Plays the script in memory, as a correct server does; another time and other random choices than those of the references. */
async function playRight(name: string): Promise<Rehearsal> {
  const rehearsal = await rehearse(await subjectOf(name), script, { choices: 99, time: Date.UTC(2030, 0, 2, 12, 30, 45) })
  if (!rehearsal) throw new Error('the rehearsal does not end')
  return rehearsal
}

describe('unusual lines', () => {
  test.each([
    ['guess', 'guessing', ['50', '0', '1', '100', '999']],
    ['headtail', 'guessing', ['H', 'T', 'X']],
    ['time', 'start', ['%H:%M:%S', LONG_TEXT, SHORT_TEXT]],
    ['tjc/chat-quit', 'client speaks', ['Hello', LONG_TEXT, SHORT_TEXT]],
  ])('of %s have no goodbye', async (name, state, lines) => {
    expect(unusualLines(await program(name), 'client')[state]).toEqual(lines)
  })

  test('reach the answer to a guess that stands for nothing', async () => {
    const { isLegal, steps } = await playRight('headtail')
    expect(isLegal).toBe(true)
    expect(steps).toContain('judging → unusable')
  })
})

describe('the comparison with right answers', () => {
  const answers = (messages: readonly MessageObservation[], change: (text: string) => string) =>
    messages.map((one) => (one.from === 'server' ? { ...one, text: change(one.text) } : one))

  test.each(['time', 'guess', 'headtail', 'number', 'hangman', 'match'])('finds nothing in a correct server of %s', async (name) => {
    const { messages } = await playRight(name)
    expect(messages.length).toBeGreaterThan(5)
    expect(await findWrongAnswer(await subjectOf(name), script, messages)).toBeUndefined()
  })

  test.each([
    ['the rest of an earlier message', (text: string) => `${text}${LONG_TEXT.slice(text.length)}`, 'stale-buffer'],
    ['another text', (text: string) => `${text} `, 'wrong-rules'],
    ['another text of the same length', (text: string) => text.toUpperCase(), 'wrong-rules'],
  ])('finds %s in an answer', async (_, change, cause) => {
    const { messages } = await playRight('time')
    expect(await findWrongAnswer(await subjectOf('time'), script, answers(messages, change))).toMatchObject({ cause })
  })
})
