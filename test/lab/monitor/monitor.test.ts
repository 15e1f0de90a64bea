import { describe, expect, test } from 'vitest'
import { ConversationMonitor, toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { isCut, isGlued, type MessageObservation, type Observation, type WireEvent } from '../../../src/lab/monitor/observation.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { decode, encode } from '../../../src/wire/text.ts'
import { program } from '../../support/play.ts'

/** A read: the side, its bytes, and the time if it is not 10 ms after the read before. */
type Read = readonly [from: Side, bytes: string | Uint8Array | 'FIN' | 'RST', at?: number]

function toEvents(reads: readonly Read[]): readonly WireEvent[] {
  let at = 0
  return reads.map(([from, bytes, time]) => {
    at = time ?? at + 10
    if (bytes === 'FIN' || bytes === 'RST') return { kind: 'end', at, from, how: bytes === 'FIN' ? 'finished' : 'reset' }
    return { kind: 'bytes', at, from, bytes: typeof bytes === 'string' ? encode(bytes) : bytes }
  })
}

/** Returns what the monitor of a program sees. */
async function watch(name: string, reads: readonly Read[], datagrams = false) {
  const monitor = new ConversationMonitor(toWatchedProtocol(await program(name)), { datagrams })
  const seen: Observation[] = []
  for (const event of toEvents(reads)) seen.push(...monitor.observe(event))
  const wait = (at: number) => seen.push(...monitor.observe({ kind: 'time', at }))
  return { monitor, seen, wait, messages: () => seen.filter((one): one is MessageObservation => one.kind === 'message') }
}

/** Verdicts on messages, in words. */
function verdicts(seen: readonly Observation[]): readonly string[] {
  return seen.flatMap((one) =>
    one.kind === 'message' || one.kind === 'judged'
      ? [`${one.number} ${one.standing} ${one.name ?? '-'}: ${one.before} → ${one.after} (${one.turn})`]
      : [],
  )
}

describe('a message', () => {
  test('is odd if it has a text in place of a number, although the protocol allows it', async () => {
    const { messages } = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', 'low\n'],
      ['server', 'Please enter number 1 to 100\nGUESS\n'],
      ['client', ' 5\n'],
    ])
    const [, word, , , number] = messages()
    expect(word).toMatchObject({ standing: 'legal', name: 'guess', oddity: 'the client sent "low" in place of a number such as "50"' })
    expect(number?.oddity).toBeUndefined()
  })

  test('has its name, its bytes, its reads, the states around it, and whose turn it is', async () => {
    const { messages, monitor } = await watch('guess', [
      ['server', 'GUE'],
      ['server', 'SS\n'],
      ['client', '50\r\n'],
      ['server', 'LOW\nGUESS\n'],
    ])
    const [first, second, third, fourth] = messages()
    expect(first).toMatchObject({
      name: 'GUESS',
      from: 'server',
      at: 20,
      start: 0,
      end: 6,
      text: 'GUESS',
      before: 'start',
      after: 'guessing',
    })
    expect(first?.turn).toBe('client')
    expect(first?.segments).toEqual([
      { number: 1, at: 10, start: 0, end: 3 },
      { number: 2, at: 20, start: 3, end: 6 },
    ])
    expect(second).toMatchObject({ name: 'guess', start: 0, end: 4, text: '50', before: 'guessing', after: 'judging', turn: 'server' })
    expect(decode(second?.bytes ?? encode(''))).toBe('50\r\n')
    expect(third).toMatchObject({ name: 'low', start: 6, end: 10, after: 'missed', turn: 'server' })
    expect(fourth).toMatchObject({ name: 'GUESS', start: 10, end: 16, after: 'guessing', number: 4 })
    expect([first, second, third, fourth].map((one) => one && [isCut(one), isGlued(one)])).toEqual([
      [true, false],
      [false, false],
      [false, true],
      [false, true],
    ])
    expect([monitor.state, monitor.turn, monitor.isOver]).toEqual(['guessing', 'client', false])
  })

  test('that is illegal has the engine’s sentence, what was expected, and its first wrong byte', async () => {
    const { messages } = await watch('tictactoe', [
      ['server', 'MOVE5\n'],
      ['client', 'MOVE1\n'],
      ['server', 'MOVEx\n'],
    ])
    expect(messages()[2]).toMatchObject({
      standing: 'illegal',
      name: undefined,
      violation: {
        sentence:
          'the server sent "MOVEx", which does not belong here; expected something like "MOVE5", or "END" to stop; its field "cell" cannot be "x"',
        expected: 'expected something like "MOVE5", or "END" to stop',
        received: '"MOVEx"',
        wrongAt: 10,
      },
    })
  })

  test.each([
    ['guess', [['server', 'GUESZ\n']], 4],
    ['guess', [['server', 'GUESS now\n']], 5],
    ['guess', [['server', 'guess\n']], 0],
    ['tictactoe', [['server', 'MOVE\n']], 4],
    ['robot', [['client', 'FORWARD\nLEFTT\n']], 12],
    [
      'chat',
      [
        ['server', 'é\n'],
        ['server', 'é\n'],
        ['client', 'ok\n'],
      ],
      undefined,
    ],
  ] as const)('of %s: the caret of %j is at %s', async (name, reads, wrongAt) => {
    const { messages } = await watch(name, reads)
    expect(messages().find(({ violation }) => violation)?.violation?.wrongAt).toBe(wrongAt)
  })

  test('after a mistake in a protocol without refusal is judged by what was meant', async () => {
    const { seen } = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', '50\n'],
      ['server', 'Low\n'],
      ['server', 'GUESS\n'],
      ['client', '75\n'],
      ['server', 'WIN\n'],
    ])
    expect(verdicts(seen)).toEqual([
      '1 legal GUESS: start → guessing (client)',
      '2 legal guess: guessing → judging (server)',
      '3 illegal -: judging → judging (server)',
      '4 legal GUESS: missed → guessing (client)',
      '5 legal guess: guessing → judging (server)',
      '6 legal right: judging → end (none)',
    ])
  })

  test('shows no password', async () => {
    const { messages } = await watch('quiz', [
      ['client', 'LOGIN ada engine-1843\n'],
      ['server', 'x\n'],
      ['client', 'LOGI ada engine-1843\n'],
    ])
    const [login] = messages()
    expect(login?.secrets.map(([from, to]) => login.text.slice(from, to))).toEqual(['engine-1843'])
    expect(JSON.stringify(messages().map(({ violation }) => violation))).not.toContain('engine')
  })
})

describe('the order of messages', () => {
  test('a message before its turn is early, and is judged when its turn comes', async () => {
    const { seen } = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', '50\n60\nxx yy\n'],
      ['server', 'LOW\n'],
      ['server', 'GUESS\n'],
    ])
    expect(verdicts(seen)).toEqual([
      '1 legal GUESS: start → guessing (client)',
      '2 legal guess: guessing → judging (server)',
      '3 early -: judging → judging (server)',
      '4 early -: judging → judging (server)',
      '5 legal low: judging → missed (server)',
      '6 legal GUESS: missed → guessing (client)',
      '3 legal guess: guessing → judging (server)',
    ])
  })

  test('a message that crosses another is legal if its sender could not know the other message', async () => {
    const { seen, monitor } = await watch('scissors', [
      ['server', 'CHOOSE\n'],
      ['client', 'QUIT\n'],
      ['server', 'CHOOSE\n'],
    ])
    expect(verdicts(seen)).toEqual([
      '1 legal CHOOSE: start → choosing (either)',
      '2 legal QUIT: choosing → left (client)',
      '3 crossed CHOOSE: choosing → left (client)',
    ])
    expect(monitor.isOver).toBe(true)
  })

  test('a message that crosses a message after which it is not legal is late, and the other side is not blamed for its refusal', async () => {
    const { seen } = await watch('quiz', [
      ['client', 'NAME ada\n'],
      ['server', 'Welcome ada\nRESUMED 3 5 1\nQUESTION 3 5 Which?\n'],
      ['client', 'START 5\n'],
      ['server', 'A 80\nB 81\nANSWER?\n'],
      ['server', 'ERROR answer first\nANSWER?\n'],
      ['client', 'A\n'],
    ])
    expect(verdicts(seen).slice(4)).toEqual([
      '5 late START: ready → asking (server)',
      '6 legal option: asking → asking (server)',
      '7 legal option: asking → asking (server)',
      '8 legal ask: asking → asked (either)',
      '9 legal ERROR: asked → asked (either)',
      '10 legal ask: asked → asked (either)',
      '11 legal letter: asked → judging (server)',
    ])
    expect(seen.find((one) => one.kind === 'message' && one.number === 9)).toMatchObject({ refuses: 5 })
  })

  test('a refusal answers an illegal message without a change, or a legal one by its transition', async () => {
    const { seen } = await watch('hangman', [
      ['client', 'START\n'],
      ['server', 'WORD 6 8\n'],
      ['client', '\n'],
      ['client', 'QUITT\n'],
      ['server', 'ERROR guess a letter\n'],
      ['server', 'ERROR guess a letter\n'],
    ])
    expect(
      seen.flatMap((one) => (one.kind === 'message' && one.name === 'ERROR' ? [[one.number, one.refuses, one.before, one.after]] : [])),
    ).toEqual([
      [5, 3, 'judging', 'guessing'],
      [6, 4, 'judging', 'guessing'],
    ])
  })
})

describe('what is no message', () => {
  test('an unfinished message is reported after a pause, and at the end of the side', async () => {
    const { seen, wait } = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', '50', 100],
    ])
    wait(1500)
    expect(seen.some(({ kind }) => kind === 'unfinished')).toBe(false)
    wait(2100)
    wait(9000)
    const found = seen.filter((one) => one.kind === 'unfinished')
    expect(found).toMatchObject([
      { from: 'client', start: 0, end: 2, final: false, sentence: 'the client has sent "50" and no line end (\\n)' },
    ])
  })

  test('the end of a side closes the conversation, or says what was expected', async () => {
    const won = await watch('number', [
      ['client', '42'],
      ['server', 'Exactly! You win!', 100],
      ['client', 'FIN'],
    ])
    expect(won.seen.at(-1)).toMatchObject({ kind: 'end', name: 'leaves', before: 'won', after: 'end', over: true, expected: undefined })
    const cut = await watch('guess', [
      ['server', 'GUESS\n'],
      ['client', '5'],
      ['client', 'RST'],
    ])
    expect(cut.seen.slice(-2)).toMatchObject([
      { kind: 'unfinished', final: true },
      { kind: 'end', how: 'reset', name: undefined, over: false, expected: 'expected a number (such as "50")' },
    ])
  })

  test('bytes without an end are unreadable', async () => {
    const { seen } = await watch('guess', [
      ['server', new Uint8Array(5000).fill(0x61)],
      ['server', 'GUESS\n'],
    ])
    expect(seen.filter(({ kind }) => kind !== 'segment')).toEqual([
      { kind: 'unreadable', at: 10, from: 'server', start: 0, sentence: 'the server sent a message of more than 4096 bytes, the limit' },
    ])
  })
})

describe('without framing', () => {
  test('a pause ends a message, and the answer to it does, too', async () => {
    const paused = await watch('time', [
      ['client', '%H', 0],
      ['client', ':%M', 5],
    ])
    expect(paused.messages()).toEqual([])
    paused.wait(200)
    expect(paused.messages()).toMatchObject([{ text: '%H:%M', start: 0, end: 5, at: 5, standing: 'legal' }])
    const answered = await watch('number', [
      ['client', '50', 0],
      ['server', 'Too big!', 1],
    ])
    expect(answered.messages().map(({ text, name }) => [text, name])).toEqual([
      ['50', 'guess'],
      ['Too big!', 'big'],
    ])
  })

  test('a datagram is a message', async () => {
    const { messages } = await watch(
      'time',
      [
        ['client', '%H'],
        ['client', '%M'],
        ['server', '13'],
      ],
      true,
    )
    expect(messages().map(({ text, start, end }) => [text, start, end])).toEqual([
      ['%H', 0, 2],
      ['%M', 2, 4],
      ['13', 0, 2],
    ])
  })
})

test('the same events give the same observations, and no event is changed', async () => {
  const reads: readonly Read[] = [
    ['client', 'NAME ada\nSTA'],
    ['server', 'Welcome ada\n'],
    ['client', 'RT 5\nxx\n'],
    ['server', 'QUESTION 1 5 a b\n'],
    ['client', 'FIN', 9000],
  ]
  const events = toEvents(reads)
  const before = structuredClone(events)
  const protocol = toWatchedProtocol(await program('quiz'))
  const [one, two] = [new ConversationMonitor(protocol), new ConversationMonitor(protocol)]
  const seen = events.map((event) => [one.observe(event), two.observe(event)])
  for (const [first, second] of seen) expect(first).toEqual(second)
  expect(seen.flat(2).length).toBeGreaterThan(8)
  expect(structuredClone(seen)).toEqual(seen)
  expect(events).toEqual(before)
})
