import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Framing } from '../../src/wire/framing/framing.ts'
import { httpRequests, httpResponses, parseHead } from '../../src/wire/framing/http.ts'
import { encode } from '../../src/wire/text.ts'

/** Returns the messages of a stream that arrives in pieces, split at the given places, and then ends. */
function messages(framing: Framing, stream: Uint8Array | string, cuts: readonly number[] = [], limit = framing.limit): unknown[] {
  const bytes = typeof stream === 'string' ? encode(stream) : stream
  const decoder = framing.decoder(limit)
  const found: unknown[] = []
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  for (const [i, from] of places.entries()) {
    decoder.push(bytes.subarray(from, places[i + 1] ?? bytes.length))
    for (let message = decoder.next(); message !== undefined; message = decoder.next()) found.push(message)
  }
  if (decoder.pending > 0) found.push(['at the end', decoder.rest()])
  return found
}

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\nAccept: text/html\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\nConnection: close\r\n\r\n<p>example</p>'

describe('HTTP requests', () => {
  test.each([
    ['a request without a body', GET, [GET]],
    ['two of them, glued', GET + GET, [GET, GET]],
    ['a head with LF alone', 'GET / HTTP/1.1\nHost: x\n\n', ['GET / HTTP/1.1\nHost: x\n\n']],
    ['no header lines', 'GET / HTTP/1.0\r\n\r\n', ['GET / HTTP/1.0\r\n\r\n']],
    [
      'a body, counted in bytes',
      'POST /a HTTP/1.1\r\ncontent-length: 5\r\n\r\nab\u20ac',
      ['POST /a HTTP/1.1\r\ncontent-length: 5\r\n\r\nab\u20ac'],
    ],
    [
      'a body that is not whole',
      'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab',
      [['at the end', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab']],
    ],
    ['a length that is none', 'POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n', ['POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n']],
    ['half a head', 'GET / HTTP/1.1\r\nHost', [['at the end', 'GET / HTTP/1.1\r\nHost']]],
    ['a method with a hyphen', 'VERSION-CONTROL /a HTTP/1.1\r\n\r\n', ['VERSION-CONTROL /a HTTP/1.1\r\n\r\n']],
    ['a method of all that a method may have', "M!#$%&'*+-.^_`|~9 / HTTP/1.1\n\n", ["M!#$%&'*+-.^_`|~9 / HTTP/1.1\n\n"]],
    ['a method that is none', 'GE(T / HTTP/1.1\n', ['GE(T / HTTP/1.1\n']],
    ['a first line that is none', 'hello\n', ['hello\n']],
    ['half a line', 'hello', [['at the end', 'hello']]],
  ])('%s', (_, stream, expected) => {
    expect(messages(httpRequests, stream)).toEqual(expected)
  })

  test('a request above the limit is delivered up to the limit', () => {
    const head = 'GET / HTTP/1.1\r\nX: '
    const long = head + 'x'.repeat(20_000)
    expect(messages(httpRequests, long, [], 16_384)[0]).toBe(long.slice(0, 16_384))
    expect(messages(httpRequests, 'POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nabc', [], 60)[0]).toHaveLength(60)
  })
})

describe('HTTP responses', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  test.each([
    ['a body of a known length', OK, [OK]],
    ['what comes behind it', `${OK}more`, [OK, ['at the end', 'more']]],
    ['a body up to the end', 'HTTP/1.1 200 OK\r\n\r\n<p>', [['at the end', 'HTTP/1.1 200 OK\r\n\r\n<p>']]],
    ['a body that is cut', OK.slice(0, -3), [['at the end', OK.slice(0, -3)]]],
    ['no body at all', 'HTTP/1.1 304 Not Modified\r\n\r\n', ['HTTP/1.1 304 Not Modified\r\n\r\n']],
    ['chunks', `${chunked}5\r\n12345\r\nA;x=y\r\n1234567890\r\n0\r\n\r\n`, [`${chunked}5\r\n12345\r\nA;x=y\r\n1234567890\r\n0\r\n\r\n`]],
    ['chunks and a trailer', `${chunked}0\r\nX: y\r\n\r\n`, [`${chunked}0\r\nX: y\r\n\r\n`]],
    ['chunks that are cut', `${chunked}5\r\n123`, [['at the end', `${chunked}5\r\n123`]]],
    ['chunks that are none', `${chunked}x\r\n\r\n`, [['at the end', `${chunked}x\r\n\r\n`]]],
    ['chunks whose length does not hold', `${chunked}2\r\n12345\r\n0\r\n\r\n`, [['at the end', `${chunked}2\r\n12345\r\n0\r\n\r\n`]]],
    ['no HTTP', 'hello\n', [['at the end', 'hello\n']]],
    ['an interim response before it', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, [OK]],
    [
      'several of them, with heads of their own',
      `HTTP/1.1 102 Processing\n\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${OK}`,
      [OK],
    ],
    ['an interim response alone', 'HTTP/1.1 100 Continue\r\n\r\n', []],
    ['another protocol from here on', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', ['HTTP/1.1 101 Switching Protocols\r\n\r\n']],
  ])('%s', (_, stream, expected) => {
    expect(messages(httpResponses, stream)).toEqual(expected)
  })

  test('a page above the limit is shown up to the limit, without the split character', () => {
    const page = `HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n${'\u20ac'.repeat(3000)}`
    const [first] = messages(httpResponses, page, [], 4096)
    expect(encode(String(first)).length).toBeGreaterThan(4096 - 3)
    expect(page.startsWith(String(first))).toBe(true)
  })

  test('a page of a megabyte is whole, in one piece or in thousands', () => {
    const body = '\u20acx'.repeat(300_000)
    const page = `HTTP/1.1 200 OK\r\nContent-Length: ${encode(body).length}\r\n\r\n${body}`
    const lines = Array.from({ length: 5000 }, (_, at) => `3e8\r\n${String(at).padEnd(1000)}\r\n`).join('')
    const inChunks = `${chunked}${lines}0\r\n\r\n`
    for (const whole of [page, inChunks]) {
      const cuts = Array.from({ length: 3000 }, (_, at) => at * 997)
      expect(messages(httpResponses, whole)).toEqual([whole])
      expect(messages(httpResponses, whole, cuts)).toEqual([whole])
    }
  })

  test('invalid UTF-8 does not move the end', () => {
    const head = encode('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n')
    const bytes = Uint8Array.of(...head, 0xff, 0xc3, 0x41, 0x42)
    expect(messages(httpResponses, bytes)).toEqual(['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\ufffd\ufffdA', ['at the end', 'B']])
  })
})

describe('properties of the HTTP framings', () => {
  const name = fc.stringMatching(/^[A-Za-z-]{1,8}$/).filter((one) => !/^content-length|transfer-encoding$/i.test(one))
  const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((one) => one.replace(/[\r\n]/g, ''))
  const headers = fc.array(fc.tuple(name, value), { maxLength: 5 }).map((all) => all.map(([one, is]) => `${one}: ${is}\r\n`).join(''))
  const body = fc.string({ unit: 'grapheme', maxLength: 40 })
  const withBody = (line: string) =>
    fc.tuple(headers, body).map(([head, text]) => `${line}\r\n${head}Content-Length: ${encode(text).length}\r\n\r\n${text}`)
  const cuts = fc.array(fc.nat(), { maxLength: 12 })

  test.each([
    ['requests', httpRequests, 'PUT /x?y HTTP/1.1'],
    ['responses', httpResponses, 'HTTP/1.1 200 OK'],
  ])('%s are found one after the other, with the stream split anywhere', (_, framing, line) => {
    fc.assert(
      fc.property(fc.array(withBody(line), { maxLength: 4 }), cuts, (all, at) => {
        const stream = all.map((message) => framing.encode(message)).join('')
        expect(messages(framing, stream, at, 100_000)).toEqual(all)
        const interim = all.map((message) => `HTTP/1.1 103 Early Hints\r\n\r\n${message}`).join('')
        if (framing === httpResponses) expect(messages(framing, interim, at, 100_000)).toEqual(all)
        const bytes = encode(stream)
        expect(messages(framing, stream, Array.from(bytes.keys()), 100_000)).toEqual(all)
      }),
    )
  })

  test('any bytes are delivered, in order and within the limit', () => {
    let delivered = 0
    const piece = fc.oneof(fc.constantFrom('\r\n', '\n\n', 'GET / HTTP/1.1', 'HTTP/1.1 200 OK', 'Content-Length: 7', ' '), fc.string())
    fc.assert(
      fc.property(fc.array(piece), cuts, fc.integer({ min: 1, max: 60 }), (pieces, at, limit) => {
        const stream = pieces.join('').replace(/[^\x20-\x7e\r\n]/g, '')
        for (const framing of [httpRequests, httpResponses]) {
          const found = messages(framing, stream, at, limit).map((one) => (Array.isArray(one) ? String(one[1]) : String(one)))
          delivered += found.length
          expect(stream.startsWith(found.join(''))).toBe(true)
          expect(found.every((message) => message.length <= limit)).toBe(true)
        }
      }),
    )
    expect(delivered).toBeGreaterThan(50)
  })

  test('the head is the text before the body', () => {
    fc.assert(
      fc.property(headers, body, (head, text) => {
        expect(parseHead(`GET / HTTP/1.1\r\n${head}\r\n${text}`)).toBe(`GET / HTTP/1.1\r\n${head}\r\n`)
      }),
    )
    expect(parseHead('hello')).toBe('hello')
  })
})
