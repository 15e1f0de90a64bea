import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProgramOutput } from '../../../src/lab/check/program-output.ts'
import { encode } from '../../../src/wire/text.ts'

describe('the output of a program', () => {
  test('joins pieces that were cut inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (text, size) => {
        const output = new ProgramOutput(10_000)
        const bytes = encode(text)
        for (let at = 0; at < bytes.length; at += size) output.append({ at, stream: 'terminal', bytes: bytes.subarray(at, at + size) })
        expect(output.text()).toBe(text.replaceAll('\r\n', '\n'))
      }),
    )
  })

  test('retains the bytes when the buffer in which they came is used again', () => {
    const output = new ProgramOutput(100)
    const buffer = encode('first')
    output.append({ at: 1, stream: 'stdout', bytes: buffer })
    buffer.fill(0)
    expect(output.text()).toBe('first')
  })

  test('is bounded, and says that it was', () => {
    const output = new ProgramOutput(8)
    output.append({ at: 1, stream: 'stdout', bytes: encode('12345') })
    expect(output.overflowed).toBe(false)
    output.append({ at: 2, stream: 'stderr', bytes: encode('67890') })
    expect(output.text()).toBe('12345678')
    expect(output.overflowed).toBe(true)
  })

  test('has the prompt at its end, the last lines, and each stream by itself', () => {
    const output = new ProgramOutput(1000)
    output.append({ at: 1, stream: 'stdout', bytes: encode('one\n\ntwo\n') })
    output.append({ at: 2, stream: 'stderr', bytes: encode('trouble\n') })
    expect(output.prompt).toBe('')
    output.append({ at: 3, stream: 'stdout', bytes: encode('next: ') })
    expect(output.prompt).toBe('next: ')
    expect(output.lastLines(2)).toEqual(['trouble', 'next: '])
    expect(output.text('stderr')).toBe('trouble\n')
    expect(output.lastAt).toBe(3)
  })

  test('has no prompt while a line editor repeats what was typed', () => {
    const output = new ProgramOutput(1000)
    const seen = [
      ['terminal', 'Your guess: '],
      ['typed', '13\n'],
      ['terminal', '1'],
      ['terminal', '3'],
      ['terminal', '\r\n'],
      ['terminal', 'HIGH\r\nYour guess: '],
    ] as const
    const prompts = seen.map(([stream, text], at) => {
      output.append({ at, stream, bytes: encode(text) })
      return output.prompt
    })
    expect(prompts).toEqual(['Your guess: ', '', '', '', '', 'Your guess: '])
  })

  test('notifies at the next piece', async () => {
    const output = new ProgramOutput(1000)
    const next = output.next()
    output.append({ at: 1, stream: 'stdout', bytes: encode('now') })
    await next
    const stopped = new AbortController()
    const never = output.next(stopped.signal)
    stopped.abort()
    await never
    expect(output.text()).toBe('now')
  })
})
