import { describe, expect, test } from 'vitest'
import type { Console } from '../../src/protocol/definition.ts'
import { fakePeer } from '../support/fake-peer.ts'

/** A person who types the given lines, one at each question, and waits forever at the next. */
class Thinker implements Console {
  readonly shown: string[] = []
  readonly #lines: string[]

  constructor(lines: readonly string[]) {
    this.#lines = [...lines]
  }

  say(text = ''): void {
    this.shown.push(text)
  }

  ask(prompt: string, _?: string, signal?: AbortSignal): Promise<string> {
    this.shown.push(prompt)
    const line = this.#lines.shift()
    if (line !== undefined) return Promise.resolve(line)
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  }
}

const QUESTION = 'QUESTION 1 1 Which?\nA this\nB that\nANSWER?\n'

describe('a person at the client of fh/quiz', () => {
  test('is asked once for each answer, whether a question arrives whole or line by line', async () => {
    for (const parts of [[QUESTION], QUESTION.split(/(?<=\n)/)]) {
      const person = new Thinker(['ada', '', '1'])
      const peer = await fakePeer('quiz', 'client', { person })
      await peer.say('Welcome ada\n', ...parts)
      expect(person.shown.filter((text) => text.startsWith('Your answer'))).toHaveLength(1)
      await peer.close()
    }
  })

  test('sees why the question is repeated', async () => {
    const person = new Thinker(['ada', '', '0', 'many', '1', 'z', 'B'])
    const peer = await fakePeer('quiz', 'client', { person })
    await peer.say('Welcome ada\n', QUESTION)
    expect(person.shown.filter((text) => text.startsWith('Type '))).toEqual([
      'Type a number from 1 to 50, RESUME or QUIT.',
      'Type a number from 1 to 50, RESUME or QUIT.',
      'Type the letter of one of the options, or QUIT.',
    ])
    expect(peer.received).toBe('NAME ada\nSTART 1\nB\n')
    await peer.close()
  })
})
