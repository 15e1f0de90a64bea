import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFaults, formatRule, parseFaults, toRules } from '../../../src/lab/faults/grammar.ts'
import { type FaultRule, hasChance } from '../../../src/lab/faults/rule.ts'
import { VERBS, verbs } from '../../../src/lab/faults/verbs.ts'
import { faultRules } from '../../support/faults.ts'

const size = fc.integer({ min: 1, max: 65_536 })
const time = fc.integer({ min: 0, max: 600_000 })
const rate = fc.integer({ min: 1, max: 1_000_000_000 })
const percent = fc.integer({ min: 1, max: 100_000 }).map((number) => number / 1000)
const ranged = (value: fc.Arbitrary<number>) =>
  fc.oneof(
    value,
    fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  )
const direction = fc.constantFrom(undefined, 'out', 'in', 'both', 'client', 'server')
const at = (place: 'at' | 'before' | 'inside' | 'after') =>
  fc.record({
    place: fc.constant(place),
    whose: fc.constantFrom(undefined, 'my', 'peer', 'client', 'server'),
    ordinal: fc.option(fc.integer({ min: 1, max: 1_000_000_000 - 1 }), { nil: undefined }),
    message: fc.constantFrom('LOW', 'move', 'message', 'Please enter number 1 to 100', 'Too small!', 'ANSWER?'),
  })
const point = fc.constantFrom('before', 'inside', 'after').chain(at)
const none = fc.constant(undefined)
const either = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })

/** Every rule that the grammar has, in the form in which it is parsed. */
const rule: fc.Arbitrary<FaultRule> = fc.oneof(
  fc.record({
    direction,
    verb: fc.constant('split'),
    value: fc.oneof(ranged(size), fc.constantFrom('char', 'message')),
    moment: either(at('at')),
  }),
  fc.record({ direction, verb: fc.constantFrom('glue', 'dribble'), value: time, moment: either(at('at')) }),
  fc.record({ direction, verb: fc.constant('delay'), value: ranged(time), moment: either(at('at')) }),
  fc.record({ direction, verb: fc.constant('bandwidth'), value: rate, moment: either(at('at')) }),
  fc.record({
    direction,
    verb: fc.constant('stall'),
    value: either(time),
    moment: fc.oneof(none, point, fc.record({ byte: fc.nat(1_000_000) })),
  }),
  fc.record({ direction, verb: fc.constantFrom('reset', 'half-close', 'stop'), value: size, moment: none }),
  fc.record({
    direction,
    verb: fc.constantFrom('reset', 'half-close', 'stop'),
    value: none,
    moment: fc.oneof(point, fc.constant({ byte: 0 })),
  }),
  fc.record({ direction, verb: fc.constantFrom('lose', 'duplicate', 'reorder'), value: percent, moment: either(at('at')) }),
  fc.record({ direction, verb: fc.constantFrom('lose', 'duplicate', 'reorder'), value: none, moment: at('at') }),
)

describe('the grammar of faults', () => {
  test.each<[string, readonly FaultRule[]]>([
    ['split 8', [{ verb: 'split', value: 8 }]],
    ['split char', [{ verb: 'split', value: 'char' }]],
    ['in:split message', [{ direction: 'in', verb: 'split', value: 'message' }]],
    ['glue 80ms', [{ verb: 'glue', value: 80 }]],
    ['in:delay 5..20', [{ direction: 'in', verb: 'delay', value: [5, 20] }]],
    ['delay 1.1m', [{ verb: 'delay', value: 66_000 }]],
    ['delay 0.5s', [{ verb: 'delay', value: 500 }]],
    ['bandwidth 2000', [{ verb: 'bandwidth', value: 2000 }]],
    ['bandwidth 64KB/s', [{ verb: 'bandwidth', value: 64_000 }]],
    ['stall', [{ verb: 'stall' }]],
    ['stall 2s at byte 10', [{ verb: 'stall', value: 2000, moment: { byte: 10 } }]],
    [
      'reset 100,in:stop 5',
      [
        { verb: 'reset', value: 100 },
        { direction: 'in', verb: 'stop', value: 5 },
      ],
    ],
    ['reset at byte 100', [{ verb: 'reset', value: 100 }]],
    ['reset at GAMEOVER', [{ verb: 'reset', moment: { place: 'before', message: 'GAMEOVER' } }]],
    ['half-close after the second LOW', [{ verb: 'half-close', moment: { place: 'after', ordinal: 2, message: 'LOW' } }]],
    ['reset after "Too small!"', [{ verb: 'reset', moment: { place: 'after', message: 'Too small!' } }]],
    [
      'stall 1s before my 2nd move',
      [{ verb: 'stall', value: 1000, moment: { place: 'before', whose: 'my', ordinal: 2, message: 'move' } }],
    ],
    ["delay 1s at the peer's move", [{ verb: 'delay', value: 1000, moment: { place: 'at', whose: 'peer', message: 'move' } }]],
    [
      'both:split 1..5, in: glue 2s',
      [
        { direction: 'both', verb: 'split', value: [1, 5] },
        { direction: 'in', verb: 'glue', value: 2000 },
      ],
    ],
    ['in:split 1..3 at 2nd LOW', [{ direction: 'in', verb: 'split', value: [1, 3], moment: { place: 'at', ordinal: 2, message: 'LOW' } }]],
    ['lose 20%', [{ verb: 'lose', value: 20 }]],
    ['duplicate 3rd', [{ verb: 'duplicate', moment: { place: 'at', ordinal: 3, message: 'message' } }]],
    ['server:reorder 0.5% at every %H', [{ direction: 'server', verb: 'reorder', value: 0.5, moment: { place: 'at', message: '%H' } }]],
  ])('%s', (text, rules) => {
    expect(parseFaults(text)).toEqual(rules)
  })

  test.each([
    ['', '"" is not a fault rule, such as "split 8"'],
    ['split 8,', '"" is not a fault rule'],
    ['split', 'split takes a number of bytes from 1 to 65536, a range such as 1..5, "char" or "message", and has none'],
    ['cut 8', 'there is no fault "cut". The faults are split, glue, delay,'],
    ['splitt 8', 'there is no fault "splitt"; did you mean split? The faults are'],
    ['split 0', 'split takes a number of bytes from 1 to 65536, a range such as 1..5, "char" or "message", not "0"'],
    ['split 5..1', 'split 5..1 has its range in the wrong order: write 1..5'],
    ['in:delay 20..5ms', 'delay 20..5ms has its range in the wrong order: write 5ms..20'],
    ['split 5..0', 'split takes'],
    ['glue 20..5', 'glue takes'],
    ['split 1..2..3', 'split takes'],
    ['split -1', 'split takes'],
    ['split 1e3', 'split takes'],
    ['split 1 2', 'split takes'],
    ['glue 1ms..2ms', 'glue takes a time such as 5ms or 2s, up to 10m, not "1ms..2ms"'],
    ['delay 11m', 'delay takes'],
    ['delay 5h', 'delay takes'],
    ['bandwidth 0/s', 'bandwidth takes bytes a second, such as 2000/s or 64KB/s, not "0/s"'],
    ['stall now', 'stall takes a time'],
    ['lose', 'lose takes a probability such as 20%, or a datagram by its number, such as 3rd, and has none'],
    ['lose 0%', 'lose takes a probability'],
    ['lose 101%', 'lose takes a probability'],
    ['reset', 'reset needs a moment: after a number of bytes, as in "reset 100", or at a message, as in "reset before GAMEOVER"'],
    ['reset 5 before LOW', 'reset takes a number of bytes or a moment, not both'],
    ['reset before', '"before" names no message, such as "before 2nd LOW"'],
    ['reset before my 2nd', '"before my 2nd" names no message'],
    ['delay 5ms before LOW', 'delay applies at a whole message: write "at", not "before"'],
    ['delay 5ms at byte 5', 'delay applies at a message, not at a byte'],
    ['reset before byte 5', 'a place among the bytes is written as "at byte 100", not "before byte 5"'],
    ['reset at byte x', 'a place among the bytes is written as "at byte 100", not "at byte x"'],
    ['up:split 8', 'a direction is out, in, both, client or server, not "up"'],
    ['split 8,split 4', 'split is given twice for one direction'],
    ['both:split 8,in:split 4', 'split is given twice'],
    ['stall 1s before LOW,stall 2s before LOW', 'stall is given twice for one direction and one moment'],
  ])('%j is rejected with a sentence', (text, sentence) => {
    expect(parseFaults(text)).toMatchObject({ refused: expect.stringContaining(sentence) })
  })

  test('formatted rules parse to the same rules', () => {
    const found = new Set<string>()
    fc.assert(
      fc.property(rule, (one) => {
        found.add(one.verb)
        expect(parseFaults(formatRule(one))).toEqual([one])
      }),
      { numRuns: 500 },
    )
    expect([...found].sort()).toEqual([...verbs].sort())
  })

  test('any text is parsed or rejected with a sentence, and what is parsed can be formatted', () => {
    const words = fc.constantFrom(
      ...verbs,
      'at',
      'before',
      'byte',
      'my',
      '2nd',
      'LOW',
      'in:',
      'out:',
      '8',
      '1..3',
      '5ms',
      '20%',
      '2/s',
      'char',
      ',',
    )
    const example = fc.constantFrom(...verbs.map((verb) => VERBS[verb].example as string))
    const almost = fc.tuple(example, fc.array(words, { maxLength: 2 })).map((all) => all.flat().join(' '))
    const texts = fc.oneof(
      almost,
      fc.array(words, { maxLength: 6 }).map((all) => all.join(' ')),
      fc.string({ unit: 'binary' }),
    )
    let parsed = 0
    fc.assert(
      fc.property(texts, (text) => {
        const rules = parseFaults(text)
        if ('refused' in rules) expect(rules.refused.length).toBeGreaterThan(10)
        else {
          parsed++
          expect(parseFaults(formatFaults(rules))).toEqual(rules)
        }
      }),
      { numRuns: 2000 },
    )
    expect(parsed).toBeGreaterThan(100)
  })

  test('every fault has an example that is a rule', () => {
    for (const verb of verbs) expect(parseFaults(VERBS[verb].example)).toMatchObject([{ verb }])
  })

  test('the value of an option is a rule without its verb', () => {
    expect(toRules('split', '8')).toBe('split 8')
    expect(toRules('split', 'in:8, out:1..5')).toBe('in:split 8,out:split 1..5')
    expect(faultRules(toRules('delay', 'both:5ms..20ms'))).toEqual([{ direction: 'both', verb: 'delay', value: [5, 20] }])
  })

  test.each([
    ['split 1..5', true],
    ['split message', true],
    ['in:delay 5..9', true],
    ['lose 20%', true],
    ['reset inside LOW', true],
    ['in:delay 5,split 3,split char at LOW', false],
    ['lose 3rd,duplicate 100%,reset before LOW,bandwidth 5/s', false],
  ])('%s depends on chance: %s', (text, isRandom) => {
    expect(hasChance(faultRules(text))).toBe(isRandom)
  })
})
