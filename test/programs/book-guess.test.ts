import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EndOfInput } from '../../src/protocol/definition.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'
import { playSolo, soloProgram } from '../support/solo.ts'

const BANNER = '## Welcome to GUESS THE NUMBER! ##\n'
const ASK = 'Please input your guess: '
const AGAIN = 'Guesses must be an integer. Try again...'
const WIN = 'Exactly! You win!'

const options = { secret: '42' }

describe('book/guess (book chapter)', () => {
  test('plays a game, word for word', async () => {
    expect(await play({ program: 'number', join: ['50', '25', ' +42 '], options })).toEqual({
      toServer: '502542',
      toClient: `Too big!Too small!${WIN}`,
      host: 'Disconnected\n',
      join: `${BANNER}${ASK}50\nToo big!\n${ASK}25\nToo small!\n${ASK} +42 \n${WIN}\n`,
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('asks again for a text that is not a number, and sends any number', async () => {
    const played = await play({ program: 'number', join: ['x', '', '4.2', '-5', '0', '1_000', '9'.repeat(400), '٤٢'], options })
    expect(played.toServer).toBe(`-501000${'9'.repeat(400)}42`)
    expect(played.toClient).toBe(`Too small!Too small!Too big!Too big!${WIN}`)
    expect(played.join.startsWith(`${BANNER}${ASK}x\n${AGAIN}\n${ASK}\n${AGAIN}\n${ASK}4.2\n${AGAIN}\n${ASK}-5\nToo small!\n`)).toBe(true)
  })

  test.each([[[]], [['50']], [['50', 'x']]])('ends regularly on both sides if the player leaves (Ctrl-D) after %j', async (join) => {
    const played = await play({ program: 'number', join, options })
    expect(played).toMatchObject({ host: 'Disconnected\n', hostEnd: undefined, joinEnd: undefined })
    expect(played.join.endsWith(ASK)).toBe(true)
  })

  test('chooses a secret from 1 to 100 if none is given', async () => {
    const peer = await fakePeer('number', 'server')
    await peer.sayAlone('0')
    await peer.sayAlone('101')
    expect(peer.writes).toEqual(['Too small!', 'Too big!'])
    await peer.close()
  })

  test('prints the texts of the book around the game', async () => {
    const { host } = await program('book/guess')
    expect(host?.listening?.({ host: '127.0.0.1', port: 65432 })).toBe("GUESS-THE-NUMBER server started. Listening on ('127.0.0.1', 65432)")
    expect(host?.connected?.({ host: '127.0.0.1', port: 5 })).toBe("Connected by ('127.0.0.1', 5)")
  })
})

describe('the server, and other people’s clients', () => {
  const hosted = () => fakePeer('number', 'server', { options })

  test('answers so that halving finds any number from 1 to 100 in seven guesses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), async (secret) => {
        const peer = await fakePeer('number', 'server', { options: { secret: String(secret) } })
        let [low, high] = [1, 100]
        do {
          const guess = Math.floor((low + high) / 2)
          await peer.sayAlone(String(guess))
          if (peer.writes.at(-1) === 'Too small!') low = guess + 1
          else if (peer.writes.at(-1) === 'Too big!') high = guess - 1
          else [low, high] = [guess, guess]
        } while (low < high || peer.writes.at(-1) !== WIN)
        expect(low).toBe(secret)
        expect(peer.writes.length).toBeLessThanOrEqual(7)
        expect(await peer.close()).toBeUndefined()
      }),
    )
  })

  test('reads one write per guess, without an end; the client closes first', async () => {
    const peer = await hosted()
    expect(peer.writes).toEqual([])
    for (const guess of ['50', '25', '42']) await peer.sayAlone(guess)
    expect(peer.writes).toEqual(['Too big!', 'Too small!', WIN])
    expect([peer.gaveUp, peer.screen]).toEqual([undefined, ''])
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe('Disconnected\n')
  })

  test('accepts a guess in pieces if they arrive soon', async () => {
    const peer = await hosted()
    await peer.say('4')
    await peer.clock.pass(10)
    await peer.say('2')
    await peer.clock.pass(99)
    expect(peer.received).toBe('')
    await peer.clock.pass(1)
    expect(peer.received).toBe(WIN)
    await peer.close()
  })

  test.each(['42\n', '42\r\n', ' 42 ', '+42', '0042', '4_2', '４２'])('%j is read as Python reads it', async (said) => {
    const peer = await hosted()
    await peer.sayAlone(said)
    expect(peer.received).toBe(WIN)
    await peer.close()
  })

  test.each(['x', '\n', '4.2', '50\n25\n', '0x2a', '--1', '\x1b[2J', Uint8Array.of(0xff)])(
    '%j is not a number, and changes nothing',
    async (said) => {
      const peer = await hosted()
      await peer.sayAlone(said)
      await peer.sayAlone('42')
      expect(peer.writes).toEqual([AGAIN, WIN])
      expect(await peer.close()).toBeUndefined()
      expect(peer.screen).toBe('Disconnected\n')
    },
  )

  test('answers guesses after the win as before', async () => {
    const peer = await hosted()
    for (const guess of ['42', '41', '43', '42']) await peer.sayAlone(guess)
    expect(peer.writes).toEqual([WIN, 'Too small!', 'Too big!', WIN])
    expect(await peer.close()).toBeUndefined()
  })

  test.each(['close', 'reset'] as const)('a client may leave at any time (%s): before or after a guess, after the win', async (leaves) => {
    for (const guesses of [[], ['50'], ['50', '42']]) {
      const peer = await hosted()
      for (const guess of guesses) await peer.sayAlone(guess)
      expect(await peer[leaves]()).toBeUndefined()
      expect(peer.screen).toBe('Disconnected\n')
      expect(peer.writes).toHaveLength(guesses.length)
    }
  })

  test('answers a guess that arrives together with the end', async () => {
    const peer = await hosted()
    await peer.say('42')
    expect(await peer.close()).toBeUndefined()
    expect(peer.received).toBe(WIN)
  })

  test('ends the conversation with a sentence after a guess that is too long', async () => {
    const peer = await hosted()
    await peer.say('9'.repeat(5000))
    expect((await peer.end())?.message).toContain('4096 bytes')
  })

  test('resets a stopped game, because the protocol has no message for it', async () => {
    const peer = await hosted()
    await peer.sayAlone('50')
    peer.conversation.stop(new Error('stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect([peer.received, peer.gaveUp]).toEqual(['Too big!', 'reset'])
  })
})

describe('the client, and other people’s servers', () => {
  test('accepts an answer in any pieces, and sends the next guess after it, not before', async () => {
    const peer = await fakePeer('number', 'client', { typed: ['50', '25', '42'] })
    expect(peer.writes).toEqual(['50'])
    for (const char of 'Too big') await peer.say(char)
    expect(peer.writes).toEqual(['50'])
    await peer.say('!', ...'Too small!')
    expect(peer.writes).toEqual(['50', '25', '42'])
    await peer.say(...WIN)
    expect(peer.gaveUp).toBe('finished')
    expect(await peer.close()).toBeUndefined()
  })

  test('shows that the server refused a number, and asks for another', async () => {
    const peer = await fakePeer('number', 'client', { typed: ['500', '42'] })
    await peer.say(AGAIN, WIN)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(`${BANNER}${ASK}500\n${AGAIN}\n${ASK}42\n${WIN}\n`)
  })

  test('says at the end that the server refused a number in the range', async () => {
    const peer = await fakePeer('number', 'client', { typed: ['50', '42'] })
    await peer.say(AGAIN, WIN)
    expect((await peer.close())?.message).toMatch(/: the guess was 50, which is an integer$/)
    expect(peer.screen).toBe(`${BANNER}${ASK}50\n${AGAIN}\n${ASK}42\n${WIN}\n`)
  })

  test('prints a sentence after any other text', async () => {
    const peer = await fakePeer('number', 'client', { typed: ['50'] })
    await peer.say('Welcome')
    expect((await peer.end())?.message).toMatch(
      /^the server sent "Welcome", which does not belong here; expected "Too small!", "Too big!", /,
    )
  })

  test.each(['close', 'reset'] as const)('prints a sentence if the server disconnects (%s), also at the next prompt', async (leaves) => {
    const waiting = await fakePeer('number', 'client', { typed: ['50'] })
    await waiting.say('Too b')
    expect((await waiting[leaves]())?.message).toContain('expected "Too small!"')
  })
})

describe('without a network', () => {
  test('plays book/guess, word for word', async () => {
    expect(await playSolo('number', ['x', '50', '-7', '42'], { options })).toBe(
      `${BANNER}${ASK}x\n${AGAIN}\n${ASK}50\nToo big!\n${ASK}-7\nToo small!\n${ASK}42\n${WIN}\n`,
    )
  })

  test('book/guess has no command for leaving', async () => {
    await expect(playSolo('number', ['50'], { options })).rejects.toThrow(EndOfInput)
  })

  test('book/secret prints its secret', async () => {
    expect(await playSolo('book/secret', [], { options })).toBe('The secret number is 42\n')
  })

  test('book/secret chooses a number from 1 to 100', async () => {
    const drawn: [number, number][] = []
    const random = {
      integer: (low: number, high: number) => drawn.push([low, high]),
      choice: () => expect.unreachable(),
    }
    expect(await playSolo('book/secret', [], { random })).toBe('The secret number is 1\n')
    expect(drawn).toEqual([[1, 100]])
  })

  test.each(['book/guess', 'book/secret', 'c8/highlow'])('%s accepts only a number from 1 to 100 as its secret', async (name) => {
    const { check } = await soloProgram(name)
    expect(check?.({})).toBeUndefined()
    for (const secret of ['1', '42', '100']) expect(check?.({ secret })).toBeUndefined()
    for (const secret of ['0', '101', '-5', 'x', '', '4.2']) {
      expect(check?.({ secret })).toBe(`the secret is a whole number from 1 to 100, not ${JSON.stringify(secret)}`)
    }
  })

  test('the networked game checks its secret too', async () => {
    expect((await program('number')).check?.({ secret: 'x' })).toContain('from 1 to 100')
  })
})
