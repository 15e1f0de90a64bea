import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'

const LINE = 'Hello from server\n'
const client = { host: '127.0.0.1', port: 50831 }
const names = ['tjc/hello', 'tjc/iterative', 'c8/hello', 'c8/two-clients', 'c8/iterative']

describe.each([...names, 'tjc/hello-split', 'c8/hello-split'])('%s', (name) => {
  test('shows one line from the server as in the worksheet, and both sides close', async () => {
    const played = await play({ program: name, options: { delay: 0 } })
    const join = name.startsWith('tjc/') ? "b'Hello from server\\n'\n" : 'Hello from server\n\n'
    expect(played).toEqual({ toClient: LINE, toServer: '', host: '', join, hostEnd: undefined, joinEnd: undefined })
  })

  test('accepts the line in any pieces', async () => {
    const peer = await fakePeer(name, 'client')
    await peer.say(...LINE)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toContain('Hello from server')
    expect(peer.received).toBe('')
  })

  test.each([
    ['nothing', '', 'the server closed the connection; expected "Hello from server\\n"'],
    ['half a line', 'Hello fr', "the server closed the connection in the middle of its line, after b'Hello fr'"],
  ])('prints a sentence, and no text, if the server closes after %s', async (_, said, sentence) => {
    const peer = await fakePeer(name, 'client')
    if (said) await peer.say(said)
    expect((await peer.close())?.message).toBe(sentence)
    expect(peer.screen).toBe('')
  })

  test('prints a sentence if the server resets', async () => {
    const peer = await fakePeer(name, 'client')
    await peer.say('Hello fr')
    expect((await peer.reset())?.message).toContain('broke the connection off')
    expect(peer.screen).toBe('')
  })

  test('ends with an error for a line without end', async () => {
    const peer = await fakePeer(name, 'client')
    await peer.say('x'.repeat(5000))
    expect((await peer.end())?.message).toContain('4096 bytes')
  })
})

describe.each(names)('the server of %s', (name) => {
  test('sends everything in one write, requests nothing, and closes', async () => {
    const peer = await fakePeer(name, 'server')
    expect(peer.writes).toEqual([LINE])
    expect(await peer.close()).toBeUndefined()
    expect(peer.gaveUp).toBe('finished')
  })

  test.each(['close', 'reset'] as const)('accepts a client that disconnects immediately (%s)', async (leaves) => {
    const peer = await fakePeer(name, 'server')
    expect(await peer[leaves]()).toBeUndefined()
  })

  test('accepts a client that sends', async () => {
    const peer = await fakePeer(name, 'server')
    await peer.say('GET / HTTP/1.1\r\n\r\n')
    expect(await peer.close()).toBeUndefined()
  })
})

describe('the text that clients show of other servers', () => {
  test.each([
    ['tjc/hello', "it's 5\t°\x1b[2J\r\n", 'b"it\'s 5\\t\\xc2\\xb0\\x1b[2J\\r\\n"\n'],
    ['c8/hello', 'Grüße, 世界!\n', 'Grüße, 世界!\n\n'],
    ['c8/hello', '\n', '\n\n'],
    ['c8/hello', 'one\nand more', 'one\n\n'],
    ['c8/hello-slides', 'one\nand more', 'one\n\n'],
    ['c8/hello-slides', 'no end', 'no end\n'],
    // the text of the slides' server is complete for every client
    ['tjc/hello', 'Hello from server', "b'Hello from server'\n"],
    ['c8/hello', 'Hello from server', 'Hello from server\n'],
    ['c8/hello-split', 'Hello from server', 'Hello from server\n'],
  ])('%s: %j', async (name, said, screen) => {
    const peer = await fakePeer(name, 'client')
    await peer.say(said)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(screen)
  })

  test('invalid UTF-8 does not end a client', async () => {
    const peer = await fakePeer('c8/hello', 'client')
    await peer.say(Uint8Array.of(0x61, 0xc3, 0x0a))
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe('a\ufffd\n\n')
  })
})

describe('c8/hello-slides', () => {
  test('reads the text up to the end of the stream', async () => {
    const played = await play({ program: 'c8/hello-slides' })
    expect(played).toEqual({
      toClient: 'Hello from server',
      toServer: '',
      host: '',
      join: 'Hello from server\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('reports a server that sends nothing', async () => {
    const peer = await fakePeer('c8/hello-slides', 'client')
    expect((await peer.close())?.message).toContain('expected "Hello from server"')
  })
})

describe('a client that calls recv once', () => {
  test.each([
    ['tjc/hello', "b'Hello fr'\n"],
    ['tjc/hello-split', "b'Hello fr'\n"],
    ['tjc/iterative', "b'Hello fr'\n"],
    ['c8/hello', 'Hello fr\n'],
    ['c8/hello-slides', 'Hello fr\n'],
    ['c8/hello-split', 'Hello fr\n'],
  ])('%s', async (name, screen) => {
    const peer = await fakePeer(name, 'client', { options: { recvOnce: true } })
    await peer.say('Hello fr')
    expect(peer.screen).toBe(screen)
    await peer.say('om server\n')
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(screen)
  })

  test('shows the whole first piece', async () => {
    const peer = await fakePeer('tjc/hello', 'client', { options: { recvOnce: true } })
    await peer.say(LINE)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe("b'Hello from server\\n'\n")
  })

  test('reads at most 1024 bytes', async () => {
    const peer = await fakePeer('c8/hello', 'client', { options: { recvOnce: true } })
    await peer.say(`${'x'.repeat(2000)}\n`)
    expect(await peer.close()).toBeUndefined()
    expect(peer.screen).toBe(`${'x'.repeat(1024)}\n`)
  })

  test('reports a missing piece', async () => {
    const peer = await fakePeer('tjc/hello', 'client', { options: { recvOnce: true } })
    expect((await peer.close())?.message).toContain('the server closed the connection')
    expect(peer.screen).toBe('')
  })
})

describe.each(['tjc/hello-split', 'c8/hello-split'])('the server of %s', (name) => {
  test('sends the line in two pieces, 100 ms apart', async () => {
    const peer = await fakePeer(name, 'server')
    expect(peer.writes).toEqual(['Hello fr'])
    await peer.clock.pass(99)
    expect(peer.writes).toEqual(['Hello fr'])
    await peer.clock.pass(1)
    expect(peer.writes).toEqual(['Hello fr', 'om server\n'])
    expect(await peer.close()).toBeUndefined()
  })

  test('accepts another length of the first piece', async () => {
    const peer = await fakePeer(name, 'server', { options: { split: 5, delay: 20 } })
    await peer.clock.pass(60)
    expect(peer.writes).toEqual(['Hello', ' from server\n'])
    expect(await peer.close()).toBeUndefined()
  })

  test('sends one piece without a pause if the first piece is the whole line', async () => {
    const peer = await fakePeer(name, 'server', { options: { split: LINE.length, delay: 3_600_000 } })
    expect(peer.writes).toEqual([LINE])
    expect(await peer.close()).toBeUndefined()
  })

  test('does not wait for a client that resets', async () => {
    const peer = await fakePeer(name, 'server', { options: { delay: 3_600_000 } })
    expect(await peer.reset()).toBeUndefined()
    expect(peer.received).toBe('Hello fr')
  })

  test('does not wait after a stop', async () => {
    const peer = await fakePeer(name, 'server', { options: { delay: 3_600_000 } })
    peer.conversation.stop(new Error('stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect(peer.received).toBe('Hello fr')
  })

  test('sends the whole line to a client that has only closed its side', async () => {
    const peer = await fakePeer(name, 'server', { options: { delay: 5000 } })
    expect(await peer.close()).toBeUndefined()
    expect(peer.received).toBe(LINE)
  })

  test('refuses a piece without a byte', async () => {
    const { check } = await program(name)
    expect(check?.({ split: 0 })).toBe('the first piece has at least 1 byte, not 0')
    expect(check?.({ split: 1 })).toBeUndefined()
    expect(check?.({})).toBeUndefined()
  })
})

describe('the worksheets’ texts', () => {
  test.each([
    ['tjc/hello', "Connected to ('127.0.0.1', 50831)"],
    ['tjc/hello-split', undefined],
    ['tjc/iterative', undefined],
    ['c8/hello-slides', "Connected to: ('127.0.0.1', 50831)"],
    ['c8/hello', "Connected to: ('127.0.0.1', 50831)"],
    ['c8/two-clients', "Connected to: ('127.0.0.1', 50831)"],
    ['c8/hello-split', "Connected to: ('127.0.0.1', 50831)"],
    ['c8/iterative', "Connected to: ('127.0.0.1', 50831)"],
  ])('%s shows %j to its host', async (name, words) => {
    expect((await program(name)).host?.connected?.(client)).toBe(words)
  })

  test('the iterative servers serve without end; that of the slides explains before each client how to stop it', async () => {
    const [notes, slides] = [await program('tjc/iterative'), await program('c8/iterative')]
    expect([notes.host?.clients, notes.host?.listening]).toEqual([Number.POSITIVE_INFINITY, undefined])
    expect(slides.host?.clients).toBe(Number.POSITIVE_INFINITY)
    expect(slides.host?.eachTime).toBe(true)
    expect(slides.host?.listening?.(client)).toBe('Type Ctrl-F6 or close the shell to terminate the server.')
  })

  test('the server for two clients serves two', async () => {
    expect((await program('c8/two-clients')).host?.clients).toBe(2)
  })
})
