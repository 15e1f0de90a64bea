import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scriptedRandom } from '../../src/games/random.ts'
import { type FakePeerOptions, fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'
import { playSolo } from '../support/solo.ts'

const PROMPT = 'I will toss a coin, guess if it is a head (H) or tail (T) : '
const RIGHT = 'You are right!\n'
const WRONG = 'Sorry, you are wrong.\n'
const UNUSABLE = 'Please enter head (H), tail (T)             or Q to quit\n'
const BYE = 'Thanks for playing the game. Bye!\n'

const names = ['c8/headtail', 'c8/headtail-counters'] as const
const counters = (name: string, right: number, guesses: number) =>
  name === 'c8/headtail' ? '' : `You have guessed correctly ${right} out of ${guesses} times.\n`

describe.each(names)('%s (C8 slides, project 5 and assignment 4)', (name) => {
  test('plays a game, word for word', async () => {
    const played = await play({
      program: name,
      join: ['h', 'H', 'x', ' ', 't', 'q'],
      random: scriptedRandom(['H', 'T', 'T']),
      options: { pace: 0 },
    })
    expect(played).toEqual({
      toServer: 'H\nH\nX\n \nT\nQ\n',
      toClient: `${PROMPT}${RIGHT}${PROMPT}${WRONG}${PROMPT}${UNUSABLE}${PROMPT}${UNUSABLE}${PROMPT}${RIGHT}${PROMPT}${BYE}`,
      host: counters(name, 2, 3),
      join:
        `${PROMPT}h\n${RIGHT}\n${PROMPT}H\n${WRONG}\n${PROMPT}x\n${UNUSABLE}\n${PROMPT} \n${UNUSABLE}\n` +
        `${PROMPT}t\n${RIGHT}\n${PROMPT}q\n${BYE}\n${counters(name, 2, 3)}`,
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('can quit immediately', async () => {
    const played = await play({ program: name, join: ['Q'], options: { pace: 0 } })
    expect(played).toMatchObject({
      toServer: 'Q\n',
      toClient: PROMPT + BYE,
      host: counters(name, 0, 0),
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect(played.join).toBe(`${PROMPT}Q\n${BYE}\n${counters(name, 0, 0)}`)
  })

  test('quits at Ctrl-D', async () => {
    const played = await play({ program: name, join: ['h'], random: scriptedRandom(['H']), options: { pace: 0 } })
    expect(played).toMatchObject({ toServer: 'H\nQ\n', hostEnd: undefined, joinEnd: undefined })
    expect(played.join.endsWith(`${BYE}\n${counters(name, 1, 1)}`)).toBe(true)
  })

  test('accepts only H or T as given choices', async () => {
    const { check } = await program(name)
    expect(check?.({ choices: ['H', 't'] })).toBeUndefined()
    expect(check?.({})).toBeUndefined()
    expect(check?.({ choices: ['H', 'Q'] })).toBe('a coin falls on H or T, not "Q"')
  })

  test('prints the worksheet’s texts around the game', async () => {
    const { host } = await program(name)
    const at = { host: '127.0.0.1', port: 50831 }
    expect(host?.listening?.(at)).toBe('Type Ctrl-F6 or close the shell to       terminate the server.')
    expect(host?.connected?.(at)).toBe("Connected to: ('127.0.0.1', 50831)")
  })
})

describe('the server, and other people’s clients', () => {
  const hosted = (near: FakePeerOptions = {}) => fakePeer('c8/headtail', 'server', { random: scriptedRandom(['H']), ...near })

  test.each([
    ['H', RIGHT],
    ['XH', RIGHT],
    ['T', WRONG],
    ['T\rT', WRONG],
    ['h', UNUSABLE],
    ['HEAD', UNUSABLE],
    ['H ', UNUSABLE],
    ['H\r', UNUSABLE],
    ['', UNUSABLE],
    ['q', UNUSABLE],
    ['Qé', UNUSABLE],
  ])('judges the last character of a line: %j', async (said, answer) => {
    const peer = await hosted()
    await peer.sayAlone(`${said}\n`)
    expect(peer.received).toBe(PROMPT + answer + PROMPT)
    await peer.say('Q\n')
    expect(await peer.close()).toBeUndefined()
  })

  test.each(['Q', 'XQ', 'Thanks, Q'])('ends after %j, and closes first', async (said) => {
    const peer = await hosted()
    await peer.say(`${said}\n`)
    expect(peer.received).toBe(PROMPT + BYE)
    expect(peer.gaveUp).toBe('finished')
    expect(await peer.close()).toBeUndefined()
  })

  test('answers invalid UTF-8 as unusable input', async () => {
    const peer = await hosted()
    await peer.sayAlone(Uint8Array.of(0xff, 0xc3, 10))
    await peer.say('Q\n')
    expect(peer.received).toBe(PROMPT + UNUSABLE + PROMPT + BYE)
    expect(await peer.close()).toBeUndefined()
  })

  test('writes the answer and the next prompt 150 ms apart, and answers a guess immediately', async () => {
    const peer = await hosted()
    expect(peer.writes).toEqual([PROMPT])
    await peer.say('H\n')
    expect(peer.writes).toEqual([PROMPT, RIGHT])
    await peer.clock.pass(149)
    expect(peer.writes).toHaveLength(2)
    await peer.clock.pass(1)
    expect(peer.writes).toEqual([PROMPT, RIGHT, PROMPT])
    await peer.say('T\n')
    expect(peer.writes).toEqual([PROMPT, RIGHT, PROMPT, WRONG])
    await peer.say('Q\n')
    await peer.close()
  })

  test('answers glued lines one by one', async () => {
    const peer = await hosted()
    await peer.sayAlone('H\nT\nQ\n')
    expect(peer.received).toBe(PROMPT + RIGHT + PROMPT + WRONG + PROMPT + BYE)
    expect(await peer.close()).toBeUndefined()
  })

  test.each(['close', 'reset'] as const)('prints a sentence if the client disconnects during a game (%s)', async (leaves) => {
    const peer = await hosted()
    await peer.say('H\nT')
    expect((await peer[leaves]())?.message).toMatch(/expected a guess \(such as "H"\), or "Q" to stop$/)
    expect(peer.screen).toBe('')
  })

  test('resets a stopped game, because the protocol has no message for it', async () => {
    const peer = await hosted()
    peer.conversation.stop(new Error('stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect(peer.received).toBe(PROMPT)
    expect(peer.gaveUp).toBe('reset')
  })
})

describe('the client, and other people’s servers', () => {
  const answered = [PROMPT, RIGHT + PROMPT, WRONG + PROMPT, UNUSABLE + PROMPT, BYE].join('')

  test('accept answer and prompt in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: answered.length - 1 })), async (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), answered.length]
        const peer = await fakePeer('c8/headtail-counters', 'client', { typed: ['h', 'h', 'x', 'q'] })
        await peer.say(...borders.slice(1).map((border, at) => answered.slice(borders[at], border)))
        expect(await peer.close()).toBeUndefined()
        expect(peer.writes).toEqual(['H\n', 'H\n', 'X\n', 'Q\n'])
        expect(peer.screen).toBe(
          `${PROMPT}h\n${RIGHT}\n${PROMPT}h\n${WRONG}\n${PROMPT}x\n${UNUSABLE}\n${PROMPT}q\n${BYE}\nYou have guessed correctly 1 out of 2 times.\n`,
        )
      }),
      { numRuns: 40 },
    )
  })

  test('ask nothing before the prompt is complete', async () => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['h'] })
    await peer.say(PROMPT.slice(0, -1))
    expect([peer.screen, peer.received]).toEqual(['', ''])
    await peer.say(' ')
    expect(peer.received).toBe('H\n')
  })

  test('send one line per prompt: in capitals, never empty, without CR', async () => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['', '\r', '', 'h\rt ß'] })
    await peer.say(PROMPT)
    expect(peer.received).toBe('HT SS\n')
    expect(peer.screen).toBe(`${PROMPT}\n${PROMPT}\r\n${PROMPT}\n${PROMPT}h\rt ß\n`)
    await peer.say(BYE)
    await peer.close()
  })

  test('quit with a line that ends in Q, after any answer of the server', async () => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['xq'] })
    await peer.say(PROMPT, 'So long!\n')
    expect(peer.received).toBe('XQ\n')
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(`${PROMPT}xq\nSo long!\n\n`)
  })

  test('accept any text as prompt and sentence', async () => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['x', 'q'] })
    await peer.say('Kopf oder Zahl? : ', 'Bitte H oder T\n', 'Noch einmal : ', BYE)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(`Kopf oder Zahl? : x\nBitte H oder T\n\nNoch einmal : q\n${BYE}\n`)
  })

  test.each([
    ['a line for a prompt', ['Welcome!\n'], 'the server sent "Welcome!", which does not belong here'],
    ['a prompt for an answer', [PROMPT, PROMPT], 'which does not belong here; expected "You are right!"'],
  ])('print a sentence: %s', async (_, said, sentence) => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['h'] })
    await peer.say(...said)
    expect((await peer.end())?.message).toContain(sentence)
  })

  test.each(['close', 'reset'] as const)('print a sentence if the server disconnects before its answer (%s)', async (leaves) => {
    const peer = await fakePeer('c8/headtail', 'client', { typed: ['h'] })
    await peer.say(PROMPT, 'You are ')
    expect((await peer[leaves]())?.message).toContain('expected "You are right!", "Sorry')
  })
})

describe('c8/headtail without a network', () => {
  const ASK = '\n\nI will toss a coin,             guess if it is a head (H)             or tail (T) : '

  test('plays a game, word for word', async () => {
    const screen = await playSolo('headtail', ['h', 'T', 'heads', '', ' h', 'q'], { random: scriptedRandom(['H']) })
    expect(screen).toBe(`${ASK}h\n${RIGHT}${ASK}T\n${WRONG}${ASK}heads\n${UNUSABLE}${ASK}\n${UNUSABLE}${ASK} h\n${UNUSABLE}${ASK}q\n`)
  })

  test('quits at Ctrl-D', async () => {
    expect(await playSolo('headtail', [])).toBe(`${ASK}Q\n`)
  })

  test('tosses the coin only for heads and tails', async () => {
    const screen = await playSolo('headtail', ['x', 'h', 'x', 't'], { random: scriptedRandom(['H', 'T']) })
    expect(screen.split(RIGHT)).toHaveLength(3)
  })
})

test.each(['Wrong', 'sorry, you are wrong.', 'RIGHT'])('join names what it expected after %j, which answers no guess', async (answer) => {
  const notices: string[] = []
  const peer = await fakePeer('headtail', 'client', {
    typed: ['h', 'q'],
    noticed: (what, sentence) => notices.push(`${what}: ${sentence}`),
  })
  await peer.say(PROMPT)
  await peer.say(`${answer}\n`)
  await peer.say(PROMPT)
  await peer.say(BYE)
  expect(peer.screen).toContain(`${answer}\n`)
  expect(notices).toEqual([`rejected: the server sent "${answer}": expected "You are right!" or "Sorry, you are wrong."`])
  expect(await peer.close()).toBeUndefined()
})
