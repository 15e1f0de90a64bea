import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Options } from '../../src/protocol/definition.ts'
import { decode } from '../../src/wire/text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { type FakePeer, fakePeer, housePlayers, servedPeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { program } from '../support/play.ts'
import { ScriptedUser } from '../support/scripted-user.ts'

const PROMPT = 'Enter Input >'

describe('cs/chat: peers without games', () => {
  const OPTIONS: Options = { framing: 'none', secret: '42' }

  /** A client that answers every message with one line, and has no other messages. */
  async function dumb(peer: FakePeer, ...answers: readonly string[]): Promise<void> {
    for (const answer of answers) await peer.sayAlone(answer)
  }

  test('a peer that is asked to play answers each line of Parlor’s side once, and the talk continues', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('talk', 'server', { person, options: OPTIONS })
    await dumb(peer, 'hi')
    await person.type('play tictactoe')
    await dumb(peer, 'what?')
    await person.type('5')
    expect(peer.writes).toEqual(['play tictactoe', '5'])
    await dumb(peer, 'why five?')
    expect(person.screen).toContain('what?\n')
    expect(person.screen.endsWith(`why five?\n${PROMPT}`)).toBe(true)
    await person.type('never mind')
    await dumb(peer, 'ok')
    expect(person.screen.endsWith(`ok\n${PROMPT}`)).toBe(true)
    await person.type('/q')
    expect(peer.writes).toEqual(['play tictactoe', '5', 'never mind', '/q'])
    expect(await peer.end()).toBeUndefined()
  })

  test('a user of a peer without games can play by hand', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('talk', 'server', { person, options: OPTIONS })
    await dumb(peer, 'hi')
    await person.type('play tictactoe', '1')
    await dumb(peer, 'fine', '5')
    await person.type('2')
    await dumb(peer, 'let me think')
    expect(person.screen.endsWith(`let me think\n${PROMPT}`)).toBe(true)
    await person.type('take your time')
    await dumb(peer, '9')
    expect(person.screen.endsWith(` 7 | 8 | X \n\n${PROMPT}`)).toBe(true)
    await person.type('3')
    expect(person.screen).toContain('You win!\n')
    await dumb(peer, 'congratulations')
    expect(person.screen.endsWith(`congratulations\n${PROMPT}`)).toBe(true)
    await peer.close()
  })

  test('a peer that sends play and then waits is asked for its move after a while, and only then', async () => {
    const peer = await fakePeer('talk', 'server', { typed: ['5', '3'], options: OPTIONS })
    await peer.sayAlone('play tictactoe', 1900)
    expect(peer.received).toBe('')
    await peer.clock.pass(200)
    expect(peer.writes).toEqual(['Your move: the number of a free cell, from 1 to 9. (/q ends game and talk)'])
    await dumb(peer, '1', '2')
    expect(peer.writes.slice(1)).toEqual(['5', '3'])
    await peer.close()
  })

  test('a peer that plays guess is asked with a message of the game, which Parlor’s side does not show', async () => {
    const keeper = await fakePeer('talk', 'server', { options: OPTIONS })
    await keeper.sayAlone('play guess', 3000)
    expect(keeper.writes).toEqual(['GUESS'])
    await keeper.close()
    const person = new InteractiveUser()
    const peer = await fakePeer('talk', 'client', { person })
    await person.type('play guess')
    await peer.say('GUESS\n')
    await person.type('50')
    await peer.say('LOW\nGUESS\n')
    await person.type('75')
    await peer.say('WIN\n')
    expect(person.screen).not.toContain('GUESS')
    expect(person.screen).toContain('You win!\n')
    await peer.say('and now?\n')
    expect(person.screen.endsWith(`and now?\n${PROMPT}`)).toBe(false)
    await person.type('well')
    expect(person.screen.endsWith(`well\nand now?\n${PROMPT}`)).toBe(true)
    await peer.close()
  })

  test('accepts a GAMEOVER that arrives alone, later, or not at all', async () => {
    for (const [last, after] of [
      ['GAMEOVER', ['fine']],
      ['HIGH\nGAMEOVER', ['fine']],
      ['HIGH', ['GAMEOVER', 'fine']],
      ['HIGH', ['fine']],
    ] as const) {
      const person = new InteractiveUser()
      const peer = await fakePeer('talk', 'client', { person })
      await person.type('play guess')
      for (const guess of ['90', '80', '70', '60']) {
        await person.type(guess)
        await peer.say('HIGH\n')
      }
      await person.type('50')
      await peer.say(`${last}\n`)
      expect(person.screen.endsWith(`You ran out of tries! Game over.\n${PROMPT}`)).toBe(true)
      await person.type('oh')
      for (const line of after) await peer.say(`${line}\n`)
      expect(person.screen.endsWith(`oh\nfine\n${PROMPT}`)).toBe(true)
      await peer.close()
    }
  })

  test('accepts play and the first move in one piece without framing', async () => {
    for (const [said, answer] of [
      ['play tictactoe5', '1'],
      ['play tictactoe\n5\n', '1'],
      ['play guess50', 'HIGH'],
      ['play guess\n50', 'HIGH'],
    ] as const) {
      const peer = await fakePeer('talk', 'server', { typed: ['1'], options: OPTIONS })
      await peer.sayAlone(said)
      expect(peer.writes).toEqual([answer])
      await peer.close()
    }
  })

  test('treats unknown answers in hangman as talk; END may arrive alone', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('talk', 'client', { person })
    await person.type('play hangman')
    for (const line of ['what?', 'WORD', 'WORD 0 8', 'WORD 3']) {
      await peer.say(`${line}\n`)
      expect(person.screen.endsWith(`${line}\n${PROMPT}`)).toBe(true)
      await person.type('the word’s length, please')
    }
    await peer.say('WORD 3 2\n')
    await person.type('e')
    for (const line of ['AT 4', 'AT 0', 'AT x', 'MISS', 'END']) {
      await peer.say(`${line}\n`)
      expect(person.screen.endsWith(`${line}\n${PROMPT}`)).toBe(true)
      await person.type('pardon?')
    }
    await peer.say('AT 1 2\n')
    await person.type('x')
    await peer.say('END LOST eel\n')
    expect(person.screen).toContain('Hanged! The word was: eel\n')
    await peer.close()
  })
})

describe('cs/chat in parlor serve', () => {
  /** A person at the client, the house at the server. */
  async function converse(join: readonly string[], options: Options = {}) {
    const found = await program('talk')
    const [server, client] = memoryPair()
    const person = new ScriptedUser(join)
    const random = seededRandom(7)
    const terms = { program: found, options: { ...found.defaults, ...options }, random }
    const sides = [
      new Conversation({ ...terms, side: 'server', transport: server, opponentFor: housePlayers(random) }),
      new Conversation({ ...terms, side: 'client', transport: client, console: person }),
    ]
    expect(await Promise.all(sides.map(({ closed }) => closed))).toEqual([undefined, undefined])
    return { screen: person.screen, said: server.written.map((write) => decode(write)) }
  }

  const TALK = /^[^\p{Cc}]{2,199}\n$/u

  test('the house answers every line with a line, and continues the talk after a game', async () => {
    const { said } = await converse(['hello', '', 'I am bored', 'play chess', 'what?'])
    expect(said).toHaveLength(5)
    for (const line of said) expect(line).toMatch(TALK)
  })

  test('tictactoe: the house wins, or the game is a draw', async () => {
    const { screen, said } = await converse(['hi', 'play tictactoe', ...'123456789'.repeat(5)])
    expect(screen).toMatch(/(It is a draw|You lose)\.\n/)
    expect(said[0]).toMatch(TALK)
    expect(said[1]).toMatch(/^[2-9]\n$/)
    expect(said.at(-1)).toMatch(TALK)
  })

  test('the house plays scissors, guess and hangman', async () => {
    const scissors = await converse(['play scissors', '1', '2', '3', 'again?'])
    expect(scissors.screen).toMatch(/Rounds won: \d, rounds lost: \d\.\n/)
    expect(scissors.said).toHaveLength(7)
    expect(scissors.said.at(-1)).toMatch(TALK)
    const guess = await converse(['play guess', '50', '42', 'again?'], { secret: '42' })
    expect(guess.said.slice(0, 2)).toEqual(['HIGH\n', 'WIN\n'])
    expect(guess.said.at(-1)).toMatch(TALK)
    const hangman = await converse(['play hangman', 'e', 'l', 'again?'], { words: ['eel'] })
    expect(hangman.said.slice(0, 3)).toEqual(['WORD 3 8\n', 'AT 1 2\n', 'AT 3\nEND WON eel\n'])
    expect(hangman.said.at(-1)).toMatch(TALK)
  })

  test('a client without games that talks during one receives the expected move, and may leave', async () => {
    const guest = await servedPeer('talk', { options: { secret: '42' } })
    for (const [game, request] of [
      ['tictactoe', /^Your move: /],
      ['guess', /^GUESS\n/],
      ['scissors', /^Your hand, sealed: /],
      ['hangman', /^WORD \d+ 8\n/],
    ] as const) {
      const peer = await servedPeer('talk', { options: { secret: '42' } })
      await peer.sayAlone(`play ${game}\n`, 2500)
      expect(peer.received).toMatch(request)
      await peer.say('what do you mean?\n')
      expect(peer.writes).toHaveLength(2)
      expect(peer.writes[1]).toMatch(TALK)
      await peer.say('/q\n')
      expect(await peer.close()).toBeUndefined()
    }
    await guest.say('/q\n')
    expect([guest.received, await guest.close()]).toEqual(['', undefined])
  })
})
