import { describe, expect, test } from 'vitest'
import { scriptedRandom } from '../../src/games/random.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer, servedPeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { play } from '../support/play.ts'
import { playSolo } from '../support/solo.ts'

const ASK = 'Enter (1) Scissor,                         (2) Paper or (3) Stone : '

describe('c8/scissors (C8 slides, assignment 6) over a network', () => {
  test('plays three rounds, word for word on both screens and on the wire', async () => {
    const played = await play({ program: 'scissors', host: ['1', '2', '3'], join: ['2', '0', '2', '1'] })
    const rounds = [
      'Player1:  Scissor\nPlayer2:  Paper\nPlayer1 wins!\n',
      'Player1:  Paper\nPlayer2:  Paper\nDraw\n',
      'Player1:  Stone\nPlayer2:  Scissor\nPlayer1 wins!\n',
    ]
    expect(played).toEqual({
      host: `You are Player1 playing against Player2\n${rounds.map((round, at) => `Player1: ${ASK}${at + 1}\n${round}`).join('')}`,
      join:
        'You are Player2 playing against Player1\n' +
        `Player2: ${ASK}2\n${rounds[0]}` +
        `Player2: ${ASK}0\nPlease enter only 1, 2 or 3.\nPlayer2: ${ASK}2\n${rounds[1]}` +
        `Player2: ${ASK}1\n${rounds[2]}`,
      toClient: 'CHOOSE\nROUND Scissor Paper\nCHOOSE\nROUND Paper Paper\nCHOOSE\nROUND Stone Scissor\nEND 2 0\n',
      toServer: '2\n2\n1\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('asks both players at the same time, and sends no hand before both have chosen', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('scissors', 'server', { person })
    expect(peer.received).toBe('CHOOSE\n')
    expect(person.screen).toBe(`You are Player1 playing against Player2\nPlayer1: ${ASK}`)
    await peer.say('3\n')
    expect([peer.received, person.asked]).toEqual(['CHOOSE\n', true])
    expect(person.screen).not.toContain('Stone :\n')
    await person.type('x', '1')
    expect(peer.received).toBe('CHOOSE\nROUND Scissor Stone\nCHOOSE\n')
    await person.type('1')
    expect(peer.received).toBe('CHOOSE\nROUND Scissor Stone\nCHOOSE\n')
    await peer.say('2\n')
    await person.type('1')
    await peer.say('1\n')
    expect(peer.received).toMatch(/ROUND Scissor Scissor\nEND 1 1\n$/)
    expect(await peer.close()).toBeUndefined()
  })

  test.each(['4', '0', '', 'Scissor', '1 2', 'choose', 'QUIT?', '\x1b[2J'])(
    'answers the unknown hand %j with an ERROR that changes nothing, and repeats the question',
    async (text) => {
      const peer = await fakePeer('scissors', 'server', { typed: ['1', '1', '1'] })
      await peer.say(`${text}\n`)
      expect(peer.received).toBe('CHOOSE\nERROR choose 1 for Scissor, 2 for Paper or 3 for Stone\nCHOOSE\n')
      await peer.say('2\r\n', ' 2\n', '2\n')
      expect(peer.received).toMatch(/ROUND Scissor Paper\nEND 3 0\n$/)
      expect(await peer.close()).toBeUndefined()
    },
  )

  test('answers a second hand in a round with an ERROR; the first counts and is not requested again', async () => {
    const person = new InteractiveUser()
    const peer = await fakePeer('scissors', 'server', { person })
    await peer.say('3\n1\n')
    expect(peer.received).toMatch(
      /^CHOOSE\nERROR "1" arrived too soon: it is not your turn yet; wait for something like "ROUND Scissor Stone"\n$/,
    )
    await person.type('1')
    expect(peer.received).toMatch(/ROUND Scissor Stone\nCHOOSE\n$/)
    await peer.close()
  })

  test('ends at the client’s QUIT at any time, and cancels the host’s question', async () => {
    for (const before of ['', '1\n', '1\nx\n']) {
      const person = new InteractiveUser()
      const peer = await fakePeer('scissors', 'server', { person })
      await peer.say(`${before}QUIT\n`)
      expect(person.asked).toBe(false)
      expect(await peer.close()).toBeUndefined()
    }
  })

  test('sends Ctrl-D and QUIT of the host to the client, whose question is canceled', async () => {
    for (const leave of [(person: InteractiveUser) => person.leave(), (person: InteractiveUser) => person.type('QUIT')]) {
      const host = new InteractiveUser()
      const peer = await fakePeer('scissors', 'server', { person: host })
      await leave(host)
      expect(peer.received).toBe('CHOOSE\nQUIT\n')
      expect(await peer.close()).toBeUndefined()
    }
    const join = new InteractiveUser()
    const peer = await fakePeer('scissors', 'client', { person: join })
    await peer.say('CHOOSE\n')
    expect(join.asked).toBe(true)
    await peer.say('QUIT\n')
    expect(join.asked).toBe(false)
    expect(await peer.close()).toBeUndefined()
  })

  test('sends QUIT at the client’s Ctrl-D', async () => {
    const played = await play({ program: 'scissors', host: ['1', '1'], join: ['1'] })
    expect(played).toMatchObject({ toServer: '1\nQUIT\n', joinEnd: undefined, hostEnd: undefined })
  })

  test('sends QUIT from a side that is stopped', async () => {
    for (const side of ['server', 'client'] as const) {
      const peer = await fakePeer('scissors', side, { person: new InteractiveUser() })
      peer.conversation.stop(new Disconnected('ours', 'stopped'))
      await peer.end()
      expect([peer.received.endsWith('QUIT\n'), peer.gaveUp]).toEqual([true, 'finished'])
    }
  })

  test('ends with a sentence if the peer disconnects, also during typing', async () => {
    for (const side of ['server', 'client'] as const) {
      const person = new InteractiveUser()
      const peer = await fakePeer('scissors', side, { person })
      if (side === 'client') await peer.say('CHOOSE\n')
      expect(person.asked).toBe(true)
      expect((await peer.close())?.message).toContain('closed the connection')
      expect(person.asked).toBe(false)
    }
  })

  test('the client shows an ERROR and chooses again when asked; an illegal message ends it', async () => {
    const peer = await fakePeer('scissors', 'client', { typed: ['1', '2'] })
    await peer.say('CHO', 'OSE\r\nERR', 'OR busy\nCHOOSE\n', 'ROUND Stone Paper\n')
    expect(peer.received).toBe('1\n2\n')
    expect(peer.screen).toContain('busy\n')
    expect(peer.screen.endsWith('Player1:  Stone\nPlayer2:  Paper\nPlayer2 wins!\n')).toBe(true)
    await peer.say('ROUND Well Paper\n')
    expect((await peer.end())?.message).toContain('the server sent "ROUND Well Paper"')
    expect(peer.received.endsWith('QUIT\n')).toBe(true)
  })

  test('in parlor serve the house is Player1, and its hands can be set', async () => {
    const guest = await servedPeer('scissors', { random: scriptedRandom(['Paper', 'Stone', 'Scissor']) })
    await guest.say('1\n2\n3\n')
    expect(guest.received).toBe('CHOOSE\nROUND Paper Scissor\nCHOOSE\nROUND Stone Paper\nCHOOSE\nROUND Scissor Stone\nEND 0 3\n')
    expect(await guest.close()).toBeUndefined()
  })
})

describe('c8/scissors alone', () => {
  test('accepts only 1, 2 or 3, as on the slides', async () => {
    const screen = await playSolo('scissors', ['1', '4', '', ' 2', 'QUIT', '2', '3'], {
      random: scriptedRandom(['Paper', 'Stone', 'Scissor']),
    })
    const ask = `Player1: ${ASK}`
    const wrong = (typed: string) => `${ask}${typed}\nPlease enter only 1, 2 or 3.\n`
    expect(screen).toBe(
      `You are Player1 playing against Player2\n${ask}1\nPlayer1:  Scissor\nPlayer2:  Paper\nPlayer1 wins!\n` +
        `${wrong('4')}${wrong('')}${wrong(' 2')}${wrong('QUIT')}${ask}2\nPlayer1:  Paper\nPlayer2:  Stone\nPlayer1 wins!\n` +
        `${ask}3\nPlayer1:  Stone\nPlayer2:  Scissor\nPlayer1 wins!\n`,
    )
  })

  test('ends with the input', async () => {
    await expect(playSolo('scissors', ['1'])).rejects.toThrow('the input ended (Ctrl-D)')
  })
})
