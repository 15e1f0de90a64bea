import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play, program } from '../support/play.ts'

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\nAccept: text/html\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\nConnection: close\r\n\r\n<p>example</p>'

describe('fh/http (FH slides, "Simulating a HTTP client")', () => {
  test('plays word for word, on both screens and on the wire', async () => {
    expect(await play({ program: 'http', options: { name: 'example.com' } })).toEqual({
      toServer: GET,
      toClient: OK,
      host: `${GET}\n`,
      join: `${OK}\n`,
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('connects to example.com at port 80, and listens at 8081', async () => {
    expect(await program('http')).toMatchObject({ port: 8081, join: { address: 'example.com', port: 80 } })
  })

  test.each([
    ['localhost', 'Host: localhost\r\n'],
    ['127.0.0.1:8081', 'Host: 127.0.0.1:8081\r\n'],
    ['::1', 'Host: [::1]\r\n'],
    ['[::1]:80', 'Host: [::1]:80\r\n'],
  ])('accepts the name %s', async (name, line) => {
    expect((await play({ program: 'http', options: { name } })).toServer).toContain(line)
  })

  test('uses the address in place of a missing name', async () => {
    expect((await play({ program: 'http' })).toServer).toContain('Host: memory\r\n')
  })

  test('refuses a name that would change the request', async () => {
    const { check } = await program('http')
    expect(check?.({ name: 'x\r\nEvil: yes' })).toBe(
      'the name of a host has no blanks and no letters beyond ASCII, unlike "x\\r\\nEvil: yes"',
    )
    expect(check?.({ name: '' })).toContain('the name of a host')
    expect(check?.({ name: 'example.com' })).toBeUndefined()
    expect(check?.({})).toBeUndefined()
  })
})

describe('the page’s host and other people’s clients', () => {
  const hosted = () => fakePeer('http', 'server')

  test.each([
    ['another path', 'GET /any/where?x=y HTTP/1.0\r\n\r\n'],
    ['another method', 'DELETE / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a method with a hyphen', 'VERSION-CONTROL / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a head of nearly 16 KB', `GET / HTTP/1.1\r\nCookie: ${'x'.repeat(16_000)}\r\n\r\n`],
    ['LF alone', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['bytes that are no UTF-8 in a header', 'GET / HTTP/1.1\r\nX: \u00ff\ufffd\r\n\r\n'],
  ])('%s is answered with the page', async (_, request) => {
    const peer = await hosted()
    await peer.say(request)
    expect([peer.received, peer.screen, peer.gaveUp]).toEqual([OK, `${request}\n`, 'finished'])
    expect(await peer.close()).toBeUndefined()
  })

  test('a request that arrives byte by byte is answered at its empty line, not before', async () => {
    const peer = await hosted()
    await peer.say(...GET.slice(0, -1))
    expect(peer.received).toBe('')
    await peer.say('\n')
    expect(peer.received).toBe(OK)
    expect(await peer.close()).toBeUndefined()
  })

  test('a request body is read and not shown', async () => {
    const peer = await hosted()
    const head = 'POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n'
    await peer.say(head, 'ab')
    expect(peer.received).toBe('')
    await peer.say('cd')
    expect([peer.received, peer.screen]).toEqual([OK, `${head}\n`])
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['a line that is no request', 'hello\n'],
    ['a request without its version', 'GET /\r\n'],
    ['an empty line', '\r\n'],
    ['NUL', '\0\n'],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 10)],
    ['a head without an end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(17_000)}`],
  ])('%s is refused with a sentence', async (_, said) => {
    const peer = await hosted()
    await peer.say(said)
    expect(peer.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\nA request is a line such as GET \/ HTTP\/1\.1, .*\n$/s)
    const [head = '', body = ''] = peer.received.split('\r\n\r\n')
    expect(head).toContain(`Content-Length: ${body.length}`)
    expect(peer.gaveUp).toBe('finished')
    expect((await peer.close())?.message).toMatch(/^the client sent "/)
  })

  test('a client that closes its side during a request receives the reason', async () => {
    const peer = await hosted()
    await peer.say('GET / HTTP/1.1\r\nHost: x\r\n')
    expect((await peer.close())?.message).toContain('there is no empty line (\\r\\n\\r\\n) after its head')
    expect(peer.gaveUp).toBe('finished')
    expect(peer.received).toContain('400 Bad Request')
    expect(peer.screen).toBe('GET / HTTP/1.1\r\nHost: x\r\n\n')
  })

  test('a client that sends nothing, or resets, ends it with a sentence', async () => {
    const silent = await hosted()
    expect((await silent.close())?.message).toContain('the client closed the connection')
    const broken = await hosted()
    await broken.say('GET')
    expect((await broken.reset())?.message).toContain('broke the connection off')
  })
})

describe('the page’s client and other people’s servers', () => {
  const joined = () => fakePeer('http', 'client', { options: { name: 'example.com' } })

  test.each([
    [
      'a page in pieces',
      ['HTTP/1.1 200', ' OK\r\nContent-', 'Length: 7\r\n\r\n', 'a\r\nb', '\r\nc'],
      'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\na\r\nb\r\nc\n',
    ],
    [
      'a long page',
      [`HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(3000)}`, 'y'.repeat(6000)],
      `HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(3000)}${'y'.repeat(6000)}\n`,
    ],
    [
      'a page behind interim responses',
      ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r', '\nHTTP/1.1 204 No Content\r\n\r\n'],
      'HTTP/1.1 204 No Content\r\n\r\n\n',
    ],
  ])('%s is shown as soon as it is complete', async (_, pieces, screen) => {
    const peer = await joined()
    expect(peer.received).toBe(GET)
    await peer.say(...pieces)
    expect([peer.screen, peer.gaveUp]).toEqual([screen, 'finished'])
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['without a length', 'HTTP/1.1 404 Not Found\r\n\r\nno', undefined],
    [
      'that is shorter than it says',
      'HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\nno',
      'its Content-Length says 70 bytes, but 2 have arrived',
    ],
    ['that is no HTTP', 'hello', 'it does not begin with a status line'],
    ['without a length, that is long', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(500_000)}`, undefined],
  ])('an answer %s is shown at the end, and ends badly if it is incomplete', async (_, said, trouble) => {
    const peer = await joined()
    await peer.say(said)
    expect(peer.screen).toBe('')
    const end = await peer.close()
    expect(peer.screen).toBe(`${said}\n`)
    expect(end?.message).toEqual(trouble && expect.stringContaining(trouble))
  })

  test('the client reports a missing answer to its user', async () => {
    const peer = await joined()
    expect((await peer.close())?.message).toContain('the server closed the connection')
    expect(peer.screen).toBe('')
  })
})
