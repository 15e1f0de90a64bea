import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computeSeal, sealHand, verifyReveal } from '../../src/programs/talk/commitment.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { play } from '../support/play.ts'
import { FRAMINGS, INTRODUCTION, PROMPT, playTalk } from '../support/talk-program.ts'

/** Returns the lines of a screen that follow prompts, which are the typed lines. */
const typedOn = (screen: string) => screen.split('\n').flatMap((line) => (line.startsWith(PROMPT) ? [line.slice(PROMPT.length)] : []))

describe('cs/chat: games inside the talk', () => {
  test('answers an invalid move on the screen with the reason, without sending it', async () => {
    const board = await playTalk({ join: ['play tictactoe', 'x', '', '10', '1', '1', '9', '/q'], host: ['1', '5', '3'] })
    expect(board.join).toContain('A move is the number of a free cell.\n')
    expect(board.join).toContain('There is no cell 10; cells go from 1 to 9.\n')
    expect(board.host).toContain('Cell 1 is taken by X.\n')
    expect(board.toServer).not.toContain('x')
    const word = await playTalk({ options: { secret: 'eel' }, join: ['play hangman', 'abc', 'e', 'e', 'l', '/q'], host: ['well'] })
    expect(word.join).toContain('Type one letter.\n')
    expect(word.join).toContain('You have tried "e" already.\n')
    const number = await playTalk({ options: { secret: '42' }, join: ['play guess', 'fifty', '42', '/q'], host: ['well'] })
    expect(number.join).toContain('A guess is a whole number.\n')
    const hands = await playTalk({ join: ['hi', '5', '2', '1', '1', '/q'], host: ['play scissors', '1', '2', '3', '/q'] })
    expect(hands.join).toContain('Enter Input >5\nType 1 for Scissor, 2 for Paper, 3 for Stone.\n')
  })

  test('tictactoe: the side that sent play moves first; the game is drawn; then the side without the last move talks', async () => {
    const played = await playTalk({
      join: ['play tictactoe', 'x', '0', '10', '1', '1', '4', '+7', 'again?'],
      host: ['5', '5', '5', '2', 'well played', '/q'],
    })
    expect(played.toServer).toBe('play tictactoe\n1\n4\n7\nagain?\n')
    expect(played.toClient).toBe('5\n2\nwell played\n/q\n')
    const final = ' X | O | 3 \n-----------\n X | O | 6 \n-----------\n X | 8 | 9 \n\n'
    expect(played.join).toContain(`${final}You win!\nwell played\n${PROMPT}again?`)
    expect(played.host).toContain(`${final}You lose.\n${PROMPT}well played\nagain?\n${PROMPT}/q`)
    expect(played.host.startsWith(`play tictactoe\n${INTRODUCTION}You are O. A move is the number of a free cell.\n 1 | 2 | 3 \n`)).toBe(
      true,
    )
  })

  test('tictactoe: the server can begin, too, with a draw, and game after game', async () => {
    const game = { first: ['1', '3', '4', '8', '9'], second: ['5', '2', '7', '6'] }
    const played = await playTalk({
      join: ['hi', ...game.second, 'play tictactoe', ...game.first],
      host: ['play tictactoe', ...game.first, ...game.second, 'enough', '/q'],
    })
    expect(played.host.match(/It is a draw\.\n/g)).toHaveLength(2)
    expect(played.join.match(/It is a draw\.\n/g)).toHaveLength(2)
    expect(played.toClient.endsWith('enough\n')).toBe(true)
    expect(played.join.match(/Type \/q to quit/g)).toHaveLength(1)
    expect(played.host.match(/Type \/q to quit/g)).toHaveLength(1)
  })

  test.each(FRAMINGS)('scissors: three rounds, sealed first, framing %s', async (framing) => {
    const played = await playTalk({
      options: { framing },
      join: ['hi', '2', '5', 'stone', '1', 'fine'],
      host: ['play scissors', '1', '2', '3', '/q'],
    })
    expect(played.host).toContain('You: Scissor, the other side: Paper. You win this round.\n')
    expect(played.host).toContain('You: Paper, the other side: Stone. You win this round.\n')
    expect(played.host).toContain('You: Stone, the other side: Scissor. You win this round.\nRounds won: 3, rounds lost: 0.\n')
    expect(played.join).toContain('You: Paper, the other side: Scissor. You lose this round.\n')
    expect(played.join).toContain('Rounds won: 0, rounds lost: 3.\n')
    if (framing !== 'lines') return
    const toClient = played.toClient.split('\n')
    const toServer = played.toServer.split('\n')
    for (const [seal, shown] of [toClient.slice(1, 3), toServer.slice(1, 3)]) {
      expect(seal).toBe(await computeSeal(shown ?? ''))
      expect(shown).toMatch(/^(Scissor|Paper) [0-9a-f]{32}$/)
    }
    expect([toClient[7], toServer[7]]).toEqual(['/q', ''])
    expect(played.host.endsWith(`${PROMPT}/q\nShutting Down!\n`)).toBe(true)
  })

  test('guess: the other side has the number and answers in the texts of the guessing game', async () => {
    const join = ['play guess', 'fifty', '50', '', ' +25 ', '042', 'again']
    const played = await playTalk({ options: { secret: '42' }, join, host: ['play guess', '1', '42', 'your turn'] })
    expect(played.toServer).toBe('play guess\n50\n25\n42\nagain\nLOW\nWIN\n/q\n')
    expect(played.toClient).toBe('HIGH\nLOW\nWIN\nplay guess\n1\n42\nyour turn\n')
    expect(played.join).toContain('Your guess is too high.\n')
    expect(played.host).toContain('This side has a secret number from 1 to 100, and answers by itself.\n50: HIGH\n25: LOW\n42: WIN\n')
  })

  test.each(FRAMINGS)('guess: after the fifth wrong guess its verdict and GAMEOVER, framing %s', async (framing) => {
    const join = ['play guess', '1', '2', '3', '4', '5', 'well']
    const played = await playTalk({ options: { secret: '42', framing }, join, host: ['too bad'] })
    const wire = { lines: 'LOW\nLOW\nLOW\nLOW\nLOW\nGAMEOVER\ntoo bad\n', none: 'LOWLOWLOWLOWLOW\nGAMEOVERtoo bad' }
    if (framing !== 'length') expect(played.toClient).toBe(wire[framing])
    expect(played.join).toContain('Your guess is too low.\nYou ran out of tries! Game over.\n')
    expect(typedOn(played.host)).toEqual(['too bad'])
  })

  test.each(FRAMINGS)('hangman: won and lost, framing %s', async (framing) => {
    const won = await playTalk({
      options: { secret: 'eel', framing },
      join: ['play hangman', 'x', 'ee', 'e', 'e', 'l', 'nice'],
      host: ['yes'],
    })
    if (framing === 'lines') {
      expect(won.toServer).toBe('play hangman\nx\ne\nl\nnice\n/q\n')
      expect(won.toClient).toBe('WORD 3 8\nMISS 7\nAT 1 2\nAT 3\nEND WON eel\nyes\n')
    }
    expect(won.join).toContain('You have found it: eel\n')
    expect(won.host).toContain('This side has a secret word, and answers by itself.\n')
    const lost = await playTalk({
      options: { secret: 'eel', framing },
      join: ['hi', 'now me'],
      host: ['play hangman', ...'abcdfghi', 'I give up'],
    })
    expect(lost.host).toContain('Hanged! The word was: eel\n')
    if (framing === 'lines') expect(lost.toServer.endsWith('MISS 0\nEND LOST eel\nnow me\n')).toBe(true)
  })

  test('no secret is on the wire or on the screen before its time', async () => {
    const guess = await play({ program: 'talk', options: { secret: '42' }, join: ['play guess', '50', '1', '/q'] })
    expect(guess.toClient + guess.host).not.toContain('42')
    const hangman = await play({ program: 'talk', options: { secret: 'eel' }, join: ['play hangman', 'x', 'e', '/q'] })
    expect(hangman.toClient + hangman.host).not.toContain('eel')
  })

  test('a secret that does not fit the game is ignored', async () => {
    const word = await playTalk({ options: { secret: 'eel' }, join: ['play guess', '0', '101', '0', '101', '0', '/q'], host: [] })
    expect(word.toClient).toMatch(/^LOW\nHIGH\nLOW\nHIGH\nLOW\nGAMEOVER\n/)
    const number = await playTalk({ options: { secret: '42', words: ['eel'] }, join: ['play hangman', '/q'] })
    expect(number.toClient).toBe('WORD 3 8\n')
  })

  test.each(['tictactoe', 'scissors', 'guess', 'hangman'])(
    '/q inside %s ends game and talk, at every prompt of either side',
    async (game) => {
      const moves =
        { tictactoe: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], scissors: ['1', '1', '1'], guess: ['0', '101'], hangman: ['x', 'q'] }[
          game
        ] ?? []
      for (let cut = 0; cut <= moves.length; cut++) {
        const own = moves.slice(0, cut)
        const byClient = await playTalk({
          options: { secret: game === 'guess' ? '42' : 'eel' },
          join: [`play ${game}`, ...own],
          host: moves,
        })
        expect(byClient.join.endsWith('/q\nShutting Down!\n') || byClient.host.endsWith('/q\nShutting Down!\n')).toBe(true)
        const byServer = await playTalk({
          options: { secret: game === 'guess' ? '42' : 'eel' },
          join: ['hi', ...moves],
          host: [`play ${game}`, ...own],
        })
        expect(byServer.join.endsWith('Shutting down!\n') || byServer.host.endsWith('Shutting down!\n')).toBe(true)
      }
    },
  )

  test('/q that arrives during a game ends it', async () => {
    for (const before of [
      'play tictactoe\n',
      'play tictactoe\n5\n',
      'play scissors\n',
      'play guess\n',
      'play guess\n50\n',
      'play hangman\n',
      'play hangman\nx\n',
    ]) {
      const peer = await fakePeer('talk', 'server', { typed: ['1'], options: { secret: '42', words: ['eel'] } })
      await peer.say(`${before}/q\n`)
      expect(peer.screen.endsWith('/q\nClient has requested shutdown. Shutting down!\n')).toBe(true)
      expect(await peer.close()).toBeUndefined()
    }
  })
})

describe('cs/chat: the sealed hand', () => {
  test('opens only the sealed hand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Scissor', 'Paper', 'Stone'), fc.string(), async (hand, other) => {
        const promise = await sealHand(hand)
        expect(await verifyReveal(promise.text, promise.seal)).toBe(hand)
        fc.pre(other !== promise.text)
        expect(await verifyReveal(other, promise.seal)).toBeUndefined()
        expect((await sealHand(hand)).seal).not.toBe(promise.seal)
      }),
    )
    expect(await computeSeal('Stone abc')).toBe('5df70b248f4ab73ed8f0fc86c27411e6456300cef3af4dd46f9d7fe642dfd057')
    expect(await verifyReveal('Well abc', await computeSeal('Well abc'))).toBeUndefined()
    expect(await verifyReveal('Stone', await computeSeal('Stone'))).toBeUndefined()
  })

  test('refuses a copy of this side’s seal, and a hand other than the sealed hand', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('talk', 'server', { person })
    await peer.say('hi\n')
    await person.type('play scissors', '1')
    await peer.until(() => peer.writes.length === 2)
    const [, seal = ''] = peer.received.split('\n')
    expect(seal).toMatch(/^[0-9a-f]{64}$/)
    await peer.say(`ok\n${seal}\n`)
    expect(peer.received).toBe(`play scissors\n${seal}\n`)
    await person.type('no copies please')
    await peer.say(`${await computeSeal('Stone me')}\n`)
    await peer.until(() => peer.writes.length === 4)
    const shown = peer.received.split('\n').at(-2) ?? ''
    expect(await verifyReveal(shown, seal)).toBe('Scissor')
    await peer.say('Paper me\n')
    await person.until(() => person.asked)
    await person.type('you said something else')
    await peer.say('Stone me\n')
    await person.until(() => person.screen.includes('You: '))
    expect(person.screen).toContain('You: Scissor, the other side: Stone. You lose this round.\n')
    await peer.close()
  })
})
