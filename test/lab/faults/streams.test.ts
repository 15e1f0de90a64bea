import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addFaults, type FaultPlan } from '../../../src/lab/faults/faulty-transport.ts'
import { decode } from '../../../src/wire/text.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { concatBytes } from '../../support/decoding.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'
import { recordReceived, writesOf } from '../../support/received.ts'
import { settled, TestClock } from '../../support/test-clock.ts'

/** Our end, that of the server of tjc/guess, behind faults, and the peer's raw end. */
async function behind(rules: string, plan: Omit<FaultPlan, 'clock' | 'rules'> = {}) {
  const [here, there] = memoryPair()
  const clock = new TestClock()
  const program = await faultProgram('guess')
  const ours = addFaults(here, { program, ...plan, rules: faultRules(rules), clock })
  return { ours, here, there, clock, writes: () => writesOf(here), peer: recordReceived(there), heard: recordReceived(ours) }
}

describe('faults of the whole stream', () => {
  test('none: bytes pass unchanged', async () => {
    const { ours, there, writes, peer, heard } = await behind('')
    ours.write('a')
    ours.write('')
    ours.write('b')
    there.write('cd')
    ours.finish()
    await settled()
    expect(writes()).toEqual(['a', '', 'b'])
    expect(peer.finished).toBe(true)
    there.finish()
    await settled()
    expect(heard).toMatchObject({ pieces: ['cd'], finished: true, closed: '' })
  })

  test('split 3: sends pieces of three bytes, a millisecond apart, counted from the first byte of the stream', async () => {
    const { ours, clock, writes } = await behind('split 3')
    ours.write('Hello\nab')
    expect(writes()).toEqual(['Hel'])
    await clock.pass(2)
    expect(writes()).toEqual(['Hel', 'lo\n', 'ab'])
    ours.write('cd')
    await clock.pass(2)
    expect(writes()).toEqual(['Hel', 'lo\n', 'ab', 'c', 'd'])
  })

  test('split 3, delay 100ms: sends each piece 100 ms after the previous piece', async () => {
    const { ours, clock, writes } = await behind('split 3,delay 100ms')
    ours.write('Hello\n')
    await clock.pass(99)
    expect(writes()).toEqual([])
    await clock.pass(1)
    expect(writes()).toEqual(['Hel'])
    await clock.pass(99)
    expect(writes()).toEqual(['Hel'])
    await clock.pass(1)
    expect(writes()).toEqual(['Hel', 'lo\n'])
  })

  test('split 1..4: splits at random, repeats for the same seed, and loses no byte', async () => {
    const text = 'abcdefghijklmnopqrstuvwxyz'
    const run = async (seed: number, connection = 0) => {
      const { ours, clock, writes, peer } = await behind('split 1..4', { seed, connection })
      ours.write(text)
      ours.finish()
      await clock.pass(100)
      expect(peer).toMatchObject({ text, finished: true })
      return writes()
    }
    expect(await run(7)).toEqual(await run(7))
    expect(await run(7)).not.toEqual(await run(8))
    expect(await run(7)).not.toEqual(await run(7, 1))
    expect(new Set((await run(7)).map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]))
  })

  test('split char: cuts inside each character of several bytes, and nowhere else', async () => {
    const { ours, here, clock } = await behind('split char')
    ours.write('aé€b😀')
    ours.write(Uint8Array.of(0xc3))
    ours.write(Uint8Array.of(0xa4))
    await clock.pass(10)
    const pieces = here.written.map((bytes) => decode(bytes, 'bytes'))
    expect(pieces).toEqual(['a\xc3', '\xa9\xe2', '\x82\xacb\xf0', '\x9f\x98\x80', '\xc3', '\xa4'])
  })

  test('split message: cuts each message once, between its first and its last byte', async () => {
    const { ours, clock, writes } = await behind('split message')
    for (let times = 0; times < 20; times++) ours.write('GUESS\nLOW\n')
    await clock.pass(100)
    const cuts = new Set<number>()
    let at = 0
    for (const piece of writes().slice(0, -1)) {
      at += piece.length
      cuts.add(at % 10)
    }
    expect(writes().join('')).toBe('GUESS\nLOW\n'.repeat(20))
    // 1 to 5 are inside GUESS, 7 to 9 inside LOW, and 0 is the end of a write
    expect([...cuts].sort()).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9])
  })

  test('in: splits the bytes that are read, not those that are written, and passes a reset on', async () => {
    const { ours, there, clock, heard, writes } = await behind('in:split 2')
    ours.write('whole')
    there.write('abcde')
    await clock.pass(10)
    expect(writes()).toEqual(['whole'])
    expect(heard.pieces).toEqual(['ab', 'cd', 'e'])
    there.reset()
    await settled()
    expect(heard.closed).toBe('ECONNRESET')
  })

  test('dribble: bytes arrive one by one, each later than the previous byte', async () => {
    const { ours, clock, writes, peer } = await behind('dribble 5')
    ours.write('abc')
    ours.finish()
    expect(writes()).toEqual(['a'])
    expect(ours.unsent).toBe(2)
    await clock.pass(4)
    expect(writes()).toEqual(['a'])
    await clock.pass(1)
    expect(writes()).toEqual(['a', 'b'])
    await clock.pass(5)
    expect(writes()).toEqual(['a', 'b', 'c'])
    expect(peer.finished).toBe(true)
    expect(clock.waiting).toBe(0)
  })

  test('glue: bytes within the time arrive together', async () => {
    const { there, clock, heard } = await behind('in:glue 80')
    there.write('LOW\n')
    await clock.pass(79)
    there.write('GUESS\n')
    await clock.pass(1)
    expect(heard.pieces).toEqual(['LOW\nGUESS\n'])
    there.write('HIGH\n')
    there.finish()
    await settled()
    expect(heard.pieces).toEqual(['LOW\nGUESS\n', 'HIGH\n'])
    expect(heard.finished).toBe(true)
    expect(clock.waiting).toBe(0)
  })

  test('glue and split: what was joined is split again', async () => {
    const { ours, clock, writes } = await behind('glue 10ms,split 4')
    ours.write('ab')
    ours.write('cdef')
    await clock.pass(20)
    expect(writes()).toEqual(['abcd', 'ef'])
  })

  test('delay: bytes arrive late, and in order', async () => {
    const { there, clock, heard } = await behind('in:delay 100')
    there.write('a')
    await clock.pass(50)
    there.write('b')
    there.finish()
    await clock.pass(49)
    expect(heard.pieces).toEqual([])
    await clock.pass(1)
    expect(heard.pieces).toEqual(['a'])
    await clock.pass(50)
    expect(heard).toMatchObject({ pieces: ['a', 'b'], finished: true })
  })

  test('bandwidth: delivers pieces of 20 ms, and no more bytes a second than the bandwidth', async () => {
    const { ours, clock, writes } = await behind('bandwidth 500/s')
    ours.write('x'.repeat(500))
    expect(writes()).toEqual(['x'.repeat(10)])
    await clock.pass(500)
    expect(writes().join('')).toHaveLength(260)
    await clock.pass(500)
    expect(writes().join('')).toHaveLength(500)
    expect(writes()).toHaveLength(50)
  })

  test.each(['', 'in:'])('%sreset 5: both sides see a reset connection after five bytes', async (direction) => {
    const { ours, there, clock, peer, heard } = await behind(`${direction}reset 5`)
    ours.write('12345678')
    there.write('12345678')
    await clock.pass(1)
    expect(peer.closed).toBe('ECONNRESET')
    expect(heard.closed).toBe('ECONNRESET')
    expect((direction === '' ? peer : heard).text).toBe('12345')
    expect(clock.waiting).toBe(0)
  })

  test('stop: no byte and no end arrives after a number of bytes; the other direction continues', async () => {
    const { ours, there, clock, peer, heard } = await behind('stop 3')
    ours.write('12345')
    ours.write('6')
    ours.finish()
    there.write('hello')
    await clock.pass(1000)
    expect(peer).toMatchObject({ text: '123', finished: false, closed: undefined })
    expect(heard.text).toBe('hello')
    ours.destroy()
    await settled()
    expect(heard.closed).toBe('')
  })

  test('half-close: the peer sees the end after a number of bytes, and the other direction continues', async () => {
    const { ours, there, here, peer, heard } = await behind('half-close 3')
    ours.write('12345')
    ours.write('6')
    there.write('hello')
    await settled()
    expect(here.closeKind).toBe('finished')
    expect(peer).toMatchObject({ text: '123', finished: true, closed: undefined })
    expect(heard).toMatchObject({ text: 'hello', closed: undefined })
    there.finish()
    await settled()
    expect(heard.closed).toBe('')
  })

  test('in:half-close: this side sees the end, and may still send', async () => {
    const { ours, there, peer, heard } = await behind('in:half-close 3')
    there.write('12345')
    await settled()
    expect(heard).toMatchObject({ text: '123', finished: true, closed: undefined })
    ours.write('still here')
    there.write('67')
    await settled()
    expect(peer.text).toBe('still here')
    expect(heard.text).toBe('123')
  })

  test('stall 2s at byte 4: delivers nothing for two seconds, and then everything', async () => {
    const { ours, clock, peer } = await behind('stall 2s at byte 4')
    ours.write('GUESS\n')
    ours.finish()
    await clock.pass(1999)
    expect(peer).toMatchObject({ text: 'GUES', finished: false })
    await clock.pass(1)
    expect(peer).toMatchObject({ text: 'GUESS\n', finished: true })
  })

  test('stall: delivers nothing from the beginning on, not even the end; a closed connection is closed', async () => {
    const { ours, there, clock, peer, heard } = await behind('both:stall')
    ours.write('a')
    there.write('b')
    ours.finish()
    await clock.pass(600_000)
    expect([peer.text, peer.finished, heard.text]).toEqual(['', false, ''])
    there.reset()
    await settled()
    expect(heard.closed).toBe('ECONNRESET')
    expect(clock.waiting).toBe(0)
  })
})

describe('faults at a message', () => {
  const TURNS = ['GUESS\n', 'LOW\nGUESS\n', 'LOW\nGUESS\n', 'HIGH\nGUESS\n', 'WIN\n']

  test.each([
    ['reset before 2nd LOW', 'GUESS\nLOW\nGUESS\n'],
    ['reset before low', 'GUESS\n'],
    ['reset after the second LOW', 'GUESS\nLOW\nGUESS\nLOW\n'],
    ['reset before my HIGH', 'GUESS\nLOW\nGUESS\nLOW\nGUESS\n'],
    ['server:reset before 5th message', 'GUESS\nLOW\nGUESS\nLOW\n'],
  ])('%s', async (rule, text) => {
    const { ours, clock, peer } = await behind(rule)
    for (const turn of TURNS) ours.write(turn)
    await clock.pass(5)
    expect(peer).toMatchObject({ text, closed: 'ECONNRESET' })
  })

  test('reset inside: somewhere between the first and the last byte of the message, by the seed', async () => {
    const ends = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const { ours, clock, peer } = await behind('reset inside WIN', { seed })
      for (const turn of TURNS) ours.write(turn)
      await clock.pass(5)
      expect(peer.closed).toBe('ECONNRESET')
      ends.add(peer.text.slice(TURNS.slice(0, -1).join('').length))
    }
    expect([...ends].sort()).toEqual(['W', 'WI', 'WIN'])
  })

  test('half-close after a message that the peer sends', async () => {
    const { there, clock, heard } = await behind('half-close after 2nd guess')
    there.write('50\n25\n12\n')
    await clock.pass(5)
    expect(heard).toMatchObject({ text: '50\n25\n', finished: true })
  })

  test('split 1 at 2nd LOW: cuts that message alone', async () => {
    const { ours, clock, writes } = await behind('split 1 at 2nd LOW')
    for (const turn of TURNS.slice(0, 3)) ours.write(turn)
    await clock.pass(20)
    expect(writes()).toEqual(['GUESS\n', 'LOW\nGUESS\n', 'L', 'O', 'W', '\nGUESS\n'])
  })

  test('delay 1s at LOW: delays that message, and what is behind it', async () => {
    const { ours, clock, writes } = await behind('delay 1s at LOW')
    ours.write('GUESS\nLOW\nGUESS\n')
    expect(writes()).toEqual(['GUESS\n'])
    await clock.pass(999)
    expect(writes()).toEqual(['GUESS\n'])
    await clock.pass(1)
    expect(writes()).toEqual(['GUESS\n', 'LOW\nGUESS\n'])
  })

  test('glue 50ms at LOW: joins that message with what follows', async () => {
    const { ours, clock, writes } = await behind('glue 50ms at LOW')
    for (const text of ['GUESS\n', 'LOW\n', 'GUESS\n']) ours.write(text)
    expect(writes()).toEqual(['GUESS\n'])
    await clock.pass(50)
    expect(writes()).toEqual(['GUESS\n', 'LOW\nGUESS\n'])
  })

  test('stall 1s before each GUESS: pauses again and again', async () => {
    const { ours, clock, writes } = await behind('stall 1s before each GUESS')
    ours.write('GUESS\n')
    ours.write('LOW\nGUESS\n')
    await clock.pass(999)
    expect(writes()).toEqual([])
    await clock.pass(1)
    expect(writes()).toEqual(['GUESS\n', 'LOW\n'])
    await clock.pass(1000)
    expect(writes()).toEqual(['GUESS\n', 'LOW\n', 'GUESS\n'])
  })

  test('a message in pieces is passed on when it is whole, and a rest at the end', async () => {
    const { there, clock, heard } = await behind('reset before 9th guess')
    for (const piece of ['4', '2', '\n7']) {
      there.write(piece)
      await clock.pass(10)
    }
    expect(heard.pieces).toEqual(['42\n'])
    there.finish()
    await settled()
    expect(heard).toMatchObject({ text: '42\n7', finished: true })
  })

  test('a stream without an end of a message is passed on, in bounded memory', async () => {
    const { there, heard } = await behind('reset before 9th guess')
    for (let times = 0; times < 40; times++) there.write('x'.repeat(10_000))
    await settled()
    expect(heard.text).toHaveLength(400_000)
  })

  test('rules that the program does not have are an error', async () => {
    await expect(behind('reset before LOWW')).rejects.toThrow(/tjc\/guess has no message "LOWW"; did you mean LOW\?/)
  })
})

test('each reset, end, stop and stall is reported in a sentence, because neither program has done it', async () => {
  const sentences: string[] = []
  const { ours, there, clock } = await behind('stall 2s before 2nd GUESS,half-close after 2nd GUESS,in:stop 3', {
    onFault: (sentence) => sentences.push(sentence),
  })
  ours.write('GUESS\nLOW\nGUESS\nLOW\n')
  there.write('1234')
  await clock.pass(3000)
  expect(sentences).toEqual([
    'the fault "stall 2s before 2nd GUESS" stalls the bytes of the server for 2s, after 10 bytes',
    'the fault "in:stop 3" drops all further bytes of the client, after 3 bytes',
    'the fault "half-close after 2nd GUESS" ends the output of the server, after 16 bytes',
  ])
})

test('a message that is held for long because it has no end is reported, once', async () => {
  const sentences: string[] = []
  const { there, clock, heard } = await behind('reset before 3rd guess', { onFault: (sentence) => sentences.push(sentence) })
  there.write('42\n')
  there.write('5')
  await clock.pass(1000)
  there.write('0')
  await clock.pass(1999)
  expect(sentences).toEqual([])
  await clock.pass(60_000)
  expect(sentences).toEqual([
    'a rule at a message holds the bytes of the client, because they are not a whole message: 2 bytes, with no line end (\\n)',
  ])
  expect(clock.waiting).toBe(0)
  there.finish()
  await settled()
  expect(heard).toMatchObject({ text: '42\n50', finished: true })
})

describe('faults of a proxy', () => {
  test('a rule without a direction disturbs both sides, and a rule for a side disturbs that side alone', async () => {
    const { ours, there, clock, writes, heard } = await behind('split 2,client:reset 5', { isProxy: true, program: undefined })
    ours.write('abcd')
    there.write('1234')
    await clock.pass(5)
    expect(writes()).toEqual(['ab', 'cd'])
    expect(heard.pieces).toEqual(['12', '34'])
    there.write('56')
    await clock.pass(5)
    expect(heard).toMatchObject({ text: '12345', closed: 'ECONNRESET' })
  })

  test('a proxy has no side of its own', async () => {
    await expect(behind('in:split 2', { isProxy: true })).rejects.toThrow(/a proxy has no "in"/)
  })
})

describe('a transport with faults', () => {
  test('a side that has paused reading receives nothing until it resumes', async () => {
    const { ours, there, clock, heard } = await behind('in:delay 10')
    there.write('a')
    await clock.pass(5)
    ours.pause()
    there.write('b')
    await clock.pass(100)
    expect(heard.pieces).toEqual([])
    ours.resume()
    await clock.pass(100)
    expect(heard.text).toBe('ab')
  })

  test('a stalled lane stops reading, and holds a bounded number of bytes', async () => {
    const { there, clock, heard } = await behind('in:stall 1m')
    for (let times = 0; times < 100; times++) {
      there.write('x'.repeat(10_000))
      await settled()
    }
    expect(there.unsent).toBeGreaterThan(800_000)
    await clock.pass(60_000)
    expect(there.unsent).toBe(0)
    expect(heard.text).toHaveLength(1_000_000)
  })

  test('many small pieces in a stalled lane stop it too', async () => {
    const { there, clock, heard } = await behind('in:stall 1m')
    for (let times = 0; times < 3000; times++) {
      there.write('x')
      if (times % 100 === 0) await settled()
    }
    await settled()
    expect(there.unsent).toBeGreaterThan(1000)
    await clock.pass(60_000)
    expect(heard.text).toHaveLength(3000)
  })

  test('bytes that wait in a lane are unsent, and delay whenSent', async () => {
    const { ours, clock } = await behind('stall 5s')
    ours.write('x'.repeat(100_000))
    expect(ours.unsent).toBe(100_000)
    let sent = 0
    ours.whenSent(() => sent++)
    await clock.pass(4999)
    expect(sent).toBe(0)
    await clock.pass(1)
    expect([sent, ours.unsent]).toEqual([1, 0])
    ours.whenSent(() => sent++)
    expect(sent).toBe(2)
  })

  test('a reset waits until the peer has read what was sent before, but not without end', async () => {
    const { ours, there, clock, heard, peer } = await behind('reset after LOW')
    there.pause()
    ours.write('GUESS\nLOW\nGUESS\n')
    await clock.pass(999)
    expect(heard.closed).toBeUndefined()
    there.resume()
    await settled()
    expect(peer).toMatchObject({ text: 'GUESS\nLOW\n', closed: 'ECONNRESET' })
    const silent = await behind('reset after LOW')
    silent.there.pause()
    silent.ours.write('LOW\n')
    await silent.clock.pass(1001)
    expect(silent.heard.closed).toBe('ECONNRESET')
    expect([clock.waiting, silent.clock.waiting]).toEqual([0, 0])
  })

  test.each(['destroy', 'reset'] as const)('%s leaves no timer behind', async (way) => {
    const { ours, there, clock, heard } = await behind('dribble 5,in:glue 50,in:delay 50')
    ours.write('abc')
    there.write('def')
    await settled()
    ours[way]()
    await clock.pass(50)
    expect(clock.waiting).toBe(0)
    expect(heard).toMatchObject({ text: '', closed: '' })
  })

  const harmless = fc
    .array(
      fc.constantFrom(
        ...['delay 20', 'delay 5..40', 'split 3', 'split 1..5', 'split char', 'split message', 'glue 30', 'dribble 2', 'bandwidth 900/s'],
        ...['stall 30ms', 'stall 9ms at byte 5', 'stall 5ms inside each guess', 'split 2 at 2nd message', 'delay 50..90 at message'],
      ),
      { maxLength: 5 },
    )
    .map((rules) =>
      [...new Map(rules.map((rule) => [/at|inside/.test(rule) ? rule : rule.split(' ')[0], `in:${rule}`])).values()].join(','),
    )
  const writes = fc.array(fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('50\n', 'é\n', '\n')), { maxLength: 6 })

  test('any faults that drop nothing preserve the bytes and their order, and the end is last', async () => {
    await fc.assert(
      fc.asyncProperty(harmless, writes, fc.nat(), async (rules, sent, seed) => {
        const [here, there] = memoryPair()
        const clock = new TestClock()
        const ours = addFaults(here, { program: await faultProgram('guess'), rules: faultRules(rules), seed, clock })
        const pieces: Uint8Array[] = []
        let finishedAfter = -1
        ours.open({ data: (bytes) => pieces.push(bytes), finished: () => (finishedAfter = pieces.length), closed() {} })
        for (const text of sent) {
          there.write(text)
          await clock.pass(7)
        }
        there.finish()
        await clock.pass(2000)
        expect(decode(concatBytes(...pieces))).toBe(sent.join(''))
        expect(finishedAfter).toBe(pieces.length)
        expect(clock.waiting).toBe(0)
      }),
      { numRuns: 100 },
    )
  })
})
