import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chance } from '../../src/games/random.ts'
import { words } from '../../src/games/words.ts'
import { loadSolo } from '../../src/programs/index.ts'
import { LocalSeating } from '../../src/protocol/seating.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'
import { ScriptedUser } from '../support/scripted-user.ts'

const PICTURE = '  _ _ _   misses left: 8\n\n'

describe('fh/hangman (FH slides, task 5.2)', () => {
  test('plays a won game, on both screens and on the wire', async () => {
    const played = await play({ program: 'hangman', join: ['E', 'x', 'l', 'n'], options: { secret: 'Eel' } })
    expect(played).toEqual({
      toServer: 'START\nE\nx\nl\nQUIT\n',
      toClient: 'WORD 3 8\nAT 1 2\nMISS 7\nAT 3\nEND WON Eel\n',
      host: 'The player has found the word: Eel\n',
      join:
        `${PICTURE}Your letter (QUIT to leave): E\n` +
        '  e e _   misses left: 8   tried: e\n\nYour letter (QUIT to leave): x\n' +
        ' =====\n  e e _   misses left: 7   tried: e x\n\nYour letter (QUIT to leave): l\n' +
        ' =====\n  e e l   misses left: 7   tried: e x l\n\nYou have found it: Eel\n' +
        'Another word (y/n)? n\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('plays a lost game, and another on the same connection', async () => {
    const join = [...'abcdfghi', 'what?', 'Yes', 'e', 'l']
    const played = await play({ program: 'hangman', join, options: { secret: 'eel' } })
    const misses = [7, 6, 5, 4, 3, 2, 1, 0].map((left) => `MISS ${left}\n`).join('')
    expect(played.toClient).toBe(`WORD 3 8\n${misses}END LOST eel\nWORD 3 8\nAT 1 2\nAT 3\nEND WON eel\n`)
    expect(played.join).toContain(' =====\n  _ _ _   misses left: 0   tried: a b c d f g h i\n\nHanged! The word was: eel\n')
    expect(played.join).toContain(
      'Another word (y/n)? what?\nType y for yes, or n for no.\nAnother word (y/n)? Yes\n  _ _ _   misses left: 8\n',
    )
    expect(played.host).toBe('The player has not found the word: eel\nThe player has found the word: eel\n')
    expect([played.hostEnd, played.joinEnd]).toEqual([undefined, undefined])
  })

  test('asks again for a text that is not a letter, without sending it, and shows the server’s refusals', async () => {
    const played = await play({ program: 'hangman', join: ['', 'ee', ' e ', 'E', '?', 'quit'], options: { secret: 'eel' } })
    expect(played.toServer).toBe('START\ne\nE\n?\nQUIT\n')
    expect(played.toClient).toBe(
      'WORD 3 8\nAT 1 2\nERROR E was tried already: guess another letter\nERROR that is not a letter: guess a letter, such as e\n',
    )
    expect(played.join).toContain('letter (QUIT to leave): ee\nType one letter at a time, such as e, or QUIT.\nYour letter')
    expect(played.join).toContain('letter (QUIT to leave): E\nE was tried already: guess another letter\nYour letter (QUIT to leave): ?\n')
    expect([played.hostEnd, played.joinEnd]).toEqual([undefined, undefined])
  })

  test('a stopped server sends the reason, and requests nothing more', async () => {
    const peer = await fakePeer('hangman', 'server', { options: { secret: 'eel' } })
    await peer.say('START\n', 'x\n')
    peer.conversation.stop(new Disconnected('ours', 'the server was stopped'))
    await peer.end()
    expect([peer.received, peer.gaveUp]).toEqual(['WORD 3 8\nMISS 7\nERROR the server was stopped\n', 'reset'])
  })

  test.each([
    ['immediately', [], 'START\nQUIT\n'],
    ['in the middle', ['e'], 'START\ne\nQUIT\n'],
    ['after the end', ['e', 'l'], 'START\ne\nl\nQUIT\n'],
  ])('Ctrl-D %s sends QUIT', async (_, join, toServer) => {
    const played = await play({ program: 'hangman', join, options: { secret: 'eel' } })
    expect([played.toServer, played.hostEnd, played.joinEnd]).toEqual([toServer, undefined, undefined])
  })

  test('accepts letters of any script', async () => {
    const played = await play({ program: 'hangman', join: ['\u0397\u0301', 'Λ', 'ι', 'Ο', 'Σ'], options: { secret: 'ήλιος' } })
    expect(played.toClient).toBe('WORD 5 8\nAT 1\nAT 2\nAT 3\nAT 4\nAT 5\nEND WON ήλιος\n')
  })

  test('finds a word with blanks and hyphens like any other', async () => {
    const played = await play({ program: 'hangman', join: ['a', ' ', '-', 'b'], options: { words: ['a b-b'] } })
    expect(played.toClient).toBe('WORD 5 8\nAT 1\nAT 2\nAT 4\nAT 3 5\nEND WON a b-b\n')
    expect(played.toServer).toBe('START\na\n \n-\nb\nQUIT\n')
  })

  test('refuses an impossible secret before the game begins', async () => {
    const { check } = await program('hangman')
    expect(check?.({ secret: '42' })).toBe('a word to guess needs at least one letter, and "42" has none')
    expect(check?.({ secret: 'forty-two' })).toBeUndefined()
    expect(check?.({})).toBeUndefined()
  })
})

describe('the hangman server and other people’s clients', () => {
  const hosted = (secret = 'eel') => fakePeer('hangman', 'server', { options: { secret } })

  test('accepts CR LF, split and glued messages', async () => {
    const peer = await hosted()
    await peer.say('ST', 'ART\r', '\ne', '\r\nl\r\nSTART\r\nx\r\nQU', 'IT\r\n')
    expect(peer.received).toBe('WORD 3 8\nAT 1 2\nAT 3\nEND WON eel\nWORD 3 8\nMISS 7\n')
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['a letter before START', 'e\n'],
    ['something unknown', 'HELLO\n'],
    ['an empty line', '\n'],
    ['small letters', 'start\n'],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 10)],
  ])('answers %s with an ERROR, and changes nothing', async (_, said) => {
    const peer = await hosted()
    await peer.say(said)
    expect(peer.received).toMatch(/^ERROR .*expected .*"START".*\n$/)
    await peer.say('START\ne\nl\nQUIT\n')
    expect(peer.received).toContain('WORD 3 8\nAT 1 2\nAT 3\nEND WON eel\n')
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['START in the middle', 'START\n', 'guess one letter at a time, such as e'],
    ['a whole word', 'eel\n', 'guess one letter at a time, such as e'],
    ['an empty line', '\n', 'guess one letter at a time, such as e'],
    ['NUL', '\0\n', 'that is not a letter: guess a letter, such as e'],
    ['an escape sequence', '\x1b[2J\n', 'guess one letter at a time, such as e'],
    ['half a character', Uint8Array.of(0xc3, 10), 'that is not a letter: guess a letter, such as e'],
  ])('answers %s with an ERROR that costs no miss', async (_, said, sentence) => {
    const peer = await hosted()
    await peer.say('START\n', said, 'x\n')
    expect(peer.received).toBe(`WORD 3 8\nERROR ${sentence}\nMISS 7\n`)
    await peer.close()
  })

  test('ends at QUIT at any time', async () => {
    for (const before of ['', 'START\n', 'START\ne\n', 'START\ne\ne\n', 'START\ne\nl\n']) {
      const peer = await hosted()
      await peer.say(`${before}QUIT\n`)
      expect(await peer.close()).toBeUndefined()
    }
  })

  test('accepts a client that disconnects between games as a good end, and not during a game', async () => {
    const done = await hosted()
    await done.say('START\ne\nl\n')
    expect(await done.close()).toBeUndefined()
    const mid = await hosted()
    await mid.say('START\ne')
    expect((await mid.close())?.message).toContain('the client closed the connection in the middle of a message')
    const broken = await hosted()
    await broken.say('START\n')
    expect((await broken.reset())?.message).toContain('broke the connection off')
  })

  test('ends the conversation after a line that is too long', async () => {
    const peer = await hosted()
    await peer.say('START\n', 'x'.repeat(5000))
    expect((await peer.end())?.message).toContain('4096 bytes')
    expect(peer.gaveUp).toBe('reset')
  })

  test('never sends the word before the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...words),
        fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), { maxLength: 26 }),
        async (secret, letters) => {
          const peer = await hosted(secret)
          for (const letter of ['START', ...letters]) {
            await peer.say(`${letter}\n`)
            if (peer.received.includes('END')) break
            expect(peer.received).not.toContain(secret)
          }
          await peer.close()
        },
      ),
      { numRuns: 30 },
    )
  })

  test('answers every guess exactly once, in any pieces', async () => {
    let answered = 0
    const guess = fc.oneof(fc.constantFrom(...'abcdefgh', 'START', '', '?'), fc.string({ unit: 'grapheme', maxLength: 3 }))
    const line = guess.filter((text) => !/[\r\n]/.test(text) && text !== 'QUIT')
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.array(fc.nat(40)), async (guesses, cuts) => {
        const peer = await hosted('the quick brown fox jumps over the lazy dog of zoé')
        await peer.say('START\n')
        let bytes = new TextEncoder().encode(guesses.map((text) => `${text}\n`).join(''))
        for (const cut of cuts) {
          if (bytes.length > 0) await peer.say(bytes.subarray(0, cut + 1))
          bytes = bytes.subarray(cut + 1)
        }
        if (bytes.length > 0) await peer.say(bytes)
        const answers = peer.received.split('\n').slice(1, -1)
        answered += answers.length
        const ending = answers.findIndex((answer) => answer.startsWith('END'))
        if (ending < 0) expect(answers).toHaveLength(guesses.length)
        else expect(answers.slice(0, ending).length).toBeLessThanOrEqual(guesses.length)
        expect(answers.slice(0, ending < 0 ? undefined : ending).every((answer) => /^(AT [\d ]+|MISS \d|ERROR .+)$/.test(answer))).toBe(
          true,
        )
        await peer.close()
      }),
      { numRuns: 50 },
    )
    expect(answered).toBeGreaterThan(50)
  })
})

describe('the hangman client and other people’s servers', () => {
  test('accepts answers that are split, glued, and with CR LF', async () => {
    const peer = await fakePeer('hangman', 'client', { typed: ['e', 'l', 'n'] })
    expect(peer.received).toBe('START\n')
    await peer.say('WO', 'RD 3 8\r', '\n')
    await peer.say('AT 1', ' 2\r\n')
    await peer.say('AT 3\nEND WON eel\n')
    expect(peer.received).toBe('START\ne\nl\nQUIT\n')
    expect(await peer.close()).toBeUndefined()
  })

  test('shows an ERROR to START, and waits for the answer', async () => {
    const peer = await fakePeer('hangman', 'client', { typed: ['QUIT'] })
    await peer.say('ERROR busy\n', 'WORD 3 8\n')
    expect(peer.screen).toBe(`busy\n${PICTURE}Your letter (QUIT to leave): QUIT\n`)
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['a position that the word does not have', ['WORD 3 8\n', 'AT 4\n'], 'the server sent AT 4, and its word has 3 letters'],
    ['position 0', ['WORD 3 8\n', 'AT 0\n'], 'the server sent AT 0'],
    ['a word without letters', ['WORD 0 8\n'], 'the server sent "WORD 0 8"'],
    ['numbers that are none', ['WORD three 8\n'], 'the server sent "WORD three 8"'],
    ['an ERROR in place of the word', ['WORD 1 8\n', 'AT 1\n', 'ERROR busy\n'], 'the server sent "ERROR busy"'],
    ['an end too early', ['WORD 3 8\n', 'END WON eel\n'], 'the server sent "END WON eel"'],
  ])('%s ends the conversation with a sentence', async (_, said, sentence) => {
    const peer = await fakePeer('hangman', 'client', { typed: ['e', 'l'] })
    await peer.say(...said)
    expect((await peer.end())?.message).toContain(sentence)
    expect(peer.received.endsWith('QUIT\n')).toBe(true)
  })

  test('ends the game with a sentence if the server disconnects', async () => {
    const peer = await fakePeer('hangman', 'client', { typed: ['e'] })
    await peer.say('WORD 3 8\n')
    expect((await peer.close())?.message).toContain('the server closed the connection')
  })
})

describe('hangman alone', () => {
  async function solo(typed: readonly string[], secret = 'eel'): Promise<string> {
    const found = await loadSolo('hangman')
    const person = new ScriptedUser(typed)
    const seating = new LocalSeating(
      () => undefined,
      chance,
      () => {},
    )
    await found?.play({
      words: undefined,
      console: person,
      seating,
      options: { secret },
      random: chance,
      clock: { now: () => 0, monotonic: () => 0, after: () => () => {} },
    })
    return person.screen
  }

  test('shows the same screen as over the network', async () => {
    const typed = ['e', 'x', 'E', '!', 'l', 'n']
    const played = await play({ program: 'hangman', join: typed, options: { secret: 'eel' } })
    expect(await solo(typed)).toBe(played.join)
  })

  test('reports that a character other than a letter costs a miss, and explains "Another word"', async () => {
    const screen = await solo(['5', 'x', 'e', 'l', '2', 'n'])
    expect(screen).toContain('Your letter (QUIT to leave): 5\n"5" is not a letter, but a guess here: it costs a miss.\n')
    expect(screen).not.toContain('"x" is not a letter')
    expect(screen).toMatch(/Another word \(y\/n\)\? 2\nType y for yes, or n for no\.\nAnother word \(y\/n\)\? n\n$/)
  })

  test('ends at QUIT and Ctrl-D', async () => {
    expect(await solo(['QUIT'])).toBe(`${PICTURE}Your letter (QUIT to leave): QUIT\n`)
    expect(await solo([])).toBe(`${PICTURE}Your letter (QUIT to leave): QUIT\n`)
  })

  test('checks its word', async () => {
    expect((await loadSolo('hangman'))?.check?.({ secret: '42' })).toContain('at least one letter')
  })
})
