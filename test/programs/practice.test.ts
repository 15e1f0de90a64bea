import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'

describe('tjc/practice (TJC notes, programs 3 and 4)', () => {
  test('the client sends its line and closes; only the server shows text', async () => {
    expect(await play({ program: 'tjc/practice' })).toEqual({
      toServer: 'Hello from client\n',
      toClient: '',
      host: "b'Hello from client\\n'\n",
      join: '',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('the client sends its line in one write, and closes first', async () => {
    const peer = await fakePeer('tjc/practice', 'client')
    expect(peer.writes).toEqual(['Hello from client\n'])
    expect(peer.gaveUp).toBe('finished')
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['in pieces', [...'Hello from client\n'], "b'Hello from client\\n'\n"],
    ['without an end', ['Hel', 'lo'], "b'Hello'\n"],
    ['in other words', ['Grüße\r\n'], "b'Gr\\xc3\\xbc\\xc3\\x9fe\\r\\n'\n"],
  ])('a line %s, and the client closes immediately', async (_, said, screen) => {
    const peer = await fakePeer('tjc/practice', 'server')
    await peer.say(...said)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(screen)
    expect(peer.received).toBe('')
  })

  test('the server reports a silent client with a sentence', async () => {
    const peer = await fakePeer('tjc/practice', 'server')
    expect((await peer.close())?.message).toBe('the client closed the connection; expected "Hello from client\\n"')
    expect(peer.screen).toBe('')
  })

  test('the server binds all addresses, as printed, and greets with a colon', async () => {
    const { host } = await program('tjc/practice')
    expect(host?.address).toBe('0.0.0.0')
    expect(host?.connected?.({ host: '127.0.0.1', port: 50831 })).toBe("Connected to: ('127.0.0.1', 50831)")
  })
})
