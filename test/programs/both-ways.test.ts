import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'

describe('c8/both-ways (C8 slides, assignment 2)', () => {
  test('exchanges a line each way, each shown with an empty line after it', async () => {
    expect(await play({ program: 'c8/both-ways' })).toEqual({
      toClient: 'Hello from server\n',
      toServer: 'Hello from client\n',
      host: 'Hello from client\n\n',
      join: 'Hello from server\n\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect((await program('c8/both-ways')).host?.connected?.({ host: '127.0.0.1', port: 1 })).toBe("Connected to: ('127.0.0.1', 1)")
  })

  test('the client answers when the line is complete, not before', async () => {
    const peer = await fakePeer('c8/both-ways', 'client')
    await peer.say('Good morn')
    expect(peer.received).toBe('')
    await peer.say('ing\n')
    expect(peer.writes).toEqual(['Hello from client\n'])
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe('Good morning\n\n')
  })

  test('the server accepts any line, in any pieces', async () => {
    const peer = await fakePeer('c8/both-ways', 'server')
    expect(peer.writes).toEqual(['Hello from server\n'])
    await peer.say('G', 'ood evening', '\n')
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe('Good evening\n\n')
  })

  test.each([
    ['server', '', 'the client closed the connection; expected "Hello from client"'],
    [
      'server',
      'Hel',
      'the client closed the connection in the middle of a message, 3 bytes into it: it had sent "Hel" and no line end (\\n); expected "Hello from client"',
    ],
    ['client', '', 'the server closed the connection; expected "Hello from server"'],
    [
      'client',
      'Hel',
      'the server closed the connection in the middle of a message, 3 bytes into it: it had sent "Hel" and no line end (\\n); expected "Hello from server"',
    ],
  ] as const)('the %s prints a sentence if the other side closes after %j', async (side, said, sentence) => {
    const peer = await fakePeer('c8/both-ways', side)
    if (said) await peer.say(said)
    expect((await peer.close())?.message).toBe(sentence)
    expect(peer.screen).toBe('')
  })
})
