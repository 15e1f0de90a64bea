import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play } from '../support/play.ts'

describe('fh/hello (FH slides, the "Hello-world" client and server)', () => {
  test('exchanges the greeting word for word, and neither side shows text', async () => {
    expect(await play({ program: 'fh/hello' })).toEqual({
      toServer: 'Hi Server',
      toClient: 'Hello in return!',
      host: '',
      join: '',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('the server waits for the whole greeting, split anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]), async (cuts) => {
        const peer = await fakePeer('fh/hello', 'server')
        const pieces = [0, ...cuts].map((from, i) => 'Hi Server'.slice(from, cuts[i]))
        for (const piece of pieces) {
          expect(peer.writes).toEqual([])
          await peer.clock.pass(100)
          await peer.say(piece)
        }
        expect(peer.writes).toEqual(['Hello in return!'])
        expect(await peer.close()).toBeUndefined()
      }),
    )
  })

  test.each([
    ['something else', 'Hello?'],
    ['the beginning alone', 'Hi'],
    ['more than the greeting', 'Hi Server, how are you?\n'],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xc3)],
    ['NUL', '\0'],
    ['an empty line', '\r\n'],
  ])('%s is answered as well', async (_, said) => {
    const peer = await fakePeer('fh/hello', 'server')
    await peer.sayAlone(said)
    expect(peer.writes).toEqual(['Hello in return!'])
    expect(peer.gaveUp).toBe('finished')
    expect(await peer.close()).toBeUndefined()
  })

  test('a client that closes its side with the greeting is answered', async () => {
    const peer = await fakePeer('fh/hello', 'server')
    await peer.say('Hi Ser')
    expect(await peer.close()).toBeUndefined()
    expect(peer.writes).toEqual(['Hello in return!'])
  })

  test('a silent client ends the conversation with a sentence', async () => {
    const peer = await fakePeer('fh/hello', 'server')
    expect((await peer.close())?.message).toBe('the client closed the connection; expected "Hi Server"')
    expect(peer.writes).toEqual([])
  })

  test('the client accepts the answer in any pieces, and then closes', async () => {
    const peer = await fakePeer('fh/hello', 'client')
    expect(peer.writes).toEqual(['Hi Server'])
    await peer.say('Hello', ' in ', 'return')
    await peer.clock.pass(5000)
    expect(peer.gaveUp).toBeUndefined()
    await peer.say('!')
    expect(peer.gaveUp).toBe('finished')
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe('')
  })

  test('the client accepts another answer, also one that ends with the stream', async () => {
    for (const answer of ['Hell', 'Good morning', 'Hello in return? \u001b[2J']) {
      const peer = await fakePeer('fh/hello', 'client')
      await peer.say(answer)
      expect([await peer.close(), peer.screen]).toEqual([undefined, ''])
    }
  })

  test('the client reports a missing answer', async () => {
    const gone = await fakePeer('fh/hello', 'client')
    expect((await gone.close())?.message).toContain('the server closed the connection')
    const broken = await fakePeer('fh/hello', 'client')
    await broken.say('Hel')
    expect((await broken.reset())?.message).toContain('broke the connection off')
  })

  test('each datagram is a greeting', async () => {
    for (const greeting of ['Hi Server', 'Hi', '', 'Hi Server!']) {
      const peer = await fakePeer('fh/hello', 'server', { datagrams: true })
      await peer.say(greeting)
      expect(peer.writes).toEqual(['Hello in return!'])
    }
  })
})
