import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strftime } from '../../src/programs/python/strftime.ts'

/** Python's answers; strftime.py beside this file contains the questions. */
interface Answers {
  /** Every directive, one after the other, with | between them. */
  plain: string
  instants: Record<string, string>
  flags: string[]
  widths: string[]
  modifiers: string[]
  /** By instant and letter: the answers for all flags, widths and modifiers, with | between them. */
  details: Record<string, Record<string, string>>
  mixed: [instant: string, format: string, answer: string][]
  /** Formats at 2024-02-29T13:05:09, with the length and the first character of the answer. */
  limits: [format: string, length: number, first: string][]
}

const answers: Answers = JSON.parse(readFileSync(new URL('../fixtures/strftime.json', import.meta.url), 'utf8'))
const leapDay = new Date('2024-02-29T13:05:09')

/** Formats with one directive, and Python's answers. */
const single = Object.entries(answers.details).flatMap(([instant, letters]) =>
  Object.entries(letters).flatMap(([letter, joined]) => {
    const { flags, widths, modifiers } = answers
    const formats = flags.flatMap((flag) => widths.flatMap((width) => modifiers.map((modifier) => `%${flag}${width}${modifier}${letter}`)))
    return joined.split('|').map((answer, i) => ({ instant, format: formats[i] ?? '', answer }))
  }),
)

describe('strftime answers as Python does', () => {
  test('formats every directive, at many instants', () => {
    expect(Object.keys(answers.instants).length).toBeGreaterThan(200)
    const instants = Object.entries(answers.instants).filter(([instant]) => happened(instant))
    // the clocks of a time zone skip few of them
    expect(instants.length).toBeGreaterThan(150)
    for (const [instant, answer] of instants) {
      expect(`${instant} ${strftime(answers.plain, new Date(instant))}`).toBe(`${instant} ${answer}`)
    }
  })

  test('formats every directive with flags, widths and modifiers', () => {
    expect(single.length).toBeGreaterThan(10_000)
    for (const { instant, format, answer } of single.filter((one) => happened(one.instant)))
      expect([instant, format, strftime(format, new Date(instant))]).toEqual([instant, format, answer])
  })

  test('formats directives between other text, flags and signs', () => {
    expect(answers.mixed.length).toBeGreaterThan(800)
    for (const [instant, format, answer] of answers.mixed.filter(([one]) => happened(one)))
      expect([instant, format, strftime(format, new Date(instant))]).toEqual([instant, format, answer])
  })

  test.each(answers.limits)('formats a result as long as %s', (format, length, first) => {
    const answer = strftime(format, leapDay)
    expect([answer.length, answer.slice(0, 1)]).toEqual([length, first])
  })

  test('formats adjacent directives separately', () => {
    // at the end of a format, E and O are letters; in front of another, they are modifiers
    const one = fc.constantFrom(...single.filter(({ instant, format }) => instant.startsWith('2024') && !/[EO]$/.test(format)))
    const when = new Date('2024-02-29T13:05:09.012')
    fc.assert(
      fc.property(fc.array(fc.oneof(one, fc.string({ unit: 'grapheme' }).map(literal)), { maxLength: 10 }), (parts) => {
        const joined = parts.map(({ answer }) => answer).join('|')
        expect(strftime(parts.map(({ format }) => format).join('|'), when)).toBe(joined)
      }),
    )
  })

  test('%s is the number of seconds since 1970, in any time zone', () => {
    const when = new Date('1960-02-29T13:05:09')
    const seconds = `${when.getTime() / 1000}`
    const blank = seconds.padStart(15)
    expect(strftime('%s|%Es|%15s|%_15s|%015s|%-15s', when)).toBe(
      [seconds, seconds, blank, blank, seconds.padStart(15, '0'), blank].join('|'),
    )
  })

  test.each([
    ['', ''],
    ['no directive\n', 'no directive\n'],
    ['a\0b', 'a'],
    ['%\0d', '%'],
    ['\0%d', ''],
    ['%', '%'],
    ['100 %', '100 %'],
    ['%d%', '29%'],
    ['%-', '%-'],
    ['%5', '   %5'],
    ['%Z', ''],
    ['%z%Z', ''],
    ['%%z', '%z'],
    ['%^é', '%^é'],
    ['%😀|%5😀', '%😀|  %5😀'],
    ['\ufffd%d\ufffd', '\ufffd29\ufffd'],
    ['%-%f', '%-000000'],
  ])('formats %j as %j', (format, answer) => {
    expect(strftime(format, leapDay)).toBe(answer)
  })

  test('limits the length of any answer', () => {
    const piece = fc.oneof(fc.constantFrom(...'%%%%_-0^#EO19dYcZz'), fc.string({ unit: 'binary', maxLength: 2 }))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const format = pieces.join('')
        expect(strftime(format, leapDay).length).toBeLessThanOrEqual(2 * Math.max(1024, 512 * format.length))
      }),
      { numRuns: 300 },
    )
  })
})

/** Returns whether the clocks showed this time in the test's time zone; some skipped it. */
function happened(instant: string): boolean {
  const date = new Date(instant)
  return date.getDate() === Number(instant.slice(8, 10)) && date.getHours() === Number(instant.slice(11, 13))
}

/** Text that is answered unchanged. */
function literal(text: string): { format: string; answer: string } {
  const harmless = text.replace(/[%\0]/g, '')
  return { format: harmless, answer: harmless }
}
