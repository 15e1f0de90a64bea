import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { program } from '../support/play.ts'
import { FRAMINGS, INTRODUCTION, PROMPT, playTalk } from '../support/talk-program.ts'

describe('cs/chat (CS project 4): the talk', () => {
  test('prints the texts around the talk', async () => {
    const { host, join, port } = await program('talk')
    expect([port, host?.address, join?.address]).toEqual([1059, 'localhost', 'localhost'])
    expect(host?.listening?.({ host: 'localhost', port: 1059 })).toBe('Server listening on: localhost on port: 1059')
    expect(host?.connected?.({ host: '127.0.0.1', port: 55669 })).toBe("Connected by ('127.0.0.1', 55669)\nWaiting for message...")
    expect(join?.connected?.({ host: 'localhost', port: 1059 })).toBe('Connected to: localhost on port: 1059')
  })

  test.each(FRAMINGS)('plays the screenshots, word for word, framing %s', async (framing) => {
    const played = await playTalk({
      options: { framing },
      join: ['Hello', 'Good. You?', 'Bye', '/q'],
      host: ['How are you?', 'Good', 'Bye'],
    })
    expect(played.host).toBe(
      `Hello\n${INTRODUCTION}${PROMPT}How are you?\nGood. You?\n${PROMPT}Good\nBye\n${PROMPT}Bye\n/q\nClient has requested shutdown. Shutting down!\n`,
    )
    expect(played.join).toBe(
      `${INTRODUCTION}${PROMPT}Hello\nHow are you?\n${PROMPT}Good. You?\nGood\n${PROMPT}Bye\nBye\n${PROMPT}/q\nShutting Down!\n`,
    )
    const wire = { lines: 'Hello\nGood. You?\nBye\n/q\n', none: 'HelloGood. You?Bye/q' }
    if (framing !== 'length') expect(played.toServer).toBe(wire[framing])
    else expect(played.toServer.startsWith('\0\0\0\x05Hello\0\0\0\x0aGood. You?')).toBe(true)
  })

  test('accepts /q immediately, from the client and from the server; Ctrl-D sends /q', async () => {
    const atOnce = await playTalk({ join: ['/q'] })
    expect(atOnce.host).toBe('/q\nClient has requested shutdown. Shutting down!\n')
    expect(atOnce.join).toBe(`${INTRODUCTION}${PROMPT}/q\nShutting Down!\n`)
    for (const host of [['/q'], []]) {
      const played = await playTalk({ join: ['Hello'], host })
      expect(played.toClient).toBe('/q\n')
      expect(played.host).toBe(`Hello\n${INTRODUCTION}${PROMPT}/q\nShutting Down!\n`)
      expect(played.join).toBe(`${INTRODUCTION}${PROMPT}Hello\n/q\nServer has requested shutdown. Shutting down!\n`)
    }
  })

  test('quits only at the exact line /q, and plays only at play with the name of a game', async () => {
    const said = ['/Q', ' /q', '/q ', 'play', 'play chess', 'Play tictactoe', 'play tictactoe!', ' play guess', '']
    const played = await playTalk({ join: said, host: said })
    expect(played.toServer).toBe(`${said.join('\n')}\n/q\n`)
    expect(played.toClient).toBe(`${said.join('\n')}\n`)
  })

  test('asks again for a line that is too long, and for an empty line without framing', async () => {
    const long = 'x'.repeat(4097)
    const empty = await playTalk({ options: { framing: 'none' }, join: ['', long, 'a'], host: ['', 'b'] })
    expect([empty.toServer, empty.toClient]).toEqual(['a/q', 'b'])
    const lines = await playTalk({ join: [long, ''], host: ['b'] })
    expect([lines.toServer, lines.toClient]).toEqual(['\n/q\n', 'b\n'])
  })

  test('accepts CR LF and split lines of other clients; without framing one write may contain several', async () => {
    const lines = await fakePeer('talk', 'server', { typed: ['hi', 'ok'] })
    await lines.say('hel', 'lo\r', '\nsecond\n/q\r\n')
    expect(lines.received).toBe('hi\nok\n')
    expect(await lines.close()).toBeUndefined()
    const none = await fakePeer('talk', 'server', { typed: ['hi', 'ok'], options: { framing: 'none' } })
    await none.sayAlone('hello\n')
    await none.sayAlone('two\nlines\n')
    await none.sayAlone('/q\r\n')
    expect([none.received, await none.close()]).toEqual(['hiok', undefined])
    expect(none.screen).toContain('two lines\n')
  })

  test.each(['play tictactoe/q', 'play guess\n/q'])('without framing, %j in one piece begins a game and ends the talk', async (piece) => {
    const peer = await fakePeer('talk', 'server', { typed: ['hi'], options: { framing: 'none' } })
    await peer.sayAlone(piece)
    expect(peer.screen.endsWith('/q\nClient has requested shutdown. Shutting down!\n')).toBe(true)
    expect(peer.received).toBe('')
    expect(await peer.close()).toBeUndefined()
  })

  test('accepts invalid UTF-8, control characters and NUL as a line', async () => {
    const peer = await fakePeer('talk', 'server', { typed: ['a', 'b', 'c'] })
    await peer.say(Uint8Array.of(0xff, 0xfe, 10), '\x1b[2J\0\n', new Uint8Array(4096).fill(0xff), '\n')
    expect(peer.received).toBe('a\nb\nc\n')
    await peer.close()
  })

  test('a stopped side sends /q; the other side reports a peer that disconnects without it with a sentence', async () => {
    const peer = await fakePeer('talk', 'server', { person: new InteractiveUser() })
    peer.conversation.stop(new Disconnected('ours', 'stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect([peer.received, peer.gaveUp]).toEqual(['/q\n', 'finished'])
    const gone = await fakePeer('talk', 'server', { typed: ['hi'] })
    await gone.say('hello\n')
    expect((await gone.close())?.message).toContain('the client closed the connection')
  })

  test('both sides agree on the turn to the end, for any input and any framing', async () => {
    const typed = fc.constantFrom(
      'hi',
      '1',
      '2',
      '3',
      '5',
      '7',
      '9',
      '50',
      'e',
      'a',
      'o',
      'n',
      'play tictactoe',
      'play scissors',
      'play guess',
      'play hangman',
    )
    const person = fc.array(fc.oneof({ weight: 20, arbitrary: typed }, { weight: 1, arbitrary: fc.constant('/q') }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FRAMINGS), person, person, fc.nat(), async (framing, join, host, seed) => {
        const played = await playTalk({ options: { framing }, join, host, random: seededRandom(seed) })
        const quits = [played.host, played.join].map((screen) => screen.includes('has requested shutdown'))
        expect(quits.filter(Boolean)).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })
})
